//! What reagents bring into a flowsheet, and where it leaves.
//!
//! A reagent enters at the unit that uses it, in proportion to the feed that passes there; what is used is counted by the
//! feed alone, so reagents do not ask for reagents. Its tracked substances leave by the transfer coefficients of that unit
//! and those after it, like the feed's. The rest (oxygen, water, sulphate, lime) has transfer coefficients of its own, the
//! last of every outlet, for a salt's sulphate does not go where the oxygen of a cathode does.

use super::Plant;
use super::accounts::{Amount, UnitRate};
use super::flowsheet::{Destination, Entrance, Flowsheet, FlowsheetError, Unit};
use crate::base::ids::{Id, LineId, SinkId, SubstanceId, UnitId, all};
use std::collections::BTreeMap;

/// A reagent as used in a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Reagent {
    /// How much of it, t per t.
    pub rate: UnitRate,
    /// Share of each tracked substance in it; the rest last.
    pub brings: Vec<f64>,
    /// Share of the rest by outlet of the unit; none: as the outlets' own coefficients say.
    pub leaves: Option<Vec<f64>>,
}

/// Mass that reagents bring and that leaves by one sink as one substance.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Where it leaves.
    pub sink: SinkId,
    /// What it is booked as.
    pub substance: SubstanceId,
    /// t per tonne fed, `[entry]` then rows by substance.
    pub per_tonne: Vec<Vec<f64>>,
}

impl Carried {
    /// Mass for what was fed, t by entry and substance.
    pub fn of(&self, fed: &[Vec<f64>]) -> f64 {
        let pairs = self.per_tonne.iter().zip(fed).flat_map(|(rates, fed)| rates.iter().zip(fed));
        pairs.map(|(rate, fed)| rate * fed).sum()
    }
}

/// What a flowsheet does with each tonne that enters at any unit of any line, by line then unit.
fn trace(units: &[Unit], sinks: usize, width: usize, lines: usize) -> Result<Flowsheet, FlowsheetError> {
    let at = |line| all::<UnitId>(units.len()).map(move |unit| Entrance { line, unit });
    let entrances: Vec<Entrance> = all::<LineId>(lines).flat_map(at).collect();
    Flowsheet::trace(units, sinks, width, &entrances)
}

/// All that reagents bring, by where it leaves and as what; the rest is booked as `rest`. `width` is the length of a row
/// by substance.
///
/// # Errors
/// If it never leaves.
pub fn carried(
    reagents: &[Reagent],
    units: &[Unit],
    flowsheet: &Flowsheet,
    (sinks, lines): (usize, usize),
    rest: SubstanceId,
    width: usize,
) -> Result<Vec<Carried>, FlowsheetError> {
    let Some(first) = reagents.first() else { return Ok(Vec::new()) };
    let traced = trace(units, sinks, first.brings.len(), lines)?;
    let mut sums: BTreeMap<(usize, usize), Vec<Vec<f64>>> = BTreeMap::new();
    for reagent in reagents {
        let amount = Amount::new(std::slice::from_ref(&reagent.rate), flowsheet);
        for (entry, (per_tonne, fed)) in amount.per_tonne().iter().zip(&flowsheet.entries).enumerate() {
            for (substance, part) in reagent.parts() {
                let line = fed.entrance.line.index();
                let shares = reagent.starts(units, line, substance).into_iter().fold(
                    vec![0.0; sinks],
                    |mut shares, (start, share)| {
                        match start {
                            Destination::Sink(sink) => shares[sink.index()] += share,
                            Destination::Unit(unit) => {
                                let onward = &traced.entries[line * units.len() + unit.index()].sinks[substance];
                                shares.iter_mut().zip(onward).for_each(|(sum, part)| *sum += share * part);
                            }
                        }
                        shares
                    },
                );
                let booked_as = if substance + 1 == reagent.brings.len() { rest.index() } else { substance };
                for (sink, share) in shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0) {
                    let empty = || vec![vec![0.0; width]; flowsheet.entries.len()];
                    let rows = sums.entry((sink, booked_as)).or_insert_with(empty);
                    for (sum, per_tonne) in rows[entry].iter_mut().zip(per_tonne) {
                        *sum += per_tonne * part * share;
                    }
                }
            }
        }
    }
    let carried = |((sink, substance), per_tonne)| Carried {
        sink: SinkId::new(sink),
        substance: SubstanceId::new(substance),
        per_tonne,
    };
    Ok(sums.into_iter().map(carried).collect())
}

impl Reagent {
    /// The substances in it that are not none, with their shares.
    fn parts(&self) -> impl Iterator<Item = (usize, f64)> {
        self.brings.iter().copied().enumerate().filter(|(_, part)| *part > 0.0)
    }

    /// Where a substance of it begins its way on a line, with shares: at the unit, or behind the outlets it leaves by.
    fn starts(&self, units: &[Unit], line: usize, substance: usize) -> Vec<(Destination, f64)> {
        let is_rest = substance + 1 == self.brings.len();
        match self.leaves.as_ref().filter(|_| is_rest) {
            None => vec![(Destination::Unit(self.rate.unit), 1.0)],
            Some(shares) => {
                let outlets = &units[self.rate.unit.index()].outlets;
                outlets.iter().zip(shares).map(|(outlet, share)| (outlet.to[line], *share)).collect()
            }
        }
    }
}

/// Reagents on their way through a plant.
#[derive(Clone, Debug, PartialEq)]
pub struct ReagentFlows {
    /// Entering at each unit, t.
    pub into: Vec<f64>,
    /// Through each outlet of each unit, t by line.
    pub through: Vec<Vec<Vec<f64>>>,
}

impl Plant {
    /// Reagents on their way for what was fed, t by entry and substance.
    ///
    /// # Errors
    /// Never for a plant that was built: what does not leave is refused then.
    pub fn reagent_flows(&self, fed: &[Vec<f64>]) -> Result<ReagentFlows, FlowsheetError> {
        let lines = self.lines.len();
        let through = self.units.iter().map(|unit| vec![vec![0.0; lines]; unit.outlets.len()]).collect();
        let mut flows = ReagentFlows { into: vec![0.0; self.units.len()], through };
        let Some(first) = self.reagents.first() else { return Ok(flows) };
        let traced = trace(&self.units, self.sinks.len(), first.brings.len(), lines)?;
        for reagent in &self.reagents {
            let amount = Amount::new(std::slice::from_ref(&reagent.rate), &self.flowsheet);
            for ((per_tonne, entry), fed) in amount.per_tonne().iter().zip(&self.flowsheet.entries).zip(fed) {
                let used: f64 = per_tonne.iter().zip(fed).map(|(rate, fed)| rate * fed).sum();
                let (line, at) = (entry.entrance.line.index(), reagent.rate.unit.index());
                flows.into[at] += used;
                for (substance, part) in reagent.parts() {
                    if let Some(shares) = reagent.leaves.as_ref().filter(|_| substance + 1 == reagent.brings.len()) {
                        for (through, share) in flows.through[at].iter_mut().zip(shares) {
                            through[line] += used * part * share;
                        }
                    }
                    for (start, share) in reagent.starts(&self.units, line, substance) {
                        let Destination::Unit(start) = start else { continue };
                        let load = &traced.entries[line * self.units.len() + start.index()].load[substance];
                        for ((unit, through), load) in self.units.iter().zip(&mut flows.through).zip(load) {
                            for (outlet, through) in unit.outlets.iter().zip(through) {
                                through[line] += used * part * share * load * outlet.transfer[substance];
                            }
                        }
                    }
                }
            }
        }
        Ok(flows)
    }
}
