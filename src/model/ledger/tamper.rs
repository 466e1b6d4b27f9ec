//! Faults put into the books of a step, to see that they are found. Compiled for tests only.

use super::{Ledger, SMALLEST_SCALE};
use crate::base::ids::{FlowId, Id, ProcessId, StepId, SubstanceId, all};
use crate::model::system::Node;
use std::cell::Cell;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Harm {
    /// A hundred millionth of what a process holds or moves gets lost.
    Leak,
    /// A mass is not a number.
    NotANumber,
    /// A mass is below zero.
    Negative,
}

/// Where it went wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Struck {
    /// Substance.
    pub substance: SubstanceId,
    /// Step.
    pub step: StepId,
}

thread_local! {
    /// What the next run of this thread suffers, in the first step in which the process holds or moves a tonne.
    pub static PLAN: Cell<Option<(ProcessId, Harm)>> = const { Cell::new(None) };
    /// What it suffered.
    pub static STRUCK: Cell<Option<Struck>> = const { Cell::new(None) };
}

/// Part of a process's scale that a leak takes: ten times what an audit lets pass.
const LEAK: f64 = 1e-8;

impl Ledger {
    /// Does the planned harm: to the stock of the process, or to its largest flow if it holds nothing.
    pub(super) fn tamper(&mut self, step: StepId) {
        let Some((process, harm)) = PLAN.get() else { return };
        let (flow, masses) = self.largest_flow(process);
        let scale = |s: &SubstanceId| masses.get(s.index()).copied().unwrap_or(0.0).max(self.stock[(process, *s)]);
        let substances = all::<SubstanceId>(self.width);
        let Some(substance) = substances.max_by(|a, b| scale(a).total_cmp(&scale(b))) else { return };
        let size = scale(&substance);
        if size < 1000.0 * SMALLEST_SCALE {
            return;
        }
        PLAN.set(None);
        STRUCK.set(Some(Struck { substance, step }));
        let stock = &mut self.stock[(process, substance)];
        let (place, scale) = if *stock > 0.0 {
            let scale = size.max(*stock);
            (stock, scale)
        } else {
            (&mut self.flows.row_mut(FlowId::new(flow))[substance.index()], size)
        };
        *place = match harm {
            Harm::Leak => *place - LEAK * scale,
            Harm::NotANumber => f64::NAN,
            Harm::Negative => -*place,
        };
    }

    /// The row of the largest flow into or out of a process, and the largest masses moved by any.
    fn largest_flow(&self, process: ProcessId) -> (usize, Vec<f64>) {
        let ends_here = |row: usize| {
            let (source, target) = self.ends[self.first_row.partition_point(|first| *first <= row) - 1];
            [source, target].contains(&Node::Inside(process))
        };
        let mut largest = (0, vec![0.0; self.width]);
        for (row, mass) in self.booked().filter(|(row, _)| ends_here(*row)) {
            if mass.iter().sum::<f64>() > largest.1.iter().sum::<f64>() {
                largest = (row, mass.to_vec());
            }
        }
        largest
    }
}
