//! `urbanmine ensemble FILE... -o OUT`: all files are checked first, then each scenario's blocks are computed, joined and
//! told; `ensemble status` and `ensemble merge` for blocks computed elsewhere.

use super::run::{execution, path_text, results_key};
use super::validate::{as_list, check};
use super::{Terminal, args, exit, signals};
use crate::base::number::readable;
use crate::base::stop;
use crate::base::words::Language;
use crate::disk::{Disk, Folder, write_file};
use crate::ensemble::block::Block;
use crate::ensemble::crew::{self, Ended, Watcher};
use crate::ensemble::directory::{DRAWS, Directory, ENDING, Filed, Trouble, below, claim, listed};
use crate::ensemble::merged::Merged;
use crate::ensemble::paired::{self, Paired};
use crate::ensemble::plan::{Job, Options, Plan};
use crate::ensemble::tables;
use crate::figures;
use crate::report;
use crate::results::run_dir::{self, RESOLVED};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

/// Why the command ends without what was asked for.
pub(super) struct Refusal(pub u8, pub String);

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        let (code, help) = match &trouble {
            Trouble::Write(error) => (exit::IO, error.help()),
            Trouble::NoPlan(_) => (exit::INPUT, "name an output directory, or run `urbanmine ensemble` first"),
            Trouble::Foreign(_) => (exit::IO, "choose another directory with -o"),
            Trouble::Other { .. } => (exit::IO, "add --replace to overwrite it"),
            Trouble::Gaps { .. } => (exit::INPUT, "compute them with `urbanmine ensemble FILE -o OUT --shard I/N`"),
        };
        Self(code, format!("error: {trouble}\n  = help: {help}"))
    }
}

/// Runs the command.
pub fn run(arguments: &args::Ensemble, terminal: &Terminal, disk: &dyn Disk) -> u8 {
    let outcome = match &arguments.action {
        Some(args::EnsembleAction::Status { output }) => status(output, terminal),
        Some(args::EnsembleAction::Merge { output, keep_draws, prune }) => {
            merge(output, *keep_draws, *prune, terminal, disk)
        }
        None => compute(arguments, terminal, disk),
    };
    outcome.unwrap_or_else(|Refusal(code, text)| {
        terminal.complain(&text);
        if terminal.json {
            let document = json!({ "schema": "urbanmine.ensemble/1", "ok": false, "exit_code": code, "message": text });
            terminal.print(&document.to_string());
        }
        code
    })
}

/// A scenario ready to be drawn, and what is written beside its blocks.
struct Ready {
    job: Job,
    filed: Filed,
    files: Vec<(String, Vec<u8>)>,
    path: PathBuf,
}

fn compute(arguments: &args::Ensemble, terminal: &Terminal, disk: &dyn Disk) -> Result<u8, Refusal> {
    let Some(output) = &arguments.output else { return Ok(exit::INPUT) };
    let mut jobs: Vec<Ready> = Vec::new();
    for file in &arguments.files {
        match prepare(file, output, arguments, terminal) {
            Some(ready) if jobs.iter().any(|other| other.path == ready.path) => {
                let text = format!(
                    "error: two scenarios are called `{}`\n  = help: give one of them another `scenario.id`",
                    ready.job.plan.id
                );
                return Err(Refusal(exit::INPUT, text));
            }
            Some(ready) => jobs.push(ready),
            None => return Ok(exit::INPUT),
        }
    }
    let whole = arguments.shard.is_none();
    let shard = arguments.shard.unwrap_or((0, 1));
    if arguments.dry_run {
        for ready in &jobs {
            terminal.print(&plan_text(ready, shard));
        }
        return Ok(exit::DONE);
    }
    signals::listen();
    let threads = threads(arguments.threads);
    let mut merged: Vec<(Plan, Merged)> = Vec::new();
    let mut told: Vec<Value> = Vec::new();
    let alone = jobs.len() == 1;
    for ready in jobs {
        let (begun, clock) = (SystemTime::now(), Instant::now());
        let (directory, folder) = Directory::open(disk, &ready.path, ready.filed, &ready.files, arguments.replace)?;
        // Others may compute other shards at the same time; the whole is computed by one.
        let folder = whole.then_some(folder);
        let manifest = directory.manifest().filter(|_| alone && whole);
        if manifest.is_some_and(|m| !arguments.keep_draws || m.outputs.iter().any(|file| file.path == DRAWS)) {
            terminal.say(&format!("{}: up to date in {}", ready.job.plan.id, ready.path.display()));
            told.push(json!({ "id": ready.job.plan.id, "dir": path_text(&ready.path), "state": "up_to_date" }));
            continue;
        }
        let missing = directory.missing(shard);
        let own = (0..ready.job.plan.blocks()).filter(|block| block % shard.1 == shard.0 % shard.1).count();
        let watcher = OnDisk::new(&directory, disk, terminal, draws_in(&ready.job.plan, &missing));
        let ended = crew::run(&ready.job, &missing, threads, &|| stop::asked().is_some(), &watcher);
        watcher.bar.finish_and_clear();
        match ended {
            Ended::Done => {}
            Ended::Stopped => {
                let left = directory.missing(shard).len();
                let text = format!(
                    "interrupted: {left} of {own} blocks of {} are left\n  = help: the same command continues",
                    ready.path.display()
                );
                return Err(Refusal(stop::asked().unwrap_or(exit::INTERNAL), text));
            }
            Ended::Failed(cause) => {
                return Err(Refusal(
                    exit::IO,
                    format!(
                        "error: {cause}\n  = help: free the place and run the same command again: finished blocks are kept"
                    ),
                ));
            }
            Ended::Refused(problems) => return Err(Refusal(exit::INPUT, problems.render(terminal.styled))),
        }
        told.push(json!({
            "id": ready.job.plan.id, "dir": path_text(&ready.path), "blocks_done": missing.len(),
            "blocks_skipped": own - missing.len(), "seconds": clock.elapsed().as_secs_f64(),
        }));
        if let Some(folder) = folder {
            let all = join(&directory, folder, arguments.keep_draws, begun, clock, terminal)?;
            merged.push((ready.job.plan, all));
        }
    }
    if let Some((first, others)) = merged.split_first().filter(|(_, others)| !others.is_empty()) {
        write_pairs(output, first, others, terminal, disk)?;
    }
    if terminal.json {
        let document =
            json!({ "schema": "urbanmine.ensemble/1", "ok": true, "exit_code": exit::DONE, "ensembles": told });
        terminal.print(&document.to_string());
    } else if !whole {
        for line in &told {
            terminal.print(&line.to_string());
        }
    }
    Ok(exit::DONE)
}

