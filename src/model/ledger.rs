//! The ledger: every movement of mass is a flow between two processes or across the system boundary, and every
//! process is audited in every step: `in - out = change of stock`.

use crate::base::ids::{ChemistryId, FlowId, Id, PlantId, ProcessId, RegionId, StepId, SubstanceId, Table, all};

/// The named ways across the system boundary. There is no other way in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// Primary material.
    VirginSupply,
    /// Cells and packs made outside the system.
    ImportedCells,
    /// New vehicles brought in with their packs.
    VehicleImport,
    /// New vehicles sold outside.
    VehicleExport,
    /// Used vehicles and packs sold outside.
    UsedExport,
    /// Small workshops outside the formal channel.
    Informal,
    /// Landfilled or lost.
    Landfill,
    /// Solid residues of recycling.
    Residue,
    /// Emissions and what is burnt.
    Emission,
    /// Recovered material sold outside the system.
    SoldOutside,
}

impl Boundary {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::VirginSupply => "virgin_supply",
            Self::ImportedCells => "imported_cells",
            Self::VehicleImport => "vehicle_import",
            Self::VehicleExport => "vehicle_export",
            Self::UsedExport => "used_export",
            Self::Informal => "informal",
            Self::Landfill => "landfill",
            Self::Residue => "residue",
            Self::Emission => "emission",
            Self::SoldOutside => "sold_outside",
        }
    }
}

/// A stage of the loop that holds or passes on mass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Cell and pack making.
    Manufacture,
    /// Packs on their way to vehicles, pools and replacement.
    PackSupply,
    /// New vehicles traded between regions.
    VehicleMarket,
    /// Vehicles and swap pools in use.
    Use,
    /// Retired packs being collected.
    Collection,
    /// Retired packs kept by their holders.
    Hibernation,
    /// Packs in stationary storage.
    SecondLife,
    /// Feed in front of a plant.
    Yard,
    /// A recycling plant.
    Plant,
    /// Recovered material waiting for manufacture.
    Materials,
    /// Recyclers that are not modelled as plants.
    OtherRecyclers,
}

impl Stage {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manufacture => "manufacture",
            Self::PackSupply => "pack_supply",
            Self::VehicleMarket => "vehicle_market",
            Self::Use => "use",
            Self::Collection => "collection",
            Self::Hibernation => "hibernation",
            Self::SecondLife => "second_life",
            Self::Yard => "yard",
            Self::Plant => "plant",
            Self::Materials => "materials",
            Self::OtherRecyclers => "other_recyclers",
        }
    }
}

/// A stage of one region or plant: what is audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Which stage.
    pub stage: Stage,
    /// Its region; none for stages of the whole system.
    pub region: Option<RegionId>,
    /// Its plant.
    pub plant: Option<PlantId>,
}

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A process of the system.
    Inside(ProcessId),
    /// The world outside.
    Outside(Boundary),
}

/// What moves: the form in which the substances travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Material {
    /// Battery materials before they are a battery.
    BatteryMaterial,
    /// Packs on their way to any use.
    Pack,
    /// Packs in new vehicles.
    NewVehiclePack,
    /// Packs that replace worn ones.
    ReplacementPack,
    /// Packs for swap pools.
    PoolPack,
    /// Packs that are worn out.
    WornPack,
    /// Packs of scrapped vehicles.
    ScrappedVehiclePack,
    /// Retired packs, whatever the cause.
    RetiredPack,
    /// Packs in or from a second life.
    SecondLifePack,
    /// Packs bought from another region.
    PurchasedPack,
    /// Rejected cells and electrode cuttings of cell making.
    NewScrap,
    /// A product, residue or emission of a plant; its name is the sink's.
    Sink(crate::base::ids::SinkId),
    /// Recovered material.
    Recovered,
}

/// A flow, fixed while the model is built.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Where it comes from.
    pub source: Node,
    /// Where it goes.
    pub target: Node,
    /// What moves.
    pub material: Material,
    /// Whether its chemistry is known.
    pub by_chemistry: bool,
}

