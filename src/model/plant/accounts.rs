//! What a plant uses, gives off and makes, beside the masses that the ledger follows.
//!
//! A flowsheet is linear: a tonne of a substance fed at an entry passes each unit so many times, and so it needs so much
//! of a reagent, of energy, of labour, wherever and whenever it is fed. All units are summed up once, when the model is
//! built; a step only remembers what was fed, and what was used follows for any period.
//!
//! ```text
//! amount = sum over entries, substances: fed[entry][s] sum over units: load[entry][s][unit] (rate + rate per s)
//! ```
//!
//! A reagent whose composition is known brings mass as well (`reagents.rs`).

use super::flowsheet::{Entry, Flowsheet};
use crate::base::ids::{Id, SinkId, SubstanceId, UnitId};

/// Something a unit uses or gives off.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitRate {
    /// The unit.
    pub unit: UnitId,
    /// The substance whose mass counts; none: all of the unit's input.
    pub per: Option<SubstanceId>,
    /// Amount per tonne.
    pub rate: f64,
}

/// An amount per tonne fed, `[entry][substance]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount(Vec<Vec<f64>>);

impl Amount {
    /// Sums up what all units use.
    pub fn new(rates: &[UnitRate], flowsheet: &Flowsheet) -> Self {
        let of_entry = |entry: &Entry| {
            let of_substance = |(s, load): (usize, &Vec<f64>)| {
                let counts = |rate: &&UnitRate| rate.per.is_none_or(|per| per.index() == s);
                rates.iter().filter(counts).map(|rate| rate.rate * load[rate.unit.index()]).sum()
            };
            entry.load.iter().enumerate().map(of_substance).collect()
        };
        Self(flowsheet.entries.iter().map(of_entry).collect())
    }

    /// Amount per tonne fed, `[entry][substance]`.
    pub fn per_tonne(&self) -> &[Vec<f64>] {
        &self.0
    }

    /// The amount for what was fed, t by entry and substance.
    pub fn of(&self, fed: &[Vec<f64>]) -> f64 {
        let pairs = fed_at(&self.0, fed).flat_map(|(rates, fed)| rates.iter().zip(fed));
        pairs.map(|(rate, fed)| rate * fed).sum()
    }
}

/// What a tonne of the main element of a product weighs as the compound it is sold as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compound {
    /// The element that decides its mass.
    pub element: SubstanceId,
    /// t compound per t element.
    pub mass: f64,
}

/// The entries that anything was fed at: of all kinds of feed a plant mostly takes a few.
fn fed_at<'a, T>(entries: &'a [T], fed: &'a [Vec<f64>]) -> impl Iterator<Item = (&'a T, &'a Vec<f64>)> {
    entries.iter().zip(fed).filter(|(_, fed)| fed.iter().any(|mass| *mass != 0.0))
}

/// Mass of a sink's output by substance, t, of what was fed; without what reagents brought.
pub fn output(flowsheet: &Flowsheet, sink: SinkId, fed: &[Vec<f64>]) -> Vec<f64> {
    let mut sum = vec![0.0; fed.first().map_or(0, Vec::len)];
    for (entry, fed) in fed_at(&flowsheet.entries, fed) {
        for ((sum, fed), shares) in sum.iter_mut().zip(fed).zip(&entry.sinks) {
            *sum += fed * shares[sink.index()];
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::flowsheet::{Destination, Entrance, Outlet, Unit};
    use super::*;
    use crate::base::ids::LineId;
    use approx::assert_relative_eq;

    #[test]
    fn what_goes_round_is_paid_for_each_time() {
        let outlet = |to, transfer: [f64; 2]| Outlet { to: vec![to], transfer: transfer.to_vec() };
        let (leach, grow, salt) = (UnitId::new(0), UnitId::new(1), Destination::Sink(SinkId::new(0)));
        let units = [
            Unit { outlets: vec![outlet(Destination::Unit(grow), [1.0, 1.0])] },
            Unit { outlets: vec![outlet(salt, [0.8, 1.0]), outlet(Destination::Unit(leach), [0.2, 0.0])] },
        ];
        let flowsheet = Flowsheet::solve(&units, 1, 2, &[Entrance { line: LineId::new(0), unit: leach }]).unwrap();
        let per_input = Amount::new(&[UnitRate { unit: leach, per: None, rate: 3.0 }], &flowsheet);
        // The first substance passes leaching 1 / (1 - 0.2) times, the second once.
        assert_relative_eq!(per_input.of(&[vec![8.0, 2.0]]), 3.0 * (8.0 / 0.8 + 2.0), epsilon = 1e-14);
        let per = Some(SubstanceId::new(1));
        let stoichiometric = Amount::new(&[UnitRate { unit: grow, per, rate: 2.0 }], &flowsheet);
        assert_relative_eq!(stoichiometric.of(&[vec![8.0, 2.0]]), 4.0);
        assert_eq!(output(&flowsheet, SinkId::new(0), &[vec![8.0, 2.0]]), [8.0, 2.0]);
    }
}
