//! What a plant uses and gives off, and what its products are sold as.

use super::Builder;
use crate::base::catalog::{AmountKind, AmountName, PlantNames, ProductName};
use crate::base::ids::{Id, SubstanceId, UnitId};
use crate::base::units::{Dimension, Unit};
use crate::model::plant::accounts::{Amount, Compound, UnitRate};
use crate::model::plant::flowsheet::Flowsheet;
use crate::scenario::Rate;

/// The unit an amount is counted in, and how many of it make one base unit: mass in t, energy in `MWh` or, where it is
/// written in joules, in `GJ`, time in h.
fn counted(unit: &Unit) -> (&'static str, f64) {
    let in_joules = unit.text().split(['/', '*']).next().is_some_and(|name| name.trim().ends_with('J'));
    let one = |text: &str| Unit::parse(text).map_or(1.0, |unit| 1.0 / unit.to_base(1.0));
    if unit.dimension() == Dimension::NONE {
        ("t", 1.0)
    } else if unit.dimension() == Dimension::TIME.per(Dimension::MASS) {
        ("h", one("h"))
    } else if in_joules {
        ("GJ", one("GJ"))
    } else {
        ("MWh", one("MWh"))
    }
}

impl Builder<'_> {
    /// Everything the units use and give off; the names go into the catalog.
    pub(super) fn amounts(&mut self, key: &str, names: &mut PlantNames, flowsheet: &Flowsheet) -> Vec<Amount> {
        let mut rates: Vec<Vec<UnitRate>> = Vec::new();
        for (kind, section) in [(AmountKind::Input, "inputs"), (AmountKind::Release, "releases")] {
            for (index, unit) in names.units.clone().iter().enumerate() {
                let place = format!("{key}.unit.{unit}.{section}");
                for name in self.scenario.children(&place) {
                    let given = self.scenario.rates(&format!("{place}.{name}"));
                    let Some(first) = given.first() else { continue };
                    let (counted_in, per_base) = counted(&first.unit);
                    let known = names.amounts.iter().position(|known| known.kind == kind && known.name == name);
                    let at = known.unwrap_or_else(|| {
                        let name = name.to_owned();
                        names.amounts.push(AmountName { name, kind, unit: counted_in });
                        rates.push(Vec::new());
                        rates.len() - 1
                    });
                    if names.amounts[at].unit != counted_in {
                        let title = format!("`{name}` is counted in {} and in {counted_in}", names.amounts[at].unit);
                        let help = "write it in one kind of unit in all units of the plant";
                        let label = "other units of the plant count it otherwise";
                        let problem = self.scenario.problem_at(&format!("{place}.{name}"), "E0302", title, label, help);
                        self.problems.push(problem);
                        continue;
                    }
                    rates[at].extend(given.iter().map(|rate| self.unit_rate(rate, UnitId::new(index), per_base)));
                }
            }
        }
        rates.iter().map(|rates| Amount::new(rates, flowsheet)).collect()
    }

    pub(super) fn unit_rate(&self, rate: &Rate, unit: UnitId, per_base: f64) -> UnitRate {
        let per = rate.per.as_ref().and_then(|per| self.catalog.substances.iter().position(|known| known == per));
        UnitRate { unit, per: per.map(SubstanceId::new), rate: rate.value * per_base }
    }

    /// What each sink is sold as.
    pub(super) fn compounds(&mut self, key: &str, names: &mut PlantNames) -> Vec<Option<Compound>> {
        let sinks = names.sinks.clone();
        let sold = sinks.iter().map(|sink| {
            let product = sink.strip_prefix("product:").map(|name| format!("{key}.product.{name}"));
            let text = |what: &str| self.scenario.text(&format!("{}.{what}", product.as_ref()?)).map(str::to_owned);
            ProductName { compound: text("compound"), grade: text("grade") }
        });
        names.products = sold.collect();
        let compounds = names.products.iter().zip(&sinks).map(|(product, sink)| {
            let name = product.compound.as_ref()?;
            let found = self.compound(name);
            if found.is_none() {
                let place = format!("{key}.product.{}.compound", sink.trim_start_matches("product:"));
                let title = format!("the composition of `{name}` is not known");
                let label = "no row of `compounds.file` gives a tracked element of it";
                let help = "add its rows, or leave `compound` out: the product is then counted as it leaves";
                self.problems.push(self.scenario.problem_at(&place, "E0406", title, label, help));
            }
            found
        });
        compounds.collect()
    }

    /// A compound's mass by its main element: of the tracked ones the one it holds most of.
    fn compound(&self, name: &str) -> Option<Compound> {
        let table = self.scenario.csv("compounds.file")?;
        let mut main: Option<(SubstanceId, f64)> = None;
        for row in table.rows().filter(|row| row.text("compound") == name) {
            let element = self.catalog.substances.iter().position(|known| known == row.text("element"));
            if let (Some(element), Ok(fraction)) = (element, row.number("fraction"))
                && fraction > main.map_or(0.0, |(_, most)| most)
            {
                main = Some((SubstanceId::new(element), fraction));
            }
        }
        main.map(|(element, fraction)| Compound { element, mass: 1.0 / fraction })
    }
}
