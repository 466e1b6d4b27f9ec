//! The results that an ensemble follows. The only file that knows how indicators are listed and computed.

use crate::base::catalog::Catalog;
use crate::model::Model;
use crate::results::Results;
use crate::results::indicator::{By, Question as Asked, Unknown, View, questions as all_questions};
use crate::results::money;
use crate::results::targets::{Bound, Target};
use crate::scenario::build::Built;
use serde::{Deserialize, Serialize};

/// What stands for "all together" in tables.
pub const ALL: &str = "all";
/// What stands for the year of a result of the whole run.
const RUN: &str = "run";
/// The indicator that every plant is asked about.
const UTILISATION: &str = "plant_utilisation";
/// The result that every plant with accounts is asked about.
const NPV: &str = "economics_npv";

/// A result: one number of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Address, under which a scenario asks for it.
    pub address: String,
    /// Indicator.
    pub indicator: String,
    /// Region, or `all`.
    pub region: String,
    /// Plant, or `all`.
    pub plant: String,
    /// Substance, or `all`.
    pub substance: String,
    /// Calendar year; none: the whole run.
    pub year: Option<i32>,
    /// Unit.
    pub unit: String,
}

impl Output {
    /// The year, or `run`.
    pub fn time(&self) -> String {
        self.year.map_or_else(|| RUN.to_owned(), |year| year.to_string())
    }

    /// The address without its year.
    pub fn subject(&self) -> &str {
        match self.year {
            Some(_) => self.address.rsplit_once('.').map_or(&self.address, |(subject, _)| subject),
            None => &self.address,
        }
    }
}

/// What is asked about a plant's money: name, unit, and the answer.
type OfMoney = (&'static str, &'static str, fn(&money::PlantMoney) -> Option<f64>);

const MONEY: [OfMoney; 4] = [
    (NPV, "CNY_2025", |money| Some(money.npv)),
    // Where there are several rates none of them means anything.
    ("economics_internal_rate", "1/yr", |money| match money.internal_rates.as_slice() {
        [only] => Some(*only),
        _ => None,
    }),
    ("economics_payback", "yr", |money| money.payback),
    ("economics_levelised_cost", "CNY_2025/t", |money| Some(money.levelised.cost())),
];

/// Where a result is found in a run.
#[derive(Clone, Copy, Debug)]
enum Source {
    Indicator(Asked),
    /// A plant's place among those with accounts, and what is asked of it.
    Money(usize, usize),
}

/// All results of a model that are followed.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    list: Vec<Output>,
    sources: Vec<Source>,
}

impl Outputs {
    /// Every indicator of a model in every year from one on, and the money of its plants.
    pub fn new(built: &Built, from: i32) -> Self {
        let mut outputs = Self::default();
        let (catalog, end) = (&built.catalog, built.model.horizon.end_year());
        // Year by year, so that the books of a year are looked at once.
        let mut asked = all_questions(catalog, from..end);
        asked.sort_by_key(|asked| asked.year);
        for asked in asked {
            outputs.list.push(named(&asked, catalog));
            outputs.sources.push(Source::Indicator(asked));
        }
        for (place, terms) in built.economics.plants.iter().enumerate() {
            let plant = catalog.plant(terms.plant);
            for (what, (id, unit, _)) in MONEY.iter().enumerate() {
                outputs.list.push(Output {
                    address: format!("economics.{plant}.{}", id.trim_start_matches("economics_")),
                    indicator: (*id).to_owned(),
                    region: ALL.to_owned(),
                    plant: plant.to_owned(),
                    substance: ALL.to_owned(),
                    year: None,
                    unit: (*unit).to_owned(),
                });
                outputs.sources.push(Source::Money(place, what));
            }
        }
        outputs
    }

