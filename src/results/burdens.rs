//! Burdens of a run: energy, greenhouse gases and water by stage and cause, from what was used and the factors.
//!
//! ```text
//! primary material   P by substance x its factor                              by region
//! cell making        kWh of packs made x electricity per kWh x grid           by region
//! freight            feed by stream x distance x factor                       by plant
//! recycling          amounts used and given off x factors, residues           by plant
//! avoided_outside    recovered material sold outside x primary factor         beside the sum, never in it
//! avoided_in_loop    recovered material that manufacture takes x the same     already in the lower primary material
//! ```
//!
//! What is sold outside takes the place of primary material somewhere else: it counts only where scenarios are compared.

use super::indicator::View;
use super::tables::{ALL, Run, Table};
use crate::base::ids::{ChemistryId, FlowId, Id, PlantId, RegionId, SinkId, SubstanceId, all};
use crate::base::number::text;
use crate::model::Model;
use crate::model::burden::{Burden, Burdens, Cause};
use crate::model::plant::{FeedStream, SinkKind, accounts};
use crate::model::system::Node;

/// Burdens in base units: t `CO2e`, kWh, t.
pub type Burdened = [f64; Burden::COUNT];

/// Where in the loop a burden arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Mining and refining of what manufacture takes.
    Supply,
    /// Cell making.
    CellMaking,
    /// Transport to the plants.
    Freight,
    /// The plants.
    Recycling,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 4] = [Self::Supply, Self::CellMaking, Self::Freight, Self::Recycling];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supply => "primary_supply",
            Self::CellMaking => "cell_making",
            Self::Freight => "freight",
            Self::Recycling => "recycling",
        }
    }
}

/// Whether a burden was caused or spared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was caused.
    Caused(Stage, Cause),
    /// Primary material that others need not mine: credited only where scenarios are compared.
    AvoidedOutside,
    /// Primary material that the loop itself need not mine: its primary supply is lower by so much.
    AvoidedInLoop,
}

/// What a row is about: a substance, an amount of a plant, a stream, a residue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A substance.
    Substance(SubstanceId),
    /// Something a plant uses or gives off, by its position.
    Amount(usize),
    /// A residue.
    Residue(SinkId),
    /// A stream of feed.
    Stream(FeedStream),
    /// Cells of a chemistry.
    Cells(ChemistryId),
}

/// One burden of one thing in some periods.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its region.
    pub region: Option<RegionId>,
    /// Its plant.
    pub plant: Option<PlantId>,
    /// Caused or avoided, and where.
    pub kind: Kind,
    /// What it is of.
    pub item: Item,
    /// How much.
    pub burden: Burdened,
}

impl Row {
    /// Whether it was caused.
    pub fn is_caused(&self) -> bool {
        matches!(self.kind, Kind::Caused(..))
    }

    /// Whether another is about the same.
    fn is_like(&self, other: &Self) -> bool {
        (self.region, self.plant, self.kind, self.item) == (other.region, other.plant, other.kind, other.item)
    }
}

fn scaled(factor: Burdened, amount: f64) -> Burdened {
    factor.map(|factor| factor * amount)
}

/// The sum of some rows.
pub fn total<'r>(rows: impl Iterator<Item = &'r Row>) -> Burdened {
    let mut sum = Burdened::default();
    for row in rows {
        for (sum, part) in sum.iter_mut().zip(row.burden) {
            *sum += part;
        }
    }
    sum
}

/// All burdens of some periods, and what is mostly asked of them.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    rows: Vec<Row>,
    /// Caused, in all.
    caused: Burdened,
    /// Caused in each region.
    of_region: Vec<Burdened>,
    /// Caused by each plant.
    of_plant: Vec<Burdened>,
    /// Caused by all plants.
    of_plants: Burdened,
    /// Not caused: outside, and in the loop.
    avoided: [Burdened; 2],
}

