//! `urbanmine run FILE... -o OUT`: all files are checked first, then each scenario gets its directory.

use super::products::{boxes, products};
use super::validate::{as_list, check_size};
use super::{Terminal, args, exit, headline, signals};
use crate::base::ids::Id;
use crate::base::stop;
use crate::base::words::Language;
use crate::disk::{self, Disk, Folder, WriteError};
use crate::figures::{Context, Estimate};
use crate::model::ledger::{AUDIT_LIMIT, AuditError, Fault};
use crate::model::{RunError, World};
use crate::results::money::Accounts;
use crate::results::run_dir::{self, Manifest, RESOLVED, State, Writer};
use crate::results::summary::Heading;
use crate::results::tables::Run as Tables;
use crate::results::{Every, Recorder};
use crate::scenario::Assumption;
use crate::scenario::Scenario;
use crate::scenario::build::Built;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Most scenarios in one command.
const MOST_SCENARIOS: usize = 10_000;

/// A scenario that passed all checks.
struct Ready {
    file: PathBuf,
    scenario: Scenario,
    built: Built,
    directory: PathBuf,
    key: String,
}

/// How a scenario ended.
struct Outcome {
    id: String,
    directory: PathBuf,
    state: &'static str,
    code: u8,
    text: String,
    residual: Option<f64>,
    key: String,
}

impl Outcome {
    /// Whether a target is missed: read from what was written, so that it is known of a run that is up to date as well.
    fn misses(&self) -> bool {
        self.targets().is_some_and(|targets| targets["missed"].as_array().is_some_and(|missed| !missed.is_empty()))
    }

    /// The targets of the summary.
    fn targets(&self) -> Option<Value> {
        let bytes = std::fs::read(self.directory.join("summary.json")).ok()?;
        let summary: Value = serde_json::from_slice(&bytes).ok()?;
        summary.get("targets").cloned()
    }
}

/// Runs the command.
pub fn run(arguments: &args::Run, language: Language, terminal: &Terminal, disk: &dyn Disk) -> u8 {
    let (ready, mut diagnostics, refused) = prepare(arguments, language, terminal);
    if refused > 0 && (!arguments.keep_going || ready.is_empty()) {
        return finish(terminal, &[], &diagnostics, exit::INPUT);
    }
    if arguments.dry_run {
        let code = if refused == 0 { exit::DONE } else { exit::SOME_FAILED };
        let plans: Vec<(String, String)> =
            ready.iter().map(|scenario| (scenario.scenario.id().to_owned(), plan(scenario, arguments))).collect();
        if terminal.json {
            let plans: Vec<Value> = plans.iter().map(|(id, plan)| json!({ "id": id, "plan": plan })).collect();
            let document = json!({
                "schema": "urbanmine.plan/1", "ok": refused == 0, "exit_code": code, "runs": plans, "diagnostics": diagnostics,
            });
            terminal.print(&document.to_string());
        } else {
            for (id, plan) in plans {
                terminal.print(&format!("{id}  {plan}"));
            }
        }
        return code;
    }
    signals::listen();
    let bar = progress(terminal, ready.len());
    let outcomes: Vec<Outcome> = ready
        .par_iter()
        .map(|scenario| {
            let outcome = run_one(scenario, arguments, language, disk);
            bar.inc(1);
            outcome
        })
        .collect();
    bar.finish_and_clear();
    for outcome in &outcomes {
        if outcome.code == exit::DONE {
            terminal.say(&outcome.text);
        } else if outcome.state != "stopped" {
            terminal.complain(&outcome.text);
            diagnostics.push(json!({ "level": "error", "message": outcome.text, "key": outcome.id }));
        }
    }
    let failed = outcomes.iter().filter(|outcome| outcome.code != exit::DONE).count() + refused;
    let code = match (failed, outcomes.len() + refused) {
        (0, _) if arguments.require_targets && outcomes.iter().any(Outcome::misses) => exit::TARGETS,
        (0, _) => exit::DONE,
        _ if stop::asked().is_some() => stop::asked().unwrap_or_default(),
        (failed, all) if failed < all => exit::SOME_FAILED,
        _ => outcomes.iter().map(|outcome| outcome.code).max().unwrap_or(exit::INPUT),
    };
    if stop::asked() == Some(code) {
        terminal.complain("stopped: what is complete stays; the same command again runs the rest");
    }
    if outcomes.len() + refused > 1 {
        terminal.say(&format!("{} complete, {failed} failed", outcomes.len() + refused - failed));
    }
    finish(terminal, &outcomes, &diagnostics, code)
}

