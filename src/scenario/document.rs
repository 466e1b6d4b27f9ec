//! The tree of a scenario: every key and value with the place it came from.

use super::problem::Problem;
use super::schema::Place;
use super::source::{FileId, Origin};
use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// Deepest nesting of tables and arrays.
pub const MAX_DEPTH: usize = 32;

/// A value, the place of the value and the place of its key.
#[derive(Clone, Debug)]
pub struct Node {
    /// What was said.
    pub value: Value,
    /// Where the value stands; for a table under a header, the header.
    pub origin: Origin,
    /// Where the key stands.
    pub key: Origin,
}

/// Keys of a table in file order.
pub type Table = IndexMap<String, Node>;

/// What was said, before anything is known about its meaning.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A number with a point or exponent, or an integer too large for 64 bits.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A date or time.
    Date(Datetime),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
}

impl Node {
    /// An empty table at a place.
    pub fn empty_table(origin: Origin) -> Self {
        Self { value: Value::Table(Table::new()), origin, key: origin }
    }

    /// The keys below, if this is a table.
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The value of a key below.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.table()?.get(key)
    }

    /// The node at a dotted key, given as its parts.
    pub fn at<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> Option<&Self> {
        parts.into_iter().try_fold(self, |node, part| node.get(part))
    }

    /// The text, if this is a string.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What the value is and how it reads, for messages.
    pub fn seen(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("the text {text:?}"),
            Value::Integer(n) => format!("the integer {n}"),
            Value::Float(x) => format!("the number {x}"),
            Value::Bool(b) => format!("`{b}`"),
            Value::Date(date) => format!("the date {date}"),
            Value::Array(_) => "a list".into(),
            Value::Table(_) => "a table".into(),
        }
    }

    /// Lays a child over its parent: the child's values win, tables are merged key by key.
    ///
    /// A value (number, series, mix, reference to a file) replaces the parent's as a whole: half of one series and
    /// half of another would be a series nobody wrote.
    pub fn over(self, parent: Self, place: Option<Place>) -> Self {
        let Self { value, origin, key } = self;
        match (value, parent.value) {
            (Value::Table(child), Value::Table(below)) if merges(&child, &below, place) => {
                let mut merged = below;
                // What the child says itself stays, for the check to see.
                for given_up in child.keys().flat_map(|name| gives_up(place, name)) {
                    merged.shift_remove(*given_up);
                }
                for (name, node) in child {
                    let inner = place.and_then(|p| p.child(&name));
                    let node = match merged.get_mut(&name) {
                        Some(slot) => {
                            let old = std::mem::replace(slot, Self::empty_table(node.key));
                            node.over(old, inner)
                        }
                        None => node,
                    };
                    merged.insert(name, node);
                }
                Self { value: Value::Table(merged), origin, key }
            }
            (value, _) => Self { value, origin, key },
        }
    }
}

/// What a child that says a key takes back of its parent: sales are given, or follow from the fleet.
pub fn gives_up(place: Option<Place>, name: &str) -> &'static [&'static str] {
    match name {
        "fleet" if place.is_some_and(|place| place.is_literal(name)) => &["sales", "electric_share"],
        "sales" if place.is_some_and(|place| place.is_literal(name)) => &["fleet", "on_shortfall"],
        _ => &[],
    }
}

fn merges(child: &Table, parent: &Table, place: Option<Place>) -> bool {
    let Some(place) = place else { return true };
    if place.is_value(child) || place.is_value(parent) {
        // Names of a by-name table (`{ lfp = .., default = .. }`) are replaced one by one.
        return place.is_by_name() && is_plain(child) && is_plain(parent);
    }
    // Parameters of another distribution make no sense beside the parent's.
    !(child.contains_key("distribution") && place.child("distribution").is_some())
}

/// True if the keys of a table are names, not years, ages or parts of a long form.
pub fn is_plain(table: &Table) -> bool {
    !table.keys().any(|key| is_year(key) || is_age(key) || matches!(key.as_str(), "file" | "value"))
}

/// True for a key that can only be meant as an age, `5 yr`: no name begins with a digit and holds a space.
pub fn is_age(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') && key.contains(' ')
}

/// True for a key that can only be meant as a year.
pub fn is_year(key: &str) -> bool {
    key.len() == 4 && key.bytes().all(|b| b.is_ascii_digit())
}

/// Turns a parsed TOML table into a tree; what the parser let pass is reported.
pub fn convert(table: &DeTable<'_>, file: FileId, shift: usize, problems: &mut Vec<Problem>) -> Table {
    Converter { file, shift, problems }.table(table, 0)
}

struct Converter<'a> {
    file: FileId,
    /// Added to every position; less than zero in effect when a prefix was put before the text (see `sets.rs`).
    shift: usize,
    problems: &'a mut Vec<Problem>,
}

impl Converter<'_> {
    fn origin(&self, span: std::ops::Range<usize>) -> Origin {
        Origin { file: self.file, start: span.start + self.shift, end: span.end + self.shift }
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Table {
        let mut out = Table::with_capacity(table.len());
        for (key, value) in table {
            let key_origin = self.origin(key.span());
            let origin = self.origin(value.span());
            let value = self.value(value.get_ref(), origin, depth + 1);
            out.insert(key.get_ref().to_string(), Node { value, origin, key: key_origin });
        }
        out
    }

    /// A number with a point or exponent, or an integer too large for 64 bits.
    fn float(&mut self, text: &str, origin: Origin) -> Value {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        match text.parse() {
            Ok(number) => Value::Float(number),
            Err(_) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Value::Float(f64::INFINITY)
            }
            Err(_) => {
                let help = "write digits, with `.` before the fraction and `e` before the power of ten";
                let title = format!("`{text}` is not a number");
                self.problems.push(Problem::error("E0101", title, origin, "not a number", help));
                Value::Float(f64::NAN)
            }
        }
    }

    fn value(&mut self, value: &DeValue<'_>, origin: Origin, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            let title = format!("tables and lists are nested more than {MAX_DEPTH} deep");
            self.problems.push(Problem::error("E0502", title, origin, "too deep", "no key of a scenario lies so deep"));
            return Value::Bool(false);
        }
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
                Ok(n) => Value::Integer(n),
                Err(_) => self.float(n.as_str(), origin),
            },
            DeValue::Float(x) => self.float(x.as_str(), origin),
            DeValue::Boolean(b) => Value::Bool(*b),
            DeValue::Datetime(date) => Value::Date(*date),
            DeValue::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| {
                        let origin = self.origin(item.span());
                        Node { value: self.value(item.get_ref(), origin, depth + 1), origin, key: origin }
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(self.table(table, depth)),
        }
    }
}
