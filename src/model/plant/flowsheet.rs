//! The plant's flowsheet: unit operations joined by outlets, linear in each substance.
//!
//! For each substance the unit inputs obey `x = f + T x`, so `x = (I - T)^-1 f`: solved once, when the model is built
//! (nalgebra LU), and used in every step as fixed shares of the feed. Recycle streams are solved exactly.

use crate::base::ids::{Id, LineId, SinkId, SubstanceId, UnitId, all};
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeSet;

/// Where an outlet leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Another unit, or the same plant again: a recycle stream.
    Unit(UnitId),
    /// Out of the plant.
    Sink(SinkId),
}

/// One outlet of a unit.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// Where it leads, by line: the same for all, unless the outlet parts the lines.
    pub to: Vec<Destination>,
    /// Transfer coefficient by substance: the share of the unit's input that leaves here. What reagents bring beside
    /// substances comes last.
    pub transfer: Vec<f64>,
}

/// A unit operation.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its outlets; the transfer coefficients of each substance add up to 1.
    pub outlets: Vec<Outlet>,
}

/// Where feed enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The line that takes it.
    pub line: LineId,
    /// The unit it enters at.
    pub unit: UnitId,
}

/// Why a flowsheet cannot be solved.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowsheetError {
    /// A substance goes round and round in these units and never leaves.
    NoExit {
        /// The substance.
        substance: SubstanceId,
        /// The units it cannot leave.
        units: Vec<UnitId>,
    },
    /// No feed ever reaches this unit.
    Unreached(UnitId),
}

/// What one tonne of a substance does after it has entered the plant at one unit.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where that is.
    pub entrance: Entrance,
    /// Input of each unit per tonne fed, `[substance][unit]`.
    pub load: Vec<Vec<f64>>,
    /// Share that leaves by each sink, `[substance][sink]`; adds up to 1.
    pub sinks: Vec<Vec<f64>>,
}

/// A solved flowsheet.
#[derive(Clone, Debug)]
pub struct Flowsheet {
    /// By form of feed, as given to [`Flowsheet::solve`].
    pub entries: Vec<Entry>,
    /// Largest residual of `x - T x - f`, relative to the feed.
    pub residual: f64,
}

impl Flowsheet {
    /// Solves the flowsheet for feed that enters at each of `entries`.
    pub fn solve(
        units: &[Unit],
        sinks: usize,
        substances: usize,
        entries: &[Entrance],
    ) -> Result<Self, FlowsheetError> {
        match unreached(units, entries) {
            Some(unit) => Err(FlowsheetError::Unreached(unit)),
            None => Self::trace(units, sinks, substances, entries),
        }
    }

    /// As [`Flowsheet::solve`], for what need not reach every unit.
    pub fn trace(
        units: &[Unit],
        sinks: usize,
        substances: usize,
        entries: &[Entrance],
    ) -> Result<Self, FlowsheetError> {
        let empty = |entrance: &Entrance| Entry { entrance: *entrance, load: Vec::new(), sinks: Vec::new() };
        let mut solved: Vec<Entry> = entries.iter().map(empty).collect();
        let mut worst: f64 = 0.0;
        let lines: BTreeSet<usize> = entries.iter().map(|entry| entry.line.index()).collect();
        for (substance, line) in all::<SubstanceId>(substances).flat_map(|s| lines.iter().map(move |line| (s, *line))) {
            let trapped = trapped(units, line, substance);
            if !trapped.is_empty() {
                return Err(FlowsheetError::NoExit { substance, units: trapped });
            }
            let mut matrix = DMatrix::<f64>::identity(units.len(), units.len());
            for (from, unit) in units.iter().enumerate() {
                for outlet in &unit.outlets {
                    if let Destination::Unit(to) = outlet.to[line] {
                        matrix[(to.index(), from)] -= outlet.transfer[substance.index()];
                    }
                }
            }
            let lu = matrix.clone().lu();
            for (entry, solved) in entries.iter().zip(&mut solved).filter(|(entry, _)| entry.line.index() == line) {
                let mut feed = DVector::<f64>::zeros(units.len());
                feed[entry.unit.index()] = 1.0;
                let mut input = lu
                    .solve(&feed)
                    .ok_or_else(|| FlowsheetError::NoExit { substance, units: all::<UnitId>(units.len()).collect() })?;
                // One step of iterative refinement brings the residual to rounding.
                if let Some(correction) = lu.solve(&(&feed - &matrix * &input)) {
                    input += correction;
                }
                worst = worst.max((&feed - &matrix * &input).amax());
                solved.load.push(input.iter().map(|load| load.max(0.0)).collect());
                solved.sinks.push(sink_shares(units, line, sinks, substance, input.as_slice()));
            }
        }
        Ok(Self { entries: solved, residual: worst })
    }
}

