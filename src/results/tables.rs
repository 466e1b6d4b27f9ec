//! The tables of a run: tidy, in full precision, rows in a fixed order. Rows that are zero throughout are left out.

use super::indicator::{By, INDICATORS, Span, View, places};
use super::{Every, Results};
use crate::base::catalog::Catalog;
use crate::base::ids::{ChemistryId, FlowId, Id, PlantId, ProcessId, SinkId, StepId, SubstanceId, all};
use crate::base::number::text;
use crate::model::Model;
use crate::model::plant::calendar::Phase;
use crate::model::plant::{Bottleneck, FeedStream};
use crate::model::system::{Material, Node};

/// Stands in a column that does not apply: no cell is empty.
pub(super) const ALL: &str = "all";

/// A run to be written.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The model.
    pub model: &'a Model,
    /// Names.
    pub catalog: &'a Catalog,
    /// What happened.
    pub results: &'a Results,
    /// How often flows and stocks have a row.
    pub every: Every,
}

/// A CSV table under construction: UTF-8, LF, quotes only where needed.
pub(super) struct Table(csv::Writer<Vec<u8>>);

impl Table {
    pub(super) fn new(header: &[&str]) -> Self {
        let mut table = Self(csv::WriterBuilder::new().from_writer(Vec::new()));
        table.row(header);
        table
    }

    pub(super) fn row<S: AsRef<[u8]>>(&mut self, cells: &[S]) {
        // Writing to memory does not fail, and all rows of a table have as many cells as its header.
        let _ = self.0.write_record(cells);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}

impl Run<'_> {
    /// A period's start: a year, or a step.
    pub fn period(&self, period: usize) -> String {
        let step = self.results.periods[period];
        match self.every {
            Every::Year => self.model.horizon.calendar_year(self.model.horizon.year_of(step)).to_string(),
            Every::Step => self.model.horizon.label(step),
        }
    }

    fn process(&self, process: ProcessId) -> (&'static str, &str, &str) {
        let process = self.model.flows.chart.processes[process.index()];
        let region = process.region.map_or(ALL, |region| self.catalog.region(region));
        (process.stage.name(), region, process.plant.map_or(ALL, |plant| self.catalog.plant(plant)))
    }

