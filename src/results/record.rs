//! The recorder: sums flows over each period, keeps stocks at its end, and plants and books step by step.

use crate::base::ids::{ChemistryId, FlowId, Id, ProcessId, RegionId, StepId, SubstanceId, all};
use crate::model::plant::{Origin, PlantReport, SinkKind};
use crate::model::{Model, Now, Probe, World};

/// How often flows and stocks have a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Flows summed over the year, stocks at its end.
    Year,
    /// Every step.
    Step,
}

/// How much is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// All that tables, figures and summary show.
    Everything,
    /// What indicators and money are computed from: no books, nothing of what is kept or reused.
    Indicators,
}

/// Energy of one fleet or pool in a period, kWh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EnergyRow {
    /// New packs of new vehicles.
    pub sold: f64,
    /// Replacement packs, or packs put into a pool.
    pub replaced: f64,
    /// Packs of scrapped vehicles that went on in other vehicles.
    pub reused: f64,
    /// Packs worn out.
    pub worn: f64,
    /// Packs of scrapped vehicles.
    pub scrapped: f64,
    /// In use at the period's end.
    pub in_use: f64,
    /// Vehicles sold.
    pub vehicles_sold: f64,
}

/// Books of one process in a step, t by substance.
#[derive(Clone, Debug, PartialEq)]
pub struct Books {
    /// In.
    pub inflow: Vec<f64>,
    /// Out.
    pub outflow: Vec<f64>,
    /// Stock at the end less stock before.
    pub change: Vec<f64>,
    /// In - out - change.
    pub residual: Vec<f64>,
    /// Residual relative to the larger of throughput, stock and 1 kg.
    pub relative: Vec<f64>,
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Results {
    /// First step of each period.
    pub periods: Vec<StepId>,
    /// Flows by period, t: rows as in the ledger.
    flows: Vec<Vec<f64>>,
    /// The same over all chemistries: a row for each flow.
    totals: Vec<Vec<f64>>,
    first_row: Vec<usize>,
    /// Length of a row by substance.
    width: usize,
    /// Energy by period and fleet.
    pub fleets: Vec<Vec<EnergyRow>>,
    /// Energy by period and pool.
    pub pools: Vec<Vec<EnergyRow>>,
    /// Energy hibernating at the period's end, kWh by lot.
    pub hibernating: Vec<Vec<f64>>,
    /// Energy in second life at the period's end, kWh by lot.
    pub second_life: Vec<Vec<f64>>,
    /// Stock at the period's end, t: process x substance.
    stocks: Vec<Vec<f64>>,
    /// Material put into manufacture by period, t: region x substance.
    input: Vec<Vec<f64>>,
    /// Retired content that the formal channel collected, t: region x substance.
    collected: Vec<Vec<f64>>,
    /// Recovered material in it, t: origin x region x substance.
    recycled: Vec<[Vec<f64>; Origin::RECOVERED.len()]>,
    /// Products by period and plant, t by origin and substance.
    pub products: Vec<Vec<[Vec<f64>; Origin::RECOVERED.len()]>>,
    /// Feed treated by period and plant, t by entry of the flowsheet and substance: what a plant used and made follows.
    pub fed: Vec<Vec<Vec<Vec<f64>>>>,
    /// Plants by step.
    pub plants: Vec<Vec<PlantReport>>,
    /// Books by step and process.
    pub books: Vec<Vec<Books>>,
    /// Largest relative residual of any process, substance and step.
    pub worst_residual: f64,
    /// The whole system over the horizon: in - out - stock, relative to in, by substance.
    pub system_residual: Vec<f64>,
    /// What the whole system held when the run began, t by substance.
    pub opening: Vec<f64>,
}

impl Results {
    /// Mass of a flow in a period by substance, t; over all chemistries or of one.
    pub fn flow(&self, period: usize, flow: FlowId, chemistry: Option<ChemistryId>) -> Vec<f64> {
        let mut sum = vec![0.0; self.width];
        let rows = self.first_row[flow.index()]..self.first_row[flow.index() + 1];
        let rows = chemistry.map_or(rows.clone(), |k| rows.start + k.index()..rows.start + k.index() + 1);
        for row in rows {
            let row = &self.flows[period][row * self.width..(row + 1) * self.width];
            for (sum, mass) in sum.iter_mut().zip(row) {
                *sum += mass;
            }
        }
        sum
    }

