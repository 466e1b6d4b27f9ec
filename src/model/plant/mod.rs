//! A recycling plant: its yard, its calendar and its flowsheet.
//!
//! Each step a plant treats as much as the least of what lies in the yard, nameplate x ramp-up x availability, and the
//! capacity of each unit for *this* mix allow. Groups of feed take capacity greedily in the yard's order:
//!
//! ```text
//! for group in order:                        # all feed together (mixed), or stream by stream (priority)
//!     fraction = min(1, room left / tonnes of the group, unit room left / unit load of the group, ...)
//!     treat that fraction of everything in the group; what binds first is the step's bottleneck
//! ```

pub mod accounts;
pub mod calendar;
pub mod flowsheet;

use crate::base::ids::{ChemistryId, Id, RegionId, StepId, SubstanceId, Table, UnitId};
use accounts::{Amount, Compound};
use calendar::{Phase, Running};
use flowsheet::{Flowsheet, Unit};

/// Where a plant's feed comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedStream {
    /// Rejected cells and cuttings of cell making.
    NewScrap,
    /// Retired packs of the plant's own region.
    Retired,
    /// Packs at the end of their second life.
    SecondLife,
    /// Packs collected in another region.
    Purchased,
}

impl FeedStream {
    /// All streams.
    pub const ALL: [Self; 4] = [Self::NewScrap, Self::Retired, Self::SecondLife, Self::Purchased];

    /// The name in scenarios and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewScrap => "new_scrap",
            Self::Retired => "retired",
            Self::SecondLife => "second_life",
            Self::Purchased => "purchased",
        }
    }

    /// Which of the flowsheet's entries the stream uses: production scrap or packs.
    pub fn form(self) -> FeedForm {
        if self == Self::NewScrap { FeedForm::Scrap } else { FeedForm::Pack }
    }
}

/// The form in which feed enters a plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedForm {
    /// Whole packs.
    Pack,
    /// Cells and electrodes.
    Scrap,
}

/// What a recovered tonne once was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Scrap of cell making: it never was in use.
    NewScrap,
    /// Batteries that were in use.
    OldScrap,
}

impl Origin {
    /// Both origins.
    pub const ALL: [Self; 2] = [Self::NewScrap, Self::OldScrap];
}

/// In which order the yard is emptied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// Everything together, well mixed.
    Mixed,
    /// Stream by stream, in this order.
    Priority(Vec<FeedStream>),
}

/// What happens to feed that finds the yard full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// It goes to the other recyclers.
    Diverted,
    /// It stays with its holder (production scrap, which nobody stores, goes to the other recyclers).
    Declined,
}

/// The rules of a yard.
#[derive(Clone, Debug)]
pub struct YardRule {
    /// Storage limit, t.
    pub limit: f64,
    /// Order of use.
    pub discipline: Discipline,
    /// Order in which room is given to arrivals when it is short: the priority, or the streams as listed.
    pub order: Vec<FeedStream>,
    /// What happens to the surplus.
    pub overflow: Overflow,
}

/// Where a product, residue or emission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinkKind {
    /// A product that may return to cell making.
    ReturningProduct,
    /// A product sold outside.
    SoldProduct,
    /// A solid residue.
    Residue,
    /// An emission.
    Emission,
}

/// What limited a plant in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bottleneck {
    /// The plant did not run for a reason of its calendar, or ran below nameplate because of it.
    Calendar(Phase),
    /// There was no more feed.
    Feed,
    /// Nameplate and expected availability.
    Nameplate,
    /// A unit operation.
    Unit(UnitId),
}

/// A plant as built.
#[derive(Clone, Debug)]
pub struct Plant {
    /// Where it stands.
    pub region: RegionId,
    /// Nameplate, t/yr of feed.
    pub nameplate: f64,
    /// State in each step.
    pub running: Vec<Running>,
    /// Chemistries it accepts.
    pub accepts: Vec<bool>,
    /// Units, for their capacities.
    pub units: Vec<Unit>,
    /// Solved flowsheet; entries in the order of [`FeedForm`].
    pub flowsheet: Flowsheet,
    /// What each sink is.
    pub sinks: Vec<SinkKind>,
    /// What each sink is sold as; none: it is counted as it leaves.
    pub compounds: Vec<Option<Compound>>,
    /// What the plant uses and gives off.
    pub amounts: Vec<Amount>,
    /// Yard rules.
    pub yard: YardRule,
    /// Share of each region's streams that comes to this plant: `[stream][region]` by step; `retired` and
    /// `second_life` of another region are purchased.
    pub share: Vec<Table<RegionId, StepId>>,
    /// Steps between production and availability to manufacture, at least 1.
    pub lag: usize,
    /// Share of returning products offered to manufacture, by step.
    pub closed_loop_share: Vec<f64>,
    /// The region whose manufacture is supplied.
    pub returns_to: RegionId,
}

impl Plant {
    /// Whether any unit has a capacity of its own.
    pub fn is_bounded(&self) -> bool {
        self.units.iter().any(|unit| unit.capacity.is_some())
    }
}

