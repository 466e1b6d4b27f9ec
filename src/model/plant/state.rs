//! The yard and the outputs of a plant during a run, and what it does in a step.

use super::calendar::Phase;
use super::limits::{Bound, Claims, Limit, Rooms};
use super::{Bottleneck, Discipline, FeedRow, FeedStream, Origin, OutputRow, Plant, PlantReport};
use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{ChemistryId, Id, StepId, SubstanceId, Table, all};
use crate::base::units::DAYS_PER_YEAR;
use crate::model::row::{add, clear, lanes, lanes_mut, multiply, sum};
use pulp::Simd;

/// Feed that lies together: rows stream x chemistry, of which most are empty.
#[derive(Clone, Debug)]
pub(super) struct Pile {
    pub(super) rows: Table<FeedRow, SubstanceId>,
    pub(super) filled: Vec<bool>,
}

impl Pile {
    fn new(rows: usize, substances: usize) -> Self {
        Self { rows: Table::filled(rows, substances, 0.0), filled: vec![false; rows] }
    }

    fn reset(&mut self) {
        self.rows.fill(0.0);
        self.filled.fill(false);
    }

    /// The rows that hold something.
    pub(super) fn filled(&self) -> impl Iterator<Item = (FeedRow, &[f64])> {
        let rows = self.filled.iter().enumerate().filter(|(_, filled)| **filled);
        rows.map(|(row, _)| (FeedRow::new(row), self.rows.row(FeedRow::new(row))))
    }
}

/// The yard and the outputs of a plant during a run.
#[derive(Clone, Debug)]
pub struct PlantState {
    /// Outputs of this step, t: rows origin x sink.
    pub outputs: Table<OutputRow, SubstanceId>,
    /// What reagents brought in this step, t by substance; it is among the outputs.
    pub reagents: Aligned<f64>,
    /// Report of this step.
    pub report: PlantReport,
    /// The yard; under first in, first out only what arrived in this step.
    pub(super) yard: Pile,
    /// First in, first out: what is left of each step's arrivals.
    pub(super) lots: Vec<Pile>,
    /// The oldest of them that is not empty.
    pub(super) oldest: usize,
    /// Feed treated in this step, t, rows as in the yard.
    treated: Table<FeedRow, SubstanceId>,
    treated_rows: Vec<FeedRow>,
    is_treated: Vec<bool>,
    /// Feed of each row before it is treated, t.
    row_tonnes: Vec<f64>,
    /// Feed treated in this step by entry of the flowsheet, t.
    pub(super) fed: Vec<Aligned<f64>>,
    pub(super) fed_tonnes: Vec<f64>,
    /// In the yard after the last step, t by stream x line, and how long it has waited, t x days.
    pub(super) kept: Vec<f64>,
    age: Vec<f64>,
    /// In the yard before treatment and after it, t by stream x line.
    present: Vec<f64>,
    remaining: Vec<f64>,
    /// Arriving, t by stream x line; after the gate the share let in.
    pub(super) arriving: Vec<f64>,
    /// Arriving by entry, t; kept only where a limit depends on what is fed.
    pub(super) arriving_mass: Vec<Aligned<f64>>,
    pub(super) claims: Claims,
    pub(super) rooms: Rooms,
    /// What could be treated in this step, as seen at the gate, t.
    pub(super) foreseen: f64,
    /// What would keep most of it out if all that arrives were let in.
    pub(super) at_gate: Option<(f64, Bound)>,
    /// Product stores, t: rows rule x origin.
    pub(super) store: Table<OutputRow, SubstanceId>,
    /// Used of each quota in this calendar year, t.
    pub(super) used: Vec<f64>,
    /// The origins of which there are outputs in this step.
    pub(super) given: [bool; Origin::ALL.len()],
    pub(super) worst: Option<(f64, Bound)>,
    pub(super) chemistries: usize,
    pub(super) sinks: usize,
}

