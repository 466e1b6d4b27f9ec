//! The results that an ensemble follows. The only file that knows how indicators are listed and computed.

use crate::base::catalog::Catalog;
use crate::base::ids::{Id, PlantId, RegionId, StepId, SubstanceId, all};
use crate::model::Model;
use crate::results::Results;
use crate::results::indicator::{INDICATORS, Indicator, Scope, View};
use serde::{Deserialize, Serialize};

/// What stands for "of all of them" in tables.
pub const ALL: &str = "all";
/// The indicator that every plant is asked about.
const UTILISATION: &str = "plant_utilisation";

/// A result: one number of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Indicator.
    pub indicator: String,
    /// Region, or `all`.
    pub region: String,
    /// Plant, or `all`.
    pub plant: String,
    /// Substance, or `all`.
    pub substance: String,
    /// Calendar year.
    pub year: i32,
    /// Unit.
    pub unit: String,
}

impl Output {
    /// The address under which a scenario asks for it: `plant.p1.utilisation.2032`, `recycled_content.hefei.Li.2035`.
    pub fn address(&self) -> String {
        let mut parts: Vec<&str> = Vec::new();
        if self.plant == ALL {
            parts.push(&self.indicator);
        } else {
            parts.extend(["plant", &self.plant, self.indicator.strip_prefix("plant_").unwrap_or(&self.indicator)]);
        }
        parts.extend([&self.region, &self.substance].into_iter().map(String::as_str).filter(|name| *name != ALL));
        format!("{}.{}", parts.join("."), self.year)
    }
}

/// Where a result is found in a run.
#[derive(Clone, Copy, Debug)]
struct Place {
    indicator: usize,
    /// Region or plant.
    of: usize,
    substance: usize,
    period: usize,
}

/// All results of a model that are followed.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    list: Vec<Output>,
    places: Vec<Place>,
}

impl Outputs {
    /// Every indicator of a model in every year from one on.
    pub fn new(model: &Model, catalog: &Catalog, from: i32) -> Self {
        let mut outputs = Self::default();
        let horizon = &model.horizon;
        let years = all::<StepId>(horizon.steps).filter(|step| horizon.closes_year(*step));
        for (period, step) in years.enumerate() {
            let year = horizon.calendar_year(horizon.year_of(step));
            if year < from {
                continue;
            }
            for (index, indicator) in INDICATORS.iter().enumerate() {
                let of = match indicator.scope {
                    Scope::Region(_) => model.size.regions,
                    Scope::System(_) => 1,
                    Scope::Plant(_) | Scope::PlantSubstance(_) => model.plants.len(),
                };
                let substances = if matches!(indicator.scope, Scope::Plant(_)) { 1 } else { model.size.substances };
                for of in 0..of {
                    for substance in 0..substances {
                        let place = Place { indicator: index, of, substance, period };
                        outputs.list.push(named(indicator, place, year, catalog));
                        outputs.places.push(place);
                    }
                }
            }
        }
        outputs
    }

    /// Some of the results.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        Self {
            list: places.iter().map(|place| self.list[*place].clone()).collect(),
            places: places.iter().map(|place| self.places[*place]).collect(),
        }
    }

    /// The results.
    pub fn list(&self) -> &[Output] {
        &self.list
    }

    /// The result at an address: indicator, or `plant` and a plant; then region and substance in any order; and a year.
    pub fn find(&self, address: &str) -> Option<usize> {
        self.list.iter().position(|output| output.address() == address)
    }

    /// Reads the results of a run; NaN where an indicator has no value, as a ratio to nothing has none.
    pub fn read(&self, model: &Model, results: &Results, values: &mut [f64]) {
        for (place, value) in self.places.iter().zip(values) {
            let view = View { model, results, period: place.period };
            let (of, substance) = (place.of, SubstanceId::new(place.substance));
            let found = match INDICATORS[place.indicator].scope {
                Scope::Region(compute) => compute(&view, RegionId::new(of), substance),
                Scope::System(compute) => compute(&view, substance),
                Scope::Plant(compute) => compute(&view, PlantId::new(of)),
                Scope::PlantSubstance(compute) => compute(&view, PlantId::new(of), substance),
            };
            *value = found.unwrap_or(f64::NAN);
        }
    }
}

fn named(indicator: &Indicator, place: Place, year: i32, catalog: &Catalog) -> Output {
    let substance = || catalog.substance(SubstanceId::new(place.substance)).to_owned();
    let plant = || catalog.plant(PlantId::new(place.of)).to_owned();
    let all = || ALL.to_owned();
    let (region, plant, substance) = match indicator.scope {
        Scope::Region(_) => (catalog.region(RegionId::new(place.of)).to_owned(), all(), substance()),
        Scope::System(_) => (all(), all(), substance()),
        Scope::Plant(_) => (all(), plant(), all()),
        Scope::PlantSubstance(_) => (all(), plant(), substance()),
    };
    Output { indicator: indicator.id.to_owned(), region, plant, substance, year, unit: indicator.unit.to_owned() }
}

/// Whether a result is shown first: how full a plant is.
pub fn is_headline(output: &Output) -> bool {
    output.indicator == UTILISATION
}

/// A condition that a result may meet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// Less than this.
    Below(f64),
}

impl Test {
    /// Whether a value meets it.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
            Self::Below(limit) => value < limit,
        }
    }

    /// As it is written: `>= 0.8`.
    pub fn text(self) -> String {
        use crate::base::number::text;
        match self {
            Self::AtLeast(limit) => format!(">= {}", text(limit)),
            Self::AtMost(limit) => format!("<= {}", text(limit)),
            Self::Below(limit) => format!("< {}", text(limit)),
        }
    }
}

/// A question that each draw answers: in which years does a result meet a condition?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Name: of a target, or of the indicator.
    pub name: String,
    /// The condition.
    pub test: Test,
    /// Positions of the results, year by year.
    pub outputs: Vec<usize>,
}

/// How full plants are asked to be.
const LEVELS: [f64; 3] = [0.5, 0.65, 0.8];

/// What is asked of every draw.
pub fn questions(outputs: &Outputs) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    let mut plants: Vec<&str> = Vec::new();
    for output in outputs.list().iter().filter(|output| is_headline(output)) {
        if !plants.contains(&output.plant.as_str()) {
            plants.push(&output.plant);
        }
    }
    for plant in plants {
        let own = |output: &Output| is_headline(output) && output.plant == plant;
        let places: Vec<usize> = (0..outputs.list().len()).filter(|place| own(&outputs.list()[*place])).collect();
        for level in LEVELS {
            let name = format!("plant.{plant}.utilisation");
            questions.push(Question { name, test: Test::AtLeast(level), outputs: places.clone() });
        }
    }
    questions
}
