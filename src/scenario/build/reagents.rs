//! Reagents: inputs that are masses and whose composition `compounds.file` gives.

use super::Builder;
use crate::base::catalog::PlantNames;
use crate::base::ids::{Id, SubstanceId, UnitId};
use crate::base::units::Dimension;
use crate::model::plant::flowsheet::{Flowsheet, Outlet, Unit};
use crate::model::plant::reagents::{Carried, Reagent, carried};
use crate::scenario::{Mix, Rate};

/// Where what reagents bring beside tracked substances is booked.
const REST: &str = "other";

impl Builder<'_> {
    /// Transfer coefficients of what reagents bring beside tracked substances: the row `reagents`, else that of `other`.
    pub(super) fn reagent_row(&self, unit_key: &str, outlet_names: &[String], outlets: &mut [Outlet]) {
        let rows = ["reagents", REST, "default"].map(|row| self.scenario.mix(&format!("{unit_key}.transfer.{row}")));
        let shares = rows.into_iter().flatten().next().map(|mix| self.by_outlet(mix, outlet_names));
        for (at, outlet) in outlets.iter_mut().enumerate() {
            outlet.transfer.push(shares.as_ref().map_or(0.0, |shares| shares[at]));
        }
    }

    fn by_outlet(&self, mix: &Mix, outlet_names: &[String]) -> Vec<f64> {
        let mut shares = vec![0.0; outlet_names.len()];
        for (outlet, share) in mix.names().zip(mix.at(f64::from(self.horizon.start_year))) {
            if let Some(place) = outlet_names.iter().position(|known| known == outlet) {
                shares[place] = share;
            }
        }
        shares
    }

    /// All that reagents bring, by where it leaves and as what.
    pub(super) fn carried(
        &mut self,
        key: &str,
        names: &PlantNames,
        reagents: &[Reagent],
        units: &[Unit],
        flowsheet: &Flowsheet,
    ) -> Vec<Carried> {
        if reagents.is_empty() {
            return Vec::new();
        }
        let Some(rest) = self.catalog.substances.iter().position(|name| name == REST) else {
            let title = "what reagents bring has no place in the books";
            let label = format!("`{REST}` is not among the substances");
            self.report("system.substances", "E0202", title, label, "add `other`, or take `compounds.file` out");
            return Vec::new();
        };
        let counts = (names.sinks.len(), names.lines.len());
        carried(reagents, units, flowsheet, counts, SubstanceId::new(rest), self.size.width()).unwrap_or_else(|error| {
            self.refuse(key, names, &error);
            Vec::new()
        })
    }

    /// The inputs of all units that are masses of a known composition.
    pub(super) fn reagents(&self, key: &str, names: &PlantNames) -> Vec<Reagent> {
        let mut reagents = Vec::new();
        for (index, unit) in names.units.iter().enumerate() {
            let place = format!("{key}.unit.{unit}.inputs");
            for name in self.scenario.children(&place) {
                let rates = self.scenario.rates(&format!("{place}.{name}"));
                let Some(brings) = self.brings(name) else { continue };
                let is_mass = |rate: &&Rate| rate.unit.dimension() == Dimension::NONE && rate.value > 0.0;
                reagents.extend(rates.iter().filter(is_mass).map(|rate| Reagent {
                    rate: self.unit_rate(rate, UnitId::new(index), 1.0),
                    brings: brings.clone(),
                    leaves: rate.leaves.as_ref().map(|mix| self.by_outlet(mix, &names.outlets[index])),
                }));
            }
        }
        reagents
    }

    /// Share of each tracked substance in a compound, the rest last; none if its composition is not given.
    fn brings(&self, compound: &str) -> Option<Vec<f64>> {
        let table = self.scenario.csv("compounds.file")?;
        let mut shares = vec![0.0; self.size.substances + 1];
        let mut known = false;
        for row in table.rows().filter(|row| row.text("compound") == compound) {
            known = true;
            let element = self.catalog.substances.iter().position(|name| name == row.text("element"));
            if let (Some(element), Ok(fraction)) = (element, row.number("fraction")) {
                shares[element] += fraction;
            }
        }
        let tracked: f64 = shares.iter().sum();
        shares[self.size.substances] = (1.0 - tracked).max(0.0);
        known.then_some(shares)
    }
}