/// Checks a file and plans its ensemble; nothing if there is something wrong with it, which has been told.
fn prepare(file: &Path, output: &Path, arguments: &args::Ensemble, terminal: &Terminal) -> Option<Ready> {
    let refuse = |problems: crate::scenario::Problems| {
        terminal.complain(&problems.render(terminal.styled));
        if terminal.json {
            let document = json!({
                "schema": "urbanmine.ensemble/1", "ok": false, "exit_code": exit::INPUT, "diagnostics": as_list(problems.to_json()),
            });
            terminal.print(&document.to_string());
        }
    };
    let (scenario, built) = check(file, &arguments.set).map_err(refuse).ok()?;
    let warnings: Vec<_> = scenario.warnings().iter().chain(&built.warnings).cloned().collect();
    if !warnings.is_empty() {
        terminal.say(&scenario.render(&warnings, terminal.styled));
    }
    let options = Options {
        draws: arguments.draws,
        seed: arguments.seed,
        results_key: results_key(&scenario, &arguments.set, Language::default()),
        commit: env!("URBANMINE_COMMIT").to_owned(),
    };
    let resolved = scenario.resolved_toml().into_bytes();
    let inputs = scenario.data_files().iter().map(|file| (format!("inputs/{}", file.path), file.bytes.to_vec()));
    let mut files: Vec<(String, Vec<u8>)> = inputs.filter(|(path, _)| path != RESOLVED).collect();
    files.push((RESOLVED.to_owned(), resolved));
    let inputs = run_dir::inputs(scenario.data_files().iter().map(|file| (file.path.as_str(), &*file.bytes)));
    let path = output.join(format!("{}{ENDING}", scenario.id()));
    let place = scenario.clone();
    let job = Job::new(scenario, &built, &options).map_err(|problems| refuse(place.problems(problems))).ok()?;
    if job.plan.parameters.is_empty() && !job.plan.drawn_events {
        terminal.say(&format!("{}: nothing is uncertain in it: all draws are alike", file.display()));
    }
    let filed = Filed { plan: job.plan.clone(), set: arguments.set.clone(), inputs };
    Some(Ready { job, filed, files, path })
}

pub(super) fn threads(asked: Option<u64>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), |n| n as usize)
}

fn draws_in(plan: &Plan, blocks: &[u64]) -> u64 {
    blocks.iter().map(|block| plan.draws_of(*block)).map(|draws| draws.end - draws.start).sum()
}

