//! The register of assumptions: every number that entered, with who says so.

use super::source::{Origin, Sources};
use crate::base::inert::cell;
use crate::base::number::text;

/// What stands where nobody is named.
const NOT_STATED: &str = "not stated";

/// One number, before file and line are looked up.
#[derive(Clone, Debug)]
pub struct Raw {
    pub key: String,
    pub value: f64,
    pub unit: String,
    pub source: String,
    pub confidence: String,
    pub note: String,
    pub origin: Origin,
}

/// One number that entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// Dotted key; for a series with the year behind it.
    pub key: String,
    /// The number as written, in `unit`.
    pub value: f64,
    /// The unit as written; `1` for a plain number.
    pub unit: String,
    /// Who says so, or "not stated".
    pub source: String,
    /// A, B, C, or "not stated".
    pub confidence: String,
    /// Remark, or "not stated".
    pub note: String,
    /// File it stands in, relative to the project root.
    pub file: String,
    /// Line it stands on, from 1.
    pub line: usize,
}

impl Raw {
    /// The finished row.
    pub fn finish(&self, sources: &Sources) -> Assumption {
        let (file, line) = sources.place(self.origin);
        let stated = |text: &str, missing: &str| if text.is_empty() { missing.to_owned() } else { text.to_owned() };
        Assumption {
            key: self.key.clone(),
            value: self.value,
            unit: stated(&self.unit, "1"),
            source: stated(&self.source, NOT_STATED),
            confidence: stated(&self.confidence, NOT_STATED),
            note: stated(&self.note, NOT_STATED),
            file,
            line,
        }
    }
}

/// `assumptions.csv`: every number that entered, with its source, confidence and place.
#[must_use]
pub fn table(rows: &[Assumption]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has as many cells as the header.
    let _ = writer.write_record(["key", "value", "unit", "source", "confidence", "note", "file", "line"]);
    for row in rows {
        let (value, line) = (text(row.value), row.line.to_string());
        // Free text of the scenario: a cell must not begin like a formula.
        let texts = [&row.key, &row.unit, &row.source, &row.confidence, &row.note, &row.file].map(|text| cell(text));
        let [key, unit, source, confidence, note, file] = texts.each_ref().map(|text| &**text);
        let _ = writer.write_record([key, &value, unit, source, confidence, note, file, &line]);
    }
    writer.into_inner().unwrap_or_default()
}
