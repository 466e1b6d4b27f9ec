//! The scenario: what was said, checked, with every number in base units and every place known.
//!
//! [`Scenario::load`] reads a TOML file, lays it over its parents (`extends`), puts the route of each plant under it,
//! applies `--set`, and checks the whole against the list of keys in [`schema`]. Either everything is right or a
//! [`Problems`] holds *all* that is wrong, each with code, file, line, column, the value seen and a way out.
//!
//! Reading a checked scenario, by dotted key:
//!
//! | kind of key | read with |
//! |---|---|
//! | text, word, id, one name, path, destination | [`Scenario::text`] |
//! | list of words or names | [`Scenario::names`] |
//! | whole number, `true`/`false`, date | [`Scenario::integer`], [`Scenario::flag`], [`Scenario::month`] |
//! | quantity, share (one value) | [`Scenario::number`] |
//! | quantity or share over time | [`Scenario::series`]; `"rest"` shows in [`Scenario::is_rest`] |
//! | shares by name that sum to 1 | [`Scenario::mix`] |
//! | one value or a table by name | [`Scenario::by_name`] |
//! | shares by age | [`Scenario::survival`] |
//! | list of numbers | [`Scenario::numbers`] |
//! | CSV read as a whole | [`Scenario::csv`] |
//! | amounts per mass through a unit | [`Scenario::rates`] |
//! | a number of any dimension | [`Scenario::limit`] |
//!
//! A key that was not given reads as `None`; defaults belong to the step that builds the model. That step reports
//! its own findings with [`Scenario::problem_at`] and [`Scenario::problem_in_csv`].
//! The shares of `collection.<region>` have been made to sum to 1, so [`Scenario::series`] also answers for the one
//! that is `"rest"`. Transfer rows given in a CSV file read like rows given in TOML:
//! `mix("plant.p1.unit.leaching.transfer.Li")`, with [`Scenario::children`] naming the substances.

mod assumption;
pub mod build;
mod check;
pub mod codes;
mod document;
mod draw;
pub mod limits;
mod paths;
mod problem;
mod read;
mod render;
pub mod schema;
mod sets;
mod source;
mod suggest;
mod table;
mod uncertain;
mod value;
pub mod watch;
mod write;

#[cfg(test)]
mod tests;

pub use assumption::{Assumption, table as assumption_table};
pub use draw::Fault;
pub use problem::{Label, Level, Problem, Problems};
pub use source::{FileId, FileKind, Origin, Sources};
pub use suggest::help as suggestion;
pub use table::{CsvFile, CsvTable, Row};
pub use uncertain::{Op, Parameter, Uncertainty};
pub use value::{Mix, Rate};

use crate::base::series::Series;
use crate::base::units::Dimension;
use crate::model::lifetime::SurvivalCurve;
use document::Node;
use draw::Levers;
use indexmap::IndexMap;
use read::Loader;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use value::Parsed;
use watch::Watch;

/// A file that was read, for copying beside the results and for hashing.
#[derive(Clone, Debug)]
pub struct DataFile {
    /// Relative to the project root, `/`-separated.
    pub path: String,
    /// Scenario or data.
    pub kind: FileKind,
    /// As read.
    pub bytes: Arc<[u8]>,
}

/// What was said, checked; numbers in base units.
#[derive(Clone, Debug)]
pub struct Scenario {
    tree: Node,
    values: IndexMap<String, Parsed>,
    expanded: HashMap<String, Vec<String>>,
    register: Vec<assumption::Raw>,
    uncertainty: Arc<Uncertainty>,
    levers: Arc<Levers>,
    watch: Watch,
    sources: Arc<Sources>,
    warnings: Vec<Problem>,
    files: Vec<DataFile>,
}

impl Scenario {
    /// Reads a scenario file. The directory it lies in is the project root. `sets` are `KEY=VALUE` edits.
    ///
    /// # Errors
    /// All that is wrong with the scenario.
    pub fn load(path: &Path, sets: &[String]) -> Result<Self, Problems> {
        let mut loader = Loader::new(path.parent().unwrap_or(Path::new("")));
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let tree = loader.load_top(&name, &path.to_string_lossy(), sets);
        Self::check(loader, tree)
    }

    /// Reads a scenario from text, as from standard input; files it names are read below `root`.
    ///
    /// # Errors
    /// All that is wrong with the scenario.
    pub fn parse(text: &str, display_name: &str, root: &Path, sets: &[String]) -> Result<Self, Problems> {
        let mut loader = Loader::new(root);
        let tree = loader.load_text(text, display_name, sets);
        Self::check(loader, tree)
    }

