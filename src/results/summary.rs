//! The headline of a run: what an analyst looks at first, with units and stable keys.

use super::tables::Run;
use super::targets::Target;
use crate::base::ids::{Id, PlantId, RegionId, SubstanceId, all};
use crate::model::ledger::AUDIT_LIMIT;
use crate::model::plant::{FeedStream, Origin};
use serde_json::{Map, Value, json};

/// Utilisation levels whose first year is told.
const LEVELS: [f64; 3] = [0.5, 0.65, 0.8];
/// Metals that the headline follows.
const METALS: [&str; 3] = ["Li", "Ni", "Co"];

/// What the summary says beside the results.
#[derive(Clone, Debug, Default)]
pub struct Heading {
    /// Scenario id.
    pub id: String,
    /// Scenario title.
    pub title: String,
    /// First calendar year reported.
    pub report_from: i32,
    /// How many numbers entered, by confidence.
    pub confidence: Vec<(String, usize)>,
    /// Assumptions that decide results and are shown by name: key, value, note.
    pub named: Vec<(String, f64, String)>,
    /// Prices of confidence C: name, and what is weak about them.
    pub weak_prices: Vec<(String, String)>,
    /// What is odd but not wrong.
    pub warnings: Vec<String>,
    /// What rules and plans ask for.
    pub targets: Vec<Target>,
}

/// One plant in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct PlantYear {
    /// Calendar year.
    pub year: i32,
    /// Throughput, t/yr, by stream.
    pub feed: [f64; FeedStream::COUNT],
    /// Nameplate, t/yr.
    pub nameplate: f64,
    /// Throughput over nameplate.
    pub utilisation: f64,
    /// Steps of the year by what was binding.
    pub binding: Vec<(String, usize)>,
}