    fn node(&self, node: Node) -> &'static str {
        match node {
            Node::Inside(process) => self.process(process).0,
            Node::Outside(boundary) => boundary.name(),
        }
    }

    /// What moves in a flow.
    fn material(&self, material: Material, plant: Option<PlantId>) -> &str {
        match material {
            Material::BatteryMaterial => "battery_material",
            Material::Pack => "pack",
            Material::NewVehiclePack => "new_vehicle_pack",
            Material::ReplacementPack => "replacement_pack",
            Material::PoolPack => "pool_pack",
            Material::WornPack => "worn_pack",
            Material::ScrappedVehiclePack => "scrapped_vehicle_pack",
            Material::RetiredPack => "retired_pack",
            Material::SecondLifePack => "second_life_pack",
            Material::PurchasedPack => "purchased_pack",
            Material::NewScrap => "new_scrap",
            Material::ElectrodeScrap => "electrode_scrap",
            Material::BlackMass => "black_mass",
            Material::Feed => "feed",
            Material::Recovered => "recovered_material",
            Material::Reagents => "reagents",
            Material::Sink(sink) => plant
                .and_then(|plant| self.catalog.plants.get(plant.index()))
                .and_then(|plant| plant.sinks.get(sink.index()))
                .map_or(ALL, String::as_str),
        }
    }

    /// `flows.csv`: mass by flow, chemistry and substance, t per period.
    pub fn flows(&self) -> Vec<u8> {
        let mut table = Table::new(&[
            "time",
            "region",
            "source",
            "target",
            "material",
            "substance",
            "segment",
            "chemistry",
            "plant",
            "value",
            "unit",
        ]);
        for period in 0..self.results.periods.len() {
            let time = self.period(period);
            for (index, flow) in self.model.flows.chart.flows.iter().enumerate() {
                let ends = [flow.source, flow.target].map(|node| match node {
                    Node::Inside(process) => self.model.flows.chart.processes[process.index()],
                    Node::Outside(_) => crate::model::system::Process {
                        stage: crate::model::system::Stage::Use,
                        region: None,
                        plant: None,
                    },
                });
                let region = ends[0].region.or(ends[1].region).map_or(ALL, |region| self.catalog.region(region));
                let plant = ends[0].plant.or(ends[1].plant);
                let plant_name = plant.map_or(ALL, |plant| self.catalog.plant(plant));
                let (source, target) = (self.node(flow.source), self.node(flow.target));
                let material = self.material(flow.material, plant);
                let rows: Vec<Option<ChemistryId>> = if flow.by_chemistry {
                    all::<ChemistryId>(self.model.size.chemistries).map(Some).collect()
                } else {
                    vec![None]
                };
                for chemistry in rows {
                    let name = chemistry.map_or(ALL, |k| self.catalog.chemistry(k));
                    let mass = self.results.flow(period, FlowId::new(index), chemistry);
                    for (s, mass) in mass.iter().enumerate().filter(|(_, mass)| **mass != 0.0) {
                        let substance = self.catalog.substance(SubstanceId::new(s));
                        let value = text(*mass);
                        table.row(&[
                            &time, region, source, target, material, substance, ALL, name, plant_name, &value, "t",
                        ]);
                    }
                }
            }
        }
        table.finish()
    }

    /// `stocks.csv`: mass by process and substance (t), energy by fleet, pool and store (kWh), at the period's end.
    pub fn stocks(&self) -> Vec<u8> {
        let mut table = Table::new(&["time", "region", "stage", "segment", "chemistry", "substance", "value", "unit"]);
        for period in 0..self.results.periods.len() {
            let time = self.period(period);
            for process in all::<ProcessId>(self.model.flows.chart.processes.len()) {
                let (stage, region, plant) = self.process(process);
                // A yard's stock belongs to its plant: the segment column has no use for it otherwise.
                let stage_name = if plant == ALL { stage.to_owned() } else { format!("{stage}:{plant}") };
                for substance in all::<SubstanceId>(self.model.size.substances) {
                    let mass = self.results.stock(period, process, substance);
                    if mass != 0.0 {
                        let name = self.catalog.substance(substance);
                        table.row(&[&time, region, &stage_name, ALL, ALL, name, &text(mass), "t"]);
                    }
                }
            }
            self.energy_stocks(period, &time, &mut table);
        }
        table.finish()
    }

    fn energy_stocks(&self, period: usize, time: &str, table: &mut Table) {
        let mut row = |region, stage, segment: Option<_>, chemistry, energy: f64| {
            if energy != 0.0 {
                let segment = segment.map_or(ALL, |segment| self.catalog.segment(segment));
                let (region, chemistry) = (self.catalog.region(region), self.catalog.chemistry(chemistry));
                table.row(&[time, region, stage, segment, chemistry, "energy", &text(energy), "kWh"]);
            }
        };
        for (stream, fleet) in self.model.streams.iter().zip(&self.results.fleets[period]) {
            row(stream.region, "use", Some(stream.segment), stream.chemistry, fleet.in_use);
        }
        for (pool, energy) in self.model.pools.iter().zip(&self.results.pools[period]) {
            row(pool.region, "use", Some(pool.segment), pool.chemistry, energy.in_use);
        }
        for (stage, energies) in
            [("hibernation", &self.results.hibernating[period]), ("second_life", &self.results.second_life[period])]
        {
            for (lot, energy) in self.model.lots.iter().zip(energies) {
                row(lot.region, stage, None, lot.chemistry, *energy);
            }
        }
    }

    /// `plant.csv`: every plant in every step, t per step.
    pub fn plant(&self) -> Vec<u8> {
        let mut table = Table::new(&[
            "time",
            "plant",
            "nameplate",
            "available",
            "feed",
            "throughput",
            "new_scrap",
            "retired",
            "second_life",
            "purchased",
            "electrode_scrap",
            "black_mass",
            "utilisation",
            "yard",
            "yard_days",
            "product_store",
            "bottleneck",
            "diverted",
            "unit",
        ]);
        for (step, reports) in self.results.plants.iter().enumerate() {
            let time = self.model.horizon.label(StepId::new(step));
            for (index, report) in reports.iter().enumerate() {
                let nameplate = self.model.plants[index].nameplate[step] * self.model.horizon.dt();
                let throughput = report.throughput();
                let counted = self.model.plants[index].counted(report);
                let utilisation = if nameplate > 0.0 { counted / nameplate } else { 0.0 };
                let mut cells = vec![time.clone(), self.catalog.plant(PlantId::new(index)).to_owned()];
                cells.extend([nameplate, report.available, report.received, throughput].map(text));
                cells.extend(FeedStream::ALL.map(|stream| text(report.treated[stream as usize])));
                cells.extend([utilisation, report.yard, report.age, report.stored].map(text));
                cells.push(self.bottleneck(index, report.bottleneck));
                cells.extend([text(report.turned_away), "t".to_owned()]);
                table.row(&cells);
            }
        }
        table.finish()
    }

    /// What limited a plant, in words of the tables and charts.
    pub fn bottleneck(&self, plant: usize, bottleneck: Bottleneck) -> String {
        match bottleneck {
            Bottleneck::Feed => "feed",
            Bottleneck::Nameplate | Bottleneck::Calendar(Phase::Full) => "nameplate",
            Bottleneck::Calendar(Phase::NotBuilt) => "not built",
            Bottleneck::Calendar(Phase::Construction) => "construction",
            Bottleneck::Calendar(Phase::RampUp) => "ramp-up",
            Bottleneck::Calendar(Phase::Outage) => "outage",
            Bottleneck::Calendar(Phase::Closed) => "closed",
            Bottleneck::Line(line) => {
                let lines = self.catalog.plants.get(plant).map(|plant| &plant.lines);
                let name = lines.and_then(|lines| lines.get(line.index())).map_or("", String::as_str);
                return format!("line {name}");
            }
            Bottleneck::Store(sink) => return format!("store of {}", self.sink(plant, sink)),
            Bottleneck::Quota(sink) => return format!("quota of {}", self.sink(plant, sink)),
            Bottleneck::Unit(unit) => {
                let units = self.catalog.plants.get(plant).map(|plant| &plant.units);
                return units.and_then(|units| units.get(unit.index())).cloned().unwrap_or_default();
            }
        }
        .to_owned()
    }

    /// A sink's name without its kind.
    fn sink(&self, plant: usize, sink: SinkId) -> &str {
        let sinks = self.catalog.plants.get(plant).map(|plant| &plant.sinks);
        let name = sinks.and_then(|sinks| sinks.get(sink.index())).map_or("", String::as_str);
        name.split_once(':').map_or(name, |(_, name)| name)
    }

    /// `balance.csv`: the books of every process and substance in every step, t; then the whole system.
    pub fn balance(&self) -> Vec<u8> {
        let mut table = Table::new(&[
            "time",
            "stage",
            "region",
            "plant",
            "substance",
            "in",
            "out",
            "stock_change",
            "residual",
            "relative",
            "unit",
        ]);
        for (step, books) in self.results.books.iter().enumerate() {
            let time = self.model.horizon.label(StepId::new(step));
            for (index, book) in books.iter().enumerate() {
                let (stage, region, plant) = self.process(ProcessId::new(index));
                for s in 0..self.model.size.substances {
                    let values = [book.inflow[s], book.outflow[s], book.change[s], book.residual[s], book.relative[s]];
                    if values.iter().all(|value| *value == 0.0) {
                        continue;
                    }
                    let [inflow, outflow, change, residual, relative] = values.map(text);
                    let substance = self.catalog.substance(SubstanceId::new(s));
                    table.row(&[
                        &time, stage, region, plant, substance, &inflow, &outflow, &change, &residual, &relative, "t",
                    ]);
                }
            }
        }
        self.system_balance(&mut table);
        table.finish()
    }

    /// The whole system over the whole horizon.
    fn system_balance(&self, table: &mut Table) {
        let last = self.results.periods.len().saturating_sub(1);
        for substance in all::<SubstanceId>(self.model.size.substances) {
            let (mut inflow, mut outflow) = (0.0, 0.0);
            for (index, flow) in self.model.flows.chart.flows.iter().enumerate() {
                let mass = |period| self.results.flow(period, FlowId::new(index), None)[substance.index()];
                let sum: f64 = match (flow.source, flow.target) {
                    (Node::Outside(_), Node::Inside(_)) | (Node::Inside(_), Node::Outside(_)) => {
                        (0..self.results.periods.len()).map(mass).sum()
                    }
                    _ => continue,
                };
                if matches!(flow.source, Node::Outside(_)) { inflow += sum } else { outflow += sum }
            }
            let processes = all::<ProcessId>(self.model.flows.chart.processes.len());
            let left: f64 = processes.map(|process| self.results.stock(last, process, substance)).sum();
            let stock = left - self.results.opening.get(substance.index()).copied().unwrap_or(0.0);
            let relative = self.results.system_residual[substance.index()];
            let [inflow, outflow, stock, residual] = [inflow, outflow, stock, inflow - outflow - stock].map(text);
            let name = self.catalog.substance(substance);
            table.row(&[
                "horizon",
                "system",
                ALL,
                ALL,
                name,
                &inflow,
                &outflow,
                &stock,
                &residual,
                &text(relative),
                "t",
            ]);
        }
    }

    /// `indicators.csv`: every indicator of every period, for each name and for all together.
    pub fn indicators(&self) -> Vec<u8> {
        let mut table = Table::new(&["time", "indicator", "region", "plant", "substance", "value", "unit"]);
        let mut rows = |time: &str, view: &View<'_>, span: Span| {
            for indicator in INDICATORS.iter().filter(|indicator| indicator.span == span) {
                for place in places(indicator, self.catalog) {
                    if let Some(value) = indicator.ask(view, place) {
                        let name = |by: By| place.name(by, self.catalog).unwrap_or(ALL);
                        let [region, plant, substance] = [By::Region, By::Plant, By::Substance].map(name);
                        table.row(&[time, indicator.id, region, plant, substance, &text(value), indicator.unit]);
                    }
                }
            }
        };
        for period in 0..self.results.periods.len() {
            rows(&self.period(period), &View::of(self.model, self.results, period), Span::Period);
        }
        rows("horizon", &View::run(self.model, self.results), Span::Run);
        table.finish()
    }
}
