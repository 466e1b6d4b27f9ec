//! The page of an ensemble: how the results asked for scatter, how likely conditions are, and what moves them.

use super::ReportError;
use super::page::{Cell, Column, Page, Picture, Section, Table};
use crate::base::number::{readable, text};
use crate::base::words::Language;
use crate::ensemble::merged::{CONFIDENCE, Correlation, Merged};
use crate::ensemble::plan::Plan;
use crate::ensemble::tables::quantile_name;
use crate::sampling::estimate::proportion;

/// Parameters that are named for each result.
const MOST_NAMED: usize = 3;
/// Impossible draws that are shown; all are in `failures.csv`.
const MOST_FAILURES: usize = 10;

/// The page of an ensemble with its pictures, each a title and an SVG.
///
/// # Errors
/// If the page cannot be filled in.
pub fn page(plan: &Plan, merged: &Merged, pictures: Vec<(String, String)>) -> Result<String, ReportError> {
    let possible = plan.draws - merged.failures.len() as u64;
    let results = Section {
        id: "results",
        title: "Results".to_owned(),
        lines: vec![format!(
            "{possible} draws of {} uncertain numbers by {}, seed {}; failures and prices {}.",
            plan.parameters.len(),
            plan.design.replace('_', " "),
            plan.seed,
            if plan.drawn_events { "drawn in every run" } else { "at their expected values" },
        )],
        points: strongest(plan, merged),
        tables: vec![statistics(plan, merged)],
        ..Section::default()
    };
    let likely = Section {
        id: "targets",
        title: "How likely".to_owned(),
        lines: vec![
            "The part of the draws that meets a condition in the last year it is asked about, with its 95 % interval, \
             and the year in which half of them have met it. All years are in targets.csv."
                .to_owned(),
        ],
        tables: vec![answers(plan, merged)],
        ..Section::default()
    };
    let figures = pictures.into_iter().map(|(title, svg)| Picture { title, svg }).collect();
    let charts = Section { id: "charts", title: "Charts".to_owned(), figures, ..Section::default() };
    let mut sections = vec![results, likely, charts];
    if !merged.failures.is_empty() {
        sections.push(failures(plan, merged));
    }
    let page = Page {
        title: plan.title.clone(),
        kicker: format!("{} · ensemble", plan.id),
        description: String::new(),
        key: plan.results_key.clone(),
        commit: plan.commit.clone(),
        sections,
    };
    page.html(Language::default())
}

fn statistics(plan: &Plan, merged: &Merged) -> Table {
    let names = ["mean", "standard error"].map(str::to_owned);
    let told = plan.quantiles.iter().map(|q| quantile_name(*q));
    let numbers = names.into_iter().chain(told).map(Column::numbers);
    let header = std::iter::once(Column::words("result")).chain(numbers).chain([Column::words("unit")]);
    let rows = plan.asked.iter().filter_map(|place| {
        let (output, statistic) = (&plan.outputs[*place], merged.statistics[*place].as_ref()?);
        let values = [statistic.moments.mean, statistic.standard_error].into_iter().chain(statistic.quantiles.clone());
        let cells = values.map(|value| Cell::number(&text(value)));
        Some(std::iter::once(Cell::text(&*output.address)).chain(cells).chain([Cell::text(&*output.unit)]).collect())
    });
    Table { caption: "stats.csv".to_owned(), header: header.collect(), rows: rows.collect(), ..Table::default() }
}

/// For each result the parameters that move with it.
fn strongest(plan: &Plan, merged: &Merged) -> Vec<String> {
    let all = merged.correlations();
    let told = |(asked, place): (usize, &usize)| {
        // What the interval does not tell from nothing is not told.
        let counts = |found: &&Correlation| found.asked == asked && found.partial && found.low * found.high > 0.0;
        let mut own: Vec<&Correlation> = all.iter().filter(counts).collect();
        own.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
        let names = own.iter().take(MOST_NAMED).map(|found| {
            let sign = if found.value > 0.0 { "up" } else { "down" };
            format!("{} ({sign}, {})", plan.parameters[found.parameter].key, readable(found.value))
        });
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then(|| format!("{} moves most with {}", plan.outputs[*place].address, names.join(", ")))
    };
    plan.asked.iter().enumerate().filter_map(told).collect()
}

fn answers(plan: &Plan, merged: &Merged) -> Table {
    let header = vec![
        Column::words("condition"),
        Column::words("on"),
        Column::words("in"),
        Column::numbers("probability"),
        Column::numbers("low"),
        Column::numbers("high"),
        Column::words("half of the draws by"),
    ];
    let rows = plan.questions.iter().zip(&merged.answers).filter_map(|(question, answer)| {
        let last = answer.asked.iter().rposition(|asked| *asked > 0)?;
        let (asked, met) = (answer.asked[last], answer.met[last]);
        let (low, high) = proportion::interval(met, asked, CONFIDENCE);
        let all = answer.first.iter().sum::<u64>() + answer.never;
        let mut so_far = 0;
        let half = answer.first.iter().position(|first| {
            so_far += first;
            2 * so_far >= all
        });
        let time = |place: usize| plan.outputs[question.outputs[place]].time();
        let numbers = [met as f64 / asked as f64, low, high].map(|value| Cell::number(&text(value)));
        let names = [question.test.text(), question.name.clone(), time(last)].map(Cell::text);
        let half = Cell::text(half.map_or_else(|| "never".to_owned(), time));
        Some(names.into_iter().chain(numbers).chain([half]).collect())
    });
    Table { caption: "targets.csv".to_owned(), header, rows: rows.collect(), sort: true, ..Table::default() }
}

fn failures(plan: &Plan, merged: &Merged) -> Section {
    let row = |failure: &crate::ensemble::block::Failure| {
        let draw = Cell::text(failure.draw.to_string());
        std::iter::once(draw).chain([&failure.code, &failure.message].map(|text| Cell::text(&**text))).collect()
    };
    Section {
        id: "failures",
        title: "Impossible draws".to_owned(),
        lines: vec![format!("{} of {} draws make no scenario.", merged.failures.len(), plan.draws)],
        tables: vec![Table {
            caption: "failures.csv".to_owned(),
            header: ["draw", "code", "message"].map(Column::words).into(),
            rows: merged.failures.iter().take(MOST_FAILURES).map(row).collect(),
            ..Table::default()
        }],
        ..Section::default()
    }
}