fn plan_text(ready: &Ready, shard: (u64, u64)) -> String {
    let plan = &ready.job.plan;
    let there = Directory::at(&ready.path).is_ok_and(|other| other.plan() == plan);
    let own: Vec<u64> = (0..plan.blocks()).filter(|block| block % shard.1 == shard.0 % shard.1).collect();
    let missing = if there { Directory::at(&ready.path).map_or(own.clone(), |d| d.missing(shard)) } else { own };
    // What is kept of each draw, and of each block.
    let kept = plan.draws * 8 * (plan.exact.len() + plan.parameters.len()) as u64;
    format!(
        "{}  {} draws of {} parameters by {}, {} results ({} with exact quantiles); {} of {} blocks to compute; about {} MB",
        ready.path.display(),
        plan.draws,
        plan.parameters.len(),
        plan.design,
        plan.outputs.len(),
        plan.exact.len(),
        missing.len(),
        plan.blocks(),
        (kept / 1_000_000).max(1),
    )
}

/// Keeps blocks and moves the bar.
struct OnDisk<'a> {
    directory: &'a Directory,
    disk: &'a dyn Disk,
    bar: indicatif::ProgressBar,
}

impl<'a> OnDisk<'a> {
    fn new(directory: &'a Directory, disk: &'a dyn Disk, terminal: &Terminal, draws: u64) -> Self {
        Self { directory, disk, bar: progress(terminal, draws, "draws") }
    }
}

/// A bar with rate and time left, on a terminal.
pub(super) fn progress(terminal: &Terminal, count: u64, what: &str) -> indicatif::ProgressBar {
    if !terminal.progress || count < 2 {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(count);
    let template = format!("{{bar:30}} {{pos}}/{{len}} {what}  {{per_sec}}  {{eta}} left");
    if let Ok(style) = indicatif::ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

impl Watcher for OnDisk<'_> {
    fn draw(&self) {
        self.bar.inc(1);
    }

    fn block(&self, block: Block) -> Result<(), String> {
        self.directory.put(self.disk, &block).map_err(|error| error.to_string())
    }
}

/// Joins all blocks of an ensemble and writes what they say.
fn join(
    directory: &Directory,
    folder: Folder<'_>,
    keep_draws: bool,
    begun: SystemTime,
    clock: Instant,
    terminal: &Terminal,
) -> Result<Merged, Refusal> {
    let plan = directory.plan();
    let merged = Merged::new(plan, directory.blocks())?;
    if merged.failures.len() as u64 == plan.draws
        && let Some(first) = merged.failures.first()
    {
        let text = format!("error[{}]: no draw has a result; the first: {}", first.code, first.message);
        return Err(Refusal(exit::RESULT, text));
    }
    let mut files = vec![
        ("stats.csv".to_owned(), tables::statistics(plan, &merged)),
        ("targets.csv".to_owned(), tables::targets(plan, &merged)),
        ("convergence.csv".to_owned(), tables::convergence(plan, &merged)),
        ("sensitivity.csv".to_owned(), tables::correlations(plan, &merged)),
        ("failures.csv".to_owned(), tables::failures(&merged)),
    ];
    if keep_draws {
        files.push((DRAWS.to_owned(), tables::draws(plan, &merged)));
    }
    let drawn = figures_of(figures::ensemble::all(plan, &merged))?;
    let picture = |(name, bytes): &(String, Vec<u8>)| {
        let title = name.strip_prefix("figures/")?.strip_suffix(".svg")?.replace('_', " ");
        Some((title, String::from_utf8_lossy(bytes).into_owned()))
    };
    let page = report::ensemble::page(plan, &merged, drawn.iter().filter_map(picture).collect());
    let page = page.map_err(|error| Refusal(exit::INTERNAL, format!("error: {error}")))?;
    files.push(("report.html".to_owned(), page.into_bytes()));
    files.extend(drawn);
    directory.complete(folder, &files, merged.worst_residual, execution(begun, clock).to_string().as_bytes())?;
    terminal.say(&headline(plan, &merged, directory.path(), clock));
    Ok(merged)
}

/// Figures as SVG, and as PNG where the program can.
pub(super) fn figures_of(
    figures: Result<Vec<figures::Figure>, crate::charts::ChartError>,
) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let failed = |error| Refusal(exit::INTERNAL, format!("error: a figure cannot be drawn: {error}"));
    let mut files = Vec::new();
    for figure in figures.map_err(failed)? {
        let svg = figure.chart.svg().map_err(failed)?;
        #[cfg(feature = "png")]
        files.push((format!("figures/{}.png", figure.name), crate::charts::png(&svg).map_err(failed)?));
        files.push((format!("figures/{}.svg", figure.name), svg.into_bytes()));
    }
    Ok(files)
}

