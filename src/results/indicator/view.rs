//! Results seen over some periods: what indicators count.

use super::Place;
use crate::base::ids::{FlowId, Id, PlantId, ProcessId, RegionId, SinkId, SubstanceId, all};
use crate::model::Model;
use crate::model::flows::RegionFlows;
use crate::model::plant::{FeedStream, Origin, PlantReport, SinkKind, accounts};
use crate::results::Results;
use crate::results::burdens::Counted;
use std::cell::OnceCell;
use std::ops::Range;

/// Results seen over some periods.
pub struct View<'a> {
    /// The model.
    pub model: &'a Model,
    /// What a run did.
    pub results: &'a Results,
    /// The periods, one after the other.
    pub periods: Range<usize>,
    /// Their burdens, worked out when they are first asked for.
    pub(in crate::results) counted: OnceCell<Counted>,
}

impl<'a> View<'a> {
    /// Some periods, one after the other.
    pub fn over(model: &'a Model, results: &'a Results, periods: Range<usize>) -> Self {
        Self { model, results, periods, counted: OnceCell::new() }
    }

    /// One period.
    pub fn of(model: &'a Model, results: &'a Results, period: usize) -> Self {
        Self::over(model, results, period..period + 1)
    }

    /// A calendar year; nothing if the run does not reach it.
    pub fn year(model: &'a Model, results: &'a Results, year: i32) -> Option<Self> {
        let of = |period: usize| model.horizon.calendar_year(model.horizon.year_of(results.periods[period]));
        let count = results.periods.len();
        let start = (0..count).position(|period| of(period) == year)?;
        let end = (start..count).find(|period| of(*period) != year).unwrap_or(count);
        Some(Self::over(model, results, start..end))
    }

    /// The whole run.
    pub fn run(model: &'a Model, results: &'a Results) -> Self {
        Self::over(model, results, 0..results.periods.len())
    }

    /// Steps of the periods.
    pub fn steps(&self) -> Range<usize> {
        let of =
            |period: usize| self.results.periods.get(period).map_or(self.results.plants.len(), |step| step.index());
        of(self.periods.start)..of(self.periods.end)
    }

    /// Length of the periods, yr.
    pub fn years(&self) -> f64 {
        self.steps().len() as f64 * self.model.horizon.dt()
    }

    /// The regions of a place.
    pub fn regions(&self, place: Place) -> impl Iterator<Item = RegionId> + use<> {
        all::<RegionId>(self.model.size.regions).filter(move |id| place.region.is_none_or(|one| one == *id))
    }

    /// The plants of a place: the one, those of the region, or all.
    pub fn plants(&self, place: Place) -> impl Iterator<Item = PlantId> + use<'_, 'a> {
        all::<PlantId>(self.model.plants.len()).filter(move |id| {
            let region = self.model.plants[id.index()].region;
            place.plant.is_none_or(|one| one == *id) && place.region.is_none_or(|one| one == region)
        })
    }

    /// The substances of a place.
    fn substances(&self, substance: Option<SubstanceId>) -> Range<usize> {
        substance.map_or(0..self.model.size.substances, |s| s.index()..s.index() + 1)
    }

    /// Mass of a flow, t.
    pub fn flow(&self, flow: FlowId, substance: Option<SubstanceId>) -> f64 {
        self.periods.clone().map(|period| self.results.flow_of(period, flow, substance)).sum()
    }

    /// Mass of some flows of the regions of a place, t.
    pub fn flows<const N: usize>(&self, place: Place, flows: fn(&RegionFlows) -> [FlowId; N]) -> f64 {
        let of = |region: RegionId| flows(&self.model.flows.regions[region.index()]);
        self.regions(place).flat_map(of).map(|flow| self.flow(flow, place.substance)).sum()
    }

    /// What a process holds at the end, t.
    pub fn stock(&self, process: ProcessId, substance: Option<SubstanceId>) -> f64 {
        let Some(last) = self.periods.end.checked_sub(1) else { return 0.0 };
        self.substances(substance).map(|s| self.results.stock(last, process, SubstanceId::new(s))).sum()
    }