    /// Mass of a flow in a period, over all chemistries, t; of one substance, or in all.
    pub fn flow_of(&self, period: usize, flow: FlowId, substance: Option<SubstanceId>) -> f64 {
        let row = &self.totals[period][flow.index() * self.width..(flow.index() + 1) * self.width];
        substance.map_or_else(|| row.iter().sum(), |s| row[s.index()])
    }

    /// Total mass of a flow in a period, t.
    pub fn flow_mass(&self, period: usize, flow: FlowId) -> f64 {
        self.flow_of(period, flow, None)
    }

    /// Stock of a process and substance at a period's end, t.
    pub fn stock(&self, period: usize, process: ProcessId, substance: SubstanceId) -> f64 {
        self.stocks[period][process.index() * self.width + substance.index()]
    }

    /// Material put into manufacture in a period, t.
    pub fn input_of(&self, period: usize, region: RegionId, substance: SubstanceId) -> f64 {
        self.input[period][region.index() * self.width + substance.index()]
    }

    /// Retired content that the formal channel collected in a period, t.
    pub fn collected_of(&self, period: usize, region: RegionId, substance: SubstanceId) -> f64 {
        self.collected[period][region.index() * self.width + substance.index()]
    }

    /// Recovered material put into manufacture in a period, t by origin.
    pub fn recycled_of(
        &self,
        period: usize,
        region: RegionId,
        substance: SubstanceId,
    ) -> [f64; Origin::RECOVERED.len()] {
        let place = region.index() * self.width + substance.index();
        Origin::RECOVERED.map(|origin| self.recycled[period][origin as usize][place])
    }
}

/// Watches a run.
#[derive(Debug)]
pub struct Recorder {
    every: Every,
    detail: Detail,
    results: Results,
}

impl Recorder {
    /// A recorder for a model.
    pub fn new(model: &Model, every: Every) -> Self {
        Self::with(model, every, Detail::Everything)
    }

    /// A recorder of what indicators are computed from, year by year. It may be used for one run after the other.
    pub fn of_indicators(model: &Model) -> Self {
        Self::with(model, Every::Year, Detail::Indicators)
    }

    fn with(model: &Model, every: Every, detail: Detail) -> Self {
        let mut first_row = vec![0];
        for flow in &model.flows.chart.flows {
            let rows = if flow.by_chemistry { model.size.chemistries } else { 1 };
            first_row.push(first_row.last().copied().unwrap_or(0) + rows);
        }
        let results = Results {
            periods: Vec::new(),
            flows: Vec::new(),
            totals: Vec::new(),
            first_row,
            width: model.size.width(),
            fleets: Vec::new(),
            pools: Vec::new(),
            hibernating: Vec::new(),
            second_life: Vec::new(),
            stocks: Vec::new(),
            input: Vec::new(),
            collected: Vec::new(),
            recycled: Vec::new(),
            products: Vec::new(),
            fed: Vec::new(),
            plants: Vec::new(),
            books: Vec::new(),
            worst_residual: 0.0,
            system_residual: Vec::new(),
            opening: Vec::new(),
        };
        Self { every, detail, results }
    }

    /// Forgets the run: the next one may be recorded.
    pub fn restart(&mut self) {
        let results = &mut self.results;
        results.periods.clear();
        results.flows.clear();
        results.totals.clear();
        results.stocks.clear();
        results.input.clear();
        results.collected.clear();
        results.recycled.clear();
        results.products.clear();
        results.fed.clear();
        results.plants.clear();
        results.opening.clear();
        for records in [&mut results.fleets, &mut results.pools] {
            records.clear();
        }
        for records in [&mut results.hibernating, &mut results.second_life] {
            records.clear();
        }
        results.books.clear();
        results.worst_residual = 0.0;
    }

    /// What was seen so far.
    pub fn results(&self) -> &Results {
        &self.results
    }

