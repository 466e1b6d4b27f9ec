//! The ledger: every movement of mass is a flow between two processes or across the system boundary, and every
//! process is audited in every step: `in - out = change of stock`.

#[cfg(test)]
pub mod tamper;

use crate::base::ids::{ChemistryId, FlowId, Id, ProcessId, StepId, SubstanceId, Table, all};
use crate::model::row::{add, add_scaled, copy, is_empty, lanes, lanes_mut, scale};
use crate::model::system::{Chart, Node};
use pulp::Simd;

/// Why a step's books do not close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// In, out and change of stock differ.
    NotConserved,
    /// A flow or stock below zero, t.
    Negative,
    /// A flow or stock that is not a number.
    NotFinite,
}

/// A result that fails its checks: never presented as a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AuditError {
    /// What is wrong.
    pub fault: Fault,
    /// The process whose books do not close.
    pub process: ProcessId,
    /// The substance.
    pub substance: SubstanceId,
    /// The step.
    pub step: StepId,
    /// The residual relative to the larger of throughput, stock and 1 kg; or the offending amount, t.
    pub amount: f64,
}

/// A residual above this share of the larger of throughput, stock and 1 kg is refused.
pub const AUDIT_LIMIT: f64 = 1e-9;
/// One kilogram in tonnes: below it a residual is no longer relative.
const SMALLEST_SCALE: f64 = 1e-3;

/// The flows of the current step and the books of every process, t.
#[derive(Clone, Debug)]
pub struct Ledger {
    flows: Table<FlowId, SubstanceId>,
    /// Which rows of each flow hold something in this step, a bit each; what the others hold is of an earlier step.
    booked: Vec<u64>,
    first_row: Vec<usize>,
    by_chemistry: Vec<bool>,
    ends: Vec<(Node, Node)>,
    /// Inflow of the step by process.
    pub inflow: Table<ProcessId, SubstanceId>,
    /// Outflow of the step by process.
    pub outflow: Table<ProcessId, SubstanceId>,
    /// Stock at the end of the step by process.
    pub stock: Table<ProcessId, SubstanceId>,
    /// Stock at the end of the step before.
    pub stock_before: Table<ProcessId, SubstanceId>,
    /// Residual of the step by process, t.
    pub residual: Table<ProcessId, SubstanceId>,
    /// Largest relative residual so far.
    pub worst: f64,
    width: usize,
}

impl Ledger {
    /// The books of a chart; rows by substance are `width` long, a multiple of [`crate::model::row::LANES`].
    pub fn new(chart: &Chart, chemistries: usize, width: usize) -> Self {
        debug_assert!(chemistries <= u64::BITS as usize);
        let mut first_row = Vec::with_capacity(chart.flows.len() + 1);
        let mut rows = 0;
        for flow in &chart.flows {
            first_row.push(rows);
            rows += if flow.by_chemistry { chemistries } else { 1 };
        }
        first_row.push(rows);
        let books = || Table::filled(chart.processes.len(), width, 0.0);
        Self {
            flows: Table::filled(rows, width, 0.0),
            booked: vec![0; chart.flows.len()],
            first_row,
            by_chemistry: chart.flows.iter().map(|flow| flow.by_chemistry).collect(),
            ends: chart.flows.iter().map(|flow| (flow.source, flow.target)).collect(),
            inflow: books(),
            outflow: books(),
            stock: books(),
            stock_before: books(),
            residual: books(),
            worst: 0.0,
            width,
        }
    }

    /// Forgets everything: a new run.
    pub fn reset(&mut self) {
        self.booked.fill(0);
        self.stock.fill(0.0);
        self.worst = 0.0;
    }

    /// Opens the books of a step.
    #[inline(always)]
    pub fn open(&mut self) {
        self.booked.fill(0);
        std::mem::swap(&mut self.stock, &mut self.stock_before);
        self.stock.fill(0.0);
    }

    /// Books a movement of mass, t by substance.
    #[inline(always)]
    pub fn transfer<S: Simd>(&mut self, simd: S, flow: FlowId, chemistry: ChemistryId, mass: &[f64]) {
        // Most flows of most chemistries are empty in most steps.
        if is_empty(simd, mass) {
            return;
        }
        let (row, is_new) = self.row_of(flow, chemistry);
        let cells = self.flows.row_mut(row);
        if is_new {
            copy(simd, cells, mass);
        } else {
            add(simd, cells, mass);
        }
    }

    /// Books a share of a mass that is something, t by substance; or so many kWh of what a kWh holds.
    #[inline(always)]
    pub fn transfer_share<S: Simd>(&mut self, simd: S, flow: FlowId, chemistry: ChemistryId, share: f64, mass: &[f64]) {
        if share == 0.0 {
            return;
        }
        let (row, is_new) = self.row_of(flow, chemistry);
        let cells = self.flows.row_mut(row);
        if is_new {
            scale(simd, cells, share, mass);
        } else {
            add_scaled(simd, cells, share, mass);
        }
    }