impl Counted {
    fn new(model: &Model, rows: Vec<Row>) -> Self {
        let mut counted = Self {
            of_region: vec![Burdened::default(); model.size.regions],
            of_plant: vec![Burdened::default(); model.plants.len()],
            ..Self::default()
        };
        for row in &rows {
            match row.kind {
                Kind::AvoidedOutside => add(&mut counted.avoided[0], row.burden),
                Kind::AvoidedInLoop => add(&mut counted.avoided[1], row.burden),
                Kind::Caused(..) => {
                    add(&mut counted.caused, row.burden);
                    if let Some(region) = row.region {
                        add(&mut counted.of_region[region.index()], row.burden);
                    }
                    if let Some(plant) = row.plant {
                        add(&mut counted.of_plant[plant.index()], row.burden);
                        add(&mut counted.of_plants, row.burden);
                    }
                }
            }
        }
        Self { rows, ..counted }
    }

    /// What was caused in a region, or in all.
    pub fn caused(&self, region: Option<RegionId>) -> Burdened {
        region.map_or(self.caused, |region| self.of_region.get(region.index()).copied().unwrap_or_default())
    }

    /// What a plant, or all of them, caused.
    pub fn of_plants(&self, plant: Option<PlantId>) -> Burdened {
        plant.map_or(self.of_plants, |plant| self.of_plant.get(plant.index()).copied().unwrap_or_default())
    }

    /// What need not be caused outside, and in the loop.
    pub fn avoided(&self) -> [Burdened; 2] {
        self.avoided
    }
}

fn add(sum: &mut Burdened, part: Burdened) {
    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
}