    /// A sum over periods, regions and substances of a place.
    fn sum(&self, place: Place, of: impl Fn(usize, RegionId, SubstanceId) -> f64) -> f64 {
        let mut sum = 0.0;
        for period in self.periods.clone() {
            for region in self.regions(place) {
                for s in self.substances(place.substance) {
                    sum += of(period, region, SubstanceId::new(s));
                }
            }
        }
        sum
    }

    /// E: content of the packs retired from use, t.
    pub fn retired(&self, place: Place) -> f64 {
        self.flows(place, |flows| [flows.worn, flows.scrapped])
    }

    /// C: what of it the formal channel collected, t.
    pub fn collected(&self, place: Place) -> f64 {
        self.sum(place, |period, region, s| self.results.collected_of(period, region, s))
    }

    /// P + R + N + B: what manufacture took, t.
    pub fn input(&self, place: Place) -> f64 {
        self.sum(place, |period, region, s| self.results.input_of(period, region, s))
    }

    /// Recovered material that manufacture took, of some origins, t.
    pub fn recycled(&self, place: Place, counts: fn(Origin) -> bool) -> f64 {
        self.sum(place, |period, region, s| of_origins(self.results.recycled_of(period, region, s), counts))
    }

    /// Content of the products of a plant, of some origins, t.
    pub fn products(&self, plant: PlantId, substance: Option<SubstanceId>, counts: fn(Origin) -> bool) -> f64 {
        let products = |period: usize| &self.results.products[period][plant.index()];
        let rows = self.periods.clone().flat_map(|period| Origin::RECOVERED.iter().zip(products(period)));
        let counted = rows.filter(|(origin, _)| counts(**origin));
        counted.flat_map(|(_, row)| &row[self.substances(substance)]).sum()
    }

    /// Mass of the products of a plant, as the compounds they are sold as, t.
    pub fn product_mass(&self, plant: PlantId) -> f64 {
        let of = &self.model.plants[plant.index()];
        let fed = |period: usize| &self.results.fed[period][plant.index()];
        let mass = |(index, kind): (usize, &SinkKind)| {
            if !matches!(kind, SinkKind::ReturningProduct | SinkKind::SoldProduct) {
                return 0.0;
            }
            let masses = |period| accounts::output(&of.flowsheet, SinkId::new(index), fed(period));
            let sold = |masses: Vec<f64>| match of.compounds[index] {
                Some(compound) => masses[compound.element.index()] * compound.mass,
                None => masses.iter().sum(),
            };
            self.periods.clone().map(|period| sold(masses(period))).sum::<f64>()
        };
        of.sinks.iter().enumerate().map(mass).sum()
    }

    /// Content of what a plant was fed, t.
    pub fn fed(&self, plant: PlantId, substance: Option<SubstanceId>) -> f64 {
        let feed = self.model.flows.plants[plant.index()].feed;
        FeedStream::ALL.iter().map(|stream| self.flow(feed[*stream as usize], substance)).sum()
    }

    /// Content of a plant's black mass, made or bought, t.
    pub fn powder(&self, plant: PlantId, substance: Option<SubstanceId>) -> f64 {
        let shares = &self.model.plants[plant.index()].powder;
        let fed = self.periods.clone().flat_map(|period| shares.iter().zip(&self.results.fed[period][plant.index()]));
        fed.map(|(shares, fed)| self.substances(substance).map(|s| shares[s] * fed[s]).sum::<f64>()).sum()
    }

    /// What a plant did, step by step.
    pub fn reports(&self, plant: PlantId) -> impl Iterator<Item = &PlantReport> {
        self.steps().map(move |step| &self.results.plants[step][plant.index()])
    }

    /// Feed treated by a plant, t.
    pub fn throughput(&self, plant: PlantId) -> f64 {
        self.reports(plant).map(PlantReport::throughput).sum()
    }

    /// Nameplate of a plant over the periods, t.
    pub fn nameplate(&self, plant: PlantId) -> f64 {
        self.model.plants[plant.index()].nameplate_over(self.steps(), self.model.horizon.dt())
    }
}

fn of_origins(parts: [f64; Origin::RECOVERED.len()], counts: fn(Origin) -> bool) -> f64 {
    Origin::RECOVERED.iter().zip(parts).filter(|(origin, _)| counts(**origin)).map(|(_, part)| part).sum()
}
