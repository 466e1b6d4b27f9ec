//! Floor 3: a finished run in the forms other programs read. Everything is made from the files of the run.
//!
//! | form | for |
//! |---|---|
//! | [`iamc`] | pyam and the scenario databases of integrated assessment |
//! | [`datapackage`] | frictionless and whoever wants to know what the columns are |
//! | [`sankey`] | floWeaver and our own picture of the loop |
//! | `xlsx` (feature `xlsx`) | Excel |
//! | `parquet` (feature `parquet`) | pandas, polars, DuckDB |

pub mod datapackage;
pub mod iamc;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod sankey;
#[cfg(feature = "xlsx")]
pub mod xlsx;

use crate::results::archive::{Archive, ArchiveError, Sheet};

/// Why a run could not be written in another form.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The run cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The form refuses it.
    #[error("cannot write {form}: {cause}")]
    Form {
        /// Which form.
        form: &'static str,
        /// Why.
        cause: String,
    },
}

/// All tables of a run with their names.
///
/// # Errors
/// If one cannot be read.
pub fn tables(archive: &Archive<'_>) -> Result<Vec<(String, Sheet)>, ArchiveError> {
    let mut tables = Vec::new();
    for path in archive.names("tables/", ".csv") {
        let name = path.trim_start_matches("tables/").trim_end_matches(".csv").to_owned();
        if let Some(sheet) = archive.table(&name)? {
            tables.push((name, sheet));
        }
    }
    Ok(tables)
}

/// True for a column of numbers. A time is a label, even where it looks like a number.
#[cfg(any(feature = "xlsx", feature = "parquet"))]
fn is_numeric(sheet: &Sheet, column: usize) -> bool {
    let label = sheet.header.get(column).is_some_and(|name| name == "time");
    let number =
        |row: &csv::StringRecord| row.get(column).is_some_and(|cell| cell.parse::<f64>().is_ok_and(f64::is_finite));
    !label && !sheet.rows.is_empty() && sheet.rows.iter().all(number)
}
