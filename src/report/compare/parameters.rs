//! The keys that differ between scenarios, and the files.

use super::Side;
use crate::base::inert;
use std::collections::BTreeMap;

/// What stands where a scenario does not say a key.
const NOT_SET: &str = "not set";
/// What every scenario has for itself and says nothing about its inputs.
const OWN: &str = "scenario.";

/// A key and its value in each scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Dotted key, or `file:PATH`.
    pub key: String,
    /// As written, by scenario.
    pub values: Vec<Option<String>>,
}

/// All keys that differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(pub Vec<Row>);

impl Parameters {
    /// The differing keys of the sides, in the order of the first that says them.
    pub fn of(sides: &[Side]) -> Self {
        let mut keys: indexmap::IndexMap<String, Vec<Option<String>>> = indexmap::IndexMap::new();
        let mut put = |key: String, side: usize, value: String| {
            keys.entry(key).or_insert_with(|| vec![None; sides.len()])[side] = Some(value);
        };
        for (at, side) in sides.iter().enumerate() {
            for (key, value) in flat(&side.resolved) {
                put(key, at, value);
            }
            for file in side.archive.manifest.inputs.iter().filter(|file| is_table(&file.path)) {
                put(format!("file:{}", file.path), at, file.sha256.chars().take(12).collect());
            }
        }
        let differs = |values: &[Option<String>]| values.windows(2).any(|pair| pair[0] != pair[1]);
        let rows = keys.into_iter().filter(|(key, values)| !key.starts_with(OWN) && differs(values));
        Self(rows.map(|(key, values)| Row { key, values }).collect())
    }

    /// `parameters.csv`.
    pub fn table(&self, labels: &[&str]) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory does not fail, and all rows have as many cells as the header.
        let _ = writer.write_record(["key"].into_iter().chain(labels.iter().copied()));
        for row in &self.0 {
            let values = row.values.iter().map(|value| inert_value(value.as_deref().unwrap_or(NOT_SET)));
            let _ = writer.write_record([row.key.clone()].into_iter().chain(values));
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// True for a data file.
pub fn is_table(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|ending| ending == "csv")
}

/// A number may be negative; a text may not begin like a formula.
fn inert_value(value: &str) -> String {
    if value.parse::<f64>().is_ok() { value.to_owned() } else { inert::cell(value).into_owned() }
}

/// Every value of a scenario by its dotted key.
pub fn flat(table: &toml::Table) -> BTreeMap<String, String> {
    fn walk(value: &toml::Value, key: &str, out: &mut BTreeMap<String, String>) {
        match value {
            toml::Value::Table(table) if !table.is_empty() => {
                for (name, below) in table {
                    let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    walk(below, &key, out);
                }
            }
            toml::Value::String(text) => {
                out.insert(key.to_owned(), text.clone());
            }
            other => {
                out.insert(key.to_owned(), other.to_string());
            }
        }
    }
    let mut out = BTreeMap::new();
    for (name, value) in table {
        walk(value, name, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_keys() {
        let table = "a = 1\n[b.c]\nd = { unit = \"t\", 2030 = 5.0 }\ne = [\"x\"]".parse().unwrap();
        let flat = flat(&table);
        let lines: Vec<String> = flat.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(lines, ["a=1", "b.c.d.2030=5.0", "b.c.d.unit=t", "b.c.e=[\"x\"]"]);
    }

    #[test]
    fn a_formula_is_text_and_a_negative_number_a_number() {
        assert_eq!(inert_value("-5"), "-5");
        assert_eq!(inert_value("=HYPERLINK()"), "'=HYPERLINK()");
    }
}