/// The processes and flows of a model.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// All processes.
    pub processes: Vec<Process>,
    /// All flows.
    pub flows: Vec<Flow>,
}

impl Chart {
    /// Adds a process.
    pub fn process(&mut self, stage: Stage, region: Option<RegionId>, plant: Option<PlantId>) -> ProcessId {
        self.processes.push(Process { stage, region, plant });
        ProcessId::new(self.processes.len() - 1)
    }

    /// Adds a flow.
    pub fn flow(&mut self, source: Node, target: Node, material: Material, by_chemistry: bool) -> FlowId {
        self.flows.push(Flow { source, target, material, by_chemistry });
        FlowId::new(self.flows.len() - 1)
    }
}

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
    substances: usize,
}

impl Ledger {
    /// The books of a chart.
    pub fn new(chart: &Chart, chemistries: usize, substances: usize) -> Self {
        let mut first_row = Vec::with_capacity(chart.flows.len() + 1);
        let mut rows = 0;
        for flow in &chart.flows {
            first_row.push(rows);
            rows += if flow.by_chemistry { chemistries } else { 1 };
        }
        first_row.push(rows);
        let books = || Table::filled(chart.processes.len(), substances, 0.0);
        Self {
            flows: Table::filled(rows, substances, 0.0),
            first_row,
            by_chemistry: chart.flows.iter().map(|flow| flow.by_chemistry).collect(),
            ends: chart.flows.iter().map(|flow| (flow.source, flow.target)).collect(),
            inflow: books(),
            outflow: books(),
            stock: books(),
            stock_before: books(),
            residual: books(),
            worst: 0.0,
            substances,
        }
    }

    /// Forgets everything: a new run.
    pub fn reset(&mut self) {
        self.flows.fill(0.0);
        self.stock.fill(0.0);
        self.worst = 0.0;
    }

    /// Opens the books of a step.
    pub fn open(&mut self) {
        self.flows.fill(0.0);
        std::mem::swap(&mut self.stock, &mut self.stock_before);
        self.stock.fill(0.0);
    }

    /// Books a movement of mass, t by substance.
    #[inline]
    pub fn transfer(&mut self, flow: FlowId, chemistry: ChemistryId, mass: &[f64]) {
        let offset = if self.by_chemistry[flow.index()] { chemistry.index() } else { 0 };
        let row = self.flows.row_mut(FlowId::new(self.first_row[flow.index()] + offset));
        for (booked, mass) in row.iter_mut().zip(mass) {
            *booked += mass;
        }
    }

    /// Books a movement of mass whose chemistry is not known, t by substance.
    #[inline]
    pub fn transfer_mixed(&mut self, flow: FlowId, mass: &[f64]) {
        self.transfer(flow, ChemistryId::new(0), mass);
    }

    /// The rows of a flow in this step, t: one by chemistry, or a single one.
    pub fn rows(&self, flow: FlowId) -> impl Iterator<Item = &[f64]> {
        (self.first_row[flow.index()]..self.first_row[flow.index() + 1]).map(|row| self.flows.row(FlowId::new(row)))
    }

    /// All rows of the step, t: as many as [`Ledger::rows`] gives over all flows, in order.
    pub fn all_rows(&self) -> &[f64] {
        self.flows.cells()
    }