/// Reads and checks every file before anything is written.
fn prepare(arguments: &args::Run, language: Language, terminal: &Terminal) -> (Vec<Ready>, Vec<Value>, usize) {
    let (mut ready, mut diagnostics, mut refused): (Vec<Ready>, _, _) = (Vec::new(), Vec::new(), 0);
    if arguments.files.len() > MOST_SCENARIOS {
        let text = format!(
            "error[E0510]: {} scenarios in one command, at most {MOST_SCENARIOS} are allowed\n  = help: run them in several commands",
            arguments.files.len()
        );
        terminal.complain(&text);
        diagnostics.push(json!({ "level": "error", "code": "E0510", "message": text }));
        return (ready, diagnostics, arguments.files.len());
    }
    for file in &arguments.files {
        match check_size(file, &arguments.set, arguments.allow_large) {
            Ok((scenario, built)) => {
                let warnings: Vec<_> = scenario.warnings().iter().chain(&built.warnings).cloned().collect();
                if !warnings.is_empty() {
                    terminal.say(&scenario.render(&warnings, terminal.styled));
                    diagnostics.extend(as_list(scenario.render_json(&warnings)));
                }
                let directory = arguments.output.join(scenario.id());
                if let Some(other) = ready.iter().find(|other| other.directory == directory) {
                    refused += 1;
                    let id = scenario.id();
                    terminal.complain(&format!(
                        "error: {} and {} are both called `{id}`\n  = help: give one of them another `scenario.id`",
                        other.file.display(),
                        file.display()
                    ));
                    continue;
                }
                let key = results_key(&scenario, &arguments.set, language);
                ready.push(Ready { file: file.clone(), scenario, built, directory, key });
            }
            Err(problems) => {
                refused += 1;
                terminal.complain(&problems.render(terminal.styled));
                diagnostics.extend(as_list(problems.to_json()));
            }
        }
    }
    (ready, diagnostics, refused)
}

/// Hash of all that the results depend on: the program's sources, what it was built to draw, the language of figures and
/// report, the resolved scenario and every data file.
pub(super) fn results_key(scenario: &Scenario, set: &[String], language: Language) -> String {
    let resolved = scenario.resolved_toml();
    let png = if cfg!(feature = "png") { "png" } else { "" };
    let mut parts: Vec<&[u8]> =
        vec![env!("URBANMINE_SOURCES").as_bytes(), png.as_bytes(), language.tag().as_bytes(), resolved.as_bytes()];
    parts.extend(set.iter().map(String::as_bytes));
    for file in scenario.data_files() {
        parts.push(file.path.as_bytes());
        parts.push(&file.bytes);
    }
    disk::sha256_of_parts(&parts)
}

fn plan(ready: &Ready, arguments: &args::Run) -> String {
    let steps = ready.built.model.horizon.steps;
    let what = match run_dir::state(&ready.directory) {
        State::Complete(manifest) if manifest.results_key == ready.key && !arguments.force => "up to date".to_owned(),
        State::Complete(_) if arguments.force => format!("run {steps} steps: asked for"),
        State::Complete(_) => format!("run {steps} steps: scenario, data or program changed"),
        State::Partial => format!("run {steps} steps: not complete"),
        State::Empty => format!("run {steps} steps: new"),
        State::Foreign => "refused: holds files of something else".to_owned(),
    };
    let size = ready.scenario.size();
    let at_most = format!("at most {} MiB of memory, {} MiB on disk", (size.memory >> 20) + 1, (size.output >> 20) + 1);
    format!("{}  {what}; {at_most}", ready.directory.display())
}

