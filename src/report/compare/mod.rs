//! Several runs side by side: what differs in what went in, and what differs in what came out.

pub mod bridge;
mod charts;
pub mod ensembles;
mod indicators;
mod page;
mod parameters;
mod worth;

pub use indicators::{Difference, Wide, dotted_name, find};
pub use parameters::{Parameters, flat, is_table};

use super::ReportError;
use crate::base::words::Language;
use crate::export::iamc;
use crate::results::archive::Archive;
use bridge::Bridge;
use rayon::prelude::*;
use serde_json::Value;

/// Files by name below the comparison's directory.
pub type Files = Vec<(String, Vec<u8>)>;

/// A run that is compared, with what is read of it.
pub struct Side {
    /// What its column is called: its id, or its directory where ids are not enough.
    pub label: String,
    /// Its files.
    pub archive: Archive<'static>,
    /// Its summary.
    pub summary: Value,
    /// Its resolved scenario.
    pub resolved: toml::Table,
}

/// Runs side by side.
pub struct Comparison {
    /// The runs, the one the others are compared with among them.
    pub sides: Vec<Side>,
    /// Which it is.
    pub baseline: usize,
    /// What differs in what went in.
    pub parameters: Parameters,
    /// All indicators of all runs.
    pub wide: Wide,
}

impl Comparison {
    /// Reads the runs. `labels` are their directories.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn new(archives: Vec<Archive<'static>>, places: &[String], baseline: usize) -> Result<Self, ReportError> {
        let ids: Vec<String> = archives.iter().map(|archive| archive.manifest.id.clone()).collect();
        let unique = |id: &String| ids.iter().filter(|other| *other == id).count() == 1;
        let labels: Vec<String> =
            ids.iter().zip(places).map(|(id, place)| if unique(id) { id.clone() } else { place.clone() }).collect();
        let read = archives.into_par_iter().zip(labels).map(|(archive, label)| {
            let (summary, resolved) = (archive.summary()?, archive.resolved()?);
            let indicators = archive.table("indicators")?.unwrap_or_default();
            let worth = worth::rows(&archive.table("money")?.unwrap_or_default());
            Ok((Side { label, archive, summary, resolved }, (indicators, worth)))
        });
        let read: Vec<_> = read.collect::<Result<_, ReportError>>()?;
        let (sides, tables): (Vec<Side>, Vec<_>) = read.into_iter().unzip();
        let (parameters, wide) = rayon::join(|| Parameters::of(&sides), || Wide::of(&tables));
        Ok(Self { sides, baseline, parameters, wide })
    }

    /// Everything a comparison writes.
    ///
    /// # Errors
    /// If a run cannot be read or a picture cannot be drawn.
    pub fn files(&self, bridges: &[Bridge], language: Language) -> Result<Files, ReportError> {
        let labels: Vec<&str> = self.sides.iter().map(|side| side.label.as_str()).collect();
        let archives: Vec<&Archive<'_>> = self.sides.iter().map(|side| &side.archive).collect();
        // Drawing is most of the work, and waits for nothing.
        let (figures, ((parameters, wide), (differences, series))) = rayon::join(
            || charts::all(self, bridges, language),
            || {
                rayon::join(
                    || (self.parameters.table(&labels), self.wide.table(&labels)),
                    || {
                        rayon::join(
                            || self.wide.differences_table(&labels, self.baseline),
                            || iamc::combined(&archives),
                        )
                    },
                )
            },
        );
        let mut files: Files = vec![
            ("parameters.csv".to_owned(), parameters),
            ("indicators_wide.csv".to_owned(), wide),
            ("differences.csv".to_owned(), differences),
            ("iamc.csv".to_owned(), series?),
        ];
        if !bridges.is_empty() {
            files.push(("bridge.csv".to_owned(), bridge::table(bridges)));
        }
        let mut figures = figures?;
        let page = page::page(self, bridges, &figures, language)?;
        for figure in &mut figures {
            let name = |ending| format!("figures/{}.{ending}", figure.name);
            files.extend(figure.png.take().map(|png| (name("png"), png)));
            files.push((name("svg"), std::mem::take(&mut figure.svg).into_bytes()));
        }
        files.push(("report.html".to_owned(), page.into_bytes()));
        files.sort();
        Ok(files)
    }
}