    /// What was seen.
    pub fn finish(mut self, model: &Model) -> Results {
        self.results.system_residual = system_residual(model, &self.results);
        self.results
    }

    fn open_period(&mut self, model: &Model, now: Now) {
        let results = &mut self.results;
        let width = model.size.width();
        let rows = results.first_row.last().copied().unwrap_or(0);
        results.periods.push(now.step);
        results.flows.push(vec![0.0; rows * width]);
        results.totals.push(vec![0.0; (results.first_row.len() - 1) * width]);
        results.fleets.push(vec![EnergyRow::default(); model.streams.len()]);
        results.pools.push(vec![EnergyRow::default(); model.pools.len()]);
        if self.detail == Detail::Everything {
            results.hibernating.push(vec![0.0; model.lots.len()]);
            results.second_life.push(vec![0.0; model.lots.len()]);
        }
        results.stocks.push(vec![0.0; model.flows.chart.processes.len() * width]);
        results.input.push(vec![0.0; model.size.regions * width]);
        results.collected.push(vec![0.0; model.size.regions * width]);
        results.recycled.push([(); Origin::RECOVERED.len()].map(|()| vec![0.0; model.size.regions * width]));
        let entries = |plant: &crate::model::plant::Plant| vec![vec![0.0; width]; plant.flowsheet.entries.len()];
        results.fed.push(model.plants.iter().map(entries).collect());
        results
            .products
            .push(model.plants.iter().map(|_| [(); Origin::RECOVERED.len()].map(|()| vec![0.0; width])).collect());
    }

    fn add_flows(&mut self, world: &World) {
        let width = self.results.width;
        if let Some(flows) = self.results.flows.last_mut() {
            for (row, mass) in world.ledger.booked() {
                add(&mut flows[row * width..(row + 1) * width], mass);
            }
        }
    }

    fn add_energy(&mut self, model: &Model, world: &World, now: Now) {
        let (Some(fleets), Some(pools)) = (self.results.fleets.last_mut(), self.results.pools.last_mut()) else {
            return;
        };
        let vehicles = model.market.vehicles_sold.row(now.step);
        for ((row, reports), vehicles) in fleets.iter_mut().zip(&world.use_year.fleets).zip(vehicles) {
            let report = &reports[now.phase];
            row.sold += report.sold;
            row.replaced += report.replaced;
            row.worn += report.worn;
            row.scrapped += report.scrapped;
            row.reused += report.reused;
            row.vehicles_sold += vehicles;
            row.in_use = report.in_use;
        }
        for (row, reports) in pools.iter_mut().zip(&world.use_year.pools) {
            let report = &reports[now.phase];
            row.replaced += report.replaced;
            row.worn += report.worn;
            row.scrapped += report.scrapped;
            row.in_use = report.in_use;
        }
    }

    fn add_materials(&mut self, model: &Model, world: &World) {
        let width = model.size.width();
        let results = &mut self.results;
        if let Some(input) = results.input.last_mut() {
            add(input, world.manufacture.input.cells());
        }
        if let Some(collected) = results.collected.last_mut() {
            add(collected, world.collected.cells());
        }
        if let Some(recycled) = results.recycled.last_mut() {
            for (region, materials) in world.materials.iter().enumerate() {
                for (sum, taken) in recycled.iter_mut().zip(&materials.taken) {
                    add(&mut sum[region * width..(region + 1) * width], taken);
                }
            }
        }
        if let Some(fed) = results.fed.last_mut() {
            for (sums, state) in fed.iter_mut().zip(&world.plants) {
                for (sum, mass) in sums.iter_mut().zip(state.fed()) {
                    add(sum, mass);
                }
            }
        }
        if let Some(products) = results.products.last_mut() {
            for ((plant, state), sums) in model.plants.iter().zip(&world.plants).zip(products) {
                for origin in Origin::RECOVERED {
                    for (sink, kind) in plant.sinks.iter().enumerate() {
                        if matches!(kind, SinkKind::ReturningProduct | SinkKind::SoldProduct) {
                            add(&mut sums[origin as usize], state.outputs.row(state.output_row(origin, sink)));
                        }
                    }
                }
            }
        }
    }

