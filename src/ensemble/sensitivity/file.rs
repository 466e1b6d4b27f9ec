//! Samples as CSV: a column for each parameter and, where there are results, for each result; a row for each run, in the
//! order in which `SALib` has them.

use super::Run;
use crate::base::number::text;
use crate::base::units::parse_number;

/// Why a file cannot be read as a sample.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no CSV.
    #[error("{0}")]
    Csv(String),
    /// A column is missing.
    #[error("there is no column `{0}`")]
    Column(String),
    /// A cell is no number.
    #[error("row {row}, column `{column}`: {text:?} is not a number")]
    Cell {
        /// Row, the header is row 1.
        row: usize,
        /// Column.
        column: String,
        /// What stands there.
        text: String,
    },
    /// Another number of rows than the method has runs for.
    #[error("{found} rows, but this study has {expected} runs")]
    Rows {
        /// Rows.
        found: usize,
        /// Runs.
        expected: usize,
    },
}

/// A sample as CSV, with results if there are any: result by result, a value for each run.
pub fn write(keys: &[String], runs: &[Run], names: &[String], results: &[Vec<f64>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let moves = runs.iter().any(|run| matches!(run, Run::One(_)));
    let moved = if moves { vec!["parameter".to_owned(), "value".to_owned()] } else { keys.to_vec() };
    let _ = writer.write_record(moved.iter().chain(names));
    for (place, run) in runs.iter().enumerate() {
        let mut row: Vec<String> = match run {
            Run::All(values) => values.iter().map(|value| text(*value)).collect(),
            Run::One(Some((parameter, value))) => vec![keys[*parameter].clone(), text(*value)],
            Run::One(None) => vec!["as written".to_owned(), "NA".to_owned()],
        };
        row.extend(results.iter().map(|column| {
            let value = column[place];
            if value.is_nan() { "NA".to_owned() } else { text(value) }
        }));
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

/// Reads a sample with its results. A column that is named like a parameter is one, all others are results.
///
/// # Errors
/// What is wrong with the file.
pub fn read(bytes: &[u8], keys: &[String], expected: usize) -> Result<(Vec<Run>, Vec<String>, Vec<Vec<f64>>), Refused> {
    let mut reader = csv::Reader::from_reader(bytes);
    let broken = |error: csv::Error| Refused::Csv(error.to_string());
    let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(|name| name.trim().to_owned()).collect();
    let place = |name: &String| header.iter().position(|known| known == name);
    let columns: Vec<usize> =
        keys.iter().map(|key| place(key).ok_or_else(|| Refused::Column(key.clone()))).collect::<Result<_, _>>()?;
    let others: Vec<usize> = (0..header.len()).filter(|column| !columns.contains(column)).collect();
    let names: Vec<String> = others.iter().map(|column| header[*column].clone()).collect();
    let (mut runs, mut results) = (Vec::new(), vec![Vec::new(); others.len()]);
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(broken)?;
        let number = |column: usize| {
            let cell = record.get(column).unwrap_or("").trim();
            parse_number(cell).filter(|x| x.is_finite()).ok_or_else(|| Refused::Cell {
                row: index + 2,
                column: header[column].clone(),
                text: cell.to_owned(),
            })
        };
        runs.push(Run::All(columns.iter().map(|column| number(*column)).collect::<Result<_, _>>()?));
        for (result, column) in results.iter_mut().zip(&others) {
            result.push(number(*column)?);
        }
    }
    if runs.len() == expected { Ok((runs, names, results)) } else { Err(Refused::Rows { found: runs.len(), expected }) }
}
