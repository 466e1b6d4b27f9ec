//! `urbanmine sensitivity FILE -o OUT`: which uncertain number matters.

use super::ensemble::{Refusal, figures_of, progress, threads};
use super::run::{execution, path_text, results_key};
use super::validate::{as_list, check};
use super::{Terminal, args, exit, signals};
use crate::base::number::{readable, text};
use crate::base::stop;
use crate::base::words::Language;
use crate::disk::{Disk, Folder, WriteError, write_file};
use crate::ensemble::outputs::Outputs;
use crate::ensemble::plan::asked;
use crate::ensemble::sensitivity::{Ended, Finding, Method, Run, Study, evaluate, read, write};
use crate::figures;
use crate::results::run_dir::{self, Manifest, State, Writer};
use crate::scenario::{Problem, Problems, Scenario};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use std::time::{Instant, SystemTime};

/// Runs the command.
pub fn run(arguments: &args::Sensitivity, terminal: &Terminal, disk: &dyn Disk) -> u8 {
    let outcome = study(arguments, terminal, disk);
    let code = outcome.unwrap_or_else(|Refusal(code, text)| {
        terminal.complain(&text);
        if terminal.json {
            let document =
                json!({ "schema": "urbanmine.sensitivity/1", "ok": false, "exit_code": code, "message": text });
            terminal.print(&document.to_string());
        }
        code
    });
    if terminal.json && code == exit::DONE {
        terminal.print(&json!({ "schema": "urbanmine.sensitivity/1", "ok": true, "exit_code": code }).to_string());
    }
    code
}

fn refused(problems: &Problems, terminal: &Terminal) -> Refusal {
    let text = if terminal.json {
        serde_json::Value::Array(as_list(problems.to_json())).to_string()
    } else {
        problems.render(terminal.styled)
    };
    Refusal(exit::INPUT, text)
}

fn study(arguments: &args::Sensitivity, terminal: &Terminal, disk: &dyn Disk) -> Result<u8, Refusal> {
    let (begun, clock) = (SystemTime::now(), Instant::now());
    let (scenario, built) = check(&arguments.file, &arguments.set).map_err(|problems| refused(&problems, terminal))?;
    let method = arguments.method.map(|method| match method {
        args::SensitivityMethod::Oat => "oat",
        args::SensitivityMethod::Morris => "morris",
        args::SensitivityMethod::Sobol => "sobol",
    });
    let study = Study::new(&scenario, method, arguments.seed);
    let problems = misfits(&scenario, &study);
    if !problems.is_empty() {
        return Err(refused(&scenario.problems(problems), terminal));
    }
    let start = built.model.horizon.start_year;
    let outputs = Outputs::new(&built, start);
    let asked =
        asked(&scenario, &built, &outputs).map_err(|problems| refused(&scenario.problems(problems), terminal))?;
    let outputs = outputs.only(&asked);
    let runs = study.runs();
    if let Some(path) = &arguments.export_sample {
        write_file(disk, path, &write(&study.keys, &runs, &[], &[])).map_err(|error| io(&error))?;
        terminal.say(&format!("{}: {} runs of {} parameters", path.display(), runs.len(), study.keys.len()));
        return Ok(exit::DONE);
    }
    let (runs, names, results) = if let Some(path) = &arguments.results_from {
        from_file(path, &study)?
    } else {
        let results = compute(&scenario, &outputs, &runs, arguments, terminal)?;
        (runs, outputs.list().iter().map(|output| output.address.clone()).collect(), results)
    };
    // An output without a value in some run has no spread to be explained.
    let whole: Vec<usize> = (0..names.len()).filter(|i| results[*i].iter().all(|value| !value.is_nan())).collect();
    for name in (0..names.len()).filter(|i| !whole.contains(i)).map(|i| &names[i]) {
        terminal.say(&format!("`{name}` has no value in some runs and is left out"));
    }
    let names: Vec<String> = whole.iter().map(|i| names[*i].clone()).collect();
    let results: Vec<Vec<f64>> = whole.iter().map(|i| results[*i].clone()).collect();
    let findings = study.findings(&runs, &results);
    let mut files = vec![
        ("sensitivity.csv".to_owned(), table(&study, &names, &findings)),
        ("sample.csv".to_owned(), write(&study.keys, &runs, &names, &results)),
    ];
    let picture =
        figures::sensitivity::Picture { title: scenario.title(), study: &study, names: &names, findings: &findings };
    files.extend(figures_of(figures::sensitivity::all(&picture))?);
    let directory = arguments.output.join(format!("{}.sensitivity", scenario.id()));
    complete(disk, &scenario, &directory, &files, arguments, execution(begun, clock).to_string().as_bytes())?;
    terminal.say(&headline(&study, &names, &findings));
    let seconds = clock.elapsed().as_secs_f64();
    terminal.say(&format!("{} runs, {} in {seconds:.1} s", runs.len(), directory.display()));
    Ok(exit::DONE)
}

/// What the method cannot do with this scenario.
fn misfits(scenario: &Scenario, study: &Study) -> Vec<Problem> {
    let uncertainty = scenario.uncertainty();
    let mut problems = Vec::new();
    if uncertainty.parameters.is_empty() {
        let label = "no number of the scenario is said to be uncertain";
        let help = "write a section `[uncertainty.parameter.\"plant.p1.capacity\"]`; see `urbanmine explain uncertainty.parameter.<key>`";
        problems.push(scenario.problem_at("uncertainty.parameter", "E0202", "there is nothing to vary", label, help));
    }
    if let (Method::Sobol { .. }, Some((a, b, _))) = (study.method, uncertainty.correlations.first()) {
        let (a, b) = (&uncertainty.parameters[*a].key, &uncertainty.parameters[*b].key);
        let title = format!("`{a}` and `{b}` are correlated: Sobol indices are of independent parameters");
        let label = "shares of variance cannot be told apart";
        let help =
            "take the correlations out, or use `--method morris`, or the rank correlations of `urbanmine ensemble`";
        problems.push(scenario.problem_at("uncertainty.parameter", "E0203", title, label, help));
    }
    problems
}

