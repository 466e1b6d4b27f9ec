//! The ledger: every movement of mass is a flow between two processes or across the system boundary, and every
//! process is audited in every step: `in - out = change of stock`.

use crate::base::ids::{ChemistryId, FlowId, Id, ProcessId, StepId, SubstanceId, Table, all};
use crate::model::fleet::LANES;
use crate::model::system::{Chart, Node};

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
    /// Rows that hold something in this step, in the order in which they were first booked.
    booked: Vec<u32>,
    is_booked: Vec<bool>,
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
    #[inline]
    pub fn open(&mut self) {
        self.clear();
        std::mem::swap(&mut self.stock, &mut self.stock_before);
        self.stock.fill(0.0);
    }

    /// Most flows of most chemistries are empty in most steps: only rows that hold something are touched.
    #[inline]
    fn clear(&mut self) {
        for row in self.booked.drain(..) {
            self.flows.row_mut(FlowId::new(row as usize)).fill(0.0);
            self.is_booked[row as usize] = false;
        }
    }

    /// Books a movement of mass, t by substance.
    #[inline]
    pub fn transfer(&mut self, flow: FlowId, chemistry: ChemistryId, mass: &[f64]) {
        if mass.iter().all(|mass| *mass == 0.0) {
            return;
        }
        let offset = if self.by_chemistry[flow.index()] { chemistry.index() } else { 0 };
        let row = self.first_row[flow.index()] + offset;
        if !self.is_booked[row] {
            self.is_booked[row] = true;
            self.booked.push(row as u32);
        }
        add(self.flows.row_mut(FlowId::new(row)), mass);
    }

    /// Books a movement of mass whose chemistry is not known, t by substance.
    #[inline]
    pub fn transfer_mixed(&mut self, flow: FlowId, mass: &[f64]) {
        self.transfer(flow, ChemistryId::new(0), mass);
    }

    /// What was booked in this step: the row, as counted over all flows and their chemistries, and its mass, t.
    pub fn booked(&self) -> impl Iterator<Item = (usize, &[f64])> {
        self.booked.iter().map(|row| (*row as usize, self.flows.row(FlowId::new(*row as usize))))
    }

    /// Closes the step: sums up the flows and checks every process and substance.
    pub fn audit(&mut self, machine: pulp::Arch, step: StepId) -> Result<(), AuditError> {
        let (worst, sound) = machine.dispatch(Close(self));
        if sound && worst <= AUDIT_LIMIT {
            self.worst = self.worst.max(worst);
            return Ok(());
        }
        Err(self.find_fault(step))
    }

    /// Sums up the flows, fills the residuals; returns the largest relative one, and whether all masses are numbers of
    /// at least zero.
    #[inline(always)]
    fn close(&mut self) -> (f64, bool) {
        self.inflow.fill(0.0);
        self.outflow.fill(0.0);
        let mut lowest = 0.0f64;
        for (flow, (source, target)) in self.ends.iter().enumerate() {
            let rows = self.first_row[flow]..self.first_row[flow + 1];
            if !self.is_booked[rows.clone()].iter().any(|booked| *booked) {
                continue;
            }
            let cells = &self.flows.cells()[rows.start * self.width..rows.end * self.width];
            for block in (0..self.width).step_by(LANES) {
                let (mut sum, mut low) = ([0.0; LANES], [0.0f64; LANES]);
                for row in cells.chunks_exact(self.width) {
                    for ((sum, low), mass) in sum.iter_mut().zip(&mut low).zip(&row[block..block + LANES]) {
                        *sum += mass;
                        *low = low.min(*mass);
                    }
                }
                lowest = low.iter().copied().fold(lowest, f64::min);
                if let Node::Inside(process) = source {
                    add(&mut self.outflow.row_mut(*process)[block..block + LANES], &sum);
                }
                if let Node::Inside(process) = target {
                    add(&mut self.inflow.row_mut(*process)[block..block + LANES], &sum);
                }
            }
        }
        let flows = self.inflow.cells().iter().zip(self.outflow.cells());
        let stocks = self.stock.cells().iter().zip(self.stock_before.cells());
        let (mut worst, mut poison) = ([0.0f64; LANES], [0.0f64; LANES]);
        for (place, ((residual, (inflow, outflow)), (stock, before))) in
            self.residual.cells_mut().iter_mut().zip(flows).zip(stocks).enumerate()
        {
            *residual = (inflow - outflow) - (stock - before);
            let relative = residual.abs() / scale(*inflow, *outflow, *stock, *before);
            let lane = place % LANES;
            worst[lane] = worst[lane].max(relative);
            // `max` and `min` pass over what is not a number; this sum is 0 unless there is one.
            poison[lane] += *residual * 0.0;
            lowest = lowest.min(*stock);
        }
        let sound = lowest >= 0.0 && poison.iter().all(|lane| *lane == 0.0);
        (worst.iter().copied().fold(0.0, f64::max), sound)
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
        let scale = scale(self.inflow[at], self.outflow[at], self.stock[at], self.stock_before[at]);
        self.residual[at].abs() / scale
    }
}

