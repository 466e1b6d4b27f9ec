//! The reference tables, and the comparison of a column with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use urbanmine::model::lifetime::{Distribution, Lifetime};
use urbanmine::model::stock::InflowAt;

/// A CSV file by columns.
pub struct Table {
    name: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A file below `tests/data`.
    pub fn read(path: &str) -> Self {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path);
        let mut reader = csv::Reader::from_path(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Self { name: path.to_owned(), headers, rows }
    }

    /// A program's output.
    pub fn parse(name: &str, text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Self { name: name.to_owned(), headers, rows }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn headers(&self) -> Vec<&str> {
        self.headers.iter().map(String::as_str).collect()
    }

    pub fn text(&self, column: &str) -> Vec<&str> {
        let place = self.headers.iter().position(|header| header == column);
        let place = place.unwrap_or_else(|| panic!("{} has no column {column}", self.name));
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }

    /// A column of numbers; an empty cell is NaN.
    pub fn numbers(&self, column: &str) -> Vec<f64> {
        self.text(column).iter().map(|cell| if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() }).collect()
    }

    pub fn places(&self, column: &str) -> Vec<usize> {
        self.text(column).iter().map(|cell| cell.parse().unwrap()).collect()
    }

    /// All columns from a position on, row after row.
    pub fn block(&self, from: usize) -> Vec<f64> {
        self.rows.iter().flat_map(|row| row[from..].iter().map(|cell| cell.parse::<f64>().unwrap())).collect()
    }
}

/// The convention as the reference writes it.
pub fn convention(text: &str) -> InflowAt {
    let text = text.strip_prefix("gl").map_or_else(|| text.to_owned(), |count| format!("spread:{count}"));
    text.parse().unwrap()
}

/// A lifetime as the reference writes it; unused parameters are left out.
pub fn lifetime(dist: &str, p1: f64, p2: f64) -> Lifetime {
    let distribution = Distribution::named(dist).unwrap_or_else(|| panic!("{dist}"));
    let values = [p1, p2];
    distribution.lifetime(&values[..distribution.parameters.len()]).unwrap_or_else(|| panic!("{dist}({p1}, {p2})"))
}

/// The lifetimes of a series' rows.
pub fn lifetimes(dist: &str, series: &Table) -> Vec<Lifetime> {
    let (p1, p2) = (series.numbers("p1"), series.numbers("p2"));
    p1.into_iter().zip(p2).map(|(p1, p2)| lifetime(dist, p1, p2)).collect()
}

/// The worst difference of a problem, in parts of max(1, largest value of the column).
pub struct Worst {
    problem: &'static str,
    limit: f64,
    by_case: BTreeMap<String, f64>,
}

impl Worst {
    pub fn new(problem: &'static str, limit: f64) -> Self {
        Self { problem, limit, by_case: BTreeMap::new() }
    }

    /// Compares a column.
    pub fn compare(&mut self, case: &str, what: &str, found: &[f64], known: &[f64]) {
        assert_eq!(found.len(), known.len(), "{} {case} {what}", self.problem);
        let scale = known.iter().fold(1.0_f64, |most, value| most.max(value.abs()));
        for (i, (found, known)) in found.iter().zip(known).enumerate() {
            let difference = (found - known).abs() / scale;
            assert!(
                difference <= self.limit,
                "{} {case} {what}[{i}]: {found:e} instead of {known:e}, {difference:e} of {scale:e}",
                self.problem
            );
            let worst = self.by_case.entry(case.to_owned()).or_default();
            *worst = worst.max(difference);
        }
    }

    /// Says how it went.
    pub fn print(&self) {
        let (case, worst) =
            self.by_case.iter().max_by(|a, b| a.1.total_cmp(b.1)).map_or(("-", 0.0), |(case, worst)| (case, *worst));
        let (problem, cases) = (self.problem, self.by_case.len());
        tell(&format!("{problem} worst difference {worst:.2e} ({case}) in {cases} cases; limit {:.0e}", self.limit));
    }
}

/// Writes a line that `cargo test` shows even where all is well.
pub fn tell(line: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{line}").expect("the standard error can be written to");
}