    /// Some of the results.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        Self {
            list: places.iter().map(|place| self.list[*place].clone()).collect(),
            sources: places.iter().map(|place| self.sources[*place]).collect(),
        }
    }

    /// The results.
    pub fn list(&self) -> &[Output] {
        &self.list
    }

    /// The result at an address, however its parts are ordered.
    ///
    /// # Errors
    /// What of the address is not known.
    pub fn find(&self, address: &str, built: &Built) -> Result<usize, Unknown> {
        if let Some(place) = self.list.iter().position(|output| output.address == address) {
            return Ok(place);
        }
        let asked = Asked::parse(address, &built.catalog, &built.model)?;
        let canonical = asked.address(&built.catalog);
        let place = self.list.iter().position(|output| output.address == canonical);
        place.ok_or_else(|| Unknown::Year(asked.year.unwrap_or_default()))
    }

    /// Reads the results of a run; NaN where an indicator has no value, as a ratio to nothing has none.
    pub fn read(&self, built: &Built, results: &Results, values: &mut [f64]) {
        let model = &built.model;
        let money: Vec<Option<money::PlantMoney>> = if self.sources.iter().any(|s| matches!(s, Source::Money(..))) {
            let of = |place: usize| {
                let feed = money::PlantFeed::new(model, results, built.economics.plants[place].plant);
                money::PlantMoney::new(model, &built.economics, place, &feed)
            };
            (0..built.economics.plants.len()).map(of).collect()
        } else {
            Vec::new()
        };
        let mut view: Option<(Option<i32>, View<'_>)> = None;
        for (source, value) in self.sources.iter().zip(values) {
            let found = match source {
                Source::Money(place, what) => money[*place].as_ref().and_then(MONEY[*what].2),
                Source::Indicator(asked) => {
                    if view.as_ref().is_none_or(|(year, _)| *year != asked.year) {
                        view = seen(model, results, asked.year).map(|view| (asked.year, view));
                    }
                    view.as_ref().and_then(|(_, view)| asked.indicator.ask(view, asked.place))
                }
            };
            *value = found.unwrap_or(f64::NAN);
        }
    }
}

fn seen<'a>(model: &'a Model, results: &'a Results, year: Option<i32>) -> Option<View<'a>> {
    match year {
        Some(year) => View::year(model, results, year),
        None => Some(View::run(model, results)),
    }
}

fn named(asked: &Asked, catalog: &Catalog) -> Output {
    let name = |by| asked.place.name(by, catalog).unwrap_or(ALL).to_owned();
    Output {
        address: asked.address(catalog),
        indicator: asked.indicator.id.to_owned(),
        region: name(By::Region),
        plant: name(By::Plant),
        substance: name(By::Substance),
        year: asked.year,
        unit: asked.indicator.unit.to_owned(),
    }
}

/// Whether a result is shown first: how full a plant is, and what it is worth.
pub fn is_headline(output: &Output) -> bool {
    output.plant != ALL && [UTILISATION, NPV].contains(&output.indicator.as_str())
}

/// Whether a result says how full a plant is.
pub fn is_utilisation(output: &Output) -> bool {
    output.plant != ALL && output.indicator == UTILISATION
}

/// Whether a result is money.
pub fn is_npv(output: &Output) -> bool {
    output.indicator == NPV
}

/// A relative difference below this is rounding: what is exactly as asked for is met.
const ROUNDING: f64 = 1e-12;

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
            Self::AtLeast(limit) => value >= limit - ROUNDING * limit.abs(),
            Self::AtMost(limit) => value <= limit + ROUNDING * limit.abs(),
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

/// What is asked of every draw: the scenario's targets, how full its plants are, whether they lose money.
pub fn questions(outputs: &Outputs, targets: &[Target], catalog: &Catalog) -> Vec<Question> {
    let mut questions: Vec<Question> = targets.iter().flat_map(|target| of_target(target, outputs, catalog)).collect();
    let list = outputs.list();
    let subjects = |is: fn(&Output) -> bool| {
        let mut subjects: Vec<&str> = list.iter().filter(|output| is(output)).map(Output::subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    };
    let places = |subject: &str| (0..list.len()).filter(|place| list[*place].subject() == subject).collect::<Vec<_>>();
    for subject in subjects(is_utilisation) {
        let test = |level| Question { name: subject.to_owned(), test: Test::AtLeast(level), outputs: places(subject) };
        questions.extend(LEVELS.map(test));
    }
    for subject in subjects(is_npv) {
        questions.push(Question { name: subject.to_owned(), test: Test::Below(0.0), outputs: places(subject) });
    }
    questions
}

/// A target at each of its places, over the years in which it is judged.
fn of_target(target: &Target, outputs: &Outputs, catalog: &Catalog) -> Vec<Question> {
    let at = |place: &crate::results::indicator::Place| {
        let same = |output: &Output| {
            let name = |by| place.name(by, catalog).unwrap_or(ALL);
            output.indicator == target.indicator.id
                && output.region == name(By::Region)
                && output.plant == name(By::Plant)
                && output.substance == name(By::Substance)
                && output.year.is_some_and(|y| y >= target.first && target.last.is_none_or(|last| y <= last))
        };
        let places: Vec<usize> = (0..outputs.list().len()).filter(|i| same(&outputs.list()[*i])).collect();
        let names = [By::Plant, By::Region, By::Substance].into_iter().filter_map(|by| place.name(by, catalog));
        let name = std::iter::once(target.name.as_str()).chain(names).collect::<Vec<_>>().join(".");
        let test = match target.bound {
            Bound::AtLeast => Test::AtLeast(target.required),
            Bound::AtMost => Test::AtMost(target.required),
        };
        Question { name, test, outputs: places }
    };
    target.places.iter().map(at).filter(|question| !question.outputs.is_empty()).collect()
}