impl Run<'_> {
    /// A plant's years from the step records, whatever period the tables use.
    pub fn plant_years(&self, plant: PlantId) -> Vec<PlantYear> {
        let horizon = &self.model.horizon;
        let nameplate = &self.model.plants[plant.index()].nameplate;
        let mut years: Vec<PlantYear> = Vec::new();
        for (step, reports) in self.results.plants.iter().enumerate() {
            let year = horizon.calendar_year(horizon.year_of(crate::base::ids::StepId::new(step)));
            if years.last().is_none_or(|last| last.year != year) {
                years.push(PlantYear {
                    year,
                    feed: [0.0; FeedStream::COUNT],
                    nameplate: 0.0,
                    utilisation: 0.0,
                    binding: Vec::new(),
                });
            }
            let Some(row) = years.last_mut() else { continue };
            let report = &reports[plant.index()];
            row.nameplate += nameplate[step] * horizon.dt();
            row.utilisation += self.model.plants[plant.index()].counted(report);
            for (sum, treated) in row.feed.iter_mut().zip(report.treated) {
                *sum += treated;
            }
            let name = self.bottleneck(plant.index(), report.bottleneck);
            match row.binding.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => row.binding.push((name, 1)),
            }
        }
        for row in &mut years {
            row.utilisation = if row.nameplate > 0.0 { row.utilisation / row.nameplate } else { 0.0 };
        }
        years
    }

    /// Mass of all packs retired in a period, t.
    pub fn retired(&self, period: usize) -> f64 {
        let flows = self.model.flows.regions.iter().flat_map(|region| [region.worn, region.scrapped]);
        flows.map(|flow| self.results.flow_mass(period, flow)).sum()
    }

    /// Energy in use at the end of a period, kWh.
    pub fn in_use(&self, period: usize) -> f64 {
        let rows = self.results.fleets[period].iter().chain(&self.results.pools[period]);
        rows.map(|row| row.in_use).sum()
    }

    /// The summary as JSON.
    pub fn summary(&self, heading: &Heading) -> Value {
        let horizon = &self.model.horizon;
        let worst_system = self.results.system_residual.iter().copied().fold(0.0, f64::max);
        json!({
            "schema": "urbanmine.summary/1",
            "id": heading.id,
            "title": heading.title,
            "horizon": {
                "start": horizon.start_year,
                "end": horizon.end_year(),
                "step_months": horizon.step_months,
                "steps": horizon.steps,
            },
            "balance": {
                "max_relative_error": self.results.worst_residual,
                "limit": AUDIT_LIMIT,
                "system_max_relative_error": worst_system,
            },
            "targets": self.targets_json(&heading.targets),
            "plants": self.plants_json(heading),
            "system": self.system_json(heading),
            "regions": self.regions_json(heading),
            "assumptions": {
                "count_by_confidence": heading.confidence.iter().map(|(c, n)| (c.clone(), json!(n))).collect::<Map<_, _>>(),
                "named": heading.named.iter().map(|(key, value, note)| json!({ "key": key, "value": value, "note": note })).collect::<Vec<_>>(),
            },
            "warnings": heading.warnings,
        })
    }

    fn plants_json(&self, heading: &Heading) -> Value {
        let mut plants = Map::new();
        for plant in all::<PlantId>(self.model.plants.len()) {
            let model = &self.model.plants[plant.index()];
            let years = self.plant_years(plant);
            let first = |level: f64| years.iter().find(|row| row.utilisation >= level).map(|row| row.year);
            let told = years.iter().filter(|row| headline_year(row.year, heading.report_from));
            let opening = model.running.iter().position(|running| running.rate > 0.0);
            plants.insert(
                self.catalog.plant(plant).to_owned(),
                json!({
                    "region": self.catalog.region(model.region),
                    "nameplate": quantity(model.nameplate.last().copied().unwrap_or(0.0), "t/yr"),
                    "first_running": opening.map(|step| self.model.horizon.label(crate::base::ids::StepId::new(step))),
                    "first_year_at_utilisation": LEVELS.iter().map(|level| (level.to_string(), json!(first(*level)))).collect::<Map<_, _>>(),
                    "years": told.map(|row| (row.year.to_string(), plant_year_json(row))).collect::<Map<_, _>>(),
                }),
            );
        }
        Value::Object(plants)
    }

    fn system_json(&self, heading: &Heading) -> Value {
        let mut years = Map::new();
        for period in self.year_ends() {
            let year = self.year(period);
            if headline_year(year, heading.report_from) {
                years.insert(year.to_string(), json!({ "in_use": quantity(self.in_use(period) / 1e6, "GWh") }));
            }
        }
        let mut retired: Map<String, Value> = Map::new();
        for year in heading.report_from..self.model.horizon.end_year() {
            let periods = (0..self.results.periods.len()).filter(|period| self.year(*period) == year);
            let mass: f64 = periods.map(|period| self.retired(period)).sum();
            retired.insert(year.to_string(), json!(mass / 1e3));
        }
        json!({ "years": years, "retired_packs": { "unit": "kt/yr", "by_year": retired } })
    }

    fn regions_json(&self, heading: &Heading) -> Value {
        let mut regions = Map::new();
        for region in all::<RegionId>(self.model.size.regions) {
            let mut metals = Map::new();
            for name in METALS {
                let Some(s) = self.catalog.substances.iter().position(|known| known == name) else { continue };
                metals.insert(name.to_owned(), self.metal_json(heading, region, SubstanceId::new(s)));
            }
            regions.insert(self.catalog.region(region).to_owned(), Value::Object(metals));
        }
        Value::Object(regions)
    }

    /// Demand met by primary and recovered material in the headline years, t/yr.
    fn metal_json(&self, heading: &Heading, region: RegionId, substance: SubstanceId) -> Value {
        let mut years = Map::new();
        for year in self.headline_years(heading) {
            let (mut input, mut recycled) = (0.0, [0.0; Origin::RECOVERED.len()]);
            for period in (0..self.results.periods.len()).filter(|period| self.year(*period) == year) {
                input += self.results.input_of(period, region, substance);
                for (sum, part) in recycled.iter_mut().zip(self.results.recycled_of(period, region, substance)) {
                    *sum += part;
                }
            }
            let all: f64 = recycled.iter().sum();
            let content = if input > 0.0 { json!(all / input) } else { Value::Null };
            let mut row =
                Map::from_iter([("demand".to_owned(), json!(input)), ("primary".to_owned(), json!(input - all))]);
            row.extend(
                Origin::RECOVERED
                    .map(|origin| (format!("recycled_{}", origin.name()), json!(recycled[origin as usize]))),
            );
            row.extend([("recycled_content".to_owned(), content), ("unit".to_owned(), json!("t/yr"))]);
            years.insert(year.to_string(), Value::Object(row));
        }
        Value::Object(years)
    }

    fn headline_years(&self, heading: &Heading) -> Vec<i32> {
        let first = self.model.horizon.start_year;
        let years = first..self.model.horizon.end_year();
        years.filter(|year| headline_year(*year, heading.report_from)).collect()
    }

    /// The calendar year of a period.
    pub fn year(&self, period: usize) -> i32 {
        self.model.horizon.calendar_year(self.model.horizon.year_of(self.results.periods[period]))
    }

    /// Periods that end a year.
    pub fn year_ends(&self) -> impl Iterator<Item = usize> + '_ {
        let count = self.results.periods.len();
        (0..count).filter(move |period| period + 1 == count || self.year(period + 1) != self.year(*period))
    }
}

/// Every fifth year from the first reported one.
pub(super) fn headline_year(year: i32, report_from: i32) -> bool {
    year >= report_from && year % 5 == 0
}

fn quantity(value: f64, unit: &str) -> Value {
    json!({ "value": value, "unit": unit })
}

fn plant_year_json(row: &PlantYear) -> Value {
    let feed = FeedStream::ALL.iter().map(|stream| (stream.name().to_owned(), json!(row.feed[*stream as usize])));
    json!({
        "utilisation": row.utilisation,
        "throughput": quantity(row.feed.iter().sum(), "t/yr"),
        "feed": feed.collect::<Map<_, _>>(),
        "steps_by_bottleneck": row.binding.iter().map(|(name, count)| (name.clone(), json!(count))).collect::<Map<_, _>>(),
    })
}