fn io(error: &WriteError) -> Refusal {
    Refusal(exit::IO, format!("error: {error}\n  = help: {}", error.help()))
}

fn from_file(path: &Path, study: &Study) -> Result<(Vec<Run>, Vec<String>, Vec<Vec<f64>>), Refusal> {
    let shown = path.display();
    if matches!(study.method, Method::Oat { .. }) {
        let text =
            "error: one-at-a-time runs are not read from a file\n  = help: add `--method morris` or `--method sobol`";
        return Err(Refusal(exit::INPUT, text.to_owned()));
    }
    let bytes =
        std::fs::read(path).map_err(|cause| Refusal(exit::IO, format!("error: cannot read {shown}: {cause}")))?;
    read(&bytes, &study.keys, study.count()).map_err(|refused| {
        let help = "the file has a column for each parameter and each result, and the rows of `--export-sample`";
        Refusal(exit::INPUT, format!("error[E0404]: {shown}: {refused}\n  = help: {help}"))
    })
}

fn compute(
    scenario: &Scenario,
    outputs: &Outputs,
    runs: &[Run],
    arguments: &args::Sensitivity,
    terminal: &Terminal,
) -> Result<Vec<Vec<f64>>, Refusal> {
    signals::listen();
    let bar = progress(terminal, runs.len() as u64, "runs");
    let ended =
        evaluate(scenario, outputs, runs, threads(arguments.threads), &|| stop::asked().is_some(), &|| bar.inc(1));
    bar.finish_and_clear();
    match ended {
        Ended::Done(results) => Ok(results),
        Ended::Stopped => {
            Err(Refusal(stop::asked().unwrap_or(exit::INTERNAL), "interrupted: nothing was written".to_owned()))
        }
        Ended::Failed(run, fault) => {
            let help = "cut the distribution with `at_least` and `at_most` where it leaves what is possible";
            let text = format!(
                "error[{}]: run {run} of the sample has no result: {}\n  = help: {help}",
                fault.code, fault.message
            );
            Err(Refusal(exit::RESULT, text))
        }
        Ended::Refused(problems) => Err(refused(&problems, terminal)),
    }
}

/// `sensitivity.csv`.
fn table(study: &Study, names: &[String], findings: &[Finding]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(["output", "parameter", "with", "measure", "value", "low", "high"]);
    for finding in findings {
        // A measure without an interval has one without width.
        let (low, high) = finding.interval.unwrap_or((finding.value, finding.value));
        let with = finding.with.map_or("none", |with| study.keys[with].as_str());
        let [value, low, high] = [finding.value, low, high].map(text);
        let (output, parameter) = (names[finding.output].as_str(), study.keys[finding.parameter].as_str());
        let _ = writer.write_record([output, parameter, with, finding.measure, &value, &low, &high]);
    }
    writer.into_inner().unwrap_or_default()
}

/// For each result the parameters that matter most.
fn headline(study: &Study, names: &[String], findings: &[Finding]) -> String {
    let measure = match study.method {
        Method::Oat { .. } => "swing",
        Method::Morris { .. } => "mu_star",
        Method::Sobol { .. } => "ST",
    };
    let mut text = String::new();
    for (output, name) in names.iter().enumerate() {
        let mut own: Vec<&Finding> = findings.iter().filter(|f| f.output == output && f.measure == measure).collect();
        own.sort_by(|a, b| b.value.total_cmp(&a.value));
        let _ = writeln!(text, "{name}");
        for finding in own.iter().take(3).filter(|finding| finding.value > 0.0) {
            let _ = writeln!(text, "  {:>10}  {}", readable(finding.value), study.keys[finding.parameter]);
        }
    }
    text
}

fn complete(
    disk: &dyn Disk,
    scenario: &Scenario,
    directory: &Path,
    files: &[(String, Vec<u8>)],
    arguments: &args::Sensitivity,
    execution: &[u8],
) -> Result<(), Refusal> {
    if run_dir::state(directory) == State::Foreign {
        let text = format!(
            "error: {} holds files that urbanmine did not write\n  = help: choose another directory with -o",
            path_text(directory)
        );
        return Err(Refusal(exit::IO, text));
    }
    let failed = |error: WriteError| io(&error);
    let folder = Folder::claim(disk, directory).map_err(failed)?;
    let mut writer = Writer::open(folder, scenario.resolved_toml().as_bytes()).map_err(failed)?;
    for (path, bytes) in files {
        writer.put(path, bytes).map_err(failed)?;
    }
    let manifest = Manifest {
        schema: String::new(),
        id: scenario.id().to_owned(),
        title: scenario.title().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("URBANMINE_COMMIT").to_owned(),
        results_key: results_key(scenario, &arguments.set, Language::default()),
        seed: Some(arguments.seed.unwrap_or_else(|| crate::scenario::build::seed(scenario))),
        set: arguments.set.clone(),
        max_relative_error: 0.0,
        inputs: run_dir::inputs(scenario.data_files().iter().map(|file| (file.path.as_str(), &*file.bytes))),
        outputs: Vec::new(),
    };
    writer.complete(manifest, execution).map(|_| ()).map_err(failed)
}