/// Share of a tonne of feed that leaves by each sink; the largest takes the rounding, so that nothing leaks.
fn sink_shares(units: &[Unit], line: usize, sinks: usize, substance: SubstanceId, input: &[f64]) -> Vec<f64> {
    let mut shares = vec![0.0; sinks];
    for (unit, input) in units.iter().zip(input) {
        for outlet in &unit.outlets {
            if let Destination::Sink(sink) = outlet.to[line] {
                shares[sink.index()] += outlet.transfer[substance.index()] * input.max(0.0);
            }
        }
    }
    if let Some(largest) = (0..sinks).max_by(|a, b| shares[*a].total_cmp(&shares[*b])) {
        let others: f64 = shares.iter().enumerate().filter(|(sink, _)| *sink != largest).map(|(_, share)| share).sum();
        shares[largest] = 1.0 - others;
    }
    shares
}

/// Units from which a substance has no way out: reached backwards from the sinks, what is left is a trap.
fn trapped(units: &[Unit], line: usize, substance: SubstanceId) -> Vec<UnitId> {
    let mut leaves = vec![false; units.len()];
    loop {
        let mut changed = false;
        for (index, unit) in units.iter().enumerate() {
            let open = unit.outlets.iter().any(|outlet| {
                outlet.transfer[substance.index()] > 0.0
                    && match outlet.to[line] {
                        Destination::Sink(_) => true,
                        Destination::Unit(to) => leaves[to.index()],
                    }
            });
            if open && !leaves[index] {
                leaves[index] = true;
                changed = true;
            }
        }
        if !changed {
            return all::<UnitId>(units.len()).filter(|unit| !leaves[unit.index()]).collect();
        }
    }
}

/// The first unit that no feed ever reaches, on any line.
fn unreached(units: &[Unit], entries: &[Entrance]) -> Option<UnitId> {
    let mut reached = vec![false; units.len()];
    for entry in entries {
        let mut seen = vec![false; units.len()];
        let mut open = vec![entry.unit];
        while let Some(unit) = open.pop() {
            if !std::mem::replace(&mut seen[unit.index()], true) {
                open.extend(units[unit.index()].outlets.iter().filter_map(|outlet| {
                    match outlet.to[entry.line.index()] {
                        Destination::Unit(to) => Some(to),
                        Destination::Sink(_) => None,
                    }
                }));
            }
        }
        for (reached, seen) in reached.iter_mut().zip(seen) {
            *reached |= seen;
        }
    }
    all::<UnitId>(units.len()).find(|unit| !reached[unit.index()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn to_unit(unit: usize, share: f64) -> Outlet {
        Outlet { to: vec![Destination::Unit(UnitId::new(unit))], transfer: vec![share] }
    }

    fn to_sink(sink: usize, share: f64) -> Outlet {
        Outlet { to: vec![Destination::Sink(SinkId::new(sink))], transfer: vec![share] }
    }

    /// Feed enters at the first unit of the only line.
    const FIRST: fn() -> [Entrance; 1] = || [Entrance { line: LineId::new(0), unit: UnitId::new(0) }];

    fn unit(outlets: Vec<Outlet>) -> Unit {
        Unit { outlets }
    }

    #[test]
    fn a_recycle_stream_is_solved_exactly() {
        // Leaching sends 0.9 on; crystallisation returns 0.25 of its input as mother liquor: gain 1/(1 - 0.225).
        let units = [unit(vec![to_unit(1, 0.9), to_sink(1, 0.1)]), unit(vec![to_sink(0, 0.75), to_unit(0, 0.25)])];
        let solved = Flowsheet::solve(&units, 2, 1, &FIRST()).unwrap();
        let entry = &solved.entries[0];
        let gain = 1.0 / (1.0 - 0.225);
        assert_relative_eq!(entry.load[0][0], gain, epsilon = 1e-15);
        assert_relative_eq!(entry.sinks[0][0], gain * 0.9 * 0.75, epsilon = 1e-15);
        assert_eq!(entry.sinks[0].iter().sum::<f64>(), 1.0);
        assert!(solved.residual < 1e-15);
    }

    #[test]
    fn a_loop_without_exit_names_its_units() {
        let units =
            [unit(vec![to_unit(1, 0.5), to_sink(0, 0.5)]), unit(vec![to_unit(2, 1.0)]), unit(vec![to_unit(1, 1.0)])];
        let error = Flowsheet::solve(&units, 1, 1, &FIRST()).unwrap_err();
        let units = vec![UnitId::new(1), UnitId::new(2)];
        assert_eq!(error, FlowsheetError::NoExit { substance: SubstanceId::new(0), units });
    }

    #[test]
    fn a_unit_nothing_reaches_is_named() {
        let units = [unit(vec![to_sink(0, 1.0)]), unit(vec![to_sink(0, 1.0)])];
        let error = Flowsheet::solve(&units, 1, 1, &FIRST()).unwrap_err();
        assert_eq!(error, FlowsheetError::Unreached(UnitId::new(1)));
    }
}