    /// The row of a flow and chemistry, and whether it is the first time in this step that something is booked there.
    #[inline(always)]
    fn row_of(&mut self, flow: FlowId, chemistry: ChemistryId) -> (FlowId, bool) {
        let place = if self.by_chemistry[flow.index()] { chemistry.index() } else { 0 };
        let booked = &mut self.booked[flow.index()];
        let is_new = *booked >> place & 1 == 0;
        *booked |= 1 << place;
        (FlowId::new(self.first_row[flow.index()] + place), is_new)
    }

    /// Books a movement of mass whose chemistry is not known, t by substance.
    #[inline(always)]
    pub fn transfer_mixed<S: Simd>(&mut self, simd: S, flow: FlowId, mass: &[f64]) {
        self.transfer(simd, flow, ChemistryId::new(0), mass);
    }

    /// What was booked in this step: the row, as counted over all flows and their chemistries, and its mass, t.
    pub fn booked(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let flows = self.booked.iter().zip(&self.first_row);
        let rows = flows.flat_map(|(booked, first)| places(*booked).map(move |place| first + place));
        rows.map(|row| (row, self.flows.row(FlowId::new(row))))
    }

    /// Closes the step: checks every process and substance.
    #[inline(always)]
    pub fn audit<S: Simd>(&mut self, simd: S, step: StepId) -> Result<(), AuditError> {
        #[cfg(test)]
        self.tamper(step);
        let lowest = self.sum_up(simd);
        let (worst, sound) = self.close(simd, lowest);
        if sound && worst <= AUDIT_LIMIT {
            self.worst = self.worst.max(worst);
            return Ok(());
        }
        Err(self.find_fault(step))
    }

    /// Adds up what went into and out of every process; returns the lowest mass booked, by lane.
    #[inline(always)]
    fn sum_up<S: Simd>(&mut self, simd: S) -> S::f64s {
        self.inflow.fill(0.0);
        self.outflow.fill(0.0);
        let mut lowest = simd.splat_f64s(0.0);
        for (flow, booked) in self.booked.iter().enumerate().filter(|(_, booked)| **booked != 0) {
            let first = self.first_row[flow];
            let (rows, parts) = (&self.flows.cells()[first * self.width..], self.width / S::F64_LANES);
            // Two vectors at a time: most rows are no longer. Of an odd number the last is looked at twice, booked once.
            for part in (0..parts).step_by(2) {
                let pair = [part, (part + 1).min(parts - 1)];
                let mut sums = [simd.splat_f64s(0.0); 2];
                for place in places(*booked) {
                    let row = lanes::<S>(&rows[place * self.width..(place + 1) * self.width]);
                    let masses = [row[pair[0]], row[pair[1]]];
                    sums = [simd.add_f64s(sums[0], masses[0]), simd.add_f64s(sums[1], masses[1])];
                    lowest = simd.min_f64s(simd.min_f64s(masses[0], masses[1]), lowest);
                }
                let (source, target) = self.ends[flow];
                for (end, books) in [(source, &mut self.outflow), (target, &mut self.inflow)] {
                    if let Node::Inside(process) = end {
                        let row = lanes_mut::<S>(books.row_mut(process));
                        row[pair[0]] = simd.add_f64s(row[pair[0]], sums[0]);
                        if pair[1] > pair[0] {
                            row[pair[1]] = simd.add_f64s(row[pair[1]], sums[1]);
                        }
                    }
                }
            }
        }
        lowest
    }

    /// Fills the residuals; returns the largest relative one, and whether all masses are numbers of at least zero.
    #[inline(always)]
    fn close<S: Simd>(&mut self, simd: S, mut lowest: S::f64s) -> (f64, bool) {
        let (inflow, outflow) = (lanes::<S>(self.inflow.cells()), lanes::<S>(self.outflow.cells()));
        let (stock, before) = (lanes::<S>(self.stock.cells()), lanes::<S>(self.stock_before.cells()));
        let zero = simd.splat_f64s(0.0);
        let (mut worst, mut poison) = (zero, zero);
        let books = inflow.iter().zip(outflow).zip(stock.iter().zip(before));
        for (residual, ((inflow, outflow), (stock, before))) in
            lanes_mut::<S>(self.residual.cells_mut()).iter_mut().zip(books)
        {
            *residual = simd.sub_f64s(simd.sub_f64s(*inflow, *outflow), simd.sub_f64s(*stock, *before));
            let throughput = simd.max_f64s(*inflow, *outflow);
            let held = simd.max_f64s(simd.max_f64s(*stock, *before), simd.splat_f64s(SMALLEST_SCALE));
            let relative = simd.div_f64s(simd.abs_f64s(*residual), simd.max_f64s(throughput, held));
            worst = simd.max_f64s(relative, worst);
            lowest = simd.min_f64s(*stock, lowest);
            // The largest and the lowest may pass over what is not a number; this sum is 0 unless there is one.
            poison = simd.add_f64s(poison, simd.mul_f64s(*residual, zero));
        }
        let is_sound = simd.reduce_min_f64s(lowest) >= 0.0 && simd.reduce_sum_f64s(poison) == 0.0;
        (simd.reduce_max_f64s(worst), is_sound)
    }

