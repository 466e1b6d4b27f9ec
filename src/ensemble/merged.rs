//! Blocks joined in their order: what all draws say together. The order is that of the draws, whoever computed them.

use super::block::{Answer, Block, Failure, Summary};
use super::plan::Plan;
use crate::sampling::estimate::Moments;
use crate::sampling::estimate::order::{quantile, sketch};
use crate::sampling::estimate::ranks::{partial, pearson, ranks};
use crate::sampling::normal;

/// Confidence of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// What all draws say of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// Number, mean, spread, ends.
    pub moments: Moments,
    /// Standard error of the mean.
    pub standard_error: f64,
    /// The plan's quantiles.
    pub quantiles: Vec<f64>,
    /// Whether they are exact.
    pub exact: bool,
}

/// A mean on the way: after some draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Prefix {
    /// Position of the result among those asked for.
    pub asked: usize,
    /// Draws so far.
    pub draws: u64,
    /// What they say.
    pub statistic: Statistic,
}

/// Rank correlation of a result with a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Position of the result among those asked for.
    pub asked: usize,
    /// Position of the parameter.
    pub parameter: usize,
    /// Whether the effect of all other parameters was taken out.
    pub partial: bool,
    /// The correlation.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// All draws of a plan.
#[derive(Debug)]
pub struct Merged {
    /// By result; nothing where it never had a value.
    pub statistics: Vec<Option<Statistic>>,
    /// The plan's questions.
    pub answers: Vec<Answer>,
    /// Draws without a result.
    pub failures: Vec<Failure>,
    /// Values of each parameter, draw by draw.
    pub parameters: Vec<Vec<f64>>,
    /// Values of each result that was asked for, draw by draw; NaN where there is none. Nothing if they were not kept.
    pub asked: Vec<Vec<f64>>,
    /// Means of the results asked for, on the way.
    pub convergence: Vec<Prefix>,
    /// The largest relative residual of the mass balance in any draw.
    pub worst_residual: f64,
}

impl Merged {
    /// Joins blocks, which must come in their order and without gaps.
    ///
    /// # Errors
    /// The first block that cannot be had.
    pub fn new<E>(plan: &Plan, blocks: impl Iterator<Item = Result<Block, E>>) -> Result<Self, E> {
        let mut exact: Vec<Vec<f64>> = vec![Vec::new(); plan.exact.len()];
        let mut exact_moments = vec![Moments::default(); plan.exact.len()];
        let sketched = plan.sketched();
        let replicates = if plan.replicates > 1 { plan.replicates as usize } else { 0 };
        let summary = Summary { moments: Moments::default(), replicates: vec![(0, 0.0); replicates], sketch: sketch() };
        let mut summaries = vec![summary; sketched.len()];
        let mut answers: Option<Vec<Answer>> = None;
        let mut parameters: Vec<Vec<f64>> = vec![Vec::new(); plan.parameters.len()];
        let (mut failures, mut worst_residual) = (Vec::new(), 0.0_f64);
        for block in blocks {
            let block = block?;
            for ((all, moments), values) in exact.iter_mut().zip(&mut exact_moments).zip(&block.exact) {
                moments.merge(&values.iter().filter(|value| !value.is_nan()).collect());
                all.extend(values);
            }
            for (all, part) in summaries.iter_mut().zip(&block.summaries) {
                all.merge(part);
            }
            match &mut answers {
                None => answers = Some(block.answers),
                Some(answers) => answers.iter_mut().zip(&block.answers).for_each(|(all, part)| all.merge(part)),
            }
            for row in block.parameters.chunks_exact(plan.parameters.len().max(1)) {
                parameters.iter_mut().zip(row).for_each(|(column, value)| column.push(*value));
            }
            failures.extend(block.failures);
            worst_residual = worst_residual.max(block.worst_residual);
        }
        let mut statistics = vec![None; plan.outputs.len()];
        for ((place, values), moments) in plan.exact.iter().zip(&exact).zip(exact_moments) {
            statistics[*place] = of_values(plan, values, moments);
        }
        for (place, summary) in sketched.iter().zip(&summaries) {
            statistics[*place] = of_summary(plan, summary);
        }
        let kept = |place: &usize| plan.exact.binary_search(place).ok().map(|column| exact[column].clone());
        let asked: Vec<Vec<f64>> = plan.asked.iter().map(|place| kept(place).unwrap_or_default()).collect();
        let convergence = convergence(plan, &asked);
        let answers = answers.unwrap_or_default();
        Ok(Self { statistics, answers, failures, parameters, asked, convergence, worst_residual })
    }

