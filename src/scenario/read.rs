//! From files to one tree: parents, routes and `--set` laid over each other.

use super::document::{MAX_DEPTH, Node, Table, Value, convert};
use super::paths::resolve;
use super::problem::Problem;
use super::schema::Place;
use super::sets;
use super::source::{FileId, FileKind, Origin, Sources};
use std::collections::HashMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Largest scenario file, bytes. Measured: parsing the worst shapes of this size takes a third of a second.
pub const MAX_SCENARIO: u64 = 1 << 20;
/// Largest sum of all scenario files, bytes.
const MAX_SCENARIOS: u64 = 4 << 20;
/// Largest CSV file, bytes.
pub const MAX_CSV: u64 = 64 << 20;
/// Longest chain of parents.
const MAX_PARENTS: usize = 8;

/// Reads files below one root and keeps what went wrong.
pub struct Loader {
    /// Canonical project root; `None` if it does not exist, so that nothing can be read.
    root: Option<PathBuf>,
    /// How the user named the root, put before file names in messages.
    shown: String,
    pub sources: Sources,
    pub problems: Vec<Problem>,
    by_path: HashMap<String, FileId>,
    scenario_bytes: u64,
}

/// Why a file could not be read: code and label.
struct Refusal(&'static str, String);

impl Loader {
    pub fn new(root: &Path) -> Self {
        let named = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let shown = match root.to_string_lossy().replace('\\', "/") {
            text if text.is_empty() || text == "." => String::new(),
            text => text.trim_end_matches('/').to_owned() + "/",
        };
        Self {
            root: named.canonicalize().ok(),
            shown,
            sources: Sources::default(),
            problems: Vec::new(),
            by_path: HashMap::new(),
            scenario_bytes: 0,
        }
    }

    /// Reads the scenario file given on the command line and everything it names.
    pub fn load_top(&mut self, name: &str, shown: &str, sets: &[String]) -> Option<Node> {
        match self.read(name, FileKind::Scenario) {
            Ok(file) => self.tree(file, sets),
            Err(Refusal(code, label)) => {
                let help = "check the path";
                self.problems.push(Problem::without_place(code, format!("cannot read `{shown}`: {label}"), help));
                None
            }
        }
    }

    /// Reads a scenario from text; what it names is read from the root.
    pub fn load_text(&mut self, text: &str, shown: &str, sets: &[String]) -> Option<Node> {
        let file = self.sources.add(shown.to_owned(), String::new(), FileKind::Pseudo, text.as_bytes().to_vec());
        if text.len() as u64 > MAX_SCENARIO {
            let label = too_large(MAX_SCENARIO);
            self.problems.push(Problem::error("E0501", "the scenario is too large", start_of(file), label, SPLIT));
            return None;
        }
        self.tree(file, sets)
    }

    fn tree(&mut self, file: FileId, sets: &[String]) -> Option<Node> {
        let set_file = sets::source(sets, &mut self.sources);
        let mut tree = self.with_parents(file, Some(Place::root()))?;
        let sets = sets::parse(set_file, &self.sources, &mut self.problems);
        // A route chosen by --set must be known before it is read; all other --set come after it and win.
        let (routes, others): (Vec<_>, Vec<_>) = sets.into_iter().partition(sets::Set::is_route);
        for set in routes {
            set.apply(&mut tree);
        }
        self.add_routes(&mut tree);
        for set in others {
            set.apply(&mut tree);
        }
        let readable = !self.problems.iter().any(|p| p.code.starts_with("E01") || p.code == "E0311");
        readable.then_some(tree)
    }

    /// One file and its parents, merged. `place` is where the file's keys belong: the top, or a plant for a route.
    fn with_parents(&mut self, top: FileId, place: Option<Place>) -> Option<Node> {
        let mut chain = vec![(top, self.parse(top)?)];
        while let Some((file, tree)) = chain.last() {
            let Some(node) = tree.get("extends") else { break };
            let (file, node) = (*file, node.clone());
            let Some(text) = node.text() else {
                self.problems.push(
                    Problem::error(
                        "E0201",
                        format!("`extends` must be a path, got {}", node.seen()),
                        node.origin,
                        "expected the path of one parent scenario",
                        "write e.g. `extends = \"china.toml\"`",
                    )
                    .with_key("extends"),
                );
                break;
            };
            let Some(parent) = self.open(file, text, node.origin, "extends", FileKind::Scenario) else { break };
            let names: Vec<String> = chain.iter().map(|(f, _)| self.name(*f)).chain([self.name(parent)]).collect();
            let cycle = chain.iter().any(|(f, _)| *f == parent);
            if cycle || chain.len() > MAX_PARENTS {
                let (code, title) = if cycle {
                    ("E0403", "`extends` forms a cycle".to_owned())
                } else {
                    ("E0505", format!("more than {MAX_PARENTS} parents one above the other"))
                };
                let help = "let each file extend a more general one; the chain must end in a file without `extends`";
                self.problems
                    .push(Problem::error(code, title, node.origin, names.join(" -> "), help).with_key("extends"));
                break;
            }
            let Some(tree) = self.parse(parent) else { break };
            chain.push((parent, tree));
        }
        let merged = chain.into_iter().map(|(_, tree)| tree).reduce(|child, parent| child.over(parent, place));
        merged.map(|mut tree| {
            if let Value::Table(table) = &mut tree.value {
                table.shift_remove("extends");
            }
            tree
        })
    }

    /// Lays each plant over the file its `route` names.
    fn add_routes(&mut self, tree: &mut Node) {
        let Some(plants) = child_mut(tree, "plant") else { return };
        for (name, plant) in plants {
            let Some(route) = plant.get("route") else { continue };
            let routes = match &route.value {
                Value::Array(items) => items.clone(),
                _ => vec![route.clone()],
            };
            let key = format!("plant.{name}.route");
            let place = Place::root().descend(["plant", name.as_str()]);
            for node in routes {
                let Some((text, origin)) = node.text().map(|text| (text.to_owned(), node.origin)) else { continue };
                let Some(file) = self.open(origin.file, &text, origin, &key, FileKind::Scenario) else { continue };
                let Some(mut route) = self.with_parents(file, place) else { continue };
                if let Value::Table(table) = &mut route.value {
                    table.shift_remove("schema");
                }
                let own = std::mem::replace(plant, Node::empty_table(origin));
                *plant = own.over(route, place);
            }
        }
    }

    /// Parses one file; `None` only if nothing could be made of it.
    fn parse(&mut self, file: FileId) -> Option<Node> {
        let source = self.sources.get(file)?;
        if let Some(bad) = std::str::from_utf8(&source.bytes).err() {
            let at = source.floor(bad.valid_up_to());
            let origin = Origin { file, start: at, end: at + 1 };
            let help = "save the file as UTF-8";
            self.problems.push(Problem::error("E0101", "the file is not UTF-8", origin, "not a UTF-8 character", help));
            return None;
        }
        let text = source.text();
        let skip = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (table, errors) = DeTable::parse_recoverable(text.get(skip..)?);
        let mut deep = Vec::new();
        let table = convert(table.get_ref(), file, skip, &mut deep);
        for error in errors {
            // What is nested too deep for the parser comes without a place.
            let span = error.span().filter(|span| !span.is_empty()).unwrap_or_else(|| deepest_line(text));
            let origin = Origin { file, start: span.start + skip, end: span.end + skip };
            let word = text.get(origin.start..origin.end).unwrap_or("").trim_matches(['"', '\'']);
            self.problems.push(syntax(error.message(), word, origin));
        }
        for origin in deep {
            let title = format!("tables and lists are nested more than {MAX_DEPTH} deep");
            self.problems.push(Problem::error("E0502", title, origin, "too deep", "no key of a scenario lies so deep"));
        }
        let start = start_of(file);
        Some(Node { value: Value::Table(table), origin: start, key: start })
    }

    /// Opens the file a value names, or reports why not.
    pub fn open(&mut self, from: FileId, text: &str, origin: Origin, key: &str, kind: FileKind) -> Option<FileId> {
        let base = self.sources.get(from).map(|s| s.path.clone()).unwrap_or_default();
        let refusal = match resolve(&base, text) {
            Ok(path) => match self.read(&path, kind) {
                Ok(file) => return Some(file),
                Err(refusal) => refusal,
            },
            Err(fault) => Refusal("E0405", fault.label().into()),
        };
        let Refusal(code, label) = refusal;
        let (title, help) = match code {
            "E0405" => (
                format!("path leaves the project root: `{text}`"),
                "name a file below the directory of the scenario, e.g. \"data/sales.csv\"",
            ),
            "E0402" => {
                (format!("no file `{text}`"), "paths are relative to the file that names them; check the spelling")
            }
            "E0501" => (format!("`{text}` is too large"), SPLIT),
            _ => (format!("cannot read `{text}`"), "check that the file may be read"),
        };
        self.problems.push(Problem::error(code, title, origin, label, help).with_key(key));
        None
    }

    fn read(&mut self, path: &str, kind: FileKind) -> Result<FileId, Refusal> {
        if let Some(file) = self.by_path.get(path) {
            return Ok(*file);
        }
        let failed = |error: &std::io::Error| match error.kind() {
            ErrorKind::NotFound => Refusal("E0402", "there is no such file".into()),
            _ => Refusal("E0601", error.to_string()),
        };
        let root = self.root.as_ref().ok_or_else(|| Refusal("E0402", "there is no such directory".into()))?;
        let real = root.join(path).canonicalize().map_err(|e| failed(&e))?;
        if !real.starts_with(root) {
            return Err(Refusal("E0405", "a link that leads out of the directory of the scenario file".into()));
        }
        let limit = if kind == FileKind::Data { MAX_CSV } else { MAX_SCENARIO };
        // Asked before opening: to open a FIFO would wait for ever.
        let meta = std::fs::metadata(&real).map_err(|e| failed(&e))?;
        if !meta.is_file() {
            return Err(Refusal("E0402", "this is not a regular file".into()));
        }
        if meta.len() > limit {
            return Err(Refusal("E0501", too_large(limit)));
        }
        let mut bytes = Vec::new();
        let file = File::open(&real).map_err(|e| failed(&e))?;
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| failed(&e))?;
        if kind == FileKind::Scenario {
            self.scenario_bytes += bytes.len() as u64;
        }
        if bytes.len() as u64 > limit || self.scenario_bytes > MAX_SCENARIOS {
            return Err(Refusal("E0501", too_large(limit)));
        }
        let id = self.sources.add(format!("{}{path}", self.shown), path.to_owned(), kind, bytes);
        self.by_path.insert(path.to_owned(), id);
        Ok(id)
    }

    fn name(&self, file: FileId) -> String {
        self.sources.get(file).map(|s| s.name.clone()).unwrap_or_default()
    }
}

