//! Floor 5: what an analyst hands over: the page of a run and the comparison of several.
//!
//! A page is one file that opens by a double click: style, script and pictures are in it, and its policy allows nothing
//! else. Everything comes from the files of the run. [`compare`] reads several runs, [`ensemble`] many draws of one, [`page`] knows how a page is built, [`run`] what stands in the page
//! of a run, `sentences` how results are told.

pub mod compare;
pub mod ensemble;
pub mod page;
pub mod run;
mod sentences;
mod tables;
mod verdicts;

use crate::charts::ChartError;
use crate::export::ExportError;
use crate::results::archive::ArchiveError;

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A run cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A run cannot be brought into another form.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A picture cannot be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// The page cannot be filled in.
    #[error("the page cannot be filled in: {0}")]
    Page(String),
}