impl PlantState {
    /// An empty yard.
    pub fn new(plant: &Plant, chemistries: usize, substances: usize) -> Self {
        let rows = FeedStream::COUNT * chemistries;
        let (lines, caps, entries) = (plant.lines.len(), plant.caps.len(), plant.flowsheet.entries.len());
        let lots = if plant.yard.discipline == Discipline::FirstIn { plant.running.len() } else { 0 };
        let by_entry = || vec![aligned(0.0, substances); entries];
        let by_line = || vec![0.0; FeedStream::COUNT * lines];
        Self {
            outputs: Table::filled(Origin::ALL.len() * plant.sinks.len(), substances, 0.0),
            reagents: aligned(0.0, substances),
            report: PlantReport::NOTHING,
            yard: Pile::new(rows, substances),
            lots: vec![Pile::new(rows, substances); lots],
            oldest: 0,
            treated: Table::filled(rows, substances, 0.0),
            treated_rows: Vec::with_capacity(rows),
            is_treated: vec![false; rows],
            row_tonnes: vec![0.0; rows],
            fed: by_entry(),
            fed_tonnes: vec![0.0; entries],
            kept: by_line(),
            age: by_line(),
            present: by_line(),
            remaining: by_line(),
            arriving: by_line(),
            arriving_mass: by_entry(),
            claims: Claims::new(lines, caps),
            rooms: Rooms { nameplate: 0.0, lines: vec![0.0; lines], caps: vec![0.0; caps] },
            foreseen: 0.0,
            at_gate: None,
            store: Table::filled(Origin::ALL.len() * plant.stores.len(), substances, 0.0),
            used: vec![0.0; plant.quotas.len()],
            given: [false; Origin::ALL.len()],
            worst: None,
            chemistries,
            sinks: plant.sinks.len(),
        }
    }

    /// Empties the yard.
    pub fn reset(&mut self) {
        self.yard.reset();
        self.lots.iter_mut().for_each(Pile::reset);
        self.oldest = 0;
        self.kept.fill(0.0);
        self.age.fill(0.0);
        self.store.fill(0.0);
        self.used.fill(0.0);
        self.treated.fill(0.0);
        self.treated_rows.clear();
        self.is_treated.fill(false);
        self.outputs.fill(0.0);
        self.reagents.fill(0.0);
        self.given = [false; Origin::ALL.len()];
        self.fed.iter_mut().for_each(|fed| fed.fill(0.0));
        self.fed_tonnes.fill(0.0);
        self.report = PlantReport::NOTHING;
    }

    /// The row of a stream and chemistry.
    pub(super) fn feed_row(&self, stream: FeedStream, chemistry: ChemistryId) -> FeedRow {
        FeedRow::new(stream as usize * self.chemistries + chemistry.index())
    }

    pub(super) fn stream_and_chemistry(&self, row: FeedRow) -> (FeedStream, ChemistryId) {
        let stream = FeedStream::ALL[row.index() / self.chemistries];
        (stream, ChemistryId::new(row.index() % self.chemistries))
    }

    /// Feed treated in this step, t by entry of the flowsheet and substance.
    pub fn fed(&self) -> &[Aligned<f64>] {
        &self.fed
    }

    /// The row of an origin and sink.
    pub fn output_row(&self, origin: Origin, sink: usize) -> OutputRow {
        OutputRow::new(origin as usize * self.sinks + sink)
    }

    /// Feed treated in this step, t.
    pub fn treated(&self) -> impl Iterator<Item = (FeedStream, ChemistryId, &[f64])> {
        self.treated_rows.iter().map(|row| {
            let (stream, chemistry) = self.stream_and_chemistry(*row);
            (stream, chemistry, self.treated.row(*row))
        })
    }

    /// What lies in the yard, added to `sum`, t by substance.
    #[inline(always)]
    pub fn add_yard<S: Simd>(&self, simd: S, sum: &mut [f64]) {
        let lots = self.lots.get(self.oldest..).unwrap_or_default();
        for pile in std::iter::once(&self.yard).chain(lots) {
            for (row, _) in pile.filled.iter().enumerate().filter(|(_, filled)| **filled) {
                add(simd, sum, pile.rows.row(FeedRow::new(row)));
            }
        }
    }

