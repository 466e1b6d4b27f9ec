//! What a run writes beside its inputs: tables, figures, and the forms made from them.

use super::exit;
use crate::base::words::{Language, translate};
use crate::charts::ChartError;
use crate::export::sankey::LoopFlows;
use crate::export::{ExportError, datapackage, iamc};
use crate::figures::sankey::{View, chart};
use crate::figures::{self, Context, Figure};
use crate::report::{self, ReportError};
use crate::results::archive::Archive;
use crate::results::money::Accounts;
use crate::results::run_dir::{Manifest, RESOLVED};
use crate::results::summary::Heading;
use crate::results::tables::Run as Tables;
use crate::scenario::{Scenario, assumption_table};
use rayon::prelude::*;

/// Files by name below the run's directory.
pub type Files = Vec<(String, Vec<u8>)>;

/// The page of a run.
pub const REPORT: &str = "report.html";

/// Everything a run writes beside its inputs.
pub fn products(
    run: &Tables<'_>,
    accounts: &Accounts<'_>,
    scenario: &Scenario,
    heading: &Heading,
    context: &Context<'_>,
    manifest: &Manifest,
    language: Language,
) -> Result<Files, (u8, String)> {
    let tables: [(&str, fn(&Tables<'_>) -> Vec<u8>); 8] = [
        ("flows", |run| run.flows()),
        ("stocks", |run| run.stocks()),
        ("plant", |run| run.plant()),
        ("plant_inputs", |run| run.plant_inputs()),
        ("products", |run| run.products()),
        ("balance", |run| run.balance()),
        ("indicators", |run| run.indicators()),
        ("burdens", |run| run.burdens()),
    ];
    let (tables, figures) = rayon::join(
        || {
            let written = tables.par_iter().filter(|(name, _)| *name != "burdens" || run.model.burdens.is_some());
            written.map(|(name, write)| (format!("tables/{name}.csv"), write(run))).collect::<Files>()
        },
        || {
            let mut figures = figures::all(run, context);
            figures.extend(figures::money::all(accounts, context));
            draw(figures, language)
        },
    );
    let failed = |error: ReportError| (exit::INTERNAL, format!("error: a figure or report cannot be made: {error}"));
    let mut files = tables;
    if !heading.targets.is_empty() {
        files.push(("tables/targets.csv".to_owned(), run.targets(&heading.targets)));
    }
    files.extend(money_tables(accounts));
    files.push(("tables/assumptions.csv".to_owned(), assumption_table(&scenario.assumptions())));
    files.extend(figures.map_err(ReportError::from).map_err(failed)?);
    let mut summary = run.summary(heading);
    if let Some(summary) = summary.as_object_mut().filter(|_| !accounts.plants.is_empty()) {
        summary.insert("money".to_owned(), accounts.summary(heading));
    }
    let summary = serde_json::to_vec_pretty(&summary).unwrap_or_default();
    files.push(("summary.json".to_owned(), summary));
    // The page tells the inputs too.
    files.push((RESOLVED.to_owned(), scenario.resolved_toml().into_bytes()));
    handover(&mut files, manifest, heading.report_from, context.title, language).map_err(failed)?;
    files.retain(|(name, _)| name != RESOLVED);
    Ok(files)
}

/// Tables of money, of a scenario that says something about it.
fn money_tables(accounts: &Accounts<'_>) -> Files {
    if accounts.economics.plants.is_empty() {
        return Vec::new();
    }
    let tables = [("cash_flow", accounts.cash_flow()), ("money", accounts.worth()), ("prices", accounts.prices())];
    tables.into_iter().map(|(name, bytes)| (format!("tables/{name}.csv"), bytes)).collect()
}

/// Adds what is made from the files of a run: the loop, time series for others, the page, and what describes the tables.
fn handover(
    files: &mut Files,
    manifest: &Manifest,
    from: i32,
    title: &str,
    language: Language,
) -> Result<(), ReportError> {
    let archive = || Archive::of(manifest.clone(), files);
    let (flows, series) = rayon::join(|| LoopFlows::read(&archive()), || iamc::table(&archive()));
    let flows = flows?;
    let mut more: Files = vec![("iamc.csv".to_owned(), series?), ("sankey.csv".to_owned(), flows.table(None))];
    more.extend(draw(loops(&flows, from, title), language)?);
    files.extend(more);
    let archive = || Archive::of(manifest.clone(), files);
    let (page, package) =
        rayon::join(|| report::run::page(&archive(), language), || datapackage::descriptor(&archive()));
    let package = package.map_err(ExportError::from)?;
    let page = page?;
    files.push((REPORT.to_owned(), page.into_bytes()));
    files.push(("datapackage.json".to_owned(), package));
    Ok(())
}

/// The loop in the middle of the reported years, and over all of them.
fn loops(flows: &LoopFlows, from: i32, title: &str) -> Vec<Figure> {
    let (Some(first), Some(last)) = (flows.years.first().copied(), flows.years.last().copied()) else {
        return Vec::new();
    };
    let fifth: Vec<i32> = (from.max(first)..=last).filter(|year| year % 5 == 0).collect();
    let middle = fifth.get(fifth.len() / 2).copied().unwrap_or(last);
    let view = |first, last| View { first, last, substance: None, title };
    vec![
        Figure::new("loop", chart(flows, &view(middle, middle))),
        Figure::new("loop_all_years", chart(flows, &view(first, last))),
    ]
}

/// Figures as data, as SVG in a language, and as PNG where the program can.
pub fn draw(figures: Vec<Figure>, language: Language) -> Result<Files, ChartError> {
    let drawn: Result<Vec<_>, ChartError> = figures
        .into_par_iter()
        .map(|Figure { name, chart }| {
            let data = serde_json::to_vec(&chart).unwrap_or_default();
            let svg = chart.in_words(&|text| translate(language, text)).svg()?;
            #[cfg(feature = "png")]
            let png = vec![(format!("figures/{name}.png"), crate::charts::png(&svg)?)];
            #[cfg(not(feature = "png"))]
            let png: Files = Vec::new();
            let mut files =
                vec![(format!("figures/{name}.json"), data), (format!("figures/{name}.svg"), svg.into_bytes())];
            files.extend(png);
            Ok(files)
        })
        .collect();
    Ok(drawn?.into_iter().flatten().collect())
}

/// A warning if the machine has no font for what the pictures say: their PNG shows boxes. The SVG is right wherever it is
/// looked at with such a font.
#[cfg(feature = "png")]
pub fn boxes(files: &Files) -> Option<String> {
    let wide = |svg: &str| svg.chars().any(|c| u32::from(c) >= 0x2E80);
    let pictures = files.iter().filter(|(name, _)| name.strip_suffix(".svg").is_some());
    let svg = pictures.filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok()).find(|svg| wide(svg))?;
    let missing = crate::charts::missing_glyphs(svg).ok().filter(|missing| !missing.is_empty())?;
    let some: String = missing.iter().take(8).map(String::as_str).collect();
    Some(format!(
        "warning: no font at hand holds {some}: the PNGs show boxes there\n  = help: install one (on Debian `fonts-droid-fallback`), or name a font file in URBANMINE_FONTS\n"
    ))
}

/// Without PNG there is nothing to warn of.
#[cfg(not(feature = "png"))]
pub fn boxes(_: &Files) -> Option<String> {
    None
}
