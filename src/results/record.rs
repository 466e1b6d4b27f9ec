//! The recorder: sums flows over each period, keeps stocks at its end, and plants and books step by step.

use crate::base::ids::{ChemistryId, FlowId, Id, ProcessId, RegionId, StepId, SubstanceId, all};
use crate::model::plant::{Origin, PlantReport, SinkKind};
use crate::model::{Model, Now, Probe, World, row};

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

/// Numbers of all periods, one period after the other.
#[derive(Clone, Debug)]
struct Periods {
    cells: Vec<f64>,
    of_one: usize,
}

impl Periods {
    fn new(of_one: usize) -> Self {
        Self { cells: Vec::new(), of_one }
    }

    fn open(&mut self) {
        self.cells.resize(self.cells.len() + self.of_one, 0.0);
    }

    fn at(&self, period: usize) -> &[f64] {
        &self.cells[period * self.of_one..(period + 1) * self.of_one]
    }

    /// The period that was opened last.
    fn now(&mut self) -> &mut [f64] {
        let start = self.cells.len().saturating_sub(self.of_one);
        &mut self.cells[start..]
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Results {
    /// First step of each period.
    pub periods: Vec<StepId>,
    /// Flows by period, t: rows as in the ledger.
    flows: Periods,
    /// The same over all chemistries: a row for each flow.
    totals: Periods,
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
    stocks: Periods,
    /// Material put into manufacture by period, t: region x substance.
    input: Periods,
    /// Retired content that the formal channel collected, t: region x substance.
    collected: Periods,
    /// Recovered material in it, t: origin x region x substance.
    recycled: Periods,
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
    /// What has numbers of one length in every period.
    fn by_period(&mut self) -> [&mut Periods; 6] {
        [&mut self.flows, &mut self.totals, &mut self.stocks, &mut self.input, &mut self.collected, &mut self.recycled]
    }

    /// Mass of a flow in a period by substance, t; over all chemistries or of one.
    pub fn flow(&self, period: usize, flow: FlowId, chemistry: Option<ChemistryId>) -> &[f64] {
        let (cells, row) = match chemistry {
            Some(k) => (self.flows.at(period), self.first_row[flow.index()] + k.index()),
            None => (self.totals.at(period), flow.index()),
        };
        &cells[row * self.width..(row + 1) * self.width]
    }

    /// Mass of a flow in a period, over all chemistries, t; of one substance, or in all.
    pub fn flow_of(&self, period: usize, flow: FlowId, substance: Option<SubstanceId>) -> f64 {
        let row = self.flow(period, flow, None);
        substance.map_or_else(|| row.iter().sum(), |s| row[s.index()])
    }

    /// Total mass of a flow in a period, t.
    pub fn flow_mass(&self, period: usize, flow: FlowId) -> f64 {
        self.flow_of(period, flow, None)
    }

    /// Stock of a process and substance at a period's end, t.
    pub fn stock(&self, period: usize, process: ProcessId, substance: SubstanceId) -> f64 {
        self.stocks.at(period)[process.index() * self.width + substance.index()]
    }

    /// Material put into manufacture in a period, t.
    pub fn input_of(&self, period: usize, region: RegionId, substance: SubstanceId) -> f64 {
        self.input.at(period)[region.index() * self.width + substance.index()]
    }

    /// Retired content that the formal channel collected in a period, t.
    pub fn collected_of(&self, period: usize, region: RegionId, substance: SubstanceId) -> f64 {
        self.collected.at(period)[region.index() * self.width + substance.index()]
    }

    /// Recovered material put into manufacture in a period, t by origin.
    pub fn recycled_of(
        &self,
        period: usize,
        region: RegionId,
        substance: SubstanceId,
    ) -> [f64; Origin::RECOVERED.len()] {
        let (recycled, place) = (self.recycled.at(period), region.index() * self.width + substance.index());
        let of_one = recycled.len() / Origin::RECOVERED.len();
        Origin::RECOVERED.map(|origin| recycled[origin as usize * of_one + place])
    }
}

/// Watches a run.
#[derive(Debug)]
pub struct Recorder {
    every: Every,
    detail: Detail,
    machine: pulp::Arch,
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
        let (rows, width) = (first_row.last().copied().unwrap_or(0), model.size.width());
        let by_region = model.size.regions * width;
        let results = Results {
            periods: Vec::new(),
            flows: Periods::new(rows * width),
            totals: Periods::new(model.flows.chart.flows.len() * width),
            first_row,
            width,
            fleets: Vec::new(),
            pools: Vec::new(),
            hibernating: Vec::new(),
            second_life: Vec::new(),
            stocks: Periods::new(model.flows.chart.processes.len() * width),
            input: Periods::new(by_region),
            collected: Periods::new(by_region),
            recycled: Periods::new(Origin::RECOVERED.len() * by_region),
            products: Vec::new(),
            fed: Vec::new(),
            plants: Vec::new(),
            books: Vec::new(),
            worst_residual: 0.0,
            system_residual: Vec::new(),
            opening: Vec::new(),
        };
        Self { every, detail, machine: pulp::Arch::new(), results }
    }

    /// Forgets the run: the next one may be recorded.
    pub fn restart(&mut self) {
        let results = &mut self.results;
        results.periods.clear();
        for records in results.by_period() {
            records.cells.clear();
        }
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
        results.periods.push(now.step);
        results.fleets.push(vec![EnergyRow::default(); model.streams.len()]);
        results.pools.push(vec![EnergyRow::default(); model.pools.len()]);
        if self.detail == Detail::Everything {
            results.hibernating.push(vec![0.0; model.lots.len()]);
            results.second_life.push(vec![0.0; model.lots.len()]);
        }
        for records in results.by_period() {
            records.open();
        }
        let entries = |plant: &crate::model::plant::Plant| vec![vec![0.0; width]; plant.flowsheet.entries.len()];
        results.fed.push(model.plants.iter().map(entries).collect());
        results
            .products
            .push(model.plants.iter().map(|_| [(); Origin::RECOVERED.len()].map(|()| vec![0.0; width])).collect());
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

    fn close_period(&mut self, world: &World) {
        let results = &mut self.results;
        let kept = results.hibernating.last_mut().into_iter().flatten();
        let reused = results.second_life.last_mut().into_iter().flatten();
        for ((kept, reused), lot) in kept.zip(reused).zip(&world.lots) {
            (*kept, *reused) = (lot.hibernation.held().energy, lot.second_life.held().energy);
        }
        results.stocks.now().copy_from_slice(world.ledger.stock.cells());
    }
}

/// What a step adds to its period, by the widest vector instructions of the machine.
struct Booking<'a> {
    results: &'a mut Results,
    model: &'a Model,
    world: &'a World,
    closes: bool,
}

impl pulp::WithSimd for Booking<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { results, model, world, closes } = self;
        let width = results.width;
        let flows = results.flows.now();
        for (row, mass) in world.ledger.booked() {
            row::add(simd, &mut flows[row * width..(row + 1) * width], mass);
        }
        row::add(simd, results.input.now(), world.manufacture.input.cells());
        row::add(simd, results.collected.now(), world.collected.cells());
        let recycled = results.recycled.now();
        let of_one = recycled.len() / Origin::RECOVERED.len();
        for (region, materials) in world.materials.iter().enumerate() {
            for (origin, taken) in materials.taken.iter().enumerate() {
                let start = origin * of_one + region * width;
                row::add(simd, &mut recycled[start..start + width], taken);
            }
        }
        for (sums, state) in results.fed.last_mut().into_iter().flatten().zip(&world.plants) {
            for (sum, mass) in sums.iter_mut().zip(state.fed()) {
                row::add(simd, sum, mass);
            }
        }
        let plants = model.plants.iter().zip(&world.plants);
        for ((plant, state), sums) in plants.zip(results.products.last_mut().into_iter().flatten()) {
            for origin in Origin::RECOVERED {
                for (sink, kind) in plant.sinks.iter().enumerate() {
                    if matches!(kind, SinkKind::ReturningProduct | SinkKind::SoldProduct) {
                        row::add(simd, &mut sums[origin as usize], state.outputs.row(state.output_row(origin, sink)));
                    }
                }
            }
        }
        if closes {
            let (flows, totals) = (results.flows.now(), results.totals.now());
            for (rows, total) in results.first_row.windows(2).zip(totals.chunks_exact_mut(width)) {
                for row in flows[rows[0] * width..rows[1] * width].chunks_exact(width) {
                    row::add(simd, total, row);
                }
            }
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
        let closes = self.every == Every::Step || model.horizon.closes_year(now.step);
        self.machine.dispatch(Booking { results: &mut self.results, model, world, closes });
        self.add_energy(model, world, now);
        self.results.plants.push(world.plants.iter().map(|state| state.report).collect());
        if self.detail == Detail::Everything {
            self.results.books.push(books(model, world));
        }
        self.results.worst_residual = world.ledger.worst;
        if closes {
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
            add(sum, results.flow(period, FlowId::new(index), None));
        }
    }
    let mut stock: Vec<f64> = results.opening.iter().map(|opening| -opening).collect();
    stock.resize(width, 0.0);
    if let Some(last) = results.periods.len().checked_sub(1) {
        for process in results.stocks.at(last).chunks_exact(width) {
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
