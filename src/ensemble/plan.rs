//! What an ensemble computes, decided before the first draw. Written first, so that whoever computes a part, resumes or
//! joins parts knows the same.

use super::outputs::{Output, Outputs, Question, is_headline, questions};
use crate::results::indicator::Unknown;
use crate::sampling::{Design, Sampler};
use crate::scenario::build::Built;
use crate::scenario::{Problem, Scenario, build, suggestion};
use serde::{Deserialize, Serialize};

/// Format of the file.
pub const SCHEMA: &str = "urbanmine.ensemble-plan/1";
/// Most blocks; more draws make larger ones.
const MOST_BLOCKS: u64 = 1024;
/// Blocks that few draws are shared out to, so that there is something to share.
const FEWEST_BLOCKS: u64 = 64;
/// Most draws of a block, while there are not too many of them.
const MOST_IN_BLOCK: u64 = 4096;
/// Values kept for exact quantiles, bytes: first those asked for, then as many others as fit.
const EXACT_BYTES: u64 = 64 << 20;
/// Values that were asked for are kept up to this, bytes.
const ASKED_BYTES: u64 = 1 << 30;
const DEFAULT_DRAWS: u64 = 1000;
const DEFAULT_QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A parameter in the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedParameter {
    /// Dotted key.
    pub key: String,
    /// What a draw does: `*`, `+`, `=`.
    pub op: String,
    /// Whether it depends on others.
    pub correlated: bool,
}

/// What an ensemble computes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Format of this file.
    pub schema: String,
    /// Scenario id.
    pub id: String,
    /// Scenario title.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// Commit it was built from.
    pub commit: String,
    /// Hash of everything the results depend on.
    pub results_key: String,
    /// Seed.
    pub seed: u64,
    /// Design.
    pub design: String,
    /// Whether failures and prices are drawn too.
    pub drawn_events: bool,
    /// Draws.
    pub draws: u64,
    /// Draws of a block.
    pub block: u64,
    /// How many replicates the draws are dealt out to, for standard errors.
    pub replicates: u64,
    /// Quantiles told.
    pub quantiles: Vec<f64>,
    /// Parameters, in the order of their columns.
    pub parameters: Vec<PlannedParameter>,
    /// Positions of the results that were asked for.
    pub asked: Vec<usize>,
    /// Positions of the results whose values are all kept, rising: their quantiles are exact, those of the others have a
    /// relative error of 0.1 %.
    pub exact: Vec<usize>,
    /// Conditions.
    pub questions: Vec<Question>,
    /// Results.
    pub outputs: Vec<Output>,
}

/// What a command line may change.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Draws.
    pub draws: Option<u64>,
    /// Seed.
    pub seed: Option<u64>,
    /// Hash of everything the results depend on.
    pub results_key: String,
    /// Commit the program was built from.
    pub commit: String,
}

/// A scenario ready to be drawn.
#[derive(Debug)]
pub struct Job {
    /// The scenario.
    pub scenario: Scenario,
    /// What is computed.
    pub plan: Plan,
    /// The results, to be read.
    pub outputs: Outputs,
    /// The parameters, to be drawn.
    pub sampler: Sampler,
}

impl Job {
    /// Plans the ensemble of a scenario.
    ///
    /// # Errors
    /// A result is asked for that there is not.
    pub fn new(scenario: Scenario, built: &Built, options: &Options) -> Result<Self, Vec<Problem>> {
        let uncertainty = scenario.uncertainty();
        let said = scenario.integer("uncertainty.draws").and_then(|draws| u64::try_from(draws).ok());
        let draws = options.draws.or(said).unwrap_or(DEFAULT_DRAWS);
        let seed = options.seed.unwrap_or_else(|| build::seed(&scenario));
        let design = scenario.text("uncertainty.design").and_then(Design::named).unwrap_or(Design::MonteCarlo);
        let sampler = uncertainty.sampler(design, seed, draws);
        let start = built.model.horizon.start_year;
        let from = scenario.month("time.report_from").map_or(start, |(year, _)| year.max(start));
        let outputs = Outputs::new(built, from);
        let asked = asked(&scenario, built, &outputs)?;
        let correlated = |place: usize| uncertainty.correlations.iter().any(|(a, b, _)| *a == place || *b == place);
        let parameters = uncertainty.parameters.iter().enumerate().map(|(place, parameter)| PlannedParameter {
            key: parameter.key.clone(),
            op: parameter.op.sign().to_owned(),
            correlated: correlated(place),
        });
        let quantiles =
            scenario.numbers("uncertainty.quantiles").map_or_else(|| DEFAULT_QUANTILES.to_vec(), <[f64]>::to_vec);
        let plan = Plan {
            schema: SCHEMA.to_owned(),
            id: scenario.id().to_owned(),
            title: scenario.title().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: options.commit.clone(),
            results_key: options.results_key.clone(),
            seed,
            design: design.name().to_owned(),
            drawn_events: !uncertainty.expected_events,
            draws,
            block: block_size(draws),
            replicates: design.replicates(draws),
            quantiles,
            parameters: parameters.collect(),
            exact: exact(&outputs, &asked, draws),
            asked,
            questions: questions(&outputs, &built.targets, &built.catalog),
            outputs: outputs.list().to_vec(),
        };
        Ok(Self { scenario, plan, outputs, sampler })
    }
}