    /// Closes the step: sums up the flows and checks every process and substance.
    pub fn audit(&mut self, step: StepId) -> Result<(), AuditError> {
        self.inflow.fill(0.0);
        self.outflow.fill(0.0);
        let ends = std::mem::take(&mut self.ends);
        for (index, (source, target)) in ends.iter().enumerate() {
            for row in self.first_row[index]..self.first_row[index + 1] {
                let mass = self.flows.row(FlowId::new(row));
                if let Node::Inside(process) = source {
                    add(self.outflow.row_mut(*process), mass);
                }
                if let Node::Inside(process) = target {
                    add(self.inflow.row_mut(*process), mass);
                }
            }
        }
        self.ends = ends;
        self.refuse_below_zero(step)?;
        for process in all::<ProcessId>(self.residual.cells().len() / self.substances) {
            for substance in all::<SubstanceId>(self.substances) {
                let at = (process, substance);
                let (inflow, outflow) = (self.inflow[at], self.outflow[at]);
                let (stock, before) = (self.stock[at], self.stock_before[at]);
                let residual = (inflow - outflow) - (stock - before);
                self.residual[at] = residual;
                let scale = inflow.max(outflow).max(stock).max(before).max(SMALLEST_SCALE);
                let relative = residual.abs() / scale;
                let fault = if !(relative.is_finite() && stock.is_finite()) {
                    Fault::NotFinite
                } else if stock < 0.0 {
                    Fault::Negative
                } else if relative > AUDIT_LIMIT {
                    Fault::NotConserved
                } else {
                    self.worst = self.worst.max(relative);
                    continue;
                };
                let amount = if fault == Fault::Negative { stock } else { relative };
                return Err(AuditError { fault, process, substance, step, amount });
            }
        }
        Ok(())
    }

    /// No flow may run backwards: a negative mass is a fault of the model, never clipped.
    fn refuse_below_zero(&self, step: StepId) -> Result<(), AuditError> {
        let Some(cell) = self.flows.cells().iter().position(|mass| *mass < 0.0) else { return Ok(()) };
        let row = cell / self.substances;
        let flow = self.first_row.partition_point(|first| *first <= row) - 1;
        let process = match self.ends[flow] {
            (Node::Inside(process), _) | (Node::Outside(_), Node::Inside(process)) => process,
            _ => ProcessId::new(0),
        };
        Err(AuditError {
            fault: Fault::Negative,
            process,
            substance: SubstanceId::new(cell % self.substances),
            step,
            amount: self.flows.cells()[cell],
        })
    }

    /// Relative size of a residual, as the audit sees it.
    pub fn relative(&self, process: ProcessId, substance: SubstanceId) -> f64 {
        let at = (process, substance);
        let scale = self.inflow[at].max(self.outflow[at]).max(self.stock[at]).max(self.stock_before[at]);
        self.residual[at].abs() / scale.max(SMALLEST_SCALE)
    }
}

fn add(sum: &mut [f64], part: &[f64]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_process() -> (Ledger, FlowId, FlowId, ProcessId) {
        let mut chart = Chart::default();
        let process = chart.process(Stage::Use, None, None);
        let (inside, outside) = (Node::Inside(process), Node::Outside);
        let enter = chart.flow(outside(Boundary::VirginSupply), inside, Material::Pack, false);
        let leave = chart.flow(inside, outside(Boundary::Landfill), Material::Pack, true);
        (Ledger::new(&chart, 2, 1), enter, leave, process)
    }

    #[test]
    fn closed_books_pass_and_a_leak_is_named() {
        let (mut ledger, enter, leave, process) = one_process();
        ledger.open();
        ledger.transfer_mixed(enter, &[5.0]);
        ledger.transfer(leave, ChemistryId::new(1), &[2.0]);
        ledger.stock.row_mut(process)[0] = 3.0;
        assert_eq!(ledger.audit(StepId::new(0)), Ok(()));
        ledger.open();
        ledger.transfer_mixed(enter, &[1.0]);
        ledger.stock.row_mut(process)[0] = 3.5;
        let error = ledger.audit(StepId::new(7)).unwrap_err();
        assert_eq!((error.fault, error.process, error.step), (Fault::NotConserved, process, StepId::new(7)));
    }

    #[test]
    fn nothing_runs_backwards() {
        let (mut ledger, _, leave, process) = one_process();
        ledger.open();
        ledger.transfer(leave, ChemistryId::new(0), &[-1e-30]);
        let error = ledger.audit(StepId::new(0)).unwrap_err();
        assert_eq!((error.fault, error.process), (Fault::Negative, process));
    }
}
