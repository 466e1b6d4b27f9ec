//! `urbanmine compare ENSEMBLE ENSEMBLE... -o OUT`

use super::{Compare, Refusal, baseline, write};
use crate::base::inert;
use crate::base::words::Language;
use crate::cli::{Terminal, exit};
use crate::ensemble::directory::{Directory, Trouble};
use crate::ensemble::merged::Merged;
use crate::report::compare::ensembles::{Side, files};
use rayon::prelude::*;
use serde_json::json;
use std::path::Path;

/// Compares ensembles: from their blocks, without a draw computed again.
pub fn compare(arguments: &Compare, language: Language, terminal: &Terminal) -> Result<u8, Refusal> {
    if arguments.bridge.is_some() || arguments.tolerance.is_some() {
        let text = "error: ensembles are compared by their draws, not by --bridge or --tolerance\n  = help: compare the runs of the scenarios, made by `urbanmine run`";
        return Err((exit::INPUT, text.to_owned()));
    }
    let read: Vec<(Directory, Merged)> = arguments.runs.par_iter().map(|run| read(run)).collect::<Result<_, _>>()?;
    let places: Vec<String> = arguments.runs.iter().map(|run| run.display().to_string()).collect();
    let ids: Vec<String> = read.iter().map(|(directory, _)| directory.plan().id.clone()).collect();
    let baseline = baseline(arguments.baseline.as_deref(), &ids, &places)?;
    let unique = |id: &String| ids.iter().filter(|other| *other == id).count() == 1;
    let side = |((directory, merged), place): ((Directory, Merged), &String)| {
        let plan = directory.plan().clone();
        Side { label: if unique(&plan.id) { plan.id.clone() } else { place.clone() }, plan, merged }
    };
    let sides: Vec<Side> = read.into_iter().zip(&places).map(side).collect();
    let failed = |error| (exit::INTERNAL, format!("error: the comparison cannot be made: {error}"));
    let files = files(&sides, baseline, language).map_err(failed)?;
    let told = sides.iter().map(|side| {
        json!({ "label": side.label, "id": side.plan.id, "results_key": side.plan.results_key, "draws": side.plan.draws })
    });
    write(&sides[baseline].label, &told.collect::<Vec<_>>(), &files, &arguments.output)?;
    let report = arguments.output.join("report.html");
    terminal.say(&format!(
        "{} ensembles compared with {}\n{}",
        sides.len(),
        inert::line(&sides[baseline].label),
        report.display()
    ));
    if terminal.json {
        let document = json!({
            "schema": "urbanmine.compare/1", "ok": true, "exit_code": exit::DONE,
            "dir": arguments.output.display().to_string(), "ensembles": sides.len(),
        });
        terminal.print(&document.to_string());
    }
    Ok(exit::DONE)
}

/// An ensemble whose blocks are all there.
fn read(path: &Path) -> Result<(Directory, Merged), Refusal> {
    let refused = |trouble: Trouble| {
        let help = "complete it with `urbanmine ensemble`; blocks that were removed by --prune are computed again";
        (exit::INPUT, format!("error: {}: {trouble}\n  = help: {help}", path.display()))
    };
    let directory = Directory::at(path).map_err(refused)?;
    let merged = Merged::new(directory.plan(), directory.blocks()).map_err(refused)?;
    Ok((directory, merged))
}