    /// Names the first thing that is wrong.
    #[cold]
    fn find_fault(&self, step: StepId) -> AuditError {
        for (row, mass) in self.booked() {
            if let Some((substance, fault)) = improper(mass) {
                // A negative mass is a fault of the model, never clipped.
                let flow = self.first_row.partition_point(|first| *first <= row) - 1;
                let process = match self.ends[flow] {
                    (Node::Inside(process), _) | (Node::Outside(_), Node::Inside(process)) => process,
                    _ => ProcessId::new(0),
                };
                return AuditError { fault, process, substance, step, amount: mass[substance.index()] };
            }
        }
        let processes = self.residual.cells().len() / self.width;
        let mut worst = AuditError {
            fault: Fault::NotFinite,
            process: ProcessId::new(0),
            substance: SubstanceId::new(0),
            step,
            amount: 0.0,
        };
        for process in all::<ProcessId>(processes) {
            if let Some((substance, fault)) = improper(self.stock.row(process)) {
                return AuditError { fault, process, substance, step, amount: self.stock[(process, substance)] };
            }
            for substance in all::<SubstanceId>(self.width) {
                let amount = self.relative(process, substance);
                if amount > worst.amount {
                    worst = AuditError { fault: Fault::NotConserved, process, substance, step, amount };
                }
            }
        }
        worst
    }

    /// Relative size of a residual, as the audit sees it.
    pub fn relative(&self, process: ProcessId, substance: SubstanceId) -> f64 {
        let at = (process, substance);
        let books = [self.inflow[at], self.outflow[at], self.stock[at], self.stock_before[at]];
        self.residual[at].abs() / books.into_iter().fold(SMALLEST_SCALE, f64::max)
    }
}

/// The places of the bits that are set.
#[inline(always)]
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (place < u64::BITS as usize).then_some(place)
    })
}

/// The first mass that is negative or not a number.
fn improper(mass: &[f64]) -> Option<(SubstanceId, Fault)> {
    let place = mass.iter().position(|mass| !(*mass >= 0.0 && *mass < f64::INFINITY))?;
    let fault = if mass[place] < 0.0 { Fault::Negative } else { Fault::NotFinite };
    Some((SubstanceId::new(place), fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::row::LANES;
    use crate::model::system::{Boundary, Material, Stage};

    fn simd() -> pulp::Scalar {
        pulp::Scalar::new()
    }

    fn row(first: f64) -> [f64; LANES] {
        std::array::from_fn(|substance| if substance == 0 { first } else { 0.0 })
    }

    fn one_process() -> (Ledger, FlowId, FlowId, ProcessId) {
        let mut chart = Chart::default();
        let process = chart.process(Stage::Use, None, None);
        let (inside, outside) = (Node::Inside(process), Node::Outside);
        let enter = chart.flow(outside(Boundary::VirginSupply), inside, Material::Pack, false);
        let leave = chart.flow(inside, outside(Boundary::Landfill), Material::Pack, true);
        (Ledger::new(&chart, 2, LANES), enter, leave, process)
    }

    #[test]
    fn closed_books_pass_and_a_leak_is_named() {
        let (mut ledger, enter, leave, process) = one_process();
        ledger.open();
        ledger.transfer_mixed(simd(), enter, &row(5.0));
        ledger.transfer(simd(), leave, ChemistryId::new(1), &row(2.0));
        ledger.stock.row_mut(process)[0] = 3.0;
        assert_eq!(ledger.audit(simd(), StepId::new(0)), Ok(()));
        ledger.open();
        ledger.transfer_mixed(simd(), enter, &row(1.0));
        ledger.stock.row_mut(process)[0] = 3.5;
        let error = ledger.audit(simd(), StepId::new(7)).unwrap_err();
        assert_eq!((error.fault, error.process, error.step), (Fault::NotConserved, process, StepId::new(7)));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        let (mut ledger, enter, _, process) = one_process();
        ledger.open();
        ledger.transfer_mixed(simd(), enter, &row(f64::NAN));
        let error = ledger.audit(simd(), StepId::new(3)).unwrap_err();
        assert_eq!((error.fault, error.process, error.step), (Fault::NotFinite, process, StepId::new(3)));
        ledger.open();
        ledger.stock.row_mut(process)[0] = f64::INFINITY;
        assert_eq!(ledger.audit(simd(), StepId::new(4)).unwrap_err().fault, Fault::NotFinite);
    }

    #[test]
    fn nothing_runs_backwards() {
        let (mut ledger, _, leave, process) = one_process();
        ledger.open();
        ledger.transfer(simd(), leave, ChemistryId::new(0), &row(-1e-30));
        let error = ledger.audit(simd(), StepId::new(0)).unwrap_err();
        assert_eq!((error.fault, error.process), (Fault::Negative, process));
    }
}
