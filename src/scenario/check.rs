//! One walk over the merged tree against the list of keys. It never stops at the first fault.

mod files;
mod leaf;
mod lifetimes;
mod mix;
mod rates;
mod series;
mod simple;
mod uncertainty;
mod whole;

pub use series::YEARS;
pub use uncertainty::Said;

use super::assumption::Raw;
use super::document::{Node, Table, Value};
use super::problem::Problem;
use super::read::Loader;
use super::schema::{self, Dim, Place, Required};
use super::source::{FileId, Origin};
use super::suggest;
use super::table::{CsvFile, Index};
use super::uncertain::Uncertainty;
use super::value::Parsed;
use indexmap::IndexMap;
use leaf::Meta;
use std::collections::HashMap;
use std::sync::Arc;

/// Most names in each family.
const MOST: [(Dim, &str, usize); 4] = [
    (Dim::Region, "regions", 64),
    (Dim::Segment, "segments", 64),
    (Dim::Chemistry, "chemistries", 64),
    (Dim::Substance, "substances", 32),
];

/// Findings after which the walk keeps no more.
pub const MAX_PROBLEMS: usize = 1_000;

/// The names of each family; a family whose list is missing or broken has none, and its names are not checked.
#[derive(Default)]
pub struct Names(HashMap<Dim, Vec<String>>);

impl Names {
    fn of(tree: &Node) -> Self {
        let mut names = HashMap::new();
        for (dim, list, _) in MOST {
            if let Some(Node { value: Value::Array(items), .. }) = tree.at(["system", list]) {
                let list: Option<Vec<String>> = items.iter().map(|n| n.text().map(str::to_owned)).collect();
                names.extend(list.map(|list| (dim, list)));
            }
        }
        let plants = tree.get("plant").and_then(Node::table).map(|t| t.keys().cloned().collect()).unwrap_or_default();
        names.insert(Dim::Plant, plants);
        Self(names)
    }

    fn list(&self, dim: Dim) -> Option<&[String]> {
        self.0.get(&dim).map(Vec::as_slice)
    }

    /// True if the name is known, or nothing is known about its family.
    fn has(&self, dim: Dim, name: &str) -> bool {
        self.list(dim).is_none_or(|list| list.iter().any(|n| n == name))
    }
}

/// The state of the walk.
pub struct Checker<'a> {
    loader: &'a mut Loader,
    tree: &'a Node,
    names: Names,
    csv: HashMap<FileId, Option<Arc<CsvFile>>>,
    indexes: HashMap<(FileId, Vec<usize>), Index>,
    /// What was understood, by dotted key.
    pub values: IndexMap<String, Parsed>,
    /// Names below keys whose table came from a CSV file.
    pub expanded: HashMap<String, Vec<String>>,
    /// What is uncertain.
    pub uncertainty: Uncertainty,
    /// Every number that entered.
    pub register: Vec<Raw>,
}

impl<'a> Checker<'a> {
    pub fn new(loader: &'a mut Loader, tree: &'a Node) -> Self {
        Self {
            loader,
            tree,
            names: Names::of(tree),
            csv: HashMap::new(),
            indexes: HashMap::new(),
            values: IndexMap::new(),
            expanded: HashMap::new(),
            uncertainty: Uncertainty::default(),
            register: Vec::new(),
        }
    }

    /// Walks the whole tree, then checks what only shows in the whole.
    pub fn run(&mut self) {
        let tree = self.tree;
        if let Some(table) = tree.table() {
            self.table(table, tree.origin, Place::root(), "");
        }
        self.always();
        self.whole();
    }

    fn table(&mut self, table: &Table, header: Origin, place: Place, above: &str) {
        for (name, node) in table {
            let key = join(above, name);
            let Some(inner) = place.child(name) else {
                self.unknown_key(name, node, place, &key);
                continue;
            };
            if !place.is_literal(name) && !self.wildcard(name, node, place, &key) {
                continue;
            }
            match (&node.value, inner.key()) {
                (Value::Table(below), Some(_)) if inner.is_value(below) => self.leaf(node, inner, &key),
                (Value::Table(below), _) if !inner.is_end() => self.table(below, node.origin, inner, &key),
                (_, Some(_)) => self.leaf(node, inner, &key),
                (_, None) => {
                    let known: Vec<&str> = inner.literals().map(|(name, _)| name).collect();
                    let help = match (known.is_empty(), inner.wildcard()) {
                        (true, Some((dim, _))) => format!("write a section `[{key}.<{}>]`", dim.word()),
                        _ => format!("write a section `[{key}]` with keys such as {}", known.join(", ")),
                    };
                    let title = format!("`{key}` is a section, got {}", node.seen());
                    self.report(Problem::error("E0201", title, node.origin, "expected a table of keys", help), &key);
                }
            }
        }
        for (name, inner) in place.literals() {
            if let Some(schema) = inner.key().filter(|k| k.required == Required::WithTable)
                && !table.contains_key(name)
            {
                let key = join(above, name);
                let title = format!("`{key}` is missing");
                let label = format!("needs `{name}`");
                self.report(Problem::error("E0202", title, header, label, schema.way_out()), &key);
            }
        }
    }

