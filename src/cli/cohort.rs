//! `urbanmine cohort`: one series, one lifetime, a CSV out.

mod expression;
mod input;
mod output;

use super::{Terminal, args, exit};
use crate::disk::{self, Disk};
use crate::model::lifetime::Lifetime;
use crate::model::stock::{Cohorts, OnShortfall, Past, StockError, Survival, inflow_driven, stock_driven};
use crate::scenario::{FileKind, Problem, Problems, Sources};
use input::{Input, Refusal};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// Why there is no result.
struct Failure {
    code: u8,
    problems: Vec<Problem>,
    /// Where there is no place to point at.
    message: Option<String>,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problems(problems) => Self { code: exit::INPUT, problems, message: None },
            Refusal::Io(message) => Self { code: exit::IO, problems: vec![], message: Some(message) },
        }
    }
}

/// Reads, computes, prints.
pub fn run(arguments: &args::Cohort, terminal: &Terminal, disk: &dyn Disk) -> u8 {
    let mut sources = Sources::default();
    let failure = match compute(arguments, terminal, disk, &mut sources) {
        Ok(()) => return exit::DONE,
        Err(failure) => failure,
    };
    let problems = Problems::new(failure.problems, Arc::new(sources));
    if terminal.json {
        let document = json!({
            "schema": "urbanmine.cohort/1", "ok": false, "exit_code": failure.code,
            "message": failure.message, "diagnostics": problems.to_json(),
        });
        terminal.print(&document.to_string());
    }
    if let Some(message) = failure.message {
        terminal.complain(&format!("error: {message}"));
    }
    if !problems.list().is_empty() {
        terminal.complain(&problems.render(terminal.styled));
    }
    failure.code
}

fn compute(
    arguments: &args::Cohort,
    terminal: &Terminal,
    disk: &dyn Disk,
    sources: &mut Sources,
) -> Result<(), Failure> {
    if let Some(file) = arguments.chart.as_ref().filter(|file| file.extension().is_none_or(|kind| kind != "svg")) {
        let title = format!("`{}` is no SVG file", file.display());
        let help = "charts are drawn as SVG: name a file that ends in `.svg`";
        return Err(Refusal::from(Problem::without_place("E0405", title, help)).into());
    }
    let text =
        sources.add("--lifetime".to_owned(), String::new(), FileKind::Pseudo, arguments.lifetime.clone().into_bytes());
    let expression = expression::read(&arguments.lifetime, text).map_err(Refusal::Problems)?;
    // The command line takes exactly one of the two.
    let (path, default) = match (&arguments.inflow, &arguments.stock) {
        (Some(path), _) => (path.as_path(), "inflow"),
        (None, Some(path)) => (path.as_path(), "target_stock"),
        (None, None) => (Path::new("-"), "inflow"),
    };
    let column = arguments.column.as_deref().unwrap_or(default);
    let input = Input::read(path, column, sources)?;
    let lifetimes = input.lifetimes(&expression, sources)?;
    let survival = Survival::new(&lifetimes, arguments.inflow_at);

    let driven = if arguments.stock.is_some() {
        stock_driven(&input.values, survival, &Past::default(), arguments.on_shortfall)
    } else {
        inflow_driven(&input.values, survival)
    };
    let cohorts = driven.map_err(|error| refuse(error, &input, sources))?;
    let finite = cohorts.inflow().iter().chain(cohorts.outflow()).chain(cohorts.stock()).all(|value| value.is_finite());
    if !finite {
        let message = "the result is too large for a number".to_owned();
        return Err(Failure { code: exit::RESULT, problems: vec![], message: Some(message) });
    }
    warn_of_losses_at_birth(expression.distribution.name, &lifetimes, terminal);
    warn_of_negatives(&cohorts, &input, terminal);

    let steps = input.steps();
    if let Some(file) = &arguments.chart {
        let target = arguments.stock.is_some().then_some(input.values.as_slice());
        let source = format!("column `{column}` of {}", path.display());
        let failed = |code, message| Failure { code, problems: vec![], message: Some(message) };
        let svg = output::chart(&steps, &cohorts, target, arguments, &source)
            .map_err(|error| failed(exit::INTERNAL, format!("the chart cannot be drawn: {error}")))?;
        disk::write_file(disk, file, svg.as_bytes()).map_err(|error| failed(exit::IO, error.to_string()))?;
    }
    terminal.print(&if terminal.json {
        output::document(&steps, &cohorts, arguments.by_cohort).to_string()
    } else if arguments.by_cohort {
        output::by_cohort(&steps, &cohorts)
    } else {
        output::series(&steps, &cohorts)
    });
    Ok(())
}

/// Says where the model and the series do not go together.
fn refuse(error: StockError, input: &Input, sources: &Sources) -> Failure {
    let (step, title, label, help) = match error {
        StockError::Shortfall { step, shortfall } => (
            step,
            format!("the stock of step {step} is to fall faster than things retire"),
            format!("{shortfall} too much is still in stock"),
            "choose what happens: `--on-shortfall early_retirement`, `allow_negative` or `overshoot`",
        ),
        StockError::Unreachable { step } => (
            step,
            format!("the stock of step {step} cannot be reached"),
            "nothing of an inflow lives to the end of its step".to_owned(),
            "use a longer lifetime, shorter steps, or `--inflow-at end`",
        ),
        StockError::Amount { step, value } => (
            step,
            format!("a stock cannot be {value}"),
            "must not be negative".to_owned(),
            "write 0 or more, or allow it with `--on-shortfall allow_negative`",
        ),
        // Neither an initial stock nor series of different length can be given here.
        StockError::Outlived { .. } | StockError::Length { .. } => {
            return Failure { code: exit::INTERNAL, problems: vec![], message: Some(error.to_string()) };
        }
    };
    let code = if matches!(error, StockError::Amount { .. }) { exit::INPUT } else { exit::RESULT };
    let problem = Problem::error("E0305", title, input.origin(step, sources), label, help);
    Failure { code, problems: vec![problem], message: None }
}

/// A distribution that reaches below age 0 retires that part at once.
fn warn_of_losses_at_birth(distribution: &str, lifetimes: &[Lifetime], terminal: &Terminal) {
    let lost = lifetimes.iter().map(Lifetime::lost_at_birth).fold(0.0, f64::max);
    if lost > 1e-6 {
        let cut = if distribution == "normal" { "; `normal_trunc0` cuts it off" } else { "" };
        let percent = lost * 100.0;
        terminal.say(&format!(
            "note: `{distribution}` has {percent:.4} % of a cohort below age 0, which retires at once{cut}"
        ));
    }
}

/// Nothing goes negative silently.
fn warn_of_negatives(cohorts: &Cohorts, input: &Input, terminal: &Terminal) {
    let negative: Vec<usize> =
        cohorts.inflow().iter().enumerate().filter(|(_, inflow)| **inflow < 0.0).map(|(step, _)| step).collect();
    if let Some(first) = negative.first() {
        let name = input.steps().get(*first).cloned().unwrap_or_default();
        terminal.say(&format!("warning: the inflow is negative in {} steps, first in t = {name}", negative.len()));
    }
    let early = cohorts.kept().iter().filter(|kept| **kept != 1.0).count();
    if early > 0 {
        let rule = OnShortfall::EarlyRetirement;
        terminal.say(&format!("note: {rule} in {early} steps; what was retired early is part of the outflow"));
    }
}