impl View<'_> {
    /// All burdens of the periods; none if the scenario gives no factors. Rows that are zero are left out.
    pub fn burdens(&self) -> &[Row] {
        &self.counted().rows
    }

    /// The same with their sums.
    pub fn counted(&self) -> &Counted {
        self.counted.get_or_init(|| {
            let rows = self.model.burdens.as_ref().map_or_else(Vec::new, |factors| self.rows(factors));
            Counted::new(self.model, rows)
        })
    }

    fn rows(&self, factors: &Burdens) -> Vec<Row> {
        let (mut rows, mut of_period) = (Vec::new(), Vec::new());
        for period in self.periods.clone() {
            let one = View::of(self.model, self.results, period);
            let year = self.model.horizon.year_of(self.results.periods[period]).index() - self.model.horizon.history;
            one.supply(factors, year, &mut of_period);
            one.cell_making(factors, year, &mut of_period);
            one.recycling(factors, year, &mut of_period);
            one.avoided(factors, year, &mut of_period);
            merge(&mut rows, &mut of_period);
        }
        rows.retain(|row: &Row| row.burden.iter().any(|value| *value != 0.0));
        rows
    }

    /// Burdens caused in the periods, in all.
    pub fn caused(&self) -> Burdened {
        self.counted().caused(None)
    }

    fn supply(&self, factors: &Burdens, year: usize, rows: &mut Vec<Row>) {
        for region in all::<RegionId>(self.model.size.regions) {
            let flow = self.model.flows.regions[region.index()].virgin;
            self.by_substance(
                factors,
                year,
                flow,
                Kind::Caused(Stage::Supply, Cause::PrimaryMaterial),
                Some(region),
                rows,
            );
        }
    }

    /// A flow, substance by substance, as primary material.
    fn by_substance(
        &self,
        factors: &Burdens,
        year: usize,
        flow: FlowId,
        kind: Kind,
        region: Option<RegionId>,
        rows: &mut Vec<Row>,
    ) {
        for (s, factor) in all::<SubstanceId>(self.model.size.substances).zip(&factors.primary) {
            let burden = scaled(factor.of(year), self.flow(flow, Some(s)));
            rows.push(Row { region, plant: None, kind, item: Item::Substance(s), burden });
        }
    }

    /// kWh of packs in a flow of packs of the period's year.
    fn energy(&self, flow: FlowId, chemistry: ChemistryId) -> f64 {
        let period = self.periods.start;
        let year = self.model.horizon.year_of(self.results.periods[period]);
        let pack: f64 = self.model.composition.whole_pack.of(chemistry, year).iter().sum();
        let mass: f64 = self.results.flow(period, flow, Some(chemistry)).iter().sum();
        if pack > 0.0 { mass / pack } else { 0.0 }
    }

    /// kWh of packs made for a region inside the system, by chemistry.
    pub fn made(&self, region: RegionId, chemistry: ChemistryId) -> f64 {
        let flows = &self.model.flows.regions[region.index()];
        let elsewhere = flows.packs_from_elsewhere;
        let inside = matches!(self.model.flows.chart.flows[elsewhere.index()].source, Node::Inside(_));
        let periods = self.periods.clone().map(|period| View::of(self.model, self.results, period));
        let of = |view: View<'_>| {
            let home = view.energy(flows.packs_made, chemistry);
            home + if inside { view.energy(elsewhere, chemistry) } else { 0.0 }
        };
        periods.map(of).sum()
    }

    fn cell_making(&self, factors: &Burdens, year: usize, rows: &mut Vec<Row>) {
        let kind = Kind::Caused(Stage::CellMaking, Cause::Electricity);
        for region in all::<RegionId>(self.model.size.regions) {
            for (chemistry, per_kwh) in all::<ChemistryId>(self.model.size.chemistries).zip(&factors.cell_making) {
                if *per_kwh > 0.0 {
                    let electricity = self.made(region, chemistry) * per_kwh;
                    let burden = scaled(factors.electricity.of(year), electricity);
                    rows.push(Row { region: Some(region), plant: None, kind, item: Item::Cells(chemistry), burden });
                }
            }
        }
    }

    fn recycling(&self, factors: &Burdens, year: usize, rows: &mut Vec<Row>) {
        let period = self.periods.start;
        for (id, factors) in all::<PlantId>(self.model.plants.len()).zip(&factors.plants) {
            let plant = &self.model.plants[id.index()];
            let fed = &self.results.fed[period][id.index()];
            let mut push = |kind, item, burden| {
                rows.push(Row { region: Some(plant.region), plant: Some(id), kind, item, burden });
            };
            let feed = self.model.flows.plants[id.index()].feed;
            for (stream, factor) in FeedStream::ALL.iter().zip(&factors.freight) {
                let burden = scaled(factor.of(year), self.flow(feed[*stream as usize], None));
                push(Kind::Caused(Stage::Freight, Cause::Freight), Item::Stream(*stream), burden);
            }
            for (index, (amount, factor)) in plant.amounts.iter().zip(&factors.amounts).enumerate() {
                let Some((cause, factor)) = factor else { continue };
                let burden = scaled(factor.of(year), amount.of(fed));
                push(Kind::Caused(Stage::Recycling, *cause), Item::Amount(index), burden);
            }
            for (index, factor) in factors.residues.iter().enumerate() {
                let Some(factor) = factor else { continue };
                let sink = SinkId::new(index);
                let mass: f64 = accounts::output(&plant.flowsheet, sink, fed).iter().sum();
                push(Kind::Caused(Stage::Recycling, Cause::Waste), Item::Residue(sink), scaled(factor.of(year), mass));
            }
        }
    }

    /// Primary material that need not be mined. Of a product sold as a compound its main element counts, of a graded one
    /// without a compound all it holds, of black mass, which others have to refine, nothing.
    fn avoided(&self, factors: &Burdens, year: usize, rows: &mut Vec<Row>) {
        for id in all::<PlantId>(self.model.plants.len()) {
            let (plant, before) = (&self.model.plants[id.index()], rows.len());
            for (index, kind) in plant.sinks.iter().enumerate() {
                if !matches!(kind, SinkKind::ReturningProduct | SinkKind::SoldProduct) {
                    continue;
                }
                let out = self.model.flows.plants[id.index()].sinks[index].out;
                for (s, factor) in all::<SubstanceId>(self.model.size.substances).zip(&factors.primary) {
                    let counts = match plant.compounds[index] {
                        Some(compound) => compound.element == s,
                        None => plant.graded[index],
                    };
                    if counts {
                        let burden = scaled(factor.of(year), self.flow(out, Some(s)));
                        let (region, plant) = (Some(plant.region), Some(id));
                        let row = Row { region, plant, kind: Kind::AvoidedOutside, item: Item::Substance(s), burden };
                        // Several products may hold it.
                        match rows[before..].iter_mut().find(|other| other.is_like(&row)) {
                            Some(known) => add(&mut known.burden, burden),
                            None => rows.push(row),
                        }
                    }
                }
            }
        }
        for region in all::<RegionId>(self.model.size.regions) {
            let flows = &self.model.flows.regions[region.index()];
            self.by_substance(factors, year, flows.surplus_sold, Kind::AvoidedOutside, Some(region), rows);
            self.by_substance(factors, year, flows.recycled, Kind::AvoidedInLoop, Some(region), rows);
        }
        self.by_substance(factors, year, self.model.flows.elsewhere_sold, Kind::AvoidedOutside, None, rows);
    }
}