    /// What is left of every limit at the start of a step.
    pub(super) fn open_rooms(&mut self, plant: &Plant, step: StepId, dt: f64) {
        let rate = plant.running[step.index()].rate * dt;
        self.rooms.nameplate = plant.nameplate[step.index()] * rate;
        for (room, line) in self.rooms.lines.iter_mut().zip(&plant.lines) {
            *room = line.capacity.as_ref().map_or(f64::INFINITY, |capacity| capacity[step.index()] * rate);
        }
        for (index, cap) in plant.caps.iter().enumerate() {
            self.rooms.caps[index] = match cap.what {
                Limit::Unit(_) => plant.cap_capacity[index][step.index()] * rate,
                Limit::Store(rule) => {
                    let rule_of = &plant.stores[rule];
                    (rule_of.limit + rule_of.sales * dt - self.in_store(rule, &rule_of.weight)).max(0.0)
                }
                Limit::Quota(rule) => (plant.quotas[rule].per_year - self.used[rule]).max(0.0),
            };
        }
    }

    /// Treats what the step allows; fills the outputs and the report.
    #[inline(always)]
    pub fn process<S: Simd>(&mut self, simd: S, plant: &Plant, step: StepId, dt: f64) {
        if step.index().is_multiple_of((1.0 / dt).round() as usize) {
            self.used.fill(0.0);
        }
        for row in self.treated_rows.drain(..) {
            clear(simd, self.treated.row_mut(row));
            self.is_treated[row.index()] = false;
        }
        for (fed, tonnes) in self.fed.iter_mut().zip(&mut self.fed_tonnes).filter(|(_, tonnes)| **tonnes > 0.0) {
            clear(simd, fed);
            *tonnes = 0.0;
        }
        self.open_rooms(plant, step, dt);
        self.report.available = self.rooms.nameplate;
        self.report.treated = [0.0; FeedStream::COUNT];
        self.present.fill(0.0);
        self.remaining.fill(0.0);
        self.worst = None;
        // The yard is taken out while it is worked on, and put back; nothing is allocated for what stands in.
        let nothing = || Pile { rows: Table::filled(0, 0, 0.0), filled: Vec::new() };
        match &plant.yard.discipline {
            together @ (Discipline::Mixed | Discipline::Priority(_)) => {
                let (order, at_once) = match together {
                    Discipline::Priority(order) => (&order[..], 1),
                    _ => (&FeedStream::ALL[..], FeedStream::COUNT),
                };
                let mut yard = std::mem::replace(&mut self.yard, nothing());
                for streams in order.chunks(at_once) {
                    self.treat(simd, plant, &mut yard, streams);
                }
                self.yard = yard;
                self.grow_older(dt);
            }
            Discipline::FirstIn => {
                std::mem::swap(&mut self.yard, &mut self.lots[step.index()]);
                self.report.age = 0.0;
                for lot in self.oldest..=step.index() {
                    let mut pile = std::mem::replace(&mut self.lots[lot], nothing());
                    let before: f64 = self.remaining.iter().sum();
                    self.treat(simd, plant, &mut pile, &FeedStream::ALL);
                    let left = self.remaining.iter().sum::<f64>() - before;
                    self.report.age += left.max(0.0) * ((step.index() - lot) as f64 + 0.5) * dt * DAYS_PER_YEAR;
                    if lot == self.oldest && !pile.filled.contains(&true) {
                        self.oldest += 1;
                    }
                    self.lots[lot] = pile;
                }
            }
        }
        self.kept.copy_from_slice(&self.remaining);
        self.report.yard = self.kept.iter().sum();
        self.report.age = if self.report.yard > 0.0 { self.report.age / self.report.yard } else { 0.0 };
        self.buy(simd, plant, step, dt);
        self.run_flowsheet(simd, plant, dt);
        // What a full yard turned away never waited for what kept it out.
        if self.worst.is_none() && self.report.turned_away > 0.0 {
            self.worst = self.at_gate;
        }
        self.report.bottleneck = self.bottleneck(plant, step);
    }

    /// What kept most feed out.
    fn bottleneck(&self, plant: &Plant, step: StepId) -> Bottleneck {
        let phase = plant.running[step.index()].phase;
        if !plant.is_open(step) {
            return Bottleneck::Calendar(phase);
        }
        match self.worst {
            Some((_, Bound::Line(line))) => Bottleneck::Line(line),
            Some((_, Bound::Cap(cap))) => match plant.caps[cap].what {
                Limit::Unit(unit) => Bottleneck::Unit(unit),
                Limit::Store(rule) => Bottleneck::Store(plant.stores[rule].sink),
                Limit::Quota(rule) => Bottleneck::Quota(plant.quotas[rule].sink),
            },
            Some((_, Bound::Nameplate)) if phase == Phase::Full => Bottleneck::Nameplate,
            Some((_, Bound::Nameplate)) => Bottleneck::Calendar(phase),
            None => Bottleneck::Feed,
        }
    }

