//! Numbers over time: constants, years in a table, rows of a CSV file.

use super::Checker;
use super::leaf::{Leaf, META, Meta, Written};
use crate::base::series::{Before, Series, Then};
use crate::base::units::{Dimension, Quantity, Unit, parse_number};
use crate::scenario::document::{Node, Table, Value, is_year};
use crate::scenario::problem::Problem;
use crate::scenario::source::Origin;
use crate::scenario::table::CsvFile;
use crate::scenario::value::Parsed;

/// First and last year anything can be about.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2300;

const RULES: &[&str] = &["then", "before", "multiply"];
const REFERENCE: &[&str] = &["file", "column", "where"];

/// How a series goes on outside its years, and its factor.
#[derive(Clone, Copy)]
pub struct Rules {
    pub before: Before,
    pub then: Then,
    multiply: f64,
    /// Where `then` stands, for a fade that cannot be.
    at: Option<Origin>,
}

impl Checker<'_> {
    /// Reads a number over time.
    pub fn series(&mut self, node: &Node, leaf: &Leaf) -> Option<Series> {
        let Value::Table(table) = &node.value else {
            return self.number(node, leaf, &leaf.key).map(Series::constant);
        };
        let mut leaf = leaf.clone();
        self.meta(table, &mut leaf);
        let rules = self.rules(table, &leaf);
        if table.contains_key("file") {
            self.only(table, &leaf, REFERENCE, &[META, RULES].concat());
            return self.csv_series(node, table, &leaf, rules);
        }
        if let Some(value) = table.get("value") {
            self.only(table, &leaf, &["value", "multiply"], META);
            if matches!(value.value, Value::Table(_)) {
                self.wrong_type(value, &leaf, "a number");
                return None;
            }
            let key = leaf.key.clone();
            let number = self.number(value, &leaf, &key)? * rules.multiply;
            return self.finish(vec![(0, number)], rules, node.origin, &leaf);
        }
        let years: Vec<&str> = table.keys().map(String::as_str).filter(|k| is_year(k)).collect();
        if years.is_empty() {
            // A misspelt `value` is the likelier reason than a value forgotten.
            if !self.only(table, &leaf, &["value", "file"], &[META, RULES].concat()) {
                return None;
            }
            let title = format!("`{}` has neither a value, nor years, nor a file", leaf.name());
            let problem =
                Problem::error("E0202", title, node.origin, "expected e.g. `2025 = ..`", leaf.schema.way_out());
            self.report(problem, &leaf.key);
            return None;
        }
        self.only(table, &leaf, &years, &[META, RULES].concat());
        let mut points = Vec::new();
        let mut whole = true;
        for (name, point) in table.iter().filter(|(k, _)| is_year(k)) {
            let year = self.year(name, point.key, "", &leaf);
            let value = self.number(point, &leaf, &format!("{}.{name}", leaf.key));
            match (year, value) {
                (Some(year), Some(value)) => points.push((year, value * rules.multiply)),
                _ => whole = false,
            }
        }
        if whole { self.finish(points, rules, node.origin, &leaf) } else { None }
    }

    /// Reads a number over time whose unit says what it measures; the base unit is kept under the key's `.unit`.
    pub fn series_of(&mut self, node: &Node, leaf: &Leaf, dimensions: &[Dimension]) -> Option<Series> {
        let text = |node: &Node| node.text().and_then(|text| Quantity::parse(text).ok()).map(|quantity| quantity.unit);
        let unit = match &node.value {
            Value::Table(table) => {
                let named = table.get("unit").and_then(Node::text).and_then(|text| Unit::parse(text).ok());
                table.get("value").and_then(text).or(named)
            }
            _ => text(node),
        };
        let mut leaf = leaf.clone();
        leaf.dimension = dimensions.first().copied().unwrap_or(Dimension::NONE);
        if let Some(unit) = unit {
            if !dimensions.contains(&unit.dimension()) {
                let units: Vec<String> = dimensions.iter().map(|dimension| dimension.base_unit()).collect();
                let title = format!("`{}` is given in {}, needs e.g. {}", leaf.key, unit.text(), units.join(" or "));
                let label = format!("`{}` is {}", unit.text(), unit.dimension());
                self.report(Problem::error("E0302", title, node.origin, label, leaf.schema.way_out()), &leaf.key);
                return None;
            }
            leaf.dimension = unit.dimension();
        }
        self.values.insert(format!("{}.unit", leaf.key), Parsed::Text(leaf.dimension.base_unit()));
        self.series(node, &leaf)
    }

    /// Checks a year.
    pub fn year(&mut self, text: &str, origin: Origin, place: &str, leaf: &Leaf) -> Option<i32> {
        let (code, label, help) = match text.parse::<i32>() {
            Ok(year) if YEARS.contains(&year) => return Some(year),
            Ok(_) => ("E0504", "expected 1900 to 2300", "check the year"),
            Err(_) => ("E0201", "expected a year such as 2025", "write the year with four digits"),
        };
        let title = format!("`{}`: `{text}` is not a year the model knows", leaf.name());
        self.report(Problem::error(code, title, origin, format!("{place}{label}"), help), &leaf.key);
        None
    }

    /// Reads `before`, `then` and `multiply`.
    pub fn rules(&mut self, table: &Table, leaf: &Leaf) -> Rules {
        let mut rules = Rules { before: Before::Hold, then: Then::Hold, multiply: 1.0, at: None };
        if let Some(node) = table.get("before") {
            match node.text() {
                Some("hold") => {}
                Some("zero") => rules.before = Before::Zero,
                _ => self.bad_rule(node, leaf, "before", "\"hold\" or \"zero\""),
            }
        }
        if let Some(node) = table.get("then") {
            rules.at = Some(node.origin);
            let fade = |text: &str| Quantity::parse(text.strip_prefix("fade ")?).ok().filter(|q| q.unit.text() == "yr");
            match node.text() {
                Some("hold") => {}
                Some("zero") => rules.then = Then::Zero,
                Some(text) => match fade(text).filter(|q| q.written > 0.0 && q.written <= 400.0) {
                    Some(q) => {
                        rules.then = Then::Fade(q.base());
                        // How a series goes on after its last source is always an assumption.
                        let meta = Meta {
                            source: "ASSUMPTION".to_owned(),
                            confidence: "C".to_owned(),
                            note: "assumption: how the series goes on after its last given year".to_owned(),
                        };
                        self.enter(&format!("{}.then", leaf.key), q.written, "yr", &meta, node.origin);
                    }
                    None => self.bad_rule(node, leaf, "then", "\"hold\", \"zero\" or \"fade 10 yr\""),
                },
                None => self.bad_rule(node, leaf, "then", "\"hold\", \"zero\" or \"fade 10 yr\""),
            }
        }
        if let Some(node) = table.get("multiply") {
            let plain = Leaf {
                dimension: Dimension::NONE,
                share: false,
                unit: None,
                key: format!("{}.multiply", leaf.key),
                ..leaf.clone()
            };
            let key = plain.key.clone();
            rules.multiply = self.number(node, &plain, &key).unwrap_or(1.0);
        }
        rules
    }

    fn bad_rule(&mut self, node: &Node, leaf: &Leaf, name: &str, wanted: &str) {
        let title = format!("`{name}` of `{}` must be {wanted}, got {}", leaf.name(), node.seen());
        let help = format!("write e.g. `{name} = \"zero\"`");
        self.report(Problem::error("E0203", title, node.origin, format!("expected {wanted}"), help), &leaf.key);
    }

    /// Makes the series and checks what only shows in the whole.
    fn finish(&mut self, points: Vec<(i32, f64)>, rules: Rules, origin: Origin, leaf: &Leaf) -> Option<Series> {
        let over = points.iter().find(|(_, value)| leaf.share && *value > 1.0).copied();
        let series = Series::new(points, rules.before, rules.then)?;
        let at = rules.at.unwrap_or(origin);
        let name = leaf.name();
        let problem = if let Some((year, value)) = over {
            let when = if year == 0 { String::new() } else { format!(" in {year}") };
            let title = format!("`{name}` is a share above 1{when}: {value}, after `multiply`");
            Some(Problem::error("E0306", title, origin, "expected shares from 0 to 1", "lower `multiply`"))
        } else if matches!(rules.then, Then::Fade(_)) && !series.can_fade() {
            let title = format!("`{name}` cannot fade: there is no growth rate to start from");
            let help = "give two years with values above zero, or write `then = \"hold\"`";
            Some(Problem::error("E0203", title, at, "needs two given years above zero", help))
        } else if leaf.share && series.limit() > 1.0 {
            let title = format!("`{name}` is a share and would grow to {:.4}", series.limit());
            let help = "give the years until the share levels off, then `hold`";
            Some(Problem::error("E0306", title, at, "expected a share from 0 to 1", help))
        } else {
            None
        };
        match problem {
            Some(problem) => {
                self.report(problem, &leaf.key);
                None
            }
            None => Some(series),
        }
    }

    fn csv_series(&mut self, node: &Node, table: &Table, leaf: &Leaf, rules: Rules) -> Option<Series> {
        let found = self.rows(table, leaf, "value")?;
        let file = &*found.file;
        let year_column = file.column("year");
        let mut points: Vec<(i32, f64, usize)> = Vec::new();
        let mut whole = true;
        for &row in &found.rows {
            if self.full() {
                return None;
            }
            let year_text = year_column.map_or("", |c| file.cell(row, c));
            if year_text.is_empty() && found.rows.len() == 1 {
                let value = self.cell(file, row, found.column, leaf, &leaf.key)?;
                return self.finish(vec![(0, value * rules.multiply)], rules, node.origin, leaf);
            }
            let origin = self.cell_origin(file, row, year_column);
            let place = place(row, "year");
            if year_text.is_empty() {
                let (name, count) = (leaf.name(), found.rows.len());
                let (title, label) = if year_column.is_some() {
                    let title = format!("`{name}`: {count} rows match but row {} has no year", row + 2);
                    (title, format!("{place}empty"))
                } else {
                    let title = format!("`{name}`: {count} rows match but the table has no column `year`");
                    (
                        title,
                        format!("row {} is the first of them; the columns are {}", row + 2, file.headers.join(", ")),
                    )
                };
                let help = "give each row a year, or narrow `where` to one row";
                self.report(Problem::error("E0312", title, origin, label, help), &leaf.key);
                return None;
            }
            let year = self.year(year_text, origin, &place, leaf);
            let value = self.cell(file, row, found.column, leaf, &format!("{}.{year_text}", leaf.key));
            match (year, value) {
                (Some(year), Some(value)) => points.push((year, value * rules.multiply, row)),
                _ => whole = false,
            }
        }
        points.sort_by_key(|(year, _, row)| (*year, *row));
        for pair in points.windows(2) {
            if let [(y0, _, r0), (y1, _, r1)] = pair
                && y0 == y1
            {
                let second = self.cell_origin(file, *r1, year_column);
                let first = self.cell_origin(file, *r0, year_column);
                let title = format!("`{}`: year {y1} comes twice, in rows {} and {}", leaf.name(), r0 + 2, r1 + 2);
                let help = "narrow `where`, so that one row is left for each year";
                let problem = Problem::error("E0311", title, second, format!("{}repeated", place(*r1, "year")), help);
                let problem = problem.also(first, "first here").also(node.origin, "asked for here");
                self.report(problem, &leaf.key);
                whole = false;
                break;
            }
        }
        let points = points.into_iter().map(|(year, value, _)| (year, value)).collect();
        if whole { self.finish(points, rules, node.origin, leaf) } else { None }
    }

    /// The place of a CSV cell.
    pub fn cell_origin(&self, file: &CsvFile, row: usize, column: Option<usize>) -> Origin {
        file.origin(row, column, &self.loader.sources)
    }

    /// Reads the number in a CSV cell, in the unit of the leaf or of the row.
    pub fn cell(&mut self, file: &CsvFile, row: usize, column: usize, leaf: &Leaf, key: &str) -> Option<f64> {
        let text = file.cell(row, column);
        let name = file.headers.get(column).map_or("", String::as_str);
        let place = place(row, name);
        let origin = self.cell_origin(file, row, Some(column));
        let number = match text.to_ascii_lowercase().as_str() {
            "nan" => Some(f64::NAN),
            "inf" | "+inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            _ => parse_number(text),
        };
        let Some(number) = number else {
            let (code, title, label) = if text.is_empty() {
                ("E0312", format!("`{}`: empty cell in row {}", leaf.name(), row + 2), "empty")
            } else {
                ("E0201", format!("`{}`: {text:?} is not a number", leaf.name()), "expected a number")
            };
            let help = "write a number, or leave the whole row out: values between given years are interpolated";
            self.report(Problem::error(code, title, origin, format!("{place}{label}"), help), &leaf.key);
            return None;
        };
        let mut from_row = None;
        if leaf.unit.is_none()
            && let Some(unit_column) = file.column("unit")
        {
            let text = file.cell(row, unit_column);
            if !text.is_empty() {
                let origin = self.cell_origin(file, row, Some(unit_column));
                from_row = Some(self.unit(text, origin, &self::place(row, "unit"), leaf)?);
            }
        }
        let meta = row_meta(file, row, &leaf.meta);
        let unit = leaf.unit.as_ref().or(from_row.as_ref());
        self.accept(&Written { number, unit, origin, place: &place, meta: &meta }, leaf, key)
    }
}

/// What goes before the label of a CSV cell.
pub fn place(row: usize, column: &str) -> String {
    format!("row {}, column `{column}`: ", row + 2)
}

/// Source, confidence and note of a row, where the reference does not give them.
fn row_meta(file: &CsvFile, row: usize, given: &Meta) -> Meta {
    let pick = |given: &str, column: &str| {
        let own = file.column(column).map_or("", |c| file.cell(row, c));
        if given.is_empty() { own.to_owned() } else { given.to_owned() }
    };
    Meta {
        source: pick(&given.source, "source_id"),
        confidence: pick(&given.confidence, "confidence"),
        note: pick(&given.note, "note"),
    }
}