/// Adds the rows of a period to those of the periods before, and takes them. Periods mostly have the same rows in the same
/// order.
fn merge(rows: &mut Vec<Row>, of_period: &mut Vec<Row>) {
    if rows.is_empty() {
        std::mem::swap(rows, of_period);
        return;
    }
    for (at, row) in of_period.drain(..).enumerate() {
        let known = match rows.get(at) {
            Some(other) if other.is_like(&row) => Some(at),
            _ => rows.iter().position(|other| other.is_like(&row)),
        };
        match known {
            Some(known) => add(&mut rows[known].burden, row.burden),
            None => rows.push(row),
        }
    }
}

impl Run<'_> {
    /// `burdens.csv`: every burden by region or plant, stage, cause and item; what is avoided beside what is caused.
    pub fn burdens(&self) -> Vec<u8> {
        let mut table =
            Table::new(&["time", "region", "plant", "kind", "stage", "cause", "item", "burden", "value", "unit"]);
        for period in 0..self.results.periods.len() {
            let time = self.period(period);
            let view = View::of(self.model, self.results, period);
            for row in view.burdens() {
                let region = row.region.map_or(ALL, |id| self.catalog.region(id));
                let plant = row.plant.map_or(ALL, |id| self.catalog.plant(id));
                let (kind, stage, cause) = match row.kind {
                    Kind::Caused(stage, cause) => ("caused", stage.name(), cause.name()),
                    Kind::AvoidedOutside => ("avoided_outside", "sold_outside", Cause::PrimaryMaterial.name()),
                    Kind::AvoidedInLoop => ("avoided_in_loop", "recycled_input", Cause::PrimaryMaterial.name()),
                };
                let item = self.item(row);
                for (burden, value) in Burden::ALL.iter().zip(row.burden).filter(|(_, value)| *value != 0.0) {
                    let (unit, scale) = burden.unit();
                    let value = text(value * scale);
                    table.row(&[&time, region, plant, kind, stage, cause, &item, burden.name(), &value, unit]);
                }
            }
        }
        table.finish()
    }

    /// What a row is about, by name.
    fn item(&self, row: &Row) -> String {
        let names = row.plant.and_then(|plant| self.catalog.plants.get(plant.index()));
        match row.item {
            Item::Substance(s) => self.catalog.substance(s).to_owned(),
            Item::Cells(chemistry) => self.catalog.chemistry(chemistry).to_owned(),
            Item::Stream(stream) => stream.name().to_owned(),
            Item::Amount(index) => {
                names.and_then(|names| names.amounts.get(index)).map_or_else(String::new, |amount| amount.name.clone())
            }
            Item::Residue(sink) => {
                let name = names.and_then(|names| names.sinks.get(sink.index())).cloned().unwrap_or_default();
                name.split_once(':').map_or(name.clone(), |(_, name)| name.to_owned())
            }
        }
    }
}