/// Runs one scenario, unless its directory already holds the result.
fn run_one(ready: &Ready, arguments: &args::Run, language: Language, disk: &dyn Disk) -> Outcome {
    let outcome = |state, code, text: String, residual| Outcome {
        id: ready.scenario.id().to_owned(),
        directory: ready.directory.clone(),
        state,
        code,
        text,
        residual,
        key: ready.key.clone(),
    };
    if let Some(code) = stop::asked() {
        return outcome("stopped", code, format!("{}: not run", ready.scenario.id()), None);
    }
    let done = || -> Result<_, (u8, String)> {
        if let Some(residual) = is_done(ready, arguments)? {
            return Ok(("up_to_date", up_to_date(ready), residual));
        }
        let folder = Folder::claim(disk, &ready.directory).map_err(unwritten)?;
        // Until now another process may have been at it.
        if let Some(residual) = is_done(ready, arguments)? {
            return Ok(("up_to_date", up_to_date(ready), residual));
        }
        let (text, residual) = compute_and_write(ready, arguments, language, folder)?;
        Ok(("complete", text, residual))
    };
    match done() {
        Ok((state, text, residual)) => outcome(state, exit::DONE, text, Some(residual)),
        Err((code, text)) => outcome("failed", code, text, None),
    }
}

fn up_to_date(ready: &Ready) -> String {
    format!("{}: up to date in {}", ready.scenario.id(), ready.directory.display())
}

/// The balance error of the run that is wanted, if it stands where it should; an error if something else does that is not
/// to be overwritten.
fn is_done(ready: &Ready, arguments: &args::Run) -> Result<Option<f64>, (u8, String)> {
    let (id, place) = (ready.scenario.id(), ready.directory.display());
    match run_dir::state(&ready.directory) {
        State::Complete(manifest) if manifest.results_key == ready.key && !arguments.force => {
            Ok(Some(manifest.max_relative_error))
        }
        State::Complete(manifest) if manifest.id != id && !arguments.replace => Err((
            exit::IO,
            format!(
                "error: {place} holds a run of `{}`, not of `{id}`\n  = help: add --replace to overwrite it",
                manifest.id
            ),
        )),
        State::Foreign => Err((
            exit::IO,
            format!(
                "error: {place} holds files that urbanmine did not write\n  = help: choose another directory with -o"
            ),
        )),
        _ => Ok(None),
    }
}

/// A failed write, as told.
#[expect(clippy::needless_pass_by_value, reason = "as an error is handed on")]
fn unwritten(error: WriteError) -> (u8, String) {
    (exit::IO, format!("error: {error}\n  = help: {}", error.help()))
}