const SPLIT: &str = "move long series into CSV files, or leave out what the model does not read";

fn too_large(limit: u64) -> String {
    format!("larger than {} MiB", limit >> 20)
}

/// The line with the most dots and brackets.
fn deepest_line(text: &str) -> std::ops::Range<usize> {
    let depth = |line: &str| line.bytes().filter(|byte| matches!(byte, b'.' | b'[' | b'{')).count();
    let (mut start, mut deepest) = (0, (0, 0..0));
    for line in text.split_inclusive('\n') {
        if depth(line) > deepest.0 {
            deepest = (depth(line), start..start + line.trim_end().len());
        }
        start += line.len();
    }
    deepest.1
}

/// The first byte of a file.
pub fn start_of(file: FileId) -> Origin {
    Origin { file, start: 0, end: 0 }
}

/// A table below a node, to be changed in place.
fn child_mut<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Table> {
    let Value::Table(table) = &mut node.value else { return None };
    match &mut table.get_mut(key)?.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

/// A syntax error in our words; a year given twice in one series has a code of its own.
fn syntax(message: &str, word: &str, origin: Origin) -> Problem {
    if message.contains("duplicate key") {
        if super::document::is_year(word) {
            let title = format!("year {word} is given twice");
            return Problem::error("E0311", title, origin, "repeated year", "keep one of the two values");
        }
        let title = format!("`{word}` is given twice");
        return Problem::error("E0101", title, origin, message, "keep one of the two, or merge the two tables");
    }
    let help = "text stands in double quotes, lists in [..], inline tables in {..}; https://toml.io has the grammar";
    Problem::error("E0101", "this is not valid TOML", origin, message, help)
}