/// Adds the input of each unit that a mass fed at an entry causes, t.
fn add_loads(loads: &mut [f64], masses: &[f64], entry: &flowsheet::Entry) {
    for (mass, per_tonne) in masses.iter().zip(&entry.load) {
        for (load, per_tonne) in loads.iter_mut().zip(per_tonne) {
            *load += mass * per_tonne;
        }
    }
}

/// What a plant did in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlantReport {
    /// What could have been treated, t.
    pub available: f64,
    /// Feed that arrived in the yard, t.
    pub received: f64,
    /// Feed treated, t, by stream.
    pub treated: [f64; 4],
    /// In the yard at the step's end, t.
    pub yard: f64,
    /// Feed that found the yard full, t.
    pub turned_away: f64,
    /// What was binding.
    pub bottleneck: Bottleneck,
}

impl PlantReport {
    /// A plant that does not exist yet.
    pub const NOTHING: Self = Self {
        available: 0.0,
        received: 0.0,
        treated: [0.0; 4],
        yard: 0.0,
        turned_away: 0.0,
        bottleneck: Bottleneck::Calendar(Phase::NotBuilt),
    };

    /// Feed treated in all, t.
    pub fn throughput(&self) -> f64 {
        self.treated.iter().sum()
    }
}

/// The yard and the outputs of a plant during a run.
#[derive(Clone, Debug)]
pub struct PlantState {
    /// Stored feed, t: rows stream x chemistry.
    pub stored: Table<FeedRow, SubstanceId>,
    /// Feed treated in this step, t, same rows.
    pub treated: Table<FeedRow, SubstanceId>,
    /// Outputs of this step, t: rows origin x sink.
    pub outputs: Table<OutputRow, SubstanceId>,
    /// Report of this step.
    pub report: PlantReport,
    /// Feed treated in this step by form, t.
    fed: Vec<Vec<f64>>,
    /// Feed on its way into the yard in this step by form, t; kept only where a unit's capacity may bind.
    pub arriving: [Vec<f64>; 2],
    /// Feed of one stream before it is treated, t.
    group: Vec<f64>,
    stream_tonnes: [f64; 4],
    unit_room: Vec<f64>,
    unit_load: Vec<f64>,
    chemistries: usize,
    sinks: usize,
}

crate::base::ids::ids! {
    /// A feed stream of one chemistry.
    FeedRow;
    /// A sink's part from one origin.
    OutputRow;
}

impl PlantState {
    /// An empty yard.
    pub fn new(plant: &Plant, chemistries: usize, substances: usize) -> Self {
        let rows = FeedStream::ALL.len() * chemistries;
        Self {
            stored: Table::filled(rows, substances, 0.0),
            treated: Table::filled(rows, substances, 0.0),
            outputs: Table::filled(Origin::ALL.len() * plant.sinks.len(), substances, 0.0),
            report: PlantReport::NOTHING,
            fed: plant.flowsheet.entries.iter().map(|_| vec![0.0; substances]).collect(),
            arriving: [vec![0.0; substances], vec![0.0; substances]],
            group: vec![0.0; substances],
            stream_tonnes: [0.0; 4],
            unit_room: vec![0.0; plant.units.len()],
            unit_load: vec![0.0; plant.units.len()],
            chemistries,
            sinks: plant.sinks.len(),
        }
    }

    /// Empties the yard.
    pub fn reset(&mut self) {
        self.stored.fill(0.0);
        self.report = PlantReport::NOTHING;
    }

    /// The row of a stream and chemistry.
    pub fn feed_row(&self, stream: FeedStream, chemistry: ChemistryId) -> FeedRow {
        FeedRow::new(stream as usize * self.chemistries + chemistry.index())
    }

    /// Feed treated in this step, t by entry of the flowsheet and substance.
    pub fn fed(&self) -> &[Vec<f64>] {
        &self.fed
    }

    /// The row of an origin and sink.
    pub fn output_row(&self, origin: Origin, sink: usize) -> OutputRow {
        OutputRow::new(origin as usize * self.sinks + sink)
    }

    /// The rows of a stream, one for each chemistry.
    fn rows(&self, stream: FeedStream) -> impl Iterator<Item = FeedRow> + use<> {
        let first = stream as usize * self.chemistries;
        (first..first + self.chemistries).map(FeedRow::new)
    }

    /// What the plant could treat in a step if all that is arriving were let in, t: nameplate, or less where a unit
    /// binds for the mix of what lies in the yard and what arrives.
    pub fn treatable(&mut self, plant: &Plant, step: StepId, dt: f64) -> f64 {
        let running = plant.running[step.index()];
        let room = plant.nameplate * dt * running.rate;
        if !plant.is_bounded() {
            return room;
        }
        for stream in FeedStream::ALL {
            for row in self.rows(stream) {
                let form = &mut self.arriving[stream.form() as usize];
                for (sum, mass) in form.iter_mut().zip(self.stored.row(row)) {
                    *sum += mass;
                }
            }
        }
        let tonnes: f64 = self.arriving.iter().flatten().sum();
        self.unit_load.fill(0.0);
        for (masses, entry) in self.arriving.iter().zip(&plant.flowsheet.entries) {
            add_loads(&mut self.unit_load, masses, entry);
        }
        let units = plant.units.iter().zip(&self.unit_load).filter(|(_, load)| **load > 0.0);
        let shares = units.filter_map(|(unit, load)| Some(unit.capacity? * dt * running.rate / load));
        room.min(tonnes * shares.fold(1.0, f64::min))
    }