/// The run itself: step loop, tables, figures, manifest.
fn compute_and_write(
    ready: &Ready,
    arguments: &args::Run,
    language: Language,
    folder: Folder<'_>,
) -> Result<(String, f64), (u8, String)> {
    let (begun, clock) = (SystemTime::now(), Instant::now());
    let (scenario, built) = (&ready.scenario, &ready.built);
    let every = if scenario.text("outputs.every") == Some("step") { Every::Step } else { Every::Year };
    let mut world = World::new(&built.model);
    let mut recorder = Recorder::new(&built.model, every);
    let loop_clock = Instant::now();
    built.model.run(&mut world, &mut recorder).map_err(|error| (exit::RESULT, refusal(built, &error)))?;
    let loop_time = loop_clock.elapsed();
    let results = recorder.finish(&built.model);
    let run = Tables { model: &built.model, catalog: &built.catalog, results: &results, every };
    let accounts = Accounts::new(run, &built.economics);
    let heading = heading(scenario, built);
    let estimates = estimates(scenario).map_err(|text| (exit::INPUT, text))?;
    let context = Context {
        title: scenario.title_in(language.tag()),
        from: heading.report_from,
        estimates: &estimates,
        targets: &built.targets,
    };
    let manifest = Manifest {
        schema: String::new(),
        id: heading.id.clone(),
        title: heading.title.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("URBANMINE_COMMIT").to_owned(),
        results_key: ready.key.clone(),
        seed: None,
        set: arguments.set.clone(),
        max_relative_error: results.worst_residual,
        inputs: run_dir::inputs(scenario.data_files().iter().map(|file| (file.path.as_str(), &*file.bytes))),
        outputs: Vec::new(),
    };
    let files = products(&run, &accounts, scenario, &heading, &context, &manifest, language)?;
    let boxes = boxes(&files).unwrap_or_default();

    let mut writer = Writer::open(folder, scenario.resolved_toml().as_bytes()).map_err(unwritten)?;
    for file in scenario.data_files() {
        let path = format!("inputs/{}", file.path);
        if path != RESOLVED {
            writer.put(&path, &file.bytes).map_err(unwritten)?;
        }
    }
    for (path, bytes) in &files {
        writer.put(path, bytes).map_err(unwritten)?;
    }
    writer.complete(manifest, execution(begun, clock).to_string().as_bytes()).map_err(unwritten)?;
    let text = format!(
        "{}{} steps in {:.0} ms, all in {:.2} s; largest balance error {:.1e} (limit {AUDIT_LIMIT:e})\n{boxes}{}",
        headline::text(&run, &accounts, &heading),
        built.model.horizon.steps,
        loop_time.as_secs_f64() * 1e3,
        clock.elapsed().as_secs_f64(),
        results.worst_residual,
        ready.directory.display(),
    );
    Ok((text, results.worst_residual))
}

fn heading(scenario: &Scenario, built: &Built) -> Heading {
    let assumptions = scenario.assumptions();
    let mut confidence: Vec<(String, usize)> = Vec::new();
    for row in &assumptions {
        match confidence.iter_mut().find(|(grade, _)| *grade == row.confidence) {
            Some((_, count)) => *count += 1,
            None => confidence.push((row.confidence.clone(), 1)),
        }
    }
    confidence.sort();
    // What a plant wins of another region's packs decides whether it fills, and no source knows it.
    let foreign = |key: &str| {
        let parts: Vec<&str> = key.split('.').collect();
        matches!(parts.as_slice(), ["yard", plant, "share", "retired", region, ..]
            if scenario.text(&format!("plant.{plant}.region")) != Some(region))
    };
    let named = assumptions.iter().filter(|row| foreign(&row.key));
    let named = named.map(|row| (row.key.clone(), row.value, row.note.clone())).collect();
    let start = built.model.horizon.start_year;
    Heading {
        id: scenario.id().to_owned(),
        title: scenario.title().to_owned(),
        report_from: scenario.month("time.report_from").map_or(start, |(year, _)| year.max(start)),
        confidence,
        named,
        weak_prices: weak_prices(&assumptions),
        warnings: scenario.warnings().iter().chain(&built.warnings).map(|problem| problem.title.clone()).collect(),
        targets: built.targets.clone(),
    }
}

/// Prices of confidence C.
fn weak_prices(assumptions: &[Assumption]) -> Vec<(String, String)> {
    let price = |row: &Assumption| {
        let name = row.key.strip_prefix("price.")?.split_once(".path").map(|(name, _)| name.to_owned())?;
        (row.confidence == "C").then_some((name, row.note.clone()))
    };
    let mut prices: Vec<(String, String)> = assumptions.iter().filter_map(price).collect();
    prices.dedup_by(|a, b| a.0 == b.0);
    prices
}

