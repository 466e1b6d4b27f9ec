//! Uncertain parameters: how each is distributed; and, once all is read, what each acts on.

mod acts;

use super::Checker;
use super::leaf::{Leaf, META};
use crate::base::units::Dimension;
use crate::sampling::Distribution;
use crate::sampling::distribution::{DISCRETE, FORMS, Form, Shape};
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::draw::schema_of;
use crate::scenario::problem::Problem;
use crate::scenario::schema::{Cells, Takes};
use crate::scenario::source::Origin;
use crate::scenario::suggest;
use crate::scenario::uncertain::Op;
use crate::scenario::value::Parsed;

/// The word for a number that is not uncertain.
const NONE: &str = "none";
/// How a parameter's key begins.
const PREFIX: &str = "uncertainty.parameter.";

/// A name and where it stands.
type Named = (String, Origin);

/// A parameter as it was said.
#[derive(Clone, Debug)]
pub struct Said {
    key: Named,
    op: Op,
    distribution: Distribution,
    also: Vec<Named>,
    balance: Option<Named>,
    correlation: Vec<(Named, f64)>,
    origin: Origin,
}

impl Checker<'_> {
    /// Reads one parameter.
    pub fn parameter(&mut self, node: &Node, leaf: &Leaf) -> Option<Parsed> {
        let Value::Table(table) = &node.value else {
            self.wrong_type(node, leaf, "a table that says how the number is distributed");
            return None;
        };
        let mut leaf = leaf.clone();
        self.meta(table, &mut leaf);
        let key = leaf.key.strip_prefix(PREFIX).unwrap_or_default().to_owned();
        if table.get("distribution").and_then(Node::text) == Some(NONE) {
            // What a parent says is uncertain, and here is not.
            self.only(table, &leaf, &["distribution"], META);
            return None;
        }
        let signs = Op::SIGNS.map(|(sign, _)| sign);
        let op = self.word_in(table, "op", &signs, node, &leaf)?;
        let op = Op::SIGNS.into_iter().find(|(sign, _)| *sign == op).map(|(_, op)| op)?;
        let names: Vec<&str> = FORMS.iter().map(|form| form.name).chain([DISCRETE, NONE]).collect();
        let name = self.word_in(table, "distribution", &names, node, &leaf)?;
        // A factor has no unit; what is added, or takes the place, has that of the number.
        leaf.dimension = if op == Op::Multiply { Dimension::NONE } else { dimension_of(&key) };
        leaf.signed = true;
        let shape = if name == DISCRETE {
            self.discrete(table, node, &leaf)?
        } else {
            self.continuous(Form::named(&name)?, table, node, &leaf)?
        };
        let distribution = self.truncated(Distribution::new(shape), table, &leaf)?;
        let also = self.texts(table.get("also"), &leaf)?;
        let balance = match table.get("balance") {
            None => None,
            Some(node) => {
                let Some(text) = node.text() else {
                    self.wrong_type(node, &leaf, "the name of a share");
                    return None;
                };
                Some((text.to_owned(), node.origin))
            }
        };
        let correlation = self.coefficients(table.get("correlation"), &leaf)?;
        let key = (key, node.key);
        Some(Parsed::Parameter(Box::new(Said {
            key,
            op,
            distribution,
            also,
            balance,
            correlation,
            origin: node.origin,
        })))
    }

    /// A word that must be given.
    fn word_in(&mut self, table: &Table, name: &str, words: &[&str], node: &Node, leaf: &Leaf) -> Option<String> {
        let Some(value) = table.get(name) else {
            let title = format!("`{}` has no `{name}`", leaf.key);
            let label = format!("needs `{name}`: one of {}", words.join(", "));
            self.report(Problem::error("E0202", title, node.origin, label, leaf.schema.way_out()), &leaf.key);
            return None;
        };
        if let Some(word) = value.text().filter(|text| words.contains(text)) {
            return Some(word.to_owned());
        }
        let title = format!("`{name}` of `{}` cannot be {}", leaf.key, value.seen());
        let label = format!("expected one of {}", words.join(", "));
        let help = suggest::help(value.text().unwrap_or_default(), words.iter().copied());
        self.report(Problem::error("E0203", title, value.origin, label, help), &leaf.key);
        None
    }

    fn known_only(&mut self, table: &Table, leaf: &Leaf, parameters: &[&str]) -> bool {
        let own = ["op", "distribution", "also", "balance", "correlation", "at_least", "at_most"];
        self.only(table, leaf, &[&own, parameters].concat(), META)
    }

    fn continuous(&mut self, form: &'static Form, table: &Table, node: &Node, leaf: &Leaf) -> Option<Shape> {
        let parameters = [form.needs, form.optional].concat();
        let mut whole = self.known_only(table, leaf, &parameters);
        let missing: Vec<&str> = form.needs.iter().copied().filter(|name| !table.contains_key(*name)).collect();
        if !missing.is_empty() {
            let title = format!("`{}` has no {}", leaf.key, missing.join(", "));
            let label = format!("a {} distribution takes {}", form.name, parameters.join(", "));
            let help = format!("write e.g. `{} = 1.0`; see `urbanmine explain {}`", missing[0], leaf.schema.path);
            self.report(Problem::error("E0202", title, node.origin, label, help), &leaf.key);
            return None;
        }
        let mut values: Vec<(&str, f64)> = Vec::new();
        for name in parameters {
            let Some(value) = table.get(name) else { continue };
            match self.bound(value, name, form.with_unit.contains(&name), leaf) {
                Some(number) => values.push((name, number)),
                None => whole = false,
            }
        }
        if !whole {
            return None;
        }
        let made = form.make(|wanted| values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value));
        self.fitting(made, table, node, leaf)
    }

    fn discrete(&mut self, table: &Table, node: &Node, leaf: &Leaf) -> Option<Shape> {
        if !self.known_only(table, leaf, &["values", "weights"]) {
            return None;
        }
        let Some(values) = table.get("values") else {
            let title = format!("`{}` has no values", leaf.key);
            let label = "a discrete distribution takes values and, if they are not alike, weights";
            let help = "write e.g. `values = [0.8, 1.0, 1.2], weights = [1, 2, 1]`";
            self.report(Problem::error("E0202", title, node.origin, label, help), &leaf.key);
            return None;
        };
        let values = self.bounds(values, "values", true, leaf)?;
        let weights = match table.get("weights") {
            None => None,
            Some(weights) => Some(self.bounds(weights, "weights", false, leaf)?),
        };
        self.fitting(Shape::discrete(&values, weights.as_deref()), table, node, leaf)
    }

    /// A number of a distribution; with the unit of what is uncertain, or without.
    fn bound(&mut self, node: &Node, name: &str, with_unit: bool, leaf: &Leaf) -> Option<f64> {
        let mut own = Leaf { key: format!("{}.{name}", leaf.key), ..leaf.clone() };
        if !with_unit {
            (own.dimension, own.unit) = (Dimension::NONE, None);
        }
        self.number(node, &own, &own.key)
    }

    fn bounds(&mut self, node: &Node, name: &str, with_unit: bool, leaf: &Leaf) -> Option<Vec<f64>> {
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, leaf, "a list of numbers");
            return None;
        };
        items.iter().map(|item| self.bound(item, name, with_unit, leaf)).collect()
    }

    fn fitting<T>(
        &mut self,
        made: Result<T, crate::sampling::distribution::Misfit>,
        table: &Table,
        node: &Node,
        leaf: &Leaf,
    ) -> Option<T> {
        made.map_err(|misfit| {
            let title = format!("`{}.{}` does not fit", leaf.key, misfit.parameter);
            let at = table.get(misfit.parameter).unwrap_or(node).origin;
            let label = format!("expected {}", misfit.wanted);
            self.report(Problem::error("E0203", title, at, label, leaf.schema.way_out()), &leaf.key);
        })
        .ok()
    }

    fn truncated(&mut self, whole: Distribution, table: &Table, leaf: &Leaf) -> Option<Distribution> {
        let mut ends = [f64::NEG_INFINITY, f64::INFINITY];
        let mut at = None;
        for (end, name) in ends.iter_mut().zip(["at_least", "at_most"]) {
            if let Some(node) = table.get(name) {
                *end = self.bound(node, name, true, leaf)?;
                at = Some(node.origin);
            }
        }
        let Some(at) = at else { return Some(whole) };
        let cut = whole.truncated(ends[0], ends[1]);
        if cut.is_none() {
            let title = format!("`{}` is cut away altogether", leaf.key);
            let help = "let `at_least` and `at_most` leave a part of the distribution";
            self.report(Problem::error("E0203", title, at, "nothing is left", help), &leaf.key);
        }
        cut
    }

    fn texts(&mut self, node: Option<&Node>, leaf: &Leaf) -> Option<Vec<Named>> {
        let Some(node) = node else { return Some(Vec::new()) };
        let items = if let Value::Array(items) = &node.value { items } else { &Vec::new() };
        let texts = items.iter().map(|item| Some((item.text()?.to_owned(), item.origin))).collect::<Option<Vec<_>>>();
        let texts = texts.filter(|texts| !texts.is_empty());
        if texts.is_none() {
            self.wrong_type(node, leaf, "a list of dotted keys");
        }
        texts
    }

    fn coefficients(&mut self, node: Option<&Node>, leaf: &Leaf) -> Option<Vec<(Named, f64)>> {
        let Some(node) = node else { return Some(Vec::new()) };
        let Value::Table(table) = &node.value else {
            self.wrong_type(node, leaf, "a table such as { \"key\" = 0.4 }");
            return None;
        };
        let mut found = Vec::new();
        for (name, value) in table {
            let coefficient = self.bound(value, "correlation", false, leaf)?;
            if coefficient.abs() >= 1.0 {
                let title = format!("the correlation of `{}` is {coefficient}", leaf.key);
                let help = "two numbers that always move together are one parameter: name the other key in `also`";
                let problem = Problem::error("E0203", title, value.origin, "expected between -1 and 1", help);
                self.report(problem, &leaf.key);
                return None;
            }
            found.push(((name.clone(), value.key), coefficient));
        }
        Some(found)
    }
}

/// The dimension of the number behind a key.
fn dimension_of(key: &str) -> Dimension {
    fn of(takes: Takes) -> Dimension {
        match takes {
            Takes::Quantity(dimension) | Takes::Series(dimension) => dimension,
            Takes::ByName(_, inner) => of(*inner),
            Takes::Csv(columns) => columns.iter().fold(Dimension::NONE, |other, column| match column.cells {
                Cells::Value(dimension) => dimension,
                _ => other,
            }),
            _ => Dimension::NONE,
        }
    }
    schema_of(key).map_or(Dimension::NONE, |schema| of(schema.takes))
}
