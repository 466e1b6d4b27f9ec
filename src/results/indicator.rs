//! The list of indicators: one entry drives the table, the summary and what a user may ask for.
//!
//! With ledger flows, per substance and year: E content of retired packs, C formally collected, R old scrap turned into
//! product, N the same from new scrap, P primary input.

use super::Results;
use crate::base::ids::{FlowId, Id, PlantId, RegionId, SubstanceId, all};
use crate::base::units::DAYS_PER_YEAR;
use crate::model::Model;
use crate::model::plant::FeedStream;

/// What an indicator is computed for.
#[derive(Clone, Copy)]
pub enum Scope {
    /// A region and substance.
    Region(fn(&View<'_>, RegionId, SubstanceId) -> Option<f64>),
    /// The whole system and a substance.
    System(fn(&View<'_>, SubstanceId) -> Option<f64>),
    /// A plant.
    Plant(fn(&View<'_>, PlantId) -> Option<f64>),
    /// A plant and substance.
    PlantSubstance(fn(&View<'_>, PlantId, SubstanceId) -> Option<f64>),
}

/// An indicator.
#[derive(Clone, Copy)]
pub struct Indicator {
    /// Name in tables.
    pub id: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Definition in one sentence.
    pub definition: &'static str,
    /// How it is computed.
    pub scope: Scope,
}

/// Results seen in one period.
pub struct View<'a> {
    /// The model.
    pub model: &'a Model,
    /// What a run did.
    pub results: &'a Results,
    /// The period.
    pub period: usize,
}

/// All indicators.
pub const INDICATORS: &[Indicator] = &[
    Indicator {
        id: "primary_demand",
        unit: "t/yr",
        definition: "Primary material that manufacture takes.",
        scope: Scope::Region(|view, region, s| {
            Some(view.flow(view.model.flows.regions[region.index()].virgin, s) / view.years())
        }),
    },
    Indicator {
        id: "recycled_input",
        unit: "t/yr",
        definition: "Recovered material that manufacture takes in place of primary material.",
        scope: Scope::Region(|view, region, s| Some(view.recycled(region, s).iter().sum::<f64>() / view.years())),
    },
    Indicator {
        id: "recycled_content",
        unit: "1",
        definition: "(R + N) / (P + R + N): recovered material in what manufacture takes, new scrap included.",
        scope: Scope::Region(|view, region, s| ratio(view.recycled(region, s).iter().sum(), view.input(region, s))),
    },
    Indicator {
        id: "eol_recycled_input_rate",
        unit: "1",
        definition: "R / (P + R + N): recovered material of old scrap in what manufacture takes (EoL-RIR).",
        scope: Scope::Region(|view, region, s| ratio(view.recycled(region, s)[1], view.input(region, s))),
    },
    Indicator {
        id: "old_scrap_ratio",
        unit: "1",
        definition: "R / (R + N): the part of the recovered material taken that was in use before.",
        scope: Scope::Region(|view, region, s| {
            let [new, old] = view.recycled(region, s);
            ratio(old, new + old)
        }),
    },
    Indicator {
        id: "collection_rate",
        unit: "1",
        definition: "C / E: formally collected content, second life included, over the content of retired packs.",
        scope: Scope::Region(|view, region, s| {
            ratio(view.results.collected_of(view.period, region, s), view.retired(region, s))
        }),
    },
    Indicator {
        id: "retired_content",
        unit: "t/yr",
        definition: "E: content of the packs retired from use.",
        scope: Scope::Region(|view, region, s| Some(view.retired(region, s) / view.years())),
    },
    Indicator {
        id: "in_use_stock",
        unit: "t",
        definition: "Content of all packs in use at the end of the period.",
        scope: Scope::Region(|view, region, s| {
            Some(view.results.stock(view.period, view.model.flows.regions[region.index()].usage, s))
        }),
    },
    Indicator {
        id: "eol_recycling_rate",
        unit: "1",
        definition: "R / E over all plants and regions: old scrap turned into product over retired content (EoL-RR).",
        scope: Scope::System(|view, s| {
            let plants = all::<PlantId>(view.model.plants.len());
            let product: f64 = plants.map(|plant| view.products(plant, s)[1]).sum();
            let regions = all::<RegionId>(view.model.size.regions);
            ratio(product, regions.map(|region| view.retired(region, s)).sum())
        }),
    },
    Indicator {
        id: "plant_utilisation",
        unit: "1",
        definition: "Feed treated, as far as nameplate counts it, over nameplate capacity.",
        scope: Scope::Plant(|view, plant| {
            let plant_of = &view.model.plants[plant.index()];
            let reports = view.steps().map(|step| &view.results.plants[step][plant.index()]);
            let counted = reports.map(|report| plant_of.counted(report)).sum();
            ratio(counted, plant_of.nameplate_over(view.steps(), view.model.horizon.dt()))
        }),
    },
    Indicator {
        id: "yard_days",
        unit: "day",
        definition: "Feed in the yard at the end of the period over the period's daily throughput.",
        scope: Scope::Plant(|view, plant| {
            let daily = view.throughput(plant) / (view.years() * DAYS_PER_YEAR);
            let last = view.steps().end.checked_sub(1)?;
            ratio(view.results.plants[last][plant.index()].yard, daily)
        }),
    },
    Indicator {
        id: "plant_recovery_rate",
        unit: "1",
        definition: "Content of a plant's products over the content of its feed.",
        scope: Scope::PlantSubstance(|view, plant, s| {
            let feed = view.model.flows.plants[plant.index()].feed;
            let fed = FeedStream::ALL.iter().map(|stream| view.flow(feed[*stream as usize], s)).sum();
            ratio(view.products(plant, s).iter().sum(), fed)
        }),
    },
];

/// A ratio, or nothing where there is nothing to compare with.
fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

impl View<'_> {
    /// Steps of the period.
    pub fn steps(&self) -> std::ops::Range<usize> {
        let start = self.results.periods[self.period].index();
        let end = self.results.periods.get(self.period + 1).map_or(self.results.plants.len(), |step| step.index());
        start..end
    }

    /// Length of the period, yr.
    pub fn years(&self) -> f64 {
        self.steps().len() as f64 * self.model.horizon.dt()
    }

    fn flow(&self, flow: FlowId, substance: SubstanceId) -> f64 {
        self.results.flow_of(self.period, flow, substance)
    }

    fn retired(&self, region: RegionId, substance: SubstanceId) -> f64 {
        let flows = &self.model.flows.regions[region.index()];
        self.flow(flows.worn, substance) + self.flow(flows.scrapped, substance)
    }

    fn input(&self, region: RegionId, substance: SubstanceId) -> f64 {
        self.results.input_of(self.period, region, substance)
    }

    /// Recovered material taken by manufacture, from new and from old scrap, t.
    pub fn recycled(&self, region: RegionId, substance: SubstanceId) -> [f64; 2] {
        self.results.recycled_of(self.period, region, substance)
    }

    fn products(&self, plant: PlantId, substance: SubstanceId) -> [f64; 2] {
        [0, 1].map(|origin| self.results.products[self.period][plant.index()][origin][substance.index()])
    }

    /// Feed treated by a plant, t.
    pub fn throughput(&self, plant: PlantId) -> f64 {
        self.steps().map(|step| self.results.plants[step][plant.index()].throughput()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_is_defined_once() {
        for (index, indicator) in INDICATORS.iter().enumerate() {
            assert!(indicator.definition.ends_with('.') && !indicator.unit.is_empty());
            assert!(INDICATORS[..index].iter().all(|other| other.id != indicator.id));
        }
    }
}
