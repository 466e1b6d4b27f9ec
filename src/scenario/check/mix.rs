//! Shares by name that sum to 1, and values by name.

use super::Checker;
use super::leaf::{Leaf, META};
use super::series::place;
use crate::base::series::{Before, Series, Then};
use crate::scenario::document::{Node, Table, Value, is_plain, is_year};
use crate::scenario::problem::Problem;
use crate::scenario::schema::{Dim, Takes};
use crate::scenario::source::Origin;
use crate::scenario::table::CsvFile;
use crate::scenario::value::{ByName, Mix, Parsed};
use std::collections::{BTreeMap, HashSet};

/// How far the given shares may be from 1 before they are taken to say something else.
const TOLERANCE: f64 = 1e-9;

/// The year that stands for «at all times».
const ALWAYS: i32 = 0;

/// What one name was given.
#[derive(Clone, Debug)]
pub enum Share {
    Rest,
    Given(Series),
}

/// The rows of a CSV file that make up one mix.
pub struct CsvMix<'a> {
    pub file: &'a CsvFile,
    pub rows: &'a [usize],
    /// Column with the names.
    pub name: usize,
    /// Column with the shares.
    pub column: usize,
    pub dim: Dim,
}

/// Reads the value of one name.
type Read<'a, T> = fn(&mut Checker<'a>, &Node, &Leaf) -> Option<T>;

impl<'a> Checker<'a> {
    /// Reads a mix in any of its forms.
    pub fn mix(&mut self, node: &Node, leaf: &Leaf, dim: Dim) -> Option<Mix> {
        let Value::Table(table) = &node.value else {
            self.wrong_type(node, leaf, "a table of shares by name");
            return None;
        };
        let mut leaf = leaf.clone();
        self.meta(table, &mut leaf);
        if table.contains_key("file") {
            self.only(table, &leaf, &["file", "column", "where", "name"], META);
            let default = if table.contains_key("column") { "" } else { "share" };
            let found = self.rows(table, &leaf, default)?;
            let (name, origin) = match table.get("name") {
                Some(n) => (n.text().unwrap_or(""), n.origin),
                None => (dim.word(), node.origin),
            };
            let name = self.column(&found.file, name, origin, &leaf.key)?;
            let read = CsvMix { file: &found.file, rows: &found.rows, name, column: found.column, dim };
            return self.csv_mix(&read, node, &leaf);
        }
        let names: Vec<(&String, &Node)> = table.iter().filter(|(k, _)| !META.contains(&k.as_str())).collect();
        let years = names.iter().filter(|(k, _)| is_year(k)).count();
        if names.is_empty() || (years > 0 && years < names.len()) {
            let title = format!("`{}` must be shares by name or tables by year", leaf.key);
            let label = if names.is_empty() { "nothing is given" } else { "years and names are mixed" };
            self.report(Problem::error("E0201", title, node.origin, label, leaf.schema.way_out()), &leaf.key);
            return None;
        }
        if years > 0 { self.year_first(&names, node, &leaf, dim) } else { self.name_first(&names, node, &leaf, dim) }
    }

    fn name_first(&mut self, names: &[(&String, &Node)], node: &Node, leaf: &Leaf, dim: Dim) -> Option<Mix> {
        let mut shares = Vec::new();
        let mut whole = true;
        for (name, share) in names {
            whole &= self.mix_name(dim, name, share.key, leaf, "");
            if share.text() == Some("rest") {
                shares.push(((*name).clone(), Share::Rest));
                continue;
            }
            let own = Leaf { key: format!("{}.{name}", leaf.key), ..leaf.clone() };
            match self.series(share, &own) {
                Some(series) => shares.push(((*name).clone(), Share::Given(series))),
                None => whole = false,
            }
        }
        if whole { self.close(shares, node.origin, &leaf.key) } else { None }
    }

    fn year_first(&mut self, years: &[(&String, &Node)], node: &Node, leaf: &Leaf, dim: Dim) -> Option<Mix> {
        let mut cells: Vec<(i32, String, Option<f64>)> = Vec::new();
        let mut whole = true;
        for (text, table) in years {
            let Some(year) = self.year(text, table.key, "", leaf) else {
                whole = false;
                continue;
            };
            let Value::Table(shares) = &table.value else {
                self.wrong_type(
                    table,
                    &Leaf { key: format!("{}.{text}", leaf.key), ..leaf.clone() },
                    "a table of shares by name",
                );
                whole = false;
                continue;
            };
            for (name, share) in shares {
                whole &= self.mix_name(dim, name, share.key, leaf, "");
                if share.text() == Some("rest") {
                    cells.push((year, name.clone(), None));
                    continue;
                }
                let own = Leaf { key: format!("{}.{name}", leaf.key), ..leaf.clone() };
                match self.number(share, &own, &format!("{}.{name}.{text}", leaf.key)) {
                    Some(value) => cells.push((year, name.clone(), Some(value))),
                    None => whole = false,
                }
            }
        }
        if whole { self.by_year(cells, node.origin, &leaf.key) } else { None }
    }