/// Published estimates of retired packs, kt/yr.
fn estimates(scenario: &Scenario) -> Result<Vec<Estimate>, String> {
    let Some(table) = scenario.csv("check.retirements") else { return Ok(Vec::new()) };
    let mut estimates = Vec::new();
    for row in table.rows() {
        let Some(year) = row.year("year") else { continue };
        // An estimate given in energy only has no mass: it cannot stand beside masses.
        if row.text("value").is_empty() {
            continue;
        }
        let mass = row.number("value").map_err(|problem| scenario.render(&[problem], false))?;
        estimates.push(Estimate { year, mass, reporter: row.text("reporter").to_owned() });
    }
    Ok(estimates)
}

/// Why a result was refused, in names.
pub(super) fn refusal(built: &Built, error: &RunError) -> String {
    let horizon = &built.model.horizon;
    match error {
        RunError::Audit(AuditError { fault, process, substance, step, amount }) => {
            let process = built.model.flows.chart.processes[process.index()];
            let mut place = process.stage.name().to_owned();
            if let Some(region) = process.region {
                place = format!("{place} in {}", built.catalog.region(region));
            }
            if let Some(plant) = process.plant {
                place = format!("{place} of plant {}", built.catalog.plant(plant));
            }
            let what = match fault {
                Fault::NotConserved => format!("mass is not conserved (residual {amount:.1e}, limit {AUDIT_LIMIT:e})"),
                Fault::Negative => format!("a mass is negative ({amount:.3e} t)"),
                Fault::NotFinite => "a mass is not a number".to_owned(),
            };
            format!(
                "error[E0701]: {what}: {place}, substance {}, {}\n  = note: this is a fault of the program, not of the scenario; nothing was written",
                built.catalog.substance(*substance),
                horizon.label(*step)
            )
        }
        RunError::Shortfall { step, shortfall } => format!(
            "error[E0702]: the swap pool stands {:.1} kWh above its target in {}: the target falls faster than packs wear out\n  = help: lower it more slowly, or write `on_shortfall = \"early_retirement\"` or \"overshoot\"",
            shortfall.energy,
            horizon.label(*step)
        ),
    }
}

/// What differs from run to run.
pub(super) fn execution(begun: SystemTime, clock: Instant) -> Value {
    let seconds = begun.duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
    json!({
        "schema": "urbanmine.execution/1",
        "started_unix": seconds,
        "seconds": clock.elapsed().as_secs_f64(),
        "host": disk::host(),
        "threads": rayon::current_num_threads(),
        "command": std::env::args().collect::<Vec<_>>(),
    })
}

fn progress(terminal: &Terminal, count: usize) -> indicatif::ProgressBar {
    progress_of(terminal, count, "scenarios")
}

/// A bar for so many things; none where there is one thing, or nobody to see it.
pub(super) fn progress_of(terminal: &Terminal, count: usize, things: &str) -> indicatif::ProgressBar {
    if !terminal.progress || count < 2 {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(count as u64);
    if let Ok(style) =
        indicatif::ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {things}  {{elapsed}}"))
    {
        bar.set_style(style);
    }
    // There before the first is done, and the seconds go on while one takes long.
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}

fn finish(terminal: &Terminal, outcomes: &[Outcome], diagnostics: &[Value], code: u8) -> u8 {
    if terminal.json {
        let runs: Vec<Value> = outcomes
            .iter()
            .map(|outcome| {
                json!({
                    "id": outcome.id,
                    "state": outcome.state,
                    "dir": path_text(&outcome.directory),
                    "results_key": outcome.key,
                    "residual": outcome.residual,
                    "targets": outcome.targets(),
                })
            })
            .collect();
        let document = json!({
            "schema": "urbanmine.run/1", "ok": code == exit::DONE, "exit_code": code, "runs": runs, "diagnostics": diagnostics,
        });
        terminal.print(&document.to_string());
    }
    code
}

pub(super) fn path_text(path: &Path) -> String {
    path.display().to_string()
}
