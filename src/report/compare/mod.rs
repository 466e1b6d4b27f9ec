//! Several runs side by side: what differs in what went in, and what differs in what came out.

pub mod bridge;
mod charts;
mod indicators;
mod page;
mod parameters;

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
            Ok((Side { label, archive, summary, resolved }, indicators))
        });
        let read: Vec<_> = read.collect::<Result<_, ReportError>>()?;
        let (sides, tables): (Vec<Side>, Vec<_>) = read.into_iter().unzip();
        let parameters = Parameters::of(&sides);
        Ok(Self { baseline, parameters, wide: Wide::of(&tables), sides })
    }

    /// Everything a comparison writes.
    ///
    /// # Errors
    /// If a run cannot be read or a picture cannot be drawn.
    pub fn files(&self, bridges: &[Bridge], language: Language) -> Result<Files, ReportError> {
        let labels: Vec<&str> = self.sides.iter().map(|side| side.label.as_str()).collect();
        let archives: Vec<&Archive<'_>> = self.sides.iter().map(|side| &side.archive).collect();
        let ((tables, series), figures) = rayon::join(
            || {
                let tables = vec![
                    ("parameters.csv".to_owned(), self.parameters.table(&labels)),
                    ("indicators_wide.csv".to_owned(), self.wide.table(&labels)),
                    ("differences.csv".to_owned(), self.wide.differences_table(&labels, self.baseline)),
                ];
                (tables, iamc::combined(&archives))
            },
            || charts::all(self, bridges, language),
        );
        let mut files: Files = tables;
        files.push(("iamc.csv".to_owned(), series?));
        if !bridges.is_empty() {
            files.push(("bridge.csv".to_owned(), bridge::table(bridges)));
        }
        let figures = figures?;
        let page = page::page(self, bridges, &figures, language)?;
        #[cfg(feature = "png")]
        files.extend(
            figures
                .par_iter()
                .filter(|figure| figure.overlay)
                .map(|figure| Ok((format!("figures/{}.png", figure.name), crate::charts::png(&figure.svg)?)))
                .collect::<Result<Files, ReportError>>()?,
        );
        let pictures =
            figures.into_iter().map(|figure| (format!("figures/{}.svg", figure.name), figure.svg.into_bytes()));
        files.extend(pictures);
        files.push(("report.html".to_owned(), page.into_bytes()));
        files.sort();
        Ok(files)
    }
}