/// The results that were asked for, and how likely conditions are.
fn headline(plan: &Plan, merged: &Merged, path: &Path, clock: Instant) -> String {
    let mut text = format!("{}: {} draws of {} parameters\n", plan.id, plan.draws, plan.parameters.len());
    if !merged.failures.is_empty() {
        let _ = writeln!(text, "  {} draws have no result: see failures.csv", merged.failures.len());
    }
    let names: Vec<String> = plan.asked.iter().map(|place| plan.outputs[*place].address.clone()).collect();
    let longest = names.iter().map(String::len).max().unwrap_or(0).clamp(10, 44);
    let told = plan.quantiles.iter().map(|q| tables::quantile_name(*q));
    let mut rows: Vec<(&str, Vec<String>)> = vec![("", std::iter::once("mean".to_owned()).chain(told).collect())];
    for (place, name) in plan.asked.iter().zip(&names) {
        let Some(statistic) = &merged.statistics[*place] else { continue };
        let values = std::iter::once(&statistic.moments.mean).chain(&statistic.quantiles);
        rows.push((name, values.map(|value| readable(*value)).collect()));
    }
    let widest = rows.iter().flat_map(|(_, cells)| cells).map(String::len).max().unwrap_or(0).max(8);
    for (name, cells) in rows {
        let _ = write!(text, "  {name:longest$}");
        for cell in cells {
            let _ = write!(text, "  {cell:>widest$}");
        }
        text.push('\n');
    }
    text + &format!("{} in {:.1} s", path.display(), clock.elapsed().as_secs_f64())
}

/// `paired.csv` beside the ensembles: each of the others against the first, draw by draw.
fn write_pairs(
    output: &Path,
    first: &(Plan, Merged),
    others: &[(Plan, Merged)],
    terminal: &Terminal,
    disk: &dyn Disk,
) -> Result<(), Refusal> {
    let mut rows = Vec::new();
    for (plan, merged) in others {
        let (baseline, of_baseline) = first;
        if (plan.seed, plan.draws, &plan.design) != (baseline.seed, baseline.draws, &baseline.design) {
            terminal.say(&format!(
                "{} and {} are not compared: they have another seed, number of draws or design",
                baseline.id, plan.id
            ));
            continue;
        }
        for (asked, place) in plan.asked.iter().enumerate() {
            let output = &plan.outputs[*place];
            let same = baseline.asked.iter().position(|place| baseline.outputs[*place] == *output);
            let Some(same) = same else { continue };
            let paired = Paired::new(&of_baseline.asked[same], &merged.asked[asked]);
            rows.push((baseline.id.clone(), plan.id.clone(), output.address.clone(), output.unit.clone(), paired));
        }
    }
    let path = output.join("paired.csv");
    write_file(disk, &path, &paired::table(&rows)).map_err(Trouble::Write)?;
    terminal.say(&format!("{}: {} draw by draw against {}", path.display(), others.len(), first.0.id));
    Ok(())
}

/// Joins the blocks of all ensembles in a directory.
fn merge(output: &Path, keep_draws: bool, prune: bool, terminal: &Terminal, disk: &dyn Disk) -> Result<u8, Refusal> {
    let paths = below(output);
    if paths.is_empty() {
        return Err(Trouble::NoPlan(path_text(output)).into());
    }
    for path in paths {
        let (begun, clock) = (SystemTime::now(), Instant::now());
        let directory = Directory::at(&path)?;
        join(&directory, claim(disk, &path).map_err(Trouble::Write)?, keep_draws, begun, clock, terminal)?;
        if prune {
            directory.prune(&mut claim(disk, &path).map_err(Trouble::Write)?)?;
        }
    }
    Ok(exit::DONE)
}

fn status(output: &Path, terminal: &Terminal) -> Result<u8, Refusal> {
    let paths = below(output);
    if paths.is_empty() {
        return Err(Trouble::NoPlan(path_text(output)).into());
    }
    let mut told = Vec::new();
    for path in paths {
        let directory = Directory::at(&path)?;
        let (missing, blocks) = (directory.missing((0, 1)), directory.plan().blocks());
        let complete = directory.manifest().is_some();
        if terminal.json {
            told.push(json!({
                "id": directory.plan().id, "dir": path_text(&path), "blocks": blocks, "missing": missing, "complete": complete,
            }));
            continue;
        }
        let state = match (complete, missing.as_slice()) {
            (true, _) => "complete".to_owned(),
            (false, []) => format!("all {blocks} blocks are there: `urbanmine ensemble merge {}`", path.display()),
            (false, missing) => format!("{} of {blocks} blocks are missing: {}", missing.len(), listed(missing)),
        };
        terminal.print(&format!("{}  {state}", path.display()));
    }
    if terminal.json {
        let document =
            json!({ "schema": "urbanmine.ensemble-status/1", "ok": true, "exit_code": exit::DONE, "ensembles": told });
        terminal.print(&document.to_string());
    }
    Ok(exit::DONE)
}
