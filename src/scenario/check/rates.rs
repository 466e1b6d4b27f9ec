//! Amounts per mass that passes a unit: reagents, energy, water, labour, and what is given off.

use super::Checker;
use super::leaf::{Leaf, META};
use crate::base::units::{Dimension, Quantity, Unit};
use crate::scenario::document::{Node, Value};
use crate::scenario::problem::Problem;
use crate::scenario::schema::Dim;
use crate::scenario::value::{Mix, Parsed, Rate};

/// What may be used per mass: mass, energy, time.
const PER_MASS: [Dimension; 3] =
    [Dimension::NONE, Dimension::ENERGY.per(Dimension::MASS), Dimension::TIME.per(Dimension::MASS)];

/// The word for all of a unit's input.
const INPUT: &str = "input";

impl Checker<'_> {
    /// Reads one rate, or a list of them.
    pub fn rates(&mut self, node: &Node, leaf: &Leaf) -> Option<Parsed> {
        let Value::Array(items) = &node.value else { return Some(Parsed::Rates(vec![self.rate(node, leaf)?])) };
        let mut rates: Vec<Rate> = Vec::new();
        for item in items {
            let rate = self.rate(item, leaf)?;
            if rates.iter().any(|other| other.per == rate.per) {
                let title = format!("`{}` is given twice per {}", leaf.name(), rate.per.as_deref().unwrap_or(INPUT));
                let help = "keep one of the two";
                self.report(Problem::error("E0311", title, item.origin, "repeated", help), &leaf.key);
                return None;
            }
            if rates.first().is_some_and(|first| first.unit.dimension() != rate.unit.dimension()) {
                let title = format!("`{}` is given in units that do not add up", leaf.name());
                let label = format!("`{}` is {}", rate.unit.text(), rate.unit.dimension());
                let help = "give all of the list in mass, in energy or in time per mass";
                self.report(Problem::error("E0302", title, item.origin, label, help), &leaf.key);
                return None;
            }
            rates.push(rate);
        }
        Some(Parsed::Rates(rates))
    }

    fn rate(&mut self, node: &Node, leaf: &Leaf) -> Option<Rate> {
        let mut leaf = leaf.clone();
        let (mut per, mut leaves) = (None, None);
        let value = match &node.value {
            Value::Table(table) => {
                self.meta(table, &mut leaf);
                self.only(table, &leaf, &["value", "per", "leaves"], META);
                per = self.per(table.get("per"), &leaf).ok()?;
                if let Some(node) = table.get("leaves") {
                    leaves = Some(self.leaves(node, per.as_deref(), &leaf)?);
                }
                let Some(value) = table.get("value") else {
                    let title = format!("`{}` has no value", leaf.name());
                    let help = leaf.schema.way_out();
                    self.report(Problem::error("E0202", title, node.origin, "needs `value`", help), &leaf.key);
                    return None;
                };
                value
            }
            _ => node,
        };
        let unit = match value.text() {
            Some(text) => Quantity::parse(text).ok().map(|quantity| quantity.unit),
            None => leaf.unit.clone(),
        };
        let wanted = unit.as_ref().map_or(PER_MASS[1], Unit::dimension);
        if !PER_MASS.contains(&wanted) || unit.as_ref().is_some_and(|unit| !unit.text().contains('/')) {
            let title = format!("`{}` needs mass, energy or time per mass", leaf.name());
            let label = format!("`{}` is {wanted}", unit.as_ref().map_or("", Unit::text));
            self.report(Problem::error("E0302", title, value.origin, label, leaf.schema.way_out()), &leaf.key);
            return None;
        }
        leaf.dimension = wanted;
        let key = per.as_ref().map_or_else(|| leaf.key.clone(), |per| format!("{}.{per}", leaf.key));
        let value = self.number(value, &leaf, &key)?;
        Some(Rate { value, per, unit: unit.unwrap_or_else(Unit::none), leaves })
    }

    /// Reads `leaves`: an outlet of the unit, or shares of several.
    fn leaves(&mut self, node: &Node, per: Option<&str>, leaf: &Leaf) -> Option<Mix> {
        let key = format!("{}{}.leaves", leaf.key, per.map_or_else(String::new, |per| format!(".{per}")));
        let leaf = Leaf { key, dimension: Dimension::NONE, share: true, unit: None, ..leaf.clone() };
        let Some(outlet) = node.text() else { return self.mix(node, &leaf, Dim::Outlet) };
        self.mix_name(Dim::Outlet, outlet, node.origin, &leaf, "").then(|| Mix::all(outlet))
    }

    /// Reads `per`: none stands for all of the input. An error has been reported.
    fn per(&mut self, node: Option<&Node>, leaf: &Leaf) -> Result<Option<String>, ()> {
        let Some(node) = node else { return Ok(None) };
        let Some(name) = node.text() else {
            self.wrong_type(node, leaf, "`per` = \"input\" or a substance");
            return Err(());
        };
        if name == INPUT {
            return Ok(None);
        }
        if self.names.has(Dim::Substance, name) {
            return Ok(Some(name.to_owned()));
        }
        self.unknown_name(Dim::Substance, name, node.origin, &leaf.key, &[INPUT], "");
        Err(())
    }
}
