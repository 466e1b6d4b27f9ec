//! Lifetimes: survival by age, and distributions with the parameters they take.

use super::Checker;
use super::leaf::{Leaf, META};
use crate::base::units::{Dimension, Quantity, Unit};
use crate::model::lifetime::{CurveFault, DISTRIBUTIONS, Distribution, SurvivalCurve};
use crate::scenario::document::{Node, Table, is_age};
use crate::scenario::problem::Problem;
use crate::scenario::source::Origin;
use crate::scenario::value::Parsed;
use std::sync::Arc;

/// The lifetime given by a survival curve, and the key the curve stands under.
const TABULATED: (&str, &str) = ("tabulated", "survival");

/// A point of a survival curve and where it was said.
struct Point {
    age: f64,
    share: f64,
    origin: Origin,
}

impl Checker<'_> {
    /// Reads shares by age.
    pub fn survival(&mut self, node: &Node, leaf: &Leaf) -> Option<Arc<SurvivalCurve>> {
        let Some(table) = node.table() else {
            self.wrong_type(node, leaf, "a table of shares by age");
            return None;
        };
        let points = if table.contains_key("file") {
            self.survival_rows(node, table, leaf)?
        } else {
            self.survival_table(table, leaf)?
        };
        self.curve(points, node.origin, leaf)
    }

    /// `{ "0 yr" = 1, "8 yr" = 0.4 }`.
    fn survival_table(&mut self, table: &Table, leaf: &Leaf) -> Option<Vec<Point>> {
        let mut leaf = leaf.clone();
        self.meta(table, &mut leaf);
        let ages: Vec<&str> = table.keys().map(String::as_str).filter(|key| is_age(key)).collect();
        let mut whole = self.only(table, &leaf, &ages, &["source", "confidence", "note", "file"]);
        let mut points = Vec::new();
        for (name, value) in table.iter().filter(|(key, _)| is_age(key)) {
            let own = Leaf { key: format!("{}.{name}", leaf.key), ..leaf.clone() };
            let age = self.age(name, value.key, &leaf);
            match (age, self.number(value, &own, &own.key)) {
                (Some(age), Some(share)) => points.push(Point { age, share, origin: value.origin }),
                _ => whole = false,
            }
        }
        whole.then_some(points)
    }

    fn age(&mut self, text: &str, origin: Origin, leaf: &Leaf) -> Option<f64> {
        let years =
            Quantity::parse(text).ok().filter(|q| q.unit.dimension() == Dimension::TIME && q.base().is_finite());
        if years.is_none() {
            let title = format!("`{}`: `{text}` is not an age", leaf.name());
            let problem =
                Problem::error("E0302", title, origin, "expected an age such as `5 yr`", leaf.schema.way_out());
            self.report(problem, &leaf.key);
        }
        years.map(|q| q.base())
    }

    /// `{ file, column, where, unit }`, with the ages in column `age` in that unit.
    fn survival_rows(&mut self, node: &Node, table: &Table, leaf: &Leaf) -> Option<Vec<Point>> {
        let mut leaf = leaf.clone();
        self.meta(table, &mut leaf);
        if !self.only(table, &leaf, &["file", "column", "where"], META) {
            return None;
        }
        let Some(unit) = leaf.unit.take().filter(|unit: &Unit| unit.dimension() == Dimension::TIME) else {
            let title = format!("`{}` needs the unit of the ages in its file", leaf.name());
            let at = table.get("unit").map_or(node.origin, |unit| unit.origin);
            let help = "write e.g. `unit = \"yr\"` beside `file`";
            self.report(Problem::error("E0301", title, at, "no unit of time", help), &leaf.key);
            return None;
        };
        let found = self.rows(table, &leaf, "value")?;
        let at = table.get("file").map_or(node.origin, |file| file.origin);
        let age_column = self.column(&found.file, "age", at, &leaf.key)?;
        let ages = Leaf { dimension: Dimension::TIME, share: false, unit: Some(unit), ..leaf.clone() };
        // Of two numbers in a row, the share is the one to be registered; its own unit is none.
        let shares = Leaf { unit: Some(Unit::none()), ..leaf.clone() };
        let mut points = Vec::new();
        for row in found.rows {
            if self.full() {
                return None;
            }
            let key = format!("{}.{}", leaf.key, found.file.cell(row, age_column));
            let age = self.cell(&found.file, row, age_column, &ages, &format!("{key}.age"))?;
            let share = self.cell(&found.file, row, found.column, &shares, &key)?;
            points.push(Point { age, share, origin: self.cell_origin(&found.file, row, Some(found.column)) });
        }
        Some(points)
    }

    fn curve(&mut self, mut points: Vec<Point>, origin: Origin, leaf: &Leaf) -> Option<Arc<SurvivalCurve>> {
        points.sort_by(|a, b| a.age.total_cmp(&b.age));
        let fault = match SurvivalCurve::new(points.iter().map(|point| (point.age, point.share)).collect()) {
            Ok(curve) => return Some(Arc::new(curve)),
            Err(fault) => fault,
        };
        let at = match fault {
            CurveFault::Age(place) | CurveFault::Share(place) => points.get(place),
            CurveFault::Start(_) => points.first(),
            CurveFault::Empty => None,
        };
        let (title, label) = match fault {
            CurveFault::Empty => ("has no ages", "expected e.g. `\"8 yr\" = 0.4`"),
            CurveFault::Start(_) => ("does not start at age 0", "the youngest age"),
            CurveFault::Age(_) => ("has an age twice", "repeated"),
            CurveFault::Share(_) => ("rises with age", "more than at the age before"),
        };
        let help = format!("{}; shares fall from age 0 on", leaf.schema.way_out());
        let title = format!("`{}` {title}", leaf.key);
        self.report(Problem::error("E0305", title, at.map_or(origin, |point| point.origin), label, help), &leaf.key);
        None
    }

    /// Every lifetime has the parameters of its distribution, in one of the ways it may be given.
    pub fn lifetimes(&mut self) {
        let mut tables: Vec<(String, &Node)> = Vec::new();
        for (segment, node) in self.tree.get("use").and_then(Node::table).into_iter().flatten() {
            for what in ["vehicle", "battery"] {
                tables.extend(node.get(what).map(|n| (format!("use.{segment}.{what}"), n)));
            }
        }
        tables.extend(self.tree.at(["second_life", "lifetime"]).map(|n| ("second_life.lifetime".to_owned(), n)));
        for (key, node) in tables {
            if let (Some(table), Some(Parsed::Text(name))) =
                (node.table(), self.values.get(&format!("{key}.distribution")))
            {
                self.parameters(table, &name.clone(), node.origin, &key);
            }
        }
    }

    /// A policy ends after it begins.
    pub fn hazard_policies(&mut self) {
        for (name, node) in self.tree.at(["use", "hazard_policy"]).and_then(Node::table).into_iter().flatten() {
            let key = format!("use.hazard_policy.{name}");
            let month = |part: &str| match self.values.get(&format!("{key}.{part}")) {
                Some(Parsed::Month(year, month)) => Some(((*year, *month), node.get(part)?.origin)),
                _ => None,
            };
            let (Some((from, from_at)), Some((until, until_at))) = (month("from"), month("until")) else { continue };
            if until <= from {
                let title = format!("`{key}` ends before it begins");
                let help = "set `until` later than `from`, or leave it out";
                let problem = Problem::error("E0309", title, until_at, "expected a later date", help);
                self.report(problem.also(from_at, "begins here"), &key);
            }
        }
    }

    fn parameters(&mut self, table: &Table, name: &str, origin: Origin, key: &str) {
        let forms: Vec<&[&str]> = if name == TABULATED.0 {
            vec![&[TABULATED.1]]
        } else {
            Distribution::forms(name).map(|form| form.parameters).collect()
        };
        let spelled = forms.iter().map(|form| form.join(" and ")).collect::<Vec<_>>().join(", or ");
        let help = format!("a {name} distribution takes {spelled}");
        let known = || DISTRIBUTIONS.iter().flat_map(|known| known.parameters).chain([&TABULATED.1]);
        for (parameter, value) in table {
            let takes = forms.iter().any(|form| form.contains(&parameter.as_str()));
            if !takes && known().any(|known| known == parameter) {
                let title = format!("`{key}.{parameter}` means nothing for a {name} distribution");
                self.report(Problem::error("E0204", title, value.key, "not a parameter of it", &help), key);
            }
        }
        let given: Vec<&str> =
            table.keys().map(String::as_str).filter(|p| forms.iter().any(|f| f.contains(p))).collect();
        if forms.iter().any(|form| form.len() == given.len() && form.iter().all(|p| given.contains(p))) {
            return;
        }
        // What is missing in each way that the given parameters may begin.
        let begun = forms.iter().filter(|form| given.iter().all(|p| form.contains(p)));
        let mut missing: Vec<String> = begun
            .map(|form| form.iter().copied().filter(|p| !given.contains(p)).collect::<Vec<_>>().join(" and "))
            .collect();
        missing.dedup();
        let (code, title) = if missing.is_empty() {
            ("E0203", format!("`{key}` has {}, which do not go together", given.join(" and ")))
        } else {
            ("E0202", format!("`{key}` has no {}", missing.join(", or ")))
        };
        self.report(Problem::error(code, title, origin, format!("expected {spelled}"), &help), key);
    }
}
