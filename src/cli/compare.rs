//! `urbanmine compare RUN RUN... -o OUT`

mod ensembles;

use super::args::handover::Compare;
use super::bridge::bridge;
use super::{Terminal, exit, open};
use crate::base::inert;
use crate::base::number::text;
use crate::base::words::Language;
use crate::disk::{self, sha256, write_file};
use crate::ensemble::directory::PLAN;
use crate::report::compare::{Comparison, Difference, dotted_name};
use crate::results::run_dir;
use serde_json::json;
use std::path::Path;

/// Exit code and message.
type Refusal = (u8, String);

/// By this file, written first, a directory is known as a comparison.
const MARK: &str = "comparison.json";

/// Compares.
pub fn run(arguments: &Compare, language: Language, terminal: &Terminal) -> u8 {
    match compare(arguments, language, terminal) {
        Ok(code) => code,
        Err((code, text)) => terminal.refuse("compare", code, &text),
    }
}

fn compare(arguments: &Compare, language: Language, terminal: &Terminal) -> Result<u8, Refusal> {
    check_output(&arguments.output)?;
    let ensembles = arguments.runs.iter().filter(|run| run.join(PLAN).is_file()).count();
    if ensembles == arguments.runs.len() {
        return self::ensembles::compare(arguments, language, terminal);
    }
    if ensembles > 0 {
        let text = "error: some of these are ensembles, others single runs\n  = help: compare runs with runs, or ensembles with ensembles";
        return Err((exit::INPUT, text.to_owned()));
    }
    if let Some(tolerance) = arguments.tolerance.filter(|tolerance| !(tolerance.is_finite() && *tolerance >= 0.0)) {
        return Err((
            exit::INPUT,
            format!("error: --tolerance {tolerance} is no tolerance\n  = help: write e.g. 1e-9"),
        ));
    }
    let archives = arguments.runs.iter().map(|run| open(run)).collect::<Result<Vec<_>, _>>()?;
    let places: Vec<String> = arguments.runs.iter().map(|run| run.display().to_string()).collect();
    let ids: Vec<String> = archives.iter().map(|archive| archive.manifest.id.clone()).collect();
    let baseline = baseline(arguments.baseline.as_deref(), &ids, &places)?;
    let failed =
        |error: crate::report::ReportError| (exit::INTERNAL, format!("error: the comparison cannot be made: {error}"));
    let comparison = Comparison::new(archives, &places, baseline).map_err(failed)?;
    let mut bridges = Vec::new();
    if let Some(indicator) = &arguments.bridge {
        for (_, side) in comparison.sides.iter().enumerate().filter(|(at, _)| *at != baseline) {
            let bar = super::run::progress_of(terminal, 2, "scenarios between");
            let tick = |done, all| {
                bar.set_length(all);
                bar.set_position(done);
            };
            bridges.push(bridge(&comparison.sides[baseline], side, indicator, &tick)?);
            bar.finish_and_clear();
        }
    }
    let files = comparison.files(&bridges, language).map_err(failed)?;
    let runs: Vec<_> = comparison
        .sides
        .iter()
        .map(|side| json!({ "label": side.label, "id": side.archive.manifest.id, "results_key": side.archive.manifest.results_key }))
        .collect();
    write(&comparison.sides[baseline].label, &runs, &files, &arguments.output)?;
    terminal.say(&headline(&comparison, &bridges, &arguments.output));
    let beyond = arguments.tolerance.map(|tolerance| comparison.wide.beyond(tolerance, baseline));
    let code = if beyond.as_ref().is_some_and(|(count, _)| *count > 0) { exit::RESULT } else { exit::DONE };
    if let Some((count, worst)) = &beyond {
        let list: Vec<String> = worst.iter().map(|difference| told(&comparison, difference)).collect();
        let tolerance = arguments.tolerance.unwrap_or_default();
        if *count > 0 {
            terminal
                .complain(&format!("error: {count} values differ by more than {tolerance:e}:\n{}", list.join("\n")));
        } else {
            terminal.say(&format!("no value differs by more than {tolerance:e}"));
        }
    }
    if terminal.json {
        let differences = comparison.wide.differences(baseline).count();
        let parts: Vec<_> = bridges
            .iter()
            .map(|bridge| {
                let parts: Vec<_> =
                    bridge.parts.iter().map(|part| json!({ "group": part.group, "adds": part.adds })).collect();
                json!({ "indicator": bridge.indicator, "from": bridge.from, "to": bridge.to, "parts": parts })
            })
            .collect();
        let document = json!({
            "schema": "urbanmine.compare/1", "ok": code == exit::DONE, "exit_code": code,
            "dir": arguments.output.display().to_string(), "parameters": comparison.parameters.0.len(),
            "differences": differences, "beyond_tolerance": beyond.map(|(count, _)| count), "bridges": parts,
        });
        terminal.print(&document.to_string());
    }
    Ok(code)
}