    /// Keys every scenario must have, wherever their section is.
    fn always(&mut self) {
        let root = self.tree;
        for schema in schema::keys().filter(|k| k.required == Required::Always) {
            let mut node = root;
            let mut found = true;
            for part in schema.path.split('.') {
                let Some(below) = node.get(part) else {
                    found = false;
                    break;
                };
                node = below;
            }
            if !found {
                let title = format!("`{}` is missing", schema.path);
                let label = format!("needs `{}`", schema.path);
                self.report(Problem::error("E0202", title, node.origin, label, schema.way_out()), schema.path);
            }
        }
    }

    /// Checks a name that stands for a wildcard; false if the walk need not go on below.
    fn wildcard(&mut self, name: &str, node: &Node, place: Place, key: &str) -> bool {
        let Some((dim, default)) = place.wildcard() else { return true };
        if default && name == "default" {
            return true;
        }
        if dim == Dim::Key {
            return true;
        }
        if dim == Dim::Free || (dim == Dim::Plant && key.starts_with("plant.")) {
            return self.id(name, node.key, key, false);
        }
        if self.names.has(dim, name) {
            return true;
        }
        let literals: Vec<&str> = place.literals().map(|(name, _)| name).collect();
        // A lone value where names lead to sections is a misspelt key rather than an unknown name.
        let misspelt = !literals.is_empty() && suggest::nearest(name, literals.iter().copied()).is_some();
        if misspelt || (!literals.is_empty() && node.table().is_none()) {
            self.unknown_key(name, node, place, key);
        } else {
            let extra: &[&str] = if default { &["default"] } else { &[] };
            self.unknown_name(dim, name, node.key, key, extra, "");
        }
        false
    }

    fn unknown_key(&mut self, name: &str, node: &Node, place: Place, key: &str) {
        let names = place.wildcard().and_then(|(dim, _)| self.names.list(dim)).unwrap_or_default();
        let known = place.literals().map(|(name, _)| name).chain(names.iter().map(String::as_str));
        let help = suggest::help(name, known);
        let label = if node.table().is_some() && !key.contains('.') { "not a section" } else { "not a known key" };
        self.report(Problem::error("E0204", format!("unknown key `{key}`"), node.key, label, help), key);
    }

    fn unknown_name(&mut self, dim: Dim, name: &str, origin: Origin, key: &str, extra: &[&str], place: &str) {
        let known: Vec<String> = self.names.list(dim).unwrap_or_default().to_vec();
        let known: Vec<String> = known.into_iter().chain(extra.iter().map(|e| (*e).to_owned())).collect();
        self.not_among(dim, name, &known, origin, key, place);
    }

    fn not_among(&mut self, dim: Dim, name: &str, known: &[String], origin: Origin, key: &str, place: &str) {
        let title = format!("unknown {} `{name}`", dim.word());
        let help = suggest::help(name, known.iter().map(String::as_str));
        let label = format!("{place}not in {}", dim.home());
        self.report(Problem::error("E0401", title, origin, label, help), key);
    }

    /// The outlets of the unit that a key `plant.PLANT.unit.UNIT...` belongs to.
    fn outlets(&self, key: &str) -> Option<Vec<String>> {
        let table = self.tree.at(key.split('.').take(4))?.get("outlets")?.table()?;
        Some(table.keys().cloned().collect())
    }

    /// The units of the plant a key belongs to.
    fn units(&self, key: &str) -> Option<&'a Table> {
        let plant = key.split('.').nth(1).unwrap_or("");
        self.tree.at(["plant", plant, "unit"]).and_then(Node::table)
    }

    fn report(&mut self, problem: Problem, key: &str) {
        if !self.full() {
            self.loader.problems.push(problem.with_key(key));
        }
    }

    /// True once so much is wrong that more would only cost time: a million wrong rows need no million findings.
    fn full(&self) -> bool {
        self.loader.problems.len() >= MAX_PROBLEMS
    }

    fn enter(&mut self, key: &str, value: f64, unit: &str, meta: &Meta, origin: Origin) {
        self.register.push(Raw {
            key: key.to_owned(),
            value,
            unit: unit.to_owned(),
            source: meta.source.clone(),
            confidence: meta.confidence.clone(),
            note: meta.note.clone(),
            origin,
        });
    }
}

fn join(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") }
}