    /// Treats what the step allows; fills `treated`, `outputs` and `report`.
    #[inline]
    pub fn process(&mut self, plant: &Plant, step: StepId, dt: f64) {
        self.treated.fill(0.0);
        self.fed.iter_mut().for_each(|sum| sum.fill(0.0));
        let running = plant.running[step.index()];
        let mut room = plant.nameplate * dt * running.rate;
        self.report.available = room;
        (self.report.treated, self.report.yard) = ([0.0; 4], 0.0);
        for (room, unit) in self.unit_room.iter_mut().zip(&plant.units) {
            *room = unit.capacity.map_or(f64::INFINITY, |capacity| capacity * dt * running.rate);
        }
        let mut binding = None;
        match &plant.yard.discipline {
            Discipline::Mixed => self.treat(plant, &FeedStream::ALL, &mut room, &mut binding),
            Discipline::Priority(order) => {
                for stream in order {
                    self.treat(plant, std::slice::from_ref(stream), &mut room, &mut binding);
                }
            }
        }
        self.run_flowsheet(plant);
        self.report.bottleneck = match (running.phase, binding) {
            (phase @ (Phase::NotBuilt | Phase::Construction), _) => Bottleneck::Calendar(phase),
            (_, Some(Bottleneck::Unit(unit))) => Bottleneck::Unit(unit),
            (phase @ (Phase::RampUp | Phase::Outage), Some(_)) => Bottleneck::Calendar(phase),
            (_, Some(bottleneck)) => bottleneck,
            (_, None) => Bottleneck::Feed,
        };
    }

    /// Treats as much of a group of streams as the remaining room allows.
    fn treat(&mut self, plant: &Plant, streams: &[FeedStream], room: &mut f64, binding: &mut Option<Bottleneck>) {
        let mut tonnes = 0.0;
        self.unit_load.fill(0.0);
        let bounded = plant.is_bounded();
        for stream in streams {
            self.group.fill(0.0);
            for row in self.rows(*stream) {
                for (sum, mass) in self.group.iter_mut().zip(self.stored.row(row)) {
                    *sum += mass;
                }
            }
            self.stream_tonnes[*stream as usize] = self.group.iter().sum();
            tonnes += self.stream_tonnes[*stream as usize];
            if bounded {
                add_loads(&mut self.unit_load, &self.group, &plant.flowsheet.entries[stream.form() as usize]);
            }
        }
        if tonnes <= 0.0 {
            return;
        }
        let mut fraction = 1.0f64;
        if *room < tonnes {
            fraction = *room / tonnes;
            *binding = Some(Bottleneck::Nameplate);
        }
        for (index, (load, unit_room)) in self.unit_load.iter().zip(&self.unit_room).enumerate() {
            if load * fraction > *unit_room {
                fraction = unit_room / load;
                *binding = Some(Bottleneck::Unit(UnitId::new(index)));
            }
        }
        *room = (*room - tonnes * fraction).max(0.0);
        for (unit_room, load) in self.unit_room.iter_mut().zip(&self.unit_load) {
            *unit_room = (*unit_room - load * fraction).max(0.0);
        }
        for stream in streams {
            let tonnes = self.stream_tonnes[*stream as usize];
            self.report.treated[*stream as usize] += tonnes * fraction;
            self.report.yard += tonnes * (1.0 - fraction);
            if tonnes <= 0.0 {
                continue;
            }
            for row in self.rows(*stream) {
                let (stored, treated) = (self.stored.row_mut(row), self.treated.row_mut(row));
                let form = &mut self.fed[stream.form() as usize];
                for ((stored, treated), form) in stored.iter_mut().zip(treated).zip(form) {
                    *treated = *stored * fraction;
                    *stored *= 1.0 - fraction;
                    *form += *treated;
                }
            }
        }
    }

    /// Splits what was treated among the sinks. Production scrap and packs enter at their own units, and what they
    /// give is new and old scrap: form and origin are the same two kinds.
    #[inline]
    fn run_flowsheet(&mut self, plant: &Plant) {
        for (form, origin) in [(FeedForm::Pack, Origin::OldScrap), (FeedForm::Scrap, Origin::NewScrap)] {
            let entry = &plant.flowsheet.entries[form as usize];
            for sink in 0..self.sinks {
                let row = OutputRow::new(origin as usize * self.sinks + sink);
                let outputs = self.outputs.row_mut(row).iter_mut().zip(&self.fed[form as usize]);
                for ((output, mass), shares) in outputs.zip(&entry.sinks) {
                    *output = mass * shares[sink];
                }
            }
        }
    }
}
