//! One value and how it must be read: numbers, units, ranges, and where each number came from.

use super::Checker;
use crate::base::units::{Dimension, Quantity, Unit, UnitError, is_other_money, unit_names};
use crate::scenario::document::{Node, Table, Value, is_year};
use crate::scenario::problem::Problem;
use crate::scenario::schema::{Key, Takes};
use crate::scenario::source::Origin;
use crate::scenario::suggest;

/// Largest absolute value of any number.
const MAX_NUMBER: f64 = 1e15;

/// Keys any long form may have beside its value.
pub const META: &[&str] = &["unit", "source", "confidence", "note"];

/// Who says so.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    pub source: String,
    pub confidence: String,
    pub note: String,
}

/// What is known about a value before it is read.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Dotted key.
    pub key: String,
    /// Its line in the list of keys.
    pub schema: &'static Key,
    pub dimension: Dimension,
    /// At most 1.
    pub share: bool,
    /// May be below zero.
    pub signed: bool,
    /// Unit of bare numbers, from a `unit` key.
    pub unit: Option<Unit>,
    pub meta: Meta,
}

impl Leaf {
    pub fn new(key: &str, schema: &'static Key, takes: Takes) -> Self {
        let (dimension, share, signed) = match takes {
            Takes::Quantity(d) | Takes::Series(d) => (d, false, false),
            Takes::Share | Takes::ShareSeries | Takes::Mix(_) | Takes::TransferCsv | Takes::Survival => {
                (Dimension::NONE, true, false)
            }
            _ => (Dimension::NONE, false, matches!(takes, Takes::Number | Takes::Anything | Takes::Limit)),
        };
        Self { key: key.to_owned(), schema, dimension, share, signed, unit: None, meta: Meta::default() }
    }

    /// The last part of the key, for titles; the whole key where that part alone says nothing.
    pub fn name(&self) -> &str {
        self.key.rsplit('.').next().filter(|last| *last != "file").unwrap_or(&self.key)
    }
}

/// A number as it stands somewhere.
pub struct Written<'a> {
    pub number: f64,
    pub unit: Option<&'a Unit>,
    pub origin: Origin,
    /// Put before labels: `row 14, column ..: ` for CSV cells.
    pub place: &'a str,
    pub meta: &'a Meta,
}