    fn check(mut loader: Loader, tree: Option<Node>) -> Result<Self, Problems> {
        let Some(tree) = tree else {
            return Err(Problems::new(loader.problems, Arc::new(loader.sources)));
        };
        let mut checker = check::Checker::new(&mut loader, &tree);
        checker.run();
        let mut values = std::mem::take(&mut checker.values);
        let expanded = std::mem::take(&mut checker.expanded);
        let register = std::mem::take(&mut checker.register);
        let uncertainty = std::mem::take(&mut checker.uncertainty);
        drop(checker);
        let Loader { sources, problems, .. } = loader;
        let sources = Arc::new(sources);
        let (errors, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(|p| p.level == Level::Error);
        if !errors.is_empty() {
            return Err(Problems::new(errors.into_iter().chain(warnings).collect(), sources));
        }
        for value in values.values_mut() {
            if let Parsed::Csv(table) = value {
                table.sources = Some(Arc::clone(&sources));
            }
        }
        let real = sources.iter().filter(|s| s.kind != FileKind::Pseudo);
        let files =
            real.map(|s| DataFile { path: s.path.clone(), kind: s.kind, bytes: Arc::clone(&s.bytes) }).collect();
        let levers = Levers::new(&uncertainty, &values);
        let watch = Watch::new(values.len(), levers.places());
        let (uncertainty, levers) = (Arc::new(uncertainty), Arc::new(levers));
        Ok(Self { tree, values, expanded, register, uncertainty, levers, watch, sources, warnings, files })
    }

    /// `scenario.id`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("scenario.id").unwrap_or_default()
    }