    pub(super) fn note(&mut self, bound: Option<(f64, Bound)>) {
        if let Some((left, _)) = bound
            && left > self.worst.map_or(0.0, |(most, _)| most)
        {
            self.worst = bound;
        }
    }

    /// Treats as much of some streams of a pile as the remaining rooms allow.
    #[inline(always)]
    fn treat<S: Simd>(&mut self, simd: S, plant: &Plant, pile: &mut Pile, streams: &[FeedStream]) {
        let lines = plant.lines.len();
        self.claims.clear();
        for stream in streams {
            for chemistry in all::<ChemistryId>(self.chemistries) {
                let row = self.feed_row(*stream, chemistry);
                let line = plant.line_of[chemistry.index()].filter(|_| pile.filled[row.index()]);
                let Some(line) = line else { continue };
                let mass = pile.rows.row(row);
                let tonnes = sum(simd, mass);
                self.row_tonnes[row.index()] = tonnes;
                self.present[*stream as usize * lines + line.index()] += tonnes;
                let (entry, counts) = (Plant::entry(line, plant.form(*stream)), plant.counts[*stream as usize]);
                self.claims.add(line, &plant.caps, entry, mass, tonnes, counts);
            }
        }
        if !self.claims.any() {
            return;
        }
        let bound = self.claims.fill(&mut self.rooms);
        self.note(bound);
        for stream in streams {
            for chemistry in all::<ChemistryId>(self.chemistries) {
                let row = self.feed_row(*stream, chemistry);
                let line = plant.line_of[chemistry.index()].filter(|_| pile.filled[row.index()]);
                let Some(line) = line else { continue };
                let fraction = self.claims.fraction[line.index()];
                let stored = pile.rows.row_mut(row);
                let tonnes = self.row_tonnes[row.index()];
                self.remaining[*stream as usize * lines + line.index()] += tonnes * (1.0 - fraction);
                if fraction > 0.0 {
                    self.report.treated[*stream as usize] += tonnes * fraction;
                    self.feed(simd, Plant::entry(line, plant.form(*stream)), row, stored, fraction, tonnes);
                    multiply(simd, stored, 1.0 - fraction);
                    pile.filled[row.index()] = fraction < 1.0;
                }
            }
        }
    }

    /// Feeds a share of a mass to the flowsheet.
    #[inline(always)]
    pub(super) fn feed<S: Simd>(
        &mut self,
        simd: S,
        entry: usize,
        row: FeedRow,
        mass: &[f64],
        fraction: f64,
        tonnes: f64,
    ) {
        if !std::mem::replace(&mut self.is_treated[row.index()], true) {
            self.treated_rows.push(row);
        }
        self.fed_tonnes[entry] += tonnes * fraction;
        let sums = lanes_mut::<S>(self.treated.row_mut(row)).iter_mut().zip(lanes_mut::<S>(&mut self.fed[entry]));
        let fraction = simd.splat_f64s(fraction);
        for ((treated, fed), mass) in sums.zip(lanes::<S>(mass)) {
            let part = simd.mul_f64s(*mass, fraction);
            *treated = simd.add_f64s(*treated, part);
            *fed = simd.add_f64s(*fed, part);
        }
    }

    /// What waited is a step older, what arrived half a step; what was treated takes its age along.
    fn grow_older(&mut self, dt: f64) {
        let days = dt * DAYS_PER_YEAR;
        let stocks = self.present.iter().zip(&self.remaining).zip(&self.kept);
        for (age, ((present, remaining), kept)) in self.age.iter_mut().zip(stocks) {
            if *present > 0.0 {
                let grown = *age + kept * days + (present - kept).max(0.0) * days / 2.0;
                *age = grown * (remaining / present);
            } else {
                *age = 0.0;
            }
        }
        self.report.age = self.age.iter().sum();
    }
}