impl Checker<'_> {
    /// Reads one number: bare, text with a unit, or long form. `key` is the name it gets in the register.
    pub fn number(&mut self, node: &Node, leaf: &Leaf, key: &str) -> Option<f64> {
        let written = |number, unit, meta| Written { number, unit, origin: node.origin, place: "", meta };
        match &node.value {
            // Numbers beyond 1e15 are refused, smaller integers are exact.
            Value::Integer(n) => self.accept(&written(*n as f64, leaf.unit.as_ref(), &leaf.meta), leaf, key),
            Value::Float(x) => self.accept(&written(*x, leaf.unit.as_ref(), &leaf.meta), leaf, key),
            Value::Text(text) => {
                let q = self.quantity(text, node.origin, "", leaf)?;
                self.accept(&written(q.written, Some(&q.unit), &leaf.meta), leaf, key)
            }
            Value::Table(table) if table.contains_key("value") => {
                let mut leaf = leaf.clone();
                self.meta(table, &mut leaf);
                self.only(table, &leaf, &["value"], META);
                let value = table.get("value")?;
                if matches!(value.value, Value::Table(_)) {
                    self.wrong_type(value, &leaf, "a number");
                    return None;
                }
                self.number(value, &leaf, key)
            }
            _ => {
                self.wrong_type(node, leaf, "a number");
                None
            }
        }
    }

    /// Reads `100 kt/yr`.
    pub fn quantity(&mut self, text: &str, origin: Origin, place: &str, leaf: &Leaf) -> Option<Quantity> {
        match Quantity::parse(text) {
            Ok(quantity) => Some(quantity),
            Err(error) => {
                let name = leaf.name();
                let (code, title) = match &error {
                    UnitError::NoUnit(_) if leaf.dimension.is_none() => {
                        ("E0201", format!("`{name}` must be a number, got the text {text:?}"))
                    }
                    UnitError::NoUnit(_) => {
                        ("E0301", format!("`{name}` needs a unit of {}, got {text:?}", leaf.dimension))
                    }
                    UnitError::NoNumber(_) => {
                        let wanted = if leaf.dimension.is_none() { "a number" } else { "a number with a unit" };
                        ("E0201", format!("`{name}` must be {wanted}, got the text {text:?}"))
                    }
                    UnitError::Unknown { .. } | UnitError::Malformed(_) => ("E0307", format!("`{name}`: {error}")),
                };
                let quoted = leaf.dimension.is_none() && matches!(error, UnitError::NoUnit(_));
                let help = unit_help(&error).unwrap_or_else(|| {
                    if quoted { format!("write it without quotes: `{}`", text.trim()) } else { leaf.schema.way_out() }
                });
                let label =
                    format!("{place}{}", if code == "E0307" { "not a unit" } else { "expected a number and a unit" });
                let label = if leaf.dimension.is_none() && code == "E0201" {
                    format!("{place}expected a number")
                } else {
                    label
                };
                self.report(Problem::error(code, title, origin, label, help), &leaf.key);
                None
            }
        }
    }

    /// Checks one number and enters it in the register; gives it back in base units.
    pub fn accept(&mut self, written: &Written<'_>, leaf: &Leaf, key: &str) -> Option<f64> {
        let Written { number, origin, place, .. } = *written;
        let name = leaf.name();
        let in_table = !place.is_empty();
        let none = Unit::none();
        let unit = written.unit.unwrap_or(&none);
        let problem = if number.is_nan() || number.is_infinite() {
            Some((
                "E0303",
                format!("`{name}` is not finite: {number}"),
                "expected a finite number".to_owned(),
                String::new(),
            ))
        } else if written.unit.is_none() && !leaf.dimension.is_none() {
            let unit = leaf.dimension.base_unit();
            let way = if in_table {
                format!("fill the column `unit`, or add `unit` where the file is named, e.g. `{unit}`")
            } else {
                format!("write e.g. \"{number} {unit}\"")
            };
            Some((
                "E0301",
                format!("`{name}` needs a unit of {}, got the bare number {number}", leaf.dimension),
                "no unit".into(),
                format!("{way}; see `urbanmine explain {}`", leaf.schema.path),
            ))
        } else if unit.dimension() != leaf.dimension {
            let dimension = unit.dimension().to_string();
            let label = if unit.text() == dimension {
                format!("expected {}", leaf.dimension)
            } else {
                format!("`{}` is {dimension}", unit.text())
            };
            Some((
                "E0302",
                format!("`{name}` needs {}, got {}", leaf.dimension, unit.dimension()),
                label,
                String::new(),
            ))
        } else if number.abs() > MAX_NUMBER || unit.to_base(number).abs() > MAX_NUMBER {
            let label = "expected at most 1e15 in base units";
            Some(("E0504", format!("`{name}` is too large: {number:e}"), label.into(), "check the unit".into()))
        } else if number < 0.0 && !leaf.signed {
            Some(("E0304", format!("`{name}` is negative: {number}"), "expected zero or more".into(), String::new()))
        } else if leaf.share && unit.to_base(number) > 1.0 {
            let label = "expected a share from 0 to 1".to_owned();
            let help = if (1.0..=100.0).contains(&number) {
                let quoted = if in_table { String::new() } else { format!(" or \"{number} %\"") };
                format!("if {number} percent is meant, write {}{quoted}", number / 100.0)
            } else {
                String::new()
            };
            Some(("E0306", format!("`{name}` is a share above 1: {number}"), label, help))
        } else {
            None
        };
        if let Some((code, title, label, help)) = problem {
            let help = if !help.is_empty() {
                help
            } else if in_table {
                format!("correct the row; see `urbanmine explain {}`", leaf.schema.path)
            } else {
                leaf.schema.way_out()
            };
            self.report(Problem::error(code, title, origin, format!("{place}{label}"), help), &leaf.key);
            return None;
        }
        self.enter(key, number, unit.text(), written.meta, origin);
        Some(unit.to_base(number))
    }

    /// Reads `unit`, `source`, `confidence` and `note` of a table into the leaf.
    pub fn meta(&mut self, table: &Table, leaf: &mut Leaf) {
        if let Some((text, origin)) = self.meta_text(table, "unit", leaf) {
            leaf.unit = self.unit(&text, origin, "", leaf).or(leaf.unit.take());
        }
        if let Some((text, _)) = self.meta_text(table, "source", leaf) {
            leaf.meta.source = text;
        }
        if let Some((text, _)) = self.meta_text(table, "note", leaf) {
            leaf.meta.note = text;
        }
        if let Some((text, origin)) = self.meta_text(table, "confidence", leaf) {
            if !matches!(text.as_str(), "A" | "B" | "C") {
                let title = format!("`confidence` of `{}` must be A, B or C, got {text:?}", leaf.name());
                let help = "A: read in the source itself; B: second-hand or derived; C: judgement";
                self.report(Problem::error("E0203", title, origin, "not one of A, B, C", help), &leaf.key);
            }
            leaf.meta.confidence = text;
        }
    }

    fn meta_text(&mut self, table: &Table, name: &str, leaf: &Leaf) -> Option<(String, Origin)> {
        let node = table.get(name)?;
        if let Some(text) = node.text() {
            return Some((text.to_owned(), node.origin));
        }
        let title = format!("`{name}` of `{}` must be text, got {}", leaf.name(), node.seen());
        self.report(Problem::error("E0201", title, node.origin, "expected text", leaf.schema.way_out()), &leaf.key);
        None
    }

    /// Reads a unit on its own.
    pub fn unit(&mut self, text: &str, origin: Origin, place: &str, leaf: &Leaf) -> Option<Unit> {
        match Unit::parse(text) {
            Ok(unit) => Some(unit),
            Err(error) => {
                let help = unit_help(&error).unwrap_or_else(|| leaf.schema.way_out());
                let title = format!("`{}`: {error}", leaf.name());
                let problem = Problem::error("E0307", title, origin, format!("{place}not a unit"), help);
                self.report(problem, &leaf.key);
                None
            }
        }
    }

    /// Reports keys of a long form that are neither in `own` nor in `more`; true if there are none.
    pub fn only(&mut self, table: &Table, leaf: &Leaf, own: &[&str], more: &[&str]) -> bool {
        let mut clean = true;
        for (name, node) in table {
            if !own.contains(&name.as_str()) && !more.contains(&name.as_str()) {
                let digits = name.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty();
                if digits && own.iter().any(|key| is_year(key)) && self.year(name, node.key, "", leaf).is_none() {
                    clean = false;
                    continue;
                }
                let help = suggest::help(name, own.iter().chain(more).copied());
                let title = format!("unknown key `{name}` in `{}`", leaf.key);
                self.report(Problem::error("E0204", title, node.key, "not a known key of a value", help), &leaf.key);
                clean = false;
            }
        }
        clean
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type(&mut self, node: &Node, leaf: &Leaf, wanted: &str) {
        let title = format!("`{}` must be {wanted}, got {}", leaf.name(), node.seen());
        let label = format!("expected {wanted}");
        self.report(Problem::error("E0201", title, node.origin, label, leaf.schema.way_out()), &leaf.key);
    }
}

fn unit_help(error: &UnitError) -> Option<String> {
    match error {
        UnitError::Unknown { name, .. } if is_other_money(name) => Some(
            "money is CNY_2025: convert with the exchange rate and price index of its year, and say so in `note`"
                .to_owned(),
        ),
        UnitError::Unknown { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
        UnitError::Unknown { near: None, .. } | UnitError::Malformed(_) => {
            Some(format!("units are made of {}, with `/` and `*`, e.g. kt/yr", unit_names()))
        }
        UnitError::NoNumber(_) | UnitError::NoUnit(_) => None,
    }
}
