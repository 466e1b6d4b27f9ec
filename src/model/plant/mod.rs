//! A recycling plant: its yard, its calendar, its lines and its flowsheet.
//!
//! A plant has one line, or several that accept different chemistries and share sections: units that more than one of
//! them uses. Each step it treats as much as the least of what lies in the yard, nameplate x ramp-up x availability, and
//! the capacity of lines, units, product stores and residue quotas for *this* mix allow. Feed takes capacity greedily,
//! class by class in the yard's order; within a class all lines are filled together, so that a full LFP train stops LFP
//! and not NMC:
//!
//! ```text
//! for class in order:                  # all feed together (mixed), stream by stream (priority), oldest first (fifo)
//!     open = lines with feed in the class;  level = 0
//!     while open:
//!         step = the least of 1 - level and, for each limit, room left / what the open lines ask of it per unit of level
//!         level += step;  take step x what is asked from every room
//!         lines that ask anything of the limit that bound are closed: they get `level` of their feed
//! then black mass is bought for the room that is left, up to its limit
//! ```
//!
//! What kept most feed out of the plant is the step's bottleneck. A full product store or a used-up quota is a limit like
//! a unit's: as nothing waits between units, it stops the units before it and the feed of the lines that lead to it.

pub mod accounts;
pub mod calendar;
pub mod failures;
pub mod feed;
pub mod flowsheet;
pub mod gate;
pub mod limits;
mod output;
pub mod reagents;
mod state;

use crate::base::ids::{ChemistryId, Id, LineId, RegionId, SinkId, StepId, Table, UnitId};
use accounts::{Amount, Compound};
use calendar::{Phase, Running};
pub use feed::{FeedForm, FeedRow, FeedStream, Opened, Origin, OutputRow};
use flowsheet::{Flowsheet, Unit};
use limits::{Cap, QuotaRule, StoreRule};
use reagents::{Carried, Reagent};
pub use state::PlantState;

/// In which order the yard is emptied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// Everything together, well mixed.
    Mixed,
    /// Stream by stream, in this order.
    Priority(Vec<FeedStream>),
    /// What arrived first is treated first, whatever its stream.
    FirstIn,
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
    /// Most packs that may wait, t: they may hold a charge.
    pub charged_limit: f64,
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
    /// Nameplate and availability.
    Nameplate,
    /// The capacity of a line.
    Line(LineId),
    /// A unit operation.
    Unit(UnitId),
    /// The store of a product was full.
    Store(SinkId),
    /// The year's quota of a residue or emission was used up.
    Quota(SinkId),
}

/// A line: what accepts some of the chemistries.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its own capacity, t/yr of feed by step.
    pub capacity: Option<Vec<f64>>,
}

/// Black mass that may be bought outside the system.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// What it was made of.
    pub chemistry: ChemistryId,
    /// Most that is bought, t/yr by step.
    pub limit: Vec<f64>,
    /// Share of each substance.
    pub composition: Vec<f64>,
}

/// A plant as built.
#[derive(Clone, Debug)]
pub struct Plant {
    /// Where it stands.
    pub region: RegionId,
    /// Nameplate, t/yr of the feed it counts, by step.
    pub nameplate: Vec<f64>,
    /// State in each step; its rate is relative to nameplate.
    pub running: Vec<Running>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// The line that takes each chemistry; none: it is not accepted.
    pub line_of: Vec<Option<LineId>>,
    /// Streams that nameplate counts.
    pub counts: [bool; FeedStream::COUNT],
    /// Units.
    pub units: Vec<Unit>,
    /// Solved flowsheet; entries by line and form.
    pub flowsheet: Flowsheet,
    /// Share that leaves by each sink, `[entry]` then sink x row by substance.
    pub shares: Vec<Vec<f64>>,
    /// Share that reaches the black mass, `[entry][substance]`: where the mechanical stage ends.
    pub powder: Vec<Vec<f64>>,
    /// Limits that depend on what is fed.
    pub caps: Vec<Cap>,
    /// Capacity of the unit of each cap, t/yr by step; empty for other caps.
    pub cap_capacity: Vec<Vec<f64>>,
    /// Product stores.
    pub stores: Vec<StoreRule>,
    /// Quotas of residues and emissions.
    pub quotas: Vec<QuotaRule>,
    /// Black mass bought.
    pub purchases: Vec<Purchase>,
    /// What each sink is.
    pub sinks: Vec<SinkKind>,
    /// What each sink is sold as; none: it is counted as it leaves.
    pub compounds: Vec<Option<Compound>>,
    /// Which sinks are products of a grade that takes the place of primary material.
    pub graded: Vec<bool>,
    /// What the plant uses and gives off.
    pub amounts: Vec<Amount>,
    /// The reagents among it whose composition is known.
    pub reagents: Vec<Reagent>,
    /// What they bring.
    pub carried: Vec<Carried>,
    /// Yard rules.
    pub yard: YardRule,
    /// Streams whose packs arrive opened.
    pub opened: Vec<Option<Opened>>,
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
    /// Whether a chemistry is accepted.
    pub fn accepts(&self, chemistry: ChemistryId) -> bool {
        self.line_of[chemistry.index()].is_some()
    }

    /// Whether what can be treated depends on more than nameplate.
    pub fn is_bounded(&self) -> bool {
        !self.caps.is_empty() || self.lines.len() > 1 || self.lines.iter().any(|line| line.capacity.is_some())
    }

    /// In which form a stream enters. What had a second life keeps a form of its own when it comes opened: the forms are
    /// the origins.
    #[inline]
    pub fn form(&self, stream: FeedStream) -> FeedForm {
        match &self.opened[stream as usize] {
            Some(opened) if stream != FeedStream::SecondLife => opened.form,
            _ => stream.form(),
        }
    }

    /// The entry of the flowsheet for a form of feed of a line.
    pub fn entry(line: LineId, form: FeedForm) -> usize {
        line.index() * FeedForm::COUNT + form as usize
    }

    /// What leaves by a sink, t by substance, of what was fed, with what reagents brought.
    pub fn output(&self, sink: SinkId, fed: &[Vec<f64>]) -> Vec<f64> {
        let mut sum = accounts::output(&self.flowsheet, sink, fed);
        for carried in self.carried.iter().filter(|carried| carried.sink == sink) {
            sum[carried.substance.index()] += carried.of(fed);
        }
        sum
    }

    /// The part of what was treated that nameplate counts, t.
    pub fn counted(&self, report: &PlantReport) -> f64 {
        report.treated.iter().zip(self.counts).filter(|(_, counts)| *counts).map(|(tonnes, _)| tonnes).sum()
    }

    /// Nameplate over some steps, t.
    pub fn nameplate_over(&self, steps: std::ops::Range<usize>, dt: f64) -> f64 {
        self.nameplate[steps].iter().sum::<f64>() * dt
    }

    /// Whether it takes feed: through its shutdowns, but not before it stands and not after it closes.
    pub fn is_open(&self, step: StepId) -> bool {
        self.running[step.index()].is_standing()
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
    pub treated: [f64; FeedStream::COUNT],
    /// In the yard at the step's end, t.
    pub yard: f64,
    /// Mean time that what lies in the yard has waited, days.
    pub age: f64,
    /// In product stores at the step's end, t.
    pub stored: f64,
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
        treated: [0.0; FeedStream::COUNT],
        yard: 0.0,
        age: 0.0,
        stored: 0.0,
        turned_away: 0.0,
        bottleneck: Bottleneck::Calendar(Phase::NotBuilt),
    };

    /// Feed treated in all, t.
    pub fn throughput(&self) -> f64 {
        self.treated.iter().sum()
    }
}
