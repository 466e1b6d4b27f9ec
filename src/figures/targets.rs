//! Compliance: every target in every year.

use super::{Context, display, source};
use crate::base::number::{readable, text};
use crate::charts::{HeatMap, HeatRow};
use crate::results::indicator::By;
use crate::results::tables::Run;
use crate::results::targets::{Bound, Judgement, Verdict, score};

/// All targets that can be judged; nothing if there are none.
pub fn chart(run: &Run<'_>, context: &Context<'_>) -> Option<HeatMap> {
    let verdicts = run.judge(context.targets);
    let score = score(&verdicts);
    let judged: Vec<&Verdict<'_>> = verdicts.iter().filter(|verdict| verdict.applies()).collect();
    let first = judged.iter().flat_map(|verdict| &verdict.judgements).map(|judgement| judgement.year).min()?;
    let years: Vec<i32> = (first.max(context.from)..run.model.horizon.end_year()).collect();
    let rows = judged.iter().map(|verdict| row(run, verdict, &years));
    Some(HeatMap {
        title: format!("Rules and promises: {} of {} met in every year", score.met, score.judged),
        subtitle: context.title.to_owned(),
        notes: "least met".to_owned(),
        rows: rows.collect(),
        x: years,
        footnote: format!(
            "Missed by: what is missing over what is asked for; of several plants the worst. How each is counted stands \
             in tables/targets.csv. {}",
            source(run)
        ),
        words: Vec::new(),
    })
}

fn row(run: &Run<'_>, verdict: &Verdict<'_>, years: &[i32]) -> HeatRow {
    let target = verdict.target;
    let missing = |judgement: &Judgement| {
        if judgement.met { 0.0 } else { (judgement.value - target.required).abs() / target.required.abs().max(1e-12) }
    };
    let cell = |year: &i32| {
        let of_year = verdict.judgements.iter().filter(|judgement| judgement.year == *year);
        of_year.map(missing).reduce(f64::max)
    };
    let note = verdict.worst().map_or(String::new(), |worst| {
        let plant = worst.place.name(By::Plant, run.catalog).map_or(String::new(), |plant| format!(", {plant}"));
        let sign = if target.bound == Bound::AtLeast { "<" } else { ">" };
        let [mut value, required] = [worst.value, target.required].map(readable);
        // What is missed by a hair does not look met.
        if value == required && !worst.met {
            value = text(worst.value);
        }
        format!("{value} {sign} {required} in {}{plant}", worst.year)
    });
    HeatRow { name: display(&target.name), note, cells: years.iter().map(cell).collect() }
}