    /// Reads a mix from rows of a CSV file.
    pub fn csv_mix(&mut self, read: &CsvMix<'_>, node: &Node, leaf: &Leaf) -> Option<Mix> {
        let CsvMix { file, rows, name: name_column, column, dim } = *read;
        let year_column = file.column("year");
        let mut seen: HashSet<(i32, &str)> = HashSet::new();
        let mut cells: Vec<(i32, String, Option<f64>)> = Vec::new();
        let mut whole = true;
        for &row in rows {
            if self.full() {
                return None;
            }
            let name = file.cell(row, name_column);
            let header = file.headers.get(name_column).map_or("", String::as_str);
            let named = self.cell_origin(file, row, Some(name_column));
            whole &= self.mix_name(dim, name, named, leaf, &place(row, header));
            let text = year_column.map_or("", |c| file.cell(row, c));
            let origin = self.cell_origin(file, row, year_column.or(Some(name_column)));
            let year = if text.is_empty() { Some(ALWAYS) } else { self.year(text, origin, &place(row, "year"), leaf) };
            let Some(year) = year else {
                whole = false;
                continue;
            };
            if !seen.insert((year, name)) {
                let title = format!("`{}`: `{name}` comes twice{}", leaf.key, in_year(year));
                let help = "narrow `where`, so that one row is left for each name and year";
                let label = format!("{}repeated", place(row, header));
                let problem = Problem::error("E0311", title, named, label, help).also(node.origin, "asked for here");
                self.report(problem, &leaf.key);
                whole = false;
                continue;
            }
            let suffix = if year == ALWAYS { String::new() } else { format!(".{text}") };
            if file.cell(row, column) == "rest" {
                cells.push((year, name.to_owned(), None));
                continue;
            }
            let own = Leaf { key: format!("{}.{name}", leaf.key), ..leaf.clone() };
            match self.cell(file, row, column, &own, &format!("{}.{name}{suffix}", leaf.key)) {
                Some(value) => cells.push((year, name.to_owned(), Some(value))),
                None => whole = false,
            }
        }
        // The sum is a fault of the rows, so that is where the caret belongs.
        let origin = rows.first().map_or(node.origin, |row| self.cell_origin(file, *row, Some(column)));
        if whole { self.by_year(cells, origin, &leaf.key) } else { None }
    }

    pub(super) fn mix_name(&mut self, dim: Dim, name: &str, origin: Origin, leaf: &Leaf, place: &str) -> bool {
        let known = match dim {
            Dim::Outlet => self.outlets(&leaf.key),
            _ => self.names.list(dim).map(<[String]>::to_vec),
        };
        let Some(known) = known else { return true };
        let good = known.iter().any(|k| k == name);
        if !good {
            self.not_among(dim, name, &known, origin, &leaf.key, place);
        }
        good
    }

    /// A mix from cells by year and name: a name missing in a year is zero there.
    fn by_year(&mut self, cells: Vec<(i32, String, Option<f64>)>, origin: Origin, key: &str) -> Option<Mix> {
        let mut names: Vec<String> = Vec::new();
        let mut years: BTreeMap<i32, BTreeMap<String, Option<f64>>> = BTreeMap::new();
        for (year, name, share) in cells {
            if !names.contains(&name) {
                names.push(name.clone());
            }
            years.entry(year).or_default().insert(name, share);
        }
        if years.len() > 1 && years.contains_key(&ALWAYS) {
            let title = format!("`{key}`: some rows have a year and some have none");
            let help = "give every row a year, or none";
            self.report(Problem::error("E0312", title, origin, "years are missing", help), key);
            return None;
        }
        let mut points: Vec<Vec<(i32, f64)>> = vec![Vec::new(); names.len()];
        // A name that is "rest" in every year stays the one that gives way between the years too.
        let rest = names.iter().position(|n| years.values().all(|shares| shares.get(n) == Some(&None)));
        for (year, shares) in &years {
            let given: Vec<Option<f64>> = names.iter().map(|n| shares.get(n).copied().unwrap_or(Some(0.0))).collect();
            let closed = self.close_year(&given, *year, origin, key)?;
            for (points, share) in points.iter_mut().zip(closed) {
                points.push((*year, share));
            }
        }
        let series = points.into_iter().map(|p| Series::new(p, Before::Hold, Then::Hold));
        let shares: Option<Vec<_>> = names.into_iter().zip(series).map(|(name, s)| Some((name, s?))).collect();
        Some(Mix::new(shares?, rest))
    }

