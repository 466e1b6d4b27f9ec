//! What reagents bring into a flowsheet, and where it leaves.
//!
//! An input that is a mass and whose composition `compounds.file` gives enters at the unit that uses it. Its tracked
//! substances leave by the transfer coefficients of that unit and those after it, like the feed's; the rest (oxygen,
//! water, sulphate, lime) is booked as `other` and has a row of its own, `transfer.reagents`, for a salt's sulphate
//! does not go where the oxygen of a cathode does.

use super::Builder;
use crate::base::catalog::PlantNames;
use crate::base::ids::{Id, LineId, SinkId, SubstanceId, UnitId, all};
use crate::base::units::Dimension;
use crate::model::plant::accounts::{Amount, Carried, UnitRate};
use crate::model::plant::flowsheet::{Destination, Entrance, Flowsheet, Outlet, Unit};
use crate::scenario::{Mix, Rate};
use std::collections::BTreeMap;

/// Where what reagents bring beside tracked substances is booked.
const REST: &str = "other";

/// A reagent as used in a unit.
struct Use {
    unit: UnitId,
    rate: UnitRate,
    /// Share of each tracked substance in it; the rest last.
    brings: Vec<f64>,
    /// Share of the rest by outlet of the unit; none: as the unit's transfer row says.
    leaves: Option<Vec<f64>>,
}

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

    /// Everything that reagents bring, by where it leaves and as what.
    pub(super) fn carried(
        &mut self,
        key: &str,
        names: &PlantNames,
        units: &[Unit],
        flowsheet: &Flowsheet,
    ) -> Vec<Carried> {
        let uses = self.uses(key, names);
        if uses.is_empty() {
            return Vec::new();
        }
        let rest = self.size.substances;
        let Some(booked_as) = self.catalog.substances.iter().position(|name| name == REST) else {
            let title = "what reagents bring has no place in the books";
            let label = format!("`{REST}` is not among the substances");
            self.report("system.substances", "E0202", title, label, "add `other`, or take `compounds.file` out");
            return Vec::new();
        };
        let lines = names.lines.len();
        let entrances: Vec<Entrance> = all::<LineId>(lines)
            .flat_map(|line| all::<UnitId>(units.len()).map(move |unit| Entrance { line, unit }))
            .collect();
        let traced = match Flowsheet::trace(units, names.sinks.len(), rest + 1, &entrances) {
            Ok(traced) => traced,
            Err(error) => {
                self.refuse(key, names, &error);
                return Vec::new();
            }
        };
        let entered_at = |line: usize, unit: UnitId| &traced.entries[line * units.len() + unit.index()].sinks;
        let mut carried: BTreeMap<(usize, usize), Vec<Vec<f64>>> = BTreeMap::new();
        for used in &uses {
            let amount = Amount::new(std::slice::from_ref(&used.rate), flowsheet);
            for (entry, (per_tonne, entrance)) in amount.per_tonne().iter().zip(&flowsheet.entries).enumerate() {
                let line = entrance.entrance.line.index();
                for (substance, part) in used.brings.iter().enumerate().filter(|(_, part)| **part > 0.0) {
                    let mut shares = vec![0.0; names.sinks.len()];
                    match used.leaves.as_ref().filter(|_| substance == rest) {
                        None => shares.clone_from(&entered_at(line, used.unit)[substance]),
                        Some(by_outlet) => {
                            for (outlet, share) in units[used.unit.index()].outlets.iter().zip(by_outlet) {
                                match outlet.to[line] {
                                    Destination::Sink(sink) => shares[sink.index()] += share,
                                    Destination::Unit(unit) => {
                                        let onward = &entered_at(line, unit)[rest];
                                        shares.iter_mut().zip(onward).for_each(|(sum, part)| *sum += share * part);
                                    }
                                }
                            }
                        }
                    }
                    let booked_as = if substance == rest { booked_as } else { substance };
                    for (sink, share) in shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0) {
                        let empty = || vec![vec![0.0; self.size.width()]; flowsheet.entries.len()];
                        let rows = carried.entry((sink, booked_as)).or_insert_with(empty);
                        for (sum, per_tonne) in rows[entry].iter_mut().zip(per_tonne) {
                            *sum += per_tonne * part * share;
                        }
                    }
                }
            }
        }
        let carried = carried.into_iter().map(|((sink, substance), per_tonne)| Carried {
            sink: SinkId::new(sink),
            substance: SubstanceId::new(substance),
            per_tonne,
        });
        carried.collect()
    }

    /// The inputs of all units that are masses of a known composition.
    fn uses(&self, key: &str, names: &PlantNames) -> Vec<Use> {
        let mut uses = Vec::new();
        for (index, unit) in names.units.iter().enumerate() {
            let place = format!("{key}.unit.{unit}.inputs");
            for name in self.scenario.children(&place) {
                let rates = self.scenario.rates(&format!("{place}.{name}"));
                let Some(brings) = self.brings(name) else { continue };
                let is_mass = |rate: &&Rate| rate.unit.dimension() == Dimension::NONE && rate.value > 0.0;
                uses.extend(rates.iter().filter(is_mass).map(|rate| Use {
                    unit: UnitId::new(index),
                    rate: self.unit_rate(rate, UnitId::new(index), 1.0),
                    brings: brings.clone(),
                    leaves: rate.leaves.as_ref().map(|mix| self.by_outlet(mix, &names.outlets[index])),
                }));
            }
        }
        uses
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