/// The kernel of [`Ledger::audit`].
struct Close<'a>(&'a mut Ledger);

impl pulp::WithSimd for Close<'_> {
    type Output = (f64, bool);

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        self.0.close()
    }
}

/// What a residual is measured against: the larger of throughput, stock and 1 kg.
#[inline(always)]
fn scale(inflow: f64, outflow: f64, stock: f64, before: f64) -> f64 {
    inflow.max(outflow).max(stock).max(before).max(SMALLEST_SCALE)
}

/// The first mass that is negative or not a number.
fn improper(mass: &[f64]) -> Option<(SubstanceId, Fault)> {
    let place = mass.iter().position(|mass| !(*mass >= 0.0 && *mass < f64::INFINITY))?;
    let fault = if mass[place] < 0.0 { Fault::Negative } else { Fault::NotFinite };
    Some((SubstanceId::new(place), fault))
}

#[inline(always)]
fn add(sum: &mut [f64], part: &[f64]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::system::{Boundary, Material, Stage};

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
        ledger.transfer_mixed(enter, &[5.0]);
        ledger.transfer(leave, ChemistryId::new(1), &[2.0]);
        ledger.stock.row_mut(process)[0] = 3.0;
        assert_eq!(ledger.audit(pulp::Arch::new(), StepId::new(0)), Ok(()));
        ledger.open();
        ledger.transfer_mixed(enter, &[1.0]);
        ledger.stock.row_mut(process)[0] = 3.5;
        let error = ledger.audit(pulp::Arch::new(), StepId::new(7)).unwrap_err();
        assert_eq!((error.fault, error.process, error.step), (Fault::NotConserved, process, StepId::new(7)));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        let (mut ledger, enter, _, process) = one_process();
        ledger.open();
        ledger.transfer_mixed(enter, &[f64::NAN]);
        let error = ledger.audit(pulp::Arch::new(), StepId::new(3)).unwrap_err();
        assert_eq!((error.fault, error.process, error.step), (Fault::NotFinite, process, StepId::new(3)));
        ledger.open();
        ledger.stock.row_mut(process)[0] = f64::INFINITY;
        assert_eq!(ledger.audit(pulp::Arch::new(), StepId::new(4)).unwrap_err().fault, Fault::NotFinite);
    }

    #[test]
    fn nothing_runs_backwards() {
        let (mut ledger, _, leave, process) = one_process();
        ledger.open();
        ledger.transfer(leave, ChemistryId::new(0), &[-1e-30]);
        let error = ledger.audit(pulp::Arch::new(), StepId::new(0)).unwrap_err();
        assert_eq!((error.fault, error.process), (Fault::Negative, process));
    }
}
