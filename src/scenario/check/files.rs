//! References to CSV files: opening, columns, filters, whole tables.

use super::Checker;
use super::leaf::{Leaf, META};
use super::series::place;
use crate::base::units::{Dimension, Unit};
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::problem::Problem;
use crate::scenario::schema::{Cells, Column, Dim};
use crate::scenario::source::{FileKind, Origin};
use crate::scenario::suggest;
use crate::scenario::table::{CsvFile, CsvTable};
use crate::scenario::value::Parsed;
use std::collections::HashMap;
use std::sync::Arc;

/// The rows a reference picks.
pub struct Found {
    pub file: Arc<CsvFile>,
    pub rows: Vec<usize>,
    /// Position of the column with the numbers.
    pub column: usize,
}

impl Checker<'_> {
    /// Opens a CSV file once, however many keys refer to it; its fault is reported once.
    pub fn csv(&mut self, node: &Node, key: &str) -> Option<Arc<CsvFile>> {
        let Some(text) = node.text() else {
            let title = format!("`file` of `{key}` must be a path, got {}", node.seen());
            let help = "write e.g. `file = \"data/sales.csv\"`";
            self.report(Problem::error("E0201", title, node.origin, "expected a path", help), key);
            return None;
        };
        let id = self.loader.open(node.origin.file, text, node.origin, key, FileKind::Data)?;
        if !self.csv.contains_key(&id) {
            let read = match CsvFile::read(id, &self.loader.sources) {
                Ok(file) => Some(Arc::new(file)),
                Err(problem) => {
                    self.report(problem.also(node.origin, "asked for here"), key);
                    None
                }
            };
            self.csv.insert(id, read);
        }
        self.csv.get(&id).cloned().flatten()
    }

    /// The column with the numbers and the rows that `where` leaves.
    pub fn rows(&mut self, table: &Table, leaf: &Leaf, default_column: &str) -> Option<Found> {
        let node = table.get("file")?;
        let file = self.csv(node, &leaf.key)?;
        let (name, origin) = match table.get("column") {
            None => (default_column, node.origin),
            Some(column) => {
                let Some(text) = column.text() else {
                    self.wrong_type(column, leaf, "the name of a column");
                    return None;
                };
                (text, column.origin)
            }
        };
        let column = self.column(&file, name, origin, &leaf.key)?;
        let rows = self.filter(&file, table.get("where"), leaf)?;
        Some(Found { file, rows, column })
    }

    /// Position of a column, or a report that it is missing.
    pub fn column(&mut self, file: &CsvFile, name: &str, origin: Origin, key: &str) -> Option<usize> {
        let column = file.column(name);
        if column.is_none() {
            let shown = self.loader.sources.get(file.file).map_or("", |s| &s.name);
            let title = format!("no column `{name}` in `{shown}`");
            let help = suggest::help(name, file.headers.iter().map(String::as_str));
            self.report(Problem::error("E0406", title, origin, "no such column", help), key);
        }
        column
    }

    /// The rows whose cells equal those in `where`.
    pub fn filter(&mut self, file: &Arc<CsvFile>, node: Option<&Node>, leaf: &Leaf) -> Option<Vec<usize>> {
        let Some(node) = node else { return Some((0..file.row_count()).collect()) };
        let Some(table) = node.table() else {
            self.wrong_type(node, leaf, "a table such as { region = \"china\" }");
            return None;
        };
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for (name, cell) in table {
            let column = self.column(file, name, cell.key, &leaf.key)?;
            let text = match &cell.value {
                Value::Text(text) => text.trim().to_owned(),
                Value::Integer(n) => n.to_string(),
                _ => {
                    self.wrong_type(cell, leaf, "the text of a cell");
                    return None;
                }
            };
            wanted.push((column, text));
        }
        wanted.sort();
        let (columns, cells): (Vec<usize>, Vec<String>) = wanted.into_iter().unzip();
        let slot = (file.file, columns);
        let index = self.indexes.entry(slot).or_insert_with_key(|(_, columns)| file.index(columns));
        if let Some(rows) = index.get(&cells) {
            return Some(rows.clone());
        }
        self.no_row(file, node, table, leaf);
        None
    }

    /// Says which part of a filter nothing matches.
    fn no_row(&mut self, file: &CsvFile, node: &Node, table: &Table, leaf: &Leaf) {
        let shown = self.loader.sources.get(file.file).map_or_else(String::new, |s| s.name.clone());
        let title = format!("no row of `{shown}` matches");
        for (name, cell) in table {
            let Some(column) = file.column(name) else { continue };
            let text = match &cell.value {
                Value::Text(text) => text.trim().to_owned(),
                Value::Integer(n) => n.to_string(),
                _ => continue,
            };
            let mut known: Vec<&str> = (0..file.row_count()).map(|row| file.cell(row, column)).collect();
            known.sort_unstable();
            known.dedup();
            if !known.contains(&text.as_str()) {
                let help = suggest::help(&text, known);
                let label = format!("column `{name}` never holds `{text}`");
                self.report(Problem::error("E0406", title, cell.origin, label, help), &leaf.key);
                return;
            }
        }
        let help = "each value occurs in its column, but no row has them together; drop one condition";
        self.report(Problem::error("E0406", title, node.origin, "nothing matches", help), &leaf.key);
    }

    /// A CSV table that is read as a whole: a path, or `{ file, where, unit }`.
    pub fn csv_table(&mut self, node: &Node, leaf: &mut Leaf, columns: &'static [Column]) -> Option<Parsed> {
        let (file, filter, column) = match &node.value {
            Value::Text(_) => (self.csv(node, &leaf.key)?, None, None),
            Value::Table(table) if table.contains_key("file") => {
                self.meta(table, leaf);
                self.only(table, leaf, &["file", "column", "where"], META);
                (self.csv(table.get("file")?, &leaf.key)?, table.get("where"), table.get("column"))
            }
            _ => {
                self.wrong_type(node, leaf, "the path of a CSV file");
                return None;
            }
        };
        let value_column = column.and_then(Node::text).unwrap_or("value");
        if let Some(node) = column {
            self.column(&file, value_column, node.origin, &leaf.key)?;
        }
        // `column` says which column is meant by the one that holds the numbers.
        let named = |c: &Column| {
            if matches!(c.cells, Cells::Value(_) | Cells::Measured) {
                value_column.to_owned()
            } else {
                c.name.to_owned()
            }
        };
        let missing: Vec<String> =
            columns.iter().filter(|c| c.required && file.column(&named(c)).is_none()).map(named).collect();
        for name in &missing {
            self.column(&file, name, node.origin, &leaf.key);
        }
        if !missing.is_empty() {
            return None;
        }
        let rows = self.filter(&file, filter, leaf)?;
        let mut kept = Vec::with_capacity(rows.len());
        let (mut values, mut labels) = (HashMap::new(), HashMap::new());
        let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
        let keyed = columns.iter().any(|c| matches!(c.cells, Cells::Value(_) | Cells::Measured));
        for row in rows {
            if self.full() {
                return None;
            }
            if !self.uses_row(&file, row, columns, leaf) {
                continue;
            }
            let parts: Vec<&str> = columns
                .iter()
                .filter(|c| matches!(c.cells, Cells::Key | Cells::Name(_) | Cells::OneOf(_) | Cells::Year))
                .filter_map(|c| Some(file.cell(row, file.column(c.name)?)))
                .filter(|text| !text.is_empty())
                .collect();
            let label = parts.join(".");
            let key = format!("{}.{label}", leaf.key);
            labels.insert(label, row);
            if keyed && let Some(first) = seen.insert(parts, row) {
                let origin = self.cell_origin(&file, row, None);
                let title = format!("`{}`: rows {} and {} are for the same thing", leaf.key, first + 2, row + 2);
                let label = format!("row {}: repeated", row + 2);
                let problem = Problem::error("E0311", title, origin, label, "keep one of the two rows");
                let first = self.cell_origin(&file, first, None);
                self.report(problem.also(first, "first here"), &leaf.key);
            }
            for column in columns {
                let dimension = match column.cells {
                    Cells::Value(dimension) => Some(dimension),
                    // A unit that cannot be read is told where the number is.
                    Cells::Measured => {
                        let unit = file.column("unit").map(|unit| Unit::parse(file.cell(row, unit)));
                        Some(unit.and_then(Result::ok).map_or(Dimension::NONE, |unit| unit.dimension()))
                    }
                    _ => None,
                };
                if let Some(dimension) = dimension
                    && let Some(position) = file.column(value_column)
                {
                    let of_column = Leaf { dimension, ..leaf.clone() };
                    if let Some(value) = self.cell(&file, row, position, &of_column, &key) {
                        values.insert(row, value);
                    }
                }
            }
            kept.push(row);
        }
        let key = leaf.key.clone();
        drop(seen);
        let column = value_column.to_owned();
        Some(Parsed::Csv(CsvTable { file, sources: None, rows: kept, key, column, values, named: Arc::new(labels) }))
    }

    /// Checks the names and years of a row; false if the scenario does not use it or it is faulty.
    fn uses_row(&mut self, file: &CsvFile, row: usize, columns: &[Column], leaf: &Leaf) -> bool {
        let mut good = true;
        for column in columns {
            let Some(position) = file.column(column.name) else { continue };
            let text = file.cell(row, position);
            match column.cells {
                // Data files are shared: a chemistry this scenario leaves out is not a fault of the file.
                Cells::Name(Dim::Chemistry) if !text.is_empty() => {
                    if !self.names.has(Dim::Chemistry, text) {
                        return false;
                    }
                }
                Cells::Name(dim) => {
                    if !self.names.has(dim, text) {
                        let origin = self.cell_origin(file, row, Some(position));
                        self.unknown_name(dim, text, origin, &leaf.key, &[], &place(row, column.name));
                        good = false;
                    }
                }
                Cells::OneOf(words) if !words.contains(&text) => {
                    let origin = self.cell_origin(file, row, Some(position));
                    let title = format!("`{}`: `{text}` is not one of {}", leaf.name(), words.join(", "));
                    let label = format!("{}expected one of {}", place(row, column.name), words.join(", "));
                    let help = suggest::help(text, words.iter().copied());
                    self.report(Problem::error("E0203", title, origin, label, help), &leaf.key);
                    good = false;
                }
                Cells::Year if !text.is_empty() => {
                    let origin = self.cell_origin(file, row, Some(position));
                    good &= self.year(text, origin, &place(row, column.name), leaf).is_some();
                }
                Cells::Key | Cells::OneOf(_) | Cells::Year | Cells::Value(_) | Cells::Measured | Cells::Text => {}
            }
        }
        good
    }

    /// Transfer rows from a CSV file, as one mix for each substance.
    pub fn transfer_csv(&mut self, node: &Node, leaf: &mut Leaf) {
        let Some(table) = node.table().filter(|t| t.contains_key("file")) else {
            self.wrong_type(node, leaf, "a table by substance, or { file = .. }");
            return;
        };
        self.meta(table, leaf);
        self.only(table, leaf, &["file", "column", "where"], META);
        leaf.dimension = Dimension::NONE;
        let Some(found) = self.rows(table, leaf, "value") else { return };
        let file = found.file;
        let at = table.get("file").map_or(node.origin, |f| f.origin);
        let substance = self.column(&file, "substance", at, &leaf.key);
        let outlet = self.column(&file, "outlet", at, &leaf.key);
        let (Some(substance), Some(outlet)) = (substance, outlet) else { return };
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for row in found.rows {
            if self.full() {
                return;
            }
            let name = file.cell(row, substance);
            if name != "default" && !self.names.has(Dim::Substance, name) {
                let origin = self.cell_origin(&file, row, Some(substance));
                self.unknown_name(Dim::Substance, name, origin, &leaf.key, &["default"], &place(row, "substance"));
                continue;
            }
            match groups.iter_mut().find(|(n, _)| n == name) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((name.to_owned(), vec![row])),
            }
        }
        for (name, rows) in &groups {
            let key = format!("{}.{name}", leaf.key);
            let row_leaf = Leaf { key: key.clone(), ..leaf.clone() };
            let read = super::mix::CsvMix { file: &file, rows, name: outlet, column: found.column, dim: Dim::Outlet };
            if let Some(mix) = self.csv_mix(&read, node, &row_leaf) {
                self.values.insert(key, Parsed::Mix(mix));
            }
        }
        self.expanded.insert(leaf.key.clone(), groups.into_iter().map(|(name, _)| name).collect());
    }
}
