//! The ledger: every movement of mass is a flow between two processes or across the system boundary, and every
//! process is audited in every step: `in - out = change of stock`.

use crate::base::ids::{ChemistryId, FlowId, Id, ProcessId, StepId, SubstanceId, Table, all};
use crate::model::row::{LANES, add, copy, is_empty, lanes, lanes_mut};
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
    /// Rows that hold something in this step, in the order in which they were first booked; what the others hold is of
    /// an earlier step.
    booked: Vec<u32>,
    is_booked: Vec<bool>,
    /// The lowest mass booked in this step, by lane.
    lowest: [f64; LANES],
    /// The flow of each row.
    flow_of: Vec<u32>,
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
    /// The books of a chart; rows by substance are `width` long, a multiple of [`LANES`].
    pub fn new(chart: &Chart, chemistries: usize, width: usize) -> Self {
        let mut first_row = Vec::with_capacity(chart.flows.len() + 1);
        let mut rows = 0;
        let mut flow_of = Vec::new();
        for (index, flow) in chart.flows.iter().enumerate() {
            first_row.push(rows);
            rows += if flow.by_chemistry { chemistries } else { 1 };
            flow_of.resize(rows, index as u32);
        }
        first_row.push(rows);
        let books = || Table::filled(chart.processes.len(), width, 0.0);
        Self {
            flows: Table::filled(rows, width, 0.0),
            booked: Vec::with_capacity(rows),
            is_booked: vec![false; rows],
            lowest: [0.0; LANES],
            flow_of,
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
        self.clear();
        self.stock.fill(0.0);
        self.worst = 0.0;
    }

    /// Opens the books of a step.
    #[inline(always)]
    pub fn open(&mut self) {
        self.clear();
        std::mem::swap(&mut self.stock, &mut self.stock_before);
        self.stock.fill(0.0);
    }

    #[inline(always)]
    fn clear(&mut self) {
        for row in self.booked.drain(..) {
            self.is_booked[row as usize] = false;
        }
        self.inflow.fill(0.0);
        self.outflow.fill(0.0);
        self.lowest = [0.0; LANES];
    }

    /// Books a movement of mass, t by substance.
    #[inline(always)]
    pub fn transfer<S: Simd>(&mut self, simd: S, flow: FlowId, chemistry: ChemistryId, mass: &[f64]) {
        // Most flows of most chemistries are empty in most steps.
        if !is_empty(simd, mass) {
            self.book(simd, flow, chemistry, mass);
        }
    }

    #[inline(always)]
    fn book<S: Simd>(&mut self, simd: S, flow: FlowId, chemistry: ChemistryId, mass: &[f64]) {
        let offset = if self.by_chemistry[flow.index()] { chemistry.index() } else { 0 };
        let row = self.first_row[flow.index()] + offset;
        let cells = self.flows.row_mut(FlowId::new(row));
        if self.is_booked[row] {
            add(simd, cells, mass);
        } else {
            self.is_booked[row] = true;
            self.booked.push(row as u32);
            copy(simd, cells, mass);
        }
        let (source, target) = self.ends[flow.index()];
        if let Node::Inside(process) = source {
            add(simd, self.outflow.row_mut(process), mass);
        }
        if let Node::Inside(process) = target {
            add(simd, self.inflow.row_mut(process), mass);
        }
        for block in mass.chunks_exact(LANES) {
            for (lowest, mass) in lanes_mut::<S>(&mut self.lowest).iter_mut().zip(lanes::<S>(block)) {
                *lowest = simd.min_f64s(*mass, *lowest);
            }
        }
    }

    /// Books a movement of mass whose chemistry is not known, t by substance.
    #[inline(always)]
    pub fn transfer_mixed<S: Simd>(&mut self, simd: S, flow: FlowId, mass: &[f64]) {
        self.transfer(simd, flow, ChemistryId::new(0), mass);
    }

    /// What was booked in this step: the row, as counted over all flows and their chemistries, and its mass, t.
    pub fn booked(&self) -> impl Iterator<Item = (usize, &[f64])> {
        self.booked.iter().map(|row| (*row as usize, self.flows.row(FlowId::new(*row as usize))))
    }

    /// Closes the step: checks every process and substance.
    #[inline(always)]
    pub fn audit<S: Simd>(&mut self, simd: S, step: StepId) -> Result<(), AuditError> {
        let (worst, sound) = self.close(simd);
        if sound && worst <= AUDIT_LIMIT {
            self.worst = self.worst.max(worst);
            return Ok(());
        }
        Err(self.find_fault(step))
    }

    /// Fills the residuals; returns the largest relative one, and whether all masses are numbers of at least zero.
    #[inline(always)]
    fn close<S: Simd>(&mut self, simd: S) -> (f64, bool) {
        let (inflow, outflow) = (lanes::<S>(self.inflow.cells()), lanes::<S>(self.outflow.cells()));
        let (stock, before) = (lanes::<S>(self.stock.cells()), lanes::<S>(self.stock_before.cells()));
        let zero = simd.splat_f64s(0.0);
        let (mut worst, mut lowest, mut poison) = (zero, zero, zero);
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
        let booked = self.lowest.iter().copied().fold(simd.reduce_min_f64s(lowest), f64::min);
        (simd.reduce_max_f64s(worst), booked >= 0.0 && simd.reduce_sum_f64s(poison) == 0.0)
    }

    /// Names the first thing that is wrong.
    #[cold]
    fn find_fault(&self, step: StepId) -> AuditError {
        for row in &self.booked {
            let mass = self.flows.row(FlowId::new(*row as usize));
            if let Some((substance, fault)) = improper(mass) {
                // A negative mass is a fault of the model, never clipped.
                let process = match self.ends[self.flow_of[*row as usize] as usize] {
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

/// The first mass that is negative or not a number.
fn improper(mass: &[f64]) -> Option<(SubstanceId, Fault)> {
    let place = mass.iter().position(|mass| !(*mass >= 0.0 && *mass < f64::INFINITY))?;
    let fault = if mass[place] < 0.0 { Fault::Negative } else { Fault::NotFinite };
    Some((SubstanceId::new(place), fault))
}

#[cfg(test)]
mod tests {
    use super::*;
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
