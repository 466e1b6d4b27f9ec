//! The list. To add an indicator, add an entry; everything else follows.

use super::{By, Indicator, Measure, Place, Span, View};
use crate::base::ids::{ChemistryId, Id, PlantId, RegionId, StepId, all};
use crate::base::units::DAYS_PER_YEAR;
use crate::model::burden::Burden;
use crate::model::plant::{FeedStream, Origin};
use crate::results::burdens::Burdened;

const REGION: &[By] = &[By::Region, By::Substance];
const PLANT: &[By] = &[By::Plant];
const PLANT_SUBSTANCE: &[By] = &[By::Plant, By::Substance];

/// An indicator of any period.
const fn entry(
    id: &'static str,
    unit: &'static str,
    by: &'static [By],
    definition: &'static str,
    measure: fn(&View<'_>, Place) -> Option<Measure>,
) -> Indicator {
    Indicator { id, unit, by, span: Span::Period, definition, measure }
}

fn any(_: Origin) -> bool {
    true
}

/// An amount per year.
fn yearly(view: &View<'_>, amount: f64) -> Option<Measure> {
    (view.years() > 0.0).then(|| Measure::amount(amount / view.years()))
}

/// A part of a whole.
#[allow(clippy::unnecessary_wraps)] // As the list wants it.
fn ratio(part: f64, whole: f64) -> Option<Measure> {
    Some(Measure::ratio(part, whole))
}

/// A sum over the plants of a place.
fn plants(view: &View<'_>, place: Place, of: impl Fn(PlantId) -> f64) -> f64 {
    view.plants(place).map(of).sum()
}

/// The plants of a place whose feed becomes black mass.
fn with_powder(view: &View<'_>, place: Place) -> Vec<PlantId> {
    view.plants(place).filter(|plant| view.powder(*plant, place.substance) > 0.0).collect()
}

/// Feed of one stream over nameplate.
fn coverage<const STREAM: usize>(view: &View<'_>, place: Place) -> Option<Measure> {
    let treated = |plant| view.reports(plant).map(|report| report.treated[STREAM]).sum();
    ratio(plants(view, place, treated), plants(view, place, |plant| view.nameplate(plant)))
}

/// Burdens caused in a region, in the unit of tables.
fn caused(view: &View<'_>, place: Place, burden: Burden) -> Option<f64> {
    view.model.burdens.as_ref()?;
    Some(view.counted().caused(place.region)[burden as usize] * burden.unit().1)
}

/// Burdens of a plant, or of all: of their freight, of what they use and give off.
fn of_plants(view: &View<'_>, place: Place, burden: Burden) -> Option<f64> {
    view.model.burdens.as_ref()?;
    Some(view.counted().of_plants(place.plant)[burden as usize] * burden.unit().1)
}

/// Greenhouse gases that are not caused.
fn avoided(view: &View<'_>, pick: fn([Burdened; 2]) -> Burdened) -> Option<Measure> {
    view.model.burdens.as_ref()?;
    yearly(view, pick(view.counted().avoided())[Burden::Ghg as usize])
}

/// All indicators.
pub const INDICATORS: &[Indicator] = &[
    entry("primary_demand", "t/yr", REGION, "P: primary material that manufacture takes.", |view, place| {
        yearly(view, view.flows(place, |flows| [flows.virgin]))
    }),
    entry(
        "recycled_input",
        "t/yr",
        REGION,
        "R + N + B: recovered material that manufacture takes in place of primary material.",
        |view, place| yearly(view, view.recycled(place, any)),
    ),
    entry(
        "recycled_content",
        "1",
        REGION,
        "(R + N + B) / (P + R + N + B): recovered material in what manufacture takes; manufacturing waste counts, as \
         in Article 8 of Regulation (EU) 2023/1542. The rule counts active materials: recovered and primary material of a \
         substance are drawn from one pool, so the share in its active material is that in all of it (lithium of the \
         electrolyte, 2 to 4 % of a cell's, and what is cut off included). Without a substance it is the share of all \
         input, which no rule asks for.",
        |view, place| ratio(view.recycled(place, any), view.input(place)),
    ),
    entry(
        "eol_recycled_input_rate",
        "1",
        REGION,
        "R / (P + R + N + B): recovered material of packs that were in use, in what manufacture takes (EoL-RIR).",
        |view, place| ratio(view.recycled(place, Origin::is_old), view.input(place)),
    ),
    entry(
        "old_scrap_ratio",
        "1",
        REGION,
        "R / (R + N + B): the part of the recovered material taken that certainly was in use before.",
        |view, place| ratio(view.recycled(place, Origin::is_old), view.recycled(place, any)),
    ),
    entry(
        "closed_loop_share",
        "1",
        REGION,
        "Recovered material that manufacture takes over all that the plants which supply it recover; what waits in \
         between is a month's, so a year may lie a little above 1.",
        |view, place| {
            let supplies = |plant: &PlantId| {
                place.region.is_none_or(|region| view.model.plants[plant.index()].returns_to == region)
            };
            let suppliers = view.plants(Place { region: None, ..place }).filter(supplies);
            let recovered: f64 = suppliers.map(|plant| view.products(plant, place.substance, any)).sum();
            ratio(view.recycled(place, any), recovered)
        },
    ),
    entry(
        "primary_demand_avoided",
        "t/yr",
        &[By::Substance],
        "Content of the products of all plants, and of what the other recyclers recover: what need not be mined, in \
         the loop or outside.",
        |view, place| {
            let plants = plants(view, place, |plant| view.products(plant, place.substance, any));
            yearly(view, plants + view.flow(view.model.flows.elsewhere_sold, place.substance))
        },
    ),
    entry(
        "self_sufficiency",
        "1",
        REGION,
        "Content of the products of the region's plants over what its manufacture takes: at 1 it could do without \
         primary material.",
        |view, place| ratio(plants(view, place, |plant| view.products(plant, place.substance, any)), view.input(place)),
    ),
    entry(
        "local_supply_share",
        "1",
        REGION,
        "Packs made in the region over the packs it needs for its vehicles, replacement and pools, by mass.",
        |view, place| {
            let made = view.flows(place, |flows| [flows.packs_made]);
            ratio(made, made + view.flows(place, |flows| [flows.packs_from_elsewhere]))
        },
    ),
    entry(
        "collection_rate",
        "1",
        REGION,
        "C / E: formally collected content, second life included, over the content of retired packs.",
        |view, place| ratio(view.collected(place), view.retired(place)),
    ),
    entry("retired_content", "t/yr", REGION, "E: content of the packs retired from use.", |view, place| {
        yearly(view, view.retired(place))
    }),
    entry("in_use_stock", "t", REGION, "Content of all packs in use at the end of the period.", |view, place| {
        let stock = |region: RegionId| view.stock(view.model.flows.regions[region.index()].usage, place.substance);
        Some(Measure::amount(view.regions(place).map(stock).sum()))
    }),
    entry(
        "eol_recycling_rate",
        "1",
        &[By::Substance],
        "R / E over all plants and regions: packs that were in use turned into product, over retired content (EoL-RR).",
        |view, place| {
            ratio(
                plants(view, place, |plant| view.products(plant, place.substance, Origin::is_old)),
                view.retired(place),
            )
        },
    ),
    entry(
        "plant_recovery_rate",
        "1",
        PLANT_SUBSTANCE,
        "Content of a plant's products over the content of its feed; without a substance, all tracked mass.",
        |view, place| {
            let products = plants(view, place, |plant| view.products(plant, place.substance, any));
            ratio(products, plants(view, place, |plant| view.fed(plant, place.substance)))
        },
    ),
    entry(
        "plant_powder_recovery_rate",
        "1",
        PLANT_SUBSTANCE,
        "Content that reaches the black mass over the content of the feed: the mechanical stage alone.",
        |view, place| {
            let crushers = with_powder(view, place);
            let powder = crushers.iter().map(|plant| view.powder(*plant, place.substance)).sum();
            ratio(powder, crushers.iter().map(|plant| view.fed(*plant, place.substance)).sum())
        },
    ),
    entry(
        "plant_refining_recovery_rate",
        "1",
        PLANT_SUBSTANCE,
        "Content of a plant's products over the content of its black mass, made or bought: the smelting or leaching \
         stage alone, for metals that leave as products of that stage only.",
        |view, place| {
            let refiners = with_powder(view, place);
            let products = refiners.iter().map(|plant| view.products(*plant, place.substance, any)).sum();
            ratio(products, refiners.iter().map(|plant| view.powder(*plant, place.substance)).sum())
        },
    ),
    entry(
        "plant_nameplate",
        "t/yr",
        PLANT,
        "Nameplate capacity of plants that stand, mean of the period.",
        |view, place| {
            let standing = |plant: PlantId| {
                let plant = &view.model.plants[plant.index()];
                let open = view.steps().filter(|step| plant.is_open(StepId::new(*step)));
                open.map(|step| plant.nameplate[step]).sum::<f64>() * view.model.horizon.dt()
            };
            yearly(view, plants(view, place, standing))
        },
    ),
    entry(
        "plant_utilisation",
        "1",
        PLANT,
        "Feed treated, as far as nameplate counts it, over nameplate capacity.",
        |view, place| {
            let counted = |plant: PlantId| {
                view.reports(plant).map(|report| view.model.plants[plant.index()].counted(report)).sum()
            };
            ratio(plants(view, place, counted), plants(view, place, |plant| view.nameplate(plant)))
        },
    ),
    entry("plant_throughput", "t/yr", PLANT, "Feed treated.", |view, place| {
        yearly(view, plants(view, place, |plant| view.throughput(plant)))
    }),
    entry(
        "feed_coverage_new_scrap",
        "1",
        PLANT,
        "Rejected cells treated over nameplate capacity.",
        coverage::<{ FeedStream::NewScrap as usize }>,
    ),
    entry(
        "feed_coverage_electrode_scrap",
        "1",
        PLANT,
        "Electrode cuttings treated over nameplate capacity.",
        coverage::<{ FeedStream::ElectrodeScrap as usize }>,
    ),
    entry(
        "feed_coverage_retired",
        "1",
        PLANT,
        "Retired packs of the plant's own region treated over nameplate capacity.",
        coverage::<{ FeedStream::Retired as usize }>,
    ),
    entry(
        "feed_coverage_second_life",
        "1",
        PLANT,
        "Packs after a second life treated over nameplate capacity.",
        coverage::<{ FeedStream::SecondLife as usize }>,
    ),
    entry(
        "feed_coverage_purchased",
        "1",
        PLANT,
        "Packs of other regions treated over nameplate capacity.",
        coverage::<{ FeedStream::Purchased as usize }>,
    ),
    entry(
        "feed_coverage_black_mass",
        "1",
        PLANT,
        "Bought black mass treated over nameplate capacity.",
        coverage::<{ FeedStream::BlackMass as usize }>,
    ),
    entry(
        "yard_days",
        "day",
        PLANT,
        "Feed in the yard at the end of the period over the period's daily throughput.",
        |view, place| {
            let last = view.steps().end.checked_sub(1)?;
            let waiting = plants(view, place, |plant| view.results.plants[last][plant.index()].yard);
            let daily = plants(view, place, |plant| view.throughput(plant)) / (view.years() * DAYS_PER_YEAR);
            ratio(waiting, daily)
        },
    ),
    entry("diverted_feed", "t/yr", PLANT, "Feed that found the yard full.", |view, place| {
        let turned_away = |plant| view.reports(plant).map(|report| report.turned_away).sum();
        yearly(view, plants(view, place, turned_away))
    }),
    entry(
        "ghg",
        "tCO2e/yr",
        &[By::Region],
        "Greenhouse gases of primary material, cell making, freight and recycling; what is avoided outside is not taken \
         off.",
        |view, place| yearly(view, caused(view, place, Burden::Ghg)?),
    ),
    entry("energy", "GJ/yr", &[By::Region], "Primary energy of the same.", |view, place| {
        yearly(view, caused(view, place, Burden::Energy)?)
    }),
    entry("water", "t/yr", &[By::Region], "Water consumed for the same.", |view, place| {
        yearly(view, caused(view, place, Burden::Water)?)
    }),
    entry(
        "ghg_avoided_outside",
        "tCO2e/yr",
        &[],
        "Greenhouse gases of the primary material that recovered material sold outside takes the place of: credited \
         only where scenarios are compared.",
        |view, _| avoided(view, |[outside, _]| outside),
    ),
    entry(
        "ghg_avoided_in_loop",
        "tCO2e/yr",
        &[],
        "Greenhouse gases of the primary material that the loop itself replaces: its primary material is already lower \
         by so much.",
        |view, _| avoided(view, |[_, in_loop]| in_loop),
    ),
    entry(
        "ghg_per_kwh_made",
        "tCO2e/kWh",
        &[],
        "Greenhouse gases of the whole system over the energy of the packs made in it.",
        |view, place| {
            let regions = all::<RegionId>(view.model.size.regions);
            let chemistries = || all::<ChemistryId>(view.model.size.chemistries);
            let made = regions.map(|region| chemistries().map(|k| view.made(region, k)).sum::<f64>()).sum();
            ratio(caused(view, place, Burden::Ghg)?, made)
        },
    ),
    entry(
        "recycling_ghg_per_kwh_retired",
        "tCO2e/kWh",
        &[],
        "Greenhouse gases of the plants and of their freight over the energy of the packs retired from use.",
        |view, place| {
            let results = view.results;
            let rows =
                view.periods.clone().flat_map(|period| results.fleets[period].iter().chain(&results.pools[period]));
            ratio(of_plants(view, place, Burden::Ghg)?, rows.map(|row| row.worn + row.scrapped).sum())
        },
    ),
    entry("plant_ghg", "tCO2e/yr", PLANT, "Greenhouse gases of a plant and of its freight.", |view, place| {
        yearly(view, of_plants(view, place, Burden::Ghg)?)
    }),
    entry(
        "plant_ghg_per_feed",
        "tCO2e/t",
        PLANT,
        "Greenhouse gases of a plant and of its freight over the feed treated.",
        |view, place| ratio(of_plants(view, place, Burden::Ghg)?, plants(view, place, |plant| view.throughput(plant))),
    ),
    entry(
        "plant_energy_per_feed",
        "GJ/t",
        PLANT,
        "Primary energy of a plant and of its freight over the feed treated.",
        |view, place| {
            ratio(of_plants(view, place, Burden::Energy)?, plants(view, place, |plant| view.throughput(plant)))
        },
    ),
    entry(
        "plant_water_per_feed",
        "t/t",
        PLANT,
        "Water consumed for a plant and its freight over the feed treated.",
        |view, place| {
            ratio(of_plants(view, place, Burden::Water)?, plants(view, place, |plant| view.throughput(plant)))
        },
    ),
    entry(
        "plant_ghg_per_product",
        "tCO2e/t",
        PLANT,
        "Greenhouse gases of a plant and of its freight over the mass of its products, as the compounds they are sold as.",
        |view, place| {
            ratio(of_plants(view, place, Burden::Ghg)?, plants(view, place, |plant| view.product_mass(plant)))
        },
    ),
    Indicator {
        id: "balance_error",
        unit: "1",
        by: &[],
        span: Span::Run,
        definition: "Largest relative residual of the books of any process, substance and step.",
        measure: |view, _| Some(Measure::amount(view.results.worst_residual)),
    },
];