/// Which of the compared it is, by id or directory; the first if none is named.
fn baseline(wanted: Option<&str>, ids: &[String], places: &[String]) -> Result<usize, Refusal> {
    let Some(wanted) = wanted else { return Ok(0) };
    let is =
        |(id, place): (&String, &String)| id == wanted || place.trim_end_matches('/') == wanted.trim_end_matches('/');
    ids.iter().zip(places).position(is).ok_or_else(|| {
        let help = crate::scenario::suggestion(wanted, ids.iter().map(String::as_str));
        (exit::INPUT, format!("error: no run of `{wanted}` among those compared\n  = help: {help}"))
    })
}

fn told(comparison: &Comparison, difference: &Difference) -> String {
    let number = |value: Option<f64>| value.map_or("not there".to_owned(), text);
    let label = inert::line(&comparison.sides[difference.side].label);
    let (value, base) = (number(difference.value), number(difference.baseline));
    format!("  {} in {label}: {value}, not {base} {}", dotted_name(difference.name), difference.name[5])
}

fn headline(comparison: &Comparison, bridges: &[crate::report::compare::bridge::Bridge], output: &Path) -> String {
    let differences = comparison.wide.differences(comparison.baseline).count();
    let mut lines = vec![format!(
        "{} scenarios, {} inputs and {differences} values differ from {}",
        comparison.sides.len(),
        comparison.parameters.0.len(),
        inert::line(&comparison.sides[comparison.baseline].label),
    )];
    for bridge in bridges {
        let value = crate::base::number::readable;
        lines.push(format!("{} ({}): {} in {}", bridge.indicator, bridge.unit, value(bridge.from.1), bridge.from.0));
        for part in &bridge.parts {
            let adds = format!("{}{}", if part.adds > 0.0 { "+" } else { "" }, value(part.adds));
            lines.push(format!("{adds:>12}  {}", part.group));
        }
        lines.push(format!("{:>12}  in {}", value(bridge.to.1), bridge.to.0));
    }
    lines.push(output.join("report.html").display().to_string());
    lines.join("\n")
}

/// A directory may be new, empty, or an earlier comparison.
fn check_output(output: &Path) -> Result<(), Refusal> {
    let known = output.join(MARK).is_file();
    let empty = std::fs::read_dir(output).map_or(!output.exists(), |mut entries| entries.next().is_none());
    if known || empty {
        return Ok(());
    }
    let place = output.display();
    let text =
        format!("error: {place} holds something else than a comparison\n  = help: choose another directory with -o");
    Err((exit::IO, text))
}

fn write(
    baseline: &str,
    runs: &[serde_json::Value],
    files: &[(String, Vec<u8>)],
    output: &Path,
) -> Result<(), Refusal> {
    let io = |error: disk::WriteError| (exit::IO, format!("error: {error}"));
    let manifest = output.join(run_dir::MANIFEST);
    if manifest.exists() {
        std::fs::remove_file(&manifest)
            .map_err(|error| (exit::IO, format!("error: {}: {error}", manifest.display())))?;
    }
    let mark = json!({
        "schema": "urbanmine.comparison/1", "version": env!("CARGO_PKG_VERSION"), "commit": env!("URBANMINE_COMMIT"),
        "baseline": baseline, "runs": runs,
    });
    write_file(&disk::System, &output.join(MARK), &serde_json::to_vec_pretty(&mark).unwrap_or_default()).map_err(io)?;
    // Pictures of an earlier comparison must not pass for ones of this.
    for entry in std::fs::read_dir(output.join("figures")).into_iter().flatten().flatten() {
        let _ = std::fs::remove_file(entry.path());
    }
    let mut outputs = Vec::new();
    for (name, bytes) in files {
        write_file(&disk::System, &output.join(name), bytes).map_err(io)?;
        outputs.push(json!({ "path": name, "bytes": bytes.len(), "sha256": sha256(bytes) }));
    }
    let mut manifest_of = mark;
    manifest_of["outputs"] = outputs.into();
    write_file(&disk::System, &manifest, &serde_json::to_vec_pretty(&manifest_of).unwrap_or_default()).map_err(io)
}