    /// Checks that shares sum to 1 in every year any of them names, and works out the rest.
    pub fn close(&mut self, shares: Vec<(String, Share)>, origin: Origin, key: &str) -> Option<Mix> {
        let mut years: Vec<i32> = Vec::new();
        for (name, share) in &shares {
            let Share::Given(series) = share else { continue };
            if series.rules() != (Before::Hold, Then::Hold) {
                let title = format!("`{key}.{name}` is one of several shares and can only hold outside its years");
                let help = "drop `then` and `before`; give the last year a value instead";
                self.report(Problem::error("E0203", title, origin, "shares must sum to 1 at all times", help), key);
                return None;
            }
            if series.points().len() > 1 {
                years.extend(series.points().iter().map(|(year, _)| *year));
            }
        }
        years.sort_unstable();
        years.dedup();
        if years.is_empty() {
            years.push(ALWAYS);
        }
        let mut points: Vec<Vec<(i32, f64)>> = vec![Vec::new(); shares.len()];
        for year in years {
            let given: Vec<Option<f64>> = shares
                .iter()
                .map(|(_, share)| match share {
                    Share::Rest => None,
                    Share::Given(series) => Some(series.at(f64::from(year))),
                })
                .collect();
            let closed = self.close_year(&given, year, origin, key)?;
            for (points, share) in points.iter_mut().zip(closed) {
                points.push((year, share));
            }
        }
        let rest = shares.iter().position(|(_, share)| matches!(share, Share::Rest));
        let series = points.into_iter().map(|p| Series::new(p, Before::Hold, Then::Hold));
        let named: Option<Vec<_>> = shares.into_iter().zip(series).map(|((name, _), s)| Some((name, s?))).collect();
        Some(Mix::new(named?, rest))
    }

    /// The shares of one year with the rest worked out, or a report.
    fn close_year(&mut self, given: &[Option<f64>], year: i32, origin: Origin, key: &str) -> Option<Vec<f64>> {
        let sum: f64 = given.iter().flatten().sum();
        let rests = given.iter().filter(|share| share.is_none()).count();
        let when = in_year(year);
        let problem = if rests > 1 {
            let title = format!("`{key}`: {rests} shares are \"rest\"{when}");
            Some(("E0203", title, "only one can give way", "give all but one of them a number".to_owned()))
        } else if rests == 1 && sum > 1.0 + TOLERANCE {
            let title = format!("`{key}`: shares sum to {}{when}, nothing is left for \"rest\"", tidy(sum));
            Some(("E0305", title, "expected at most 1", format!("take away {} in all", tidy(sum - 1.0))))
        } else if rests == 0 && (sum - 1.0).abs() > TOLERANCE {
            let title = format!("`{key}`: shares sum to {}{when}, must be 1", tidy(sum));
            let help = if sum < 1.0 {
                format!("{} has no name; set one share to \"rest\"", tidy(1.0 - sum))
            } else {
                format!("take away {} in all, or set one share to \"rest\"", tidy(sum - 1.0))
            };
            Some(("E0305", title, "expected a sum of 1", help))
        } else {
            None
        };
        if let Some((code, title, label, help)) = problem {
            self.report(Problem::error(code, title, origin, label, help), key);
            return None;
        }
        let largest = (0..given.len()).reduce(|best, i| if given.get(i) > given.get(best) { i } else { best });
        let closing = given.iter().position(Option::is_none).or(largest);
        let others: f64 = given.iter().enumerate().filter(|(i, _)| Some(*i) != closing).filter_map(|(_, s)| *s).sum();
        let rest = (1.0 - others).max(0.0);
        Some(given.iter().enumerate().map(|(i, s)| if Some(i) == closing { rest } else { s.unwrap_or(rest) }).collect())
    }

    /// Reads one value for all names, or a table by name.
    pub fn by_name(&mut self, node: &Node, leaf: &Leaf, dim: Dim, inner: Takes) -> Option<Parsed> {
        let own = Leaf { meta: leaf.meta.clone(), ..Leaf::new(&leaf.key, leaf.schema, inner) };
        match inner {
            Takes::Survival => self.names_or_all(node, &own, dim, Self::survival).map(Parsed::Survival),
            _ => self.names_or_all(node, &own, dim, Self::series).map(Parsed::ByName),
        }
    }

    fn names_or_all<T>(&mut self, node: &Node, leaf: &Leaf, dim: Dim, read: Read<'a, T>) -> Option<ByName<T>> {
        match &node.value {
            Value::Table(table) if is_plain(table) => self.names_in(table, leaf, dim, read),
            _ => read(self, node, leaf).map(ByName::all),
        }
    }

    fn names_in<T>(&mut self, table: &Table, leaf: &Leaf, dim: Dim, read: Read<'a, T>) -> Option<ByName<T>> {
        let mut leaf = leaf.clone();
        self.meta(table, &mut leaf);
        let mut out = ByName { names: vec![], default: None };
        let mut whole = true;
        for (name, value) in table.iter().filter(|(k, _)| !META.contains(&k.as_str())) {
            let own = Leaf { key: format!("{}.{name}", leaf.key), ..leaf.clone() };
            if name != "default" && !self.names.has(dim, name) {
                self.unknown_name(dim, name, value.key, &leaf.key, &["default"], "");
                whole = false;
                continue;
            }
            match read(self, value, &own) {
                Some(value) if name == "default" => out.default = Some(value),
                Some(value) => out.names.push((name.clone(), value)),
                None => whole = false,
            }
        }
        whole.then_some(out)
    }
}

fn in_year(year: i32) -> String {
    if year == ALWAYS { String::new() } else { format!(" in {year}") }
}

/// A sum as a person would write it: 0.98, not 0.9800000000000001.
fn tidy(x: f64) -> f64 {
    (x * 1e10).round() / 1e10
}
