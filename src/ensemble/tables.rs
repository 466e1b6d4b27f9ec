//! What an ensemble writes, as CSV.

use super::merged::{CONFIDENCE, Merged};
use super::outputs::Output;
use super::plan::Plan;
use crate::base::number::text;
use crate::sampling::estimate::proportion;

/// Rows under a header, in memory: writing does not fail, and all rows have as many cells as the header.
struct Table(csv::Writer<Vec<u8>>);

impl Table {
    fn new<S: AsRef<[u8]>>(header: &[S]) -> Self {
        let mut table = Self(csv::Writer::from_writer(Vec::new()));
        table.row(header);
        table
    }

    fn row<S: AsRef<[u8]>>(&mut self, cells: &[S]) {
        let _ = self.0.write_record(cells);
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}

/// A quantile's name: `q05`, `q50`, `q2.5`.
pub fn quantile_name(q: f64) -> String {
    let percent = text((q * 1e8).round() / 1e6);
    if q < 0.1 && !percent.contains('.') { format!("q0{percent}") } else { format!("q{percent}") }
}

fn names(output: &Output) -> Vec<String> {
    let parts = [&output.indicator, &output.region, &output.plant, &output.substance];
    parts.into_iter().cloned().chain([output.time()]).collect()
}

const NAMES: [&str; 5] = ["indicator", "region", "plant", "substance", "time"];

fn header(middle: &[&str], plan: &Plan, end: &[&str]) -> Vec<String> {
    let quantiles = plan.quantiles.iter().map(|q| quantile_name(*q));
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    owned(&NAMES).into_iter().chain(owned(middle)).chain(quantiles).chain(owned(end)).collect()
}

/// `stats.csv`: what all draws say of every result that ever had a value.
pub fn statistics(plan: &Plan, merged: &Merged) -> Vec<u8> {
    let mut table = Table::new(&header(&["n", "mean", "sd", "se"], plan, &["min", "max", "unit", "quantiles"]));
    for (output, statistic) in plan.outputs.iter().zip(&merged.statistics) {
        let Some(statistic) = statistic else { continue };
        let moments = &statistic.moments;
        let mut row = names(output);
        row.push(moments.n.to_string());
        row.extend([moments.mean, moments.sd(), statistic.standard_error].map(text));
        row.extend(statistic.quantiles.iter().map(|value| text(*value)));
        row.extend([moments.min, moments.max].map(text));
        row.extend([output.unit.clone(), if statistic.exact { "exact" } else { "sketch" }.to_owned()]);
        table.row(&row);
    }
    table.finish()
}

/// `convergence.csv`: means and quantiles of the results asked for, after more and more draws.
pub fn convergence(plan: &Plan, merged: &Merged) -> Vec<u8> {
    let mut table = Table::new(&header(&["n", "mean", "se"], plan, &["unit"]));
    for prefix in &merged.convergence {
        let output = &plan.outputs[plan.asked[prefix.asked]];
        let mut row = names(output);
        row.push(prefix.statistic.moments.n.to_string());
        row.extend([prefix.statistic.moments.mean, prefix.statistic.standard_error].map(text));
        row.extend(prefix.statistic.quantiles.iter().map(|value| text(*value)));
        row.push(output.unit.clone());
        table.row(&row);
    }
    table.finish()
}

/// `targets.csv`: the probability that a condition is met in a year, and that a year is the first to meet it.
pub fn targets(plan: &Plan, merged: &Merged) -> Vec<u8> {
    let mut table = Table::new(&["target", "condition", "event", "time", "n", "count", "probability", "low", "high"]);
    for (question, answer) in plan.questions.iter().zip(&merged.answers) {
        let condition = question.test.text();
        let mut row = |event: &str, time: &str, n: u64, count: u64| {
            if n == 0 {
                return;
            }
            let (low, high) = proportion::interval(count, n, CONFIDENCE);
            let probability = text(count as f64 / n as f64);
            let cells = [&question.name, &condition, event, time, &n.to_string(), &count.to_string(), &probability];
            let cells: Vec<String> = cells.into_iter().map(str::to_owned).chain([low, high].map(text)).collect();
            table.row(&cells);
        };
        let years = || question.outputs.iter().map(|place| plan.outputs[*place].time());
        for (year, (asked, met)) in years().zip(answer.asked.iter().zip(&answer.met)) {
            row("met", &year, *asked, *met);
        }
        let all = answer.first.iter().sum::<u64>() + answer.never;
        for (year, count) in years().zip(&answer.first).filter(|(_, count)| **count > 0) {
            row("first", &year, all, *count);
        }
        row("first", "never", all, answer.never);
    }
    table.finish()
}

/// `failures.csv`: draws without a result.
pub fn failures(merged: &Merged) -> Vec<u8> {
    let mut table = Table::new(&["draw", "code", "key", "message"]);
    for failure in &merged.failures {
        table.row(&[&failure.draw.to_string(), &failure.code, &failure.key, &failure.message]);
    }
    table.finish()
}

/// `sensitivity.csv`: rank correlations of the results asked for with the parameters.
pub fn correlations(plan: &Plan, merged: &Merged) -> Vec<u8> {
    let mut table = Table::new(&["output", "parameter", "measure", "value", "low", "high"]);
    for found in merged.correlations() {
        let output = plan.outputs[plan.asked[found.asked]].address.clone();
        let parameter = &plan.parameters[found.parameter].key;
        let measure = if found.partial { "prcc" } else { "spearman" };
        let [value, low, high] = [found.value, found.low, found.high].map(text);
        table.row(&[&output, parameter, measure, &value, &low, &high]);
    }
    table.finish()
}

/// `draws.csv`: parameters and the results asked for side by side, a row for each draw that has results; `NA` where an
/// indicator has no value.
pub fn draws(plan: &Plan, merged: &Merged) -> Vec<u8> {
    let parameters = plan.parameters.iter().map(|parameter| parameter.key.clone());
    let outputs = plan.asked.iter().map(|place| plan.outputs[*place].address.clone());
    let mut table = Table::new(&["draw".to_owned()].into_iter().chain(parameters).chain(outputs).collect::<Vec<_>>());
    let mut failures = merged.failures.iter().map(|failure| failure.draw).peekable();
    for draw in 0..plan.draws {
        if failures.next_if_eq(&draw).is_some() {
            continue;
        }
        let mut row = vec![draw.to_string()];
        row.extend(merged.parameters.iter().map(|column| text(column[draw as usize])));
        let cell = |column: &Vec<f64>| match column.get(draw as usize) {
            Some(value) if !value.is_nan() => text(*value),
            _ => "NA".to_owned(),
        };
        row.extend(merged.asked.iter().map(cell));
        table.row(&row);
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_named_by_their_percent() {
        let names = [0.05, 0.5, 0.95, 0.025, 0.975, 0.1].map(quantile_name);
        assert_eq!(names, ["q05", "q50", "q95", "q2.5", "q97.5", "q10"]);
    }
}