/// Positions of the results that the scenario asks for; how full the plants are if it asks for none.
pub fn asked(scenario: &Scenario, built: &Built, outputs: &Outputs) -> Result<Vec<usize>, Vec<Problem>> {
    let names = scenario.names("sensitivity.outputs");
    if names.is_empty() {
        let of_plants = |place: &usize| {
            let output = &outputs.list()[*place];
            is_headline(output) && output.year.is_none_or(|year| year % 5 == 0)
        };
        return Ok((0..outputs.list().len()).filter(of_plants).collect());
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        match outputs.find(name, built) {
            Ok(place) => found.push(place),
            Err(unknown) => {
                let (label, help) = match unknown {
                    Unknown::Indicator { name, known } => {
                        let addresses = outputs.list().iter().map(|output| output.indicator.as_str());
                        let known: Vec<&str> = known.iter().map(String::as_str).chain(addresses).collect();
                        ("no indicator is called like this", suggestion(&name, known))
                    }
                    Unknown::Name { name, known, .. } => {
                        ("a name in it is not known", suggestion(&name, known.iter().map(String::as_str)))
                    }
                    Unknown::Year(year) => ("not a year of the results", format!("{year} is not reported")),
                    Unknown::NotYearly(_) => ("it has one value for the whole run", "leave the year out".to_owned()),
                };
                let title = format!("there is no result `{name}`");
                problems.push(scenario.problem_at("sensitivity.outputs", "E0401", title, label, help));
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// Draws of a block: from the number of draws alone, whatever the threads and shards.
fn block_size(draws: u64) -> u64 {
    draws.div_ceil(FEWEST_BLOCKS).clamp(1, MOST_IN_BLOCK).max(draws.div_ceil(MOST_BLOCKS))
}

/// Positions of the results whose values are kept.
fn exact(outputs: &Outputs, asked: &[usize], draws: u64) -> Vec<usize> {
    let bytes = draws.saturating_mul(8);
    let fitting = |budget: u64| usize::try_from(budget / bytes.max(1)).unwrap_or(usize::MAX);
    let headline = (0..outputs.list().len()).filter(|place| is_headline(&outputs.list()[*place]));
    let mut first: Vec<usize> = Vec::new();
    for place in asked.iter().copied().chain(headline) {
        if !first.contains(&place) {
            first.push(place);
        }
    }
    first.truncate(fitting(ASKED_BYTES));
    let room = fitting(EXACT_BYTES).saturating_sub(first.len());
    let mut kept = vec![false; outputs.list().len()];
    for place in &first {
        kept[*place] = true;
    }
    let mut others = (0..kept.len()).filter(|place| !first.contains(place)).collect::<Vec<_>>();
    others.truncate(room);
    for place in others {
        kept[place] = true;
    }
    (0..kept.len()).filter(|place| kept[*place]).collect()
}

impl Plan {
    /// How many blocks there are.
    pub fn blocks(&self) -> u64 {
        self.draws.div_ceil(self.block.max(1))
    }

    /// The draws of a block.
    pub fn draws_of(&self, block: u64) -> std::ops::Range<u64> {
        let start = block * self.block;
        start..(start + self.block).min(self.draws)
    }

    /// Positions of the results of which only moments and a sketch are kept, rising.
    pub fn sketched(&self) -> Vec<usize> {
        let mut exact = self.exact.iter().peekable();
        (0..self.outputs.len())
            .filter(|place| {
                let kept = exact.peek() == Some(&place);
                if kept {
                    exact.next();
                }
                !kept
            })
            .collect()
    }

    /// The file.
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_draws_make_many_blocks_and_many_draws_not_too_many() {
        let blocks = |draws: u64| draws.div_ceil(block_size(draws));
        assert_eq!([1, 64, 100, 1000, 10_000].map(blocks), [1, 64, 50, 63, 64]);
        assert_eq!([300_000, 1_000_000, 4_194_304].map(block_size), [4096; 3]);
        assert_eq!((block_size(100_000_000), blocks(100_000_000)), (97_657, 1024));
    }
}