    fn close_period(&mut self, world: &World) {
        let results = &mut self.results;
        if let (Some(flows), Some(totals)) = (results.flows.last(), results.totals.last_mut()) {
            for (rows, total) in results.first_row.windows(2).zip(totals.chunks_exact_mut(results.width)) {
                let rows = &flows[rows[0] * results.width..rows[1] * results.width];
                rows.chunks_exact(results.width).for_each(|row| add(total, row));
            }
        }
        let kept = results.hibernating.last_mut().into_iter().flatten();
        let reused = results.second_life.last_mut().into_iter().flatten();
        for ((kept, reused), lot) in kept.zip(reused).zip(&world.lots) {
            (*kept, *reused) = (lot.hibernation.held().energy, lot.second_life.held().energy);
        }
        if let Some(stocks) = results.stocks.last_mut() {
            stocks.copy_from_slice(world.ledger.stock.cells());
        }
    }
}

impl Probe for Recorder {
    fn see(&mut self, model: &Model, world: &World, now: Now) {
        let opens = now.step.index() == 0
            || self.every == Every::Step
            || model.horizon.closes_year(StepId::new(now.step.index() - 1));
        if opens {
            self.open_period(model, now);
        }
        if now.step.index() == 0 {
            let width = self.results.width;
            self.results.opening = vec![0.0; width];
            for process in world.ledger.stock_before.cells().chunks_exact(width) {
                add(&mut self.results.opening, process);
            }
        }
        self.add_flows(world);
        self.add_energy(model, world, now);
        self.add_materials(model, world);
        self.results.plants.push(world.plants.iter().map(|state| state.report).collect());
        if self.detail == Detail::Everything {
            self.results.books.push(books(model, world));
        }
        self.results.worst_residual = world.ledger.worst;
        if self.every == Every::Step || model.horizon.closes_year(now.step) {
            self.close_period(world);
        }
    }
}

fn books(model: &Model, world: &World) -> Vec<Books> {
    let ledger = &world.ledger;
    all::<ProcessId>(model.flows.chart.processes.len())
        .map(|process| {
            let change = |(stock, before): (&f64, &f64)| stock - before;
            Books {
                inflow: ledger.inflow.row(process).to_vec(),
                outflow: ledger.outflow.row(process).to_vec(),
                change: ledger.stock.row(process).iter().zip(ledger.stock_before.row(process)).map(change).collect(),
                residual: ledger.residual.row(process).to_vec(),
                relative: all::<SubstanceId>(model.size.substances).map(|s| ledger.relative(process, s)).collect(),
            }
        })
        .collect()
}

/// The whole system over the horizon, by substance: what came in and was there before, less what went out, less what is
/// left; relative to the largest of them.
fn system_residual(model: &Model, results: &Results) -> Vec<f64> {
    use crate::model::system::Node;
    let width = model.size.width();
    let (mut inflow, mut outflow) = (vec![0.0; width], vec![0.0; width]);
    for (index, flow) in model.flows.chart.flows.iter().enumerate() {
        let sum = match (flow.source, flow.target) {
            (Node::Outside(_), Node::Inside(_)) => &mut inflow,
            (Node::Inside(_), Node::Outside(_)) => &mut outflow,
            _ => continue,
        };
        for period in 0..results.periods.len() {
            add(sum, &results.flow(period, FlowId::new(index), None));
        }
    }
    let mut stock: Vec<f64> = results.opening.iter().map(|opening| -opening).collect();
    stock.resize(width, 0.0);
    if let Some(last) = results.stocks.last() {
        for process in last.chunks_exact(width) {
            add(&mut stock, process);
        }
    }
    (0..model.size.substances)
        .map(|s| {
            let scale = inflow[s].max(outflow[s]).max(results.opening.get(s).copied().unwrap_or(0.0)).max(1e-3);
            (inflow[s] - outflow[s] - stock[s]).abs() / scale
        })
        .collect()
}

fn add(sum: &mut [f64], part: &[f64]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}