    /// `scenario.title` in English, or as given; the id if there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title_in("en")
    }

    /// `scenario.title` in a language (`en`, `zh-CN`), or the first given; the id if there is none.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        match self.values.get("scenario.title") {
            Some(Parsed::Text(text)) => text,
            Some(Parsed::Localised(texts)) => {
                let own = texts.iter().find(|(l, _)| l == language).or(texts.first());
                own.map_or_else(|| self.id(), |(_, text)| text)
            }
            _ => self.id(),
        }
    }

    fn node(&self, key: &str) -> Option<&Node> {
        self.tree.at(key.split('.'))
    }

    /// True if a value or a section was given under this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key) || self.node(key).is_some()
    }

    /// The names below a key, in file order. Of a transfer table from a CSV file: its substances.
    #[must_use]
    pub fn children(&self, key: &str) -> Vec<&str> {
        if let Some(names) = self.expanded.get(key) {
            return names.iter().map(String::as_str).collect();
        }
        self.node(key).and_then(Node::table).map(|t| t.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    fn value(&self, key: &str) -> Option<&Parsed> {
        let (place, _, value) = self.values.get_full(key)?;
        self.watch.read(place);
        Some(value)
    }

    /// Notes whether the numbers that draws change are read.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// A quantity in base units, a share or a plain number; also of a series that is the same at all times.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.value(key)? {
            Parsed::Number(x) => Some(*x),
            Parsed::Series(series) if series.is_constant() => Some(series.at(0.0)),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.value(key)? {
            Parsed::Integer(n) => Some(*n),
            _ => None,
        }
    }

    /// A number in base units and what it measures.
    #[must_use]
    pub fn limit(&self, key: &str) -> Option<(f64, Dimension)> {
        match self.values.get(key)? {
            Parsed::Limit(value, dimension) => Some((*value, *dimension)),
            _ => None,
        }
    }

    /// `true` or `false`.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Parsed::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// A text, word, id or name.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.value(key)? {
            Parsed::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A list of words or names; empty if not given.
    #[must_use]
    pub fn names(&self, key: &str) -> Vec<&str> {
        match self.value(key) {
            Some(Parsed::List(list)) => list.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Year and month (1 to 12) of a date, which is the first of that month.
    #[must_use]
    pub fn month(&self, key: &str) -> Option<(i32, u32)> {
        match self.value(key)? {
            Parsed::Month(year, month) => Some((*year, *month)),
            _ => None,
        }
    }

    /// A number over time, in base units.
    #[must_use]
    pub fn series(&self, key: &str) -> Option<&Series> {
        match self.value(key)? {
            Parsed::Series(series) | Parsed::Rest(Some(series)) => Some(series),
            _ => None,
        }
    }

    /// True if the value is `"rest"`.
    #[must_use]
    pub fn is_rest(&self, key: &str) -> bool {
        matches!(self.value(key), Some(Parsed::Rest(_)))
    }

    /// True if something at or below a key changes over time.
    fn changes_below(&self, key: &str) -> bool {
        let varies = |series: &Series| !series.is_constant();
        self.values.iter().filter(|(name, _)| name.starts_with(key)).any(|(_, value)| match value {
            Parsed::Series(series) | Parsed::Rest(Some(series)) => varies(series),
            Parsed::ByName(values) => values.names.iter().map(|(_, series)| series).chain(&values.default).any(varies),
            _ => false,
        })
    }

    /// Shares by name over time that sum to 1.
    #[must_use]
    pub fn mix(&self, key: &str) -> Option<&Mix> {
        match self.value(key)? {
            Parsed::Mix(mix) => Some(mix),
            _ => None,
        }
    }

    /// The value for a name: its own, else `default`, else the single value given for all.
    #[must_use]
    pub fn by_name(&self, key: &str, name: &str) -> Option<&Series> {
        match self.value(key)? {
            Parsed::ByName(values) => values.get(name),
            Parsed::Series(series) => Some(series),
            _ => None,
        }
    }

    /// Survival by age: for a name if it has its own, else for all.
    #[must_use]
    pub fn survival(&self, key: &str, name: Option<&str>) -> Option<&Arc<SurvivalCurve>> {
        match self.value(key)? {
            Parsed::Survival(curves) => curves.get(name.unwrap_or_default()),
            _ => None,
        }
    }

    /// A list of plain numbers.
    #[must_use]
    pub fn numbers(&self, key: &str) -> Option<&[f64]> {
        match self.value(key)? {
            Parsed::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    /// Amounts per mass that passes a unit; empty if not given.
    #[must_use]
    pub fn rates(&self, key: &str) -> &[Rate] {
        match self.value(key) {
            Some(Parsed::Rates(rates)) => rates,
            _ => &[],
        }
    }

    /// A CSV table read as a whole.
    #[must_use]
    pub fn csv(&self, key: &str) -> Option<&CsvTable> {
        match self.value(key)? {
            Parsed::Csv(table) => Some(table),
            _ => None,
        }
    }

    /// An error at the value of a key, or at the nearest section above it that was given.
    #[must_use]
    pub fn problem_at(
        &self,
        key: &str,
        code: &'static str,
        title: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Problem {
        let mut node = &self.tree;
        for part in key.split('.') {
            match node.get(part) {
                Some(below) => node = below,
                None => break,
            }
        }
        Problem::error(code, title, node.origin, label, help).with_key(key)
    }

    /// An error at a cell of a CSV table; the label gets row and column in front.
    #[must_use]
    pub fn problem_in_csv(
        &self,
        row: &Row<'_>,
        column: &str,
        code: &'static str,
        title: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) -> Problem {
        let label = format!("row {}, column `{column}`: {label}", row.line());
        Problem::error(code, title, row.origin(column), label, help).with_key(row.key())
    }

    /// Findings of a later step, sorted and ready to be shown or handed on.
    #[must_use]
    pub fn problems(&self, list: Vec<Problem>) -> Problems {
        Problems::new(list, Arc::clone(&self.sources))
    }

    /// Findings as text for a terminal: at most 20, then the total.
    #[must_use]
    pub fn render(&self, problems: &[Problem], styled: bool) -> String {
        self.problems(problems.to_vec()).render(styled)
    }

    /// Findings as a JSON array.
    #[must_use]
    pub fn render_json(&self, problems: &[Problem]) -> serde_json::Value {
        self.problems(problems.to_vec()).to_json()
    }

    /// What is odd but not wrong.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The merged scenario as TOML that loads again, from the same root, to the same numbers.
    #[must_use]
    pub fn resolved_toml(&self) -> String {
        write::resolved(&self.tree, &self.sources)
    }

    /// File and line (from 1) of the value of a key.
    #[must_use]
    pub fn origin_of(&self, key: &str) -> Option<(String, usize)> {
        self.node(key).map(|node| self.sources.file_line(node.origin))
    }

    /// One line `key = value` for each value at or below a key (all if `None`); with `# file:line` if asked for.
    #[must_use]
    pub fn show(&self, key: Option<&str>, with_origin: bool) -> String {
        write::show(&self.tree, key, with_origin, &self.sources)
    }

    /// Every number that entered, in the order of the merged scenario.
    #[must_use]
    pub fn assumptions(&self) -> Vec<Assumption> {
        self.register.iter().map(|raw| raw.finish(&self.sources)).collect()
    }

    /// Every file that was read, the scenario files first as they were opened.
    #[must_use]
    pub fn data_files(&self) -> &[DataFile] {
        &self.files
    }
}