    /// Rank correlations of the results asked for with all parameters: Spearman's, and partial ones. Nothing for results
    /// and parameters that do not vary.
    pub fn correlations(&self) -> Vec<Correlation> {
        let mut found = Vec::new();
        for (asked, values) in self.asked.iter().enumerate() {
            let draws: Vec<usize> = (0..values.len()).filter(|draw| !values[*draw].is_nan()).collect();
            let of = |column: &[f64]| ranks(&draws.iter().map(|draw| column[*draw]).collect::<Vec<f64>>());
            let output = of(values);
            let columns: Vec<Vec<f64>> = self.parameters.iter().map(|column| of(column)).collect();
            let n = draws.len() as f64;
            let alone = columns.iter().map(|column| pearson(column, &output));
            for (parameter, value) in alone.enumerate() {
                // The variance of the transformed rank correlation is 1.06 / (n - 3) (Fieller and others 1957).
                found.extend(value.map(|value| correlation(asked, parameter, false, value, 1.06 / (n - 3.0))));
            }
            let others = (columns.len() as f64 - 1.0).max(0.0);
            for (parameter, value) in partial(&columns, &output).into_iter().enumerate() {
                found.extend(value.map(|value| correlation(asked, parameter, true, value, 1.06 / (n - 3.0 - others))));
            }
        }
        found
    }
}

/// A correlation with its interval after Fisher's transformation.
fn correlation(asked: usize, parameter: usize, partial: bool, value: f64, variance: f64) -> Correlation {
    let (low, high) = if variance.is_finite() && variance > 0.0 && value.abs() < 1.0 {
        let reach = normal::quantile(0.5 + 0.5 * CONFIDENCE) * variance.sqrt();
        ((value.atanh() - reach).tanh(), (value.atanh() + reach).tanh())
    } else {
        (value, value)
    };
    Correlation { asked, parameter, partial, value, low, high }
}

fn of_values(plan: &Plan, values: &[f64], moments: Moments) -> Option<Statistic> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let quantiles = plan.quantiles.iter().filter_map(|q| quantile(&sorted, *q)).collect();
    let mut replicates = vec![Moments::default(); plan.replicates as usize];
    for (draw, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        replicates[draw % plan.replicates as usize].push(*value);
    }
    let means: Vec<(u64, f64)> = replicates.iter().map(|replicate| (replicate.n, replicate.mean)).collect();
    Some(Statistic { standard_error: standard_error(&moments, &means), moments, quantiles, exact: true })
}

fn of_summary(plan: &Plan, summary: &Summary) -> Option<Statistic> {
    let moments = summary.moments;
    // A sketch's value may lie a little outside what there was.
    let quantile =
        |q: &f64| summary.sketch.quantile(*q).ok().flatten().map(|value| value.clamp(moments.min, moments.max));
    let quantiles: Vec<f64> = plan.quantiles.iter().filter_map(quantile).collect();
    let standard_error = standard_error(&moments, &summary.replicates);
    (moments.n > 0).then_some(Statistic { moments, standard_error, quantiles, exact: false })
}

/// From the spread of the replicates' means where there are several, else from that of the draws.
fn standard_error(moments: &Moments, replicates: &[(u64, f64)]) -> f64 {
    if replicates.len() < 2 || replicates.iter().any(|(n, _)| *n == 0) {
        return moments.standard_error();
    }
    replicates.iter().map(|(_, mean)| mean).collect::<Moments>().standard_error()
}

/// Means and quantiles of the results asked for after 1, 2, 4, ... blocks and all.
fn convergence(plan: &Plan, asked: &[Vec<f64>]) -> Vec<Prefix> {
    let doubled = std::iter::successors(Some(plan.block), |end| end.checked_mul(2));
    let mut ends: Vec<u64> = doubled.take_while(|end| *end < plan.draws).collect();
    ends.push(plan.draws);
    let mut found = Vec::new();
    for (asked, values) in asked.iter().enumerate() {
        for draws in &ends {
            let Some(values) = values.get(..*draws as usize) else { continue };
            let mut moments = Moments::default();
            for block in values.chunks(plan.block as usize) {
                moments.merge(&block.iter().filter(|value| !value.is_nan()).collect());
            }
            let statistic = of_values(plan, values, moments);
            found.extend(statistic.map(|statistic| Prefix { asked, draws: *draws, statistic }));
        }
    }
    found
}
