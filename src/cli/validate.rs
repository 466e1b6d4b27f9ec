//! `urbanmine validate FILE...`

use super::{Terminal, args, exit};
use crate::scenario::{Problems, Scenario, build};
use serde_json::json;
use std::path::Path;

/// Checks every file and reports all that is wrong.
pub fn run(arguments: &args::Validate, terminal: &Terminal) -> u8 {
    let mut diagnostics = Vec::new();
    let mut bad = 0;
    for file in &arguments.files {
        match check_size(file, &arguments.set, arguments.allow_large) {
            Ok((scenario, built)) => {
                let warnings: Vec<_> = scenario.warnings().iter().chain(&built.warnings).cloned().collect();
                if !warnings.is_empty() {
                    terminal.say(&scenario.render(&warnings, terminal.styled));
                    diagnostics.extend(as_list(scenario.render_json(&warnings)));
                }
                let size = built.model.size;
                terminal.say(&format!(
                    "{}: valid: {} steps, {} regions, {} segments, {} chemistries, {} substances, {} plants",
                    file.display(),
                    built.model.horizon.steps,
                    size.regions,
                    size.segments,
                    size.chemistries,
                    size.substances,
                    built.model.plants.len()
                ));
            }
            Err(problems) => {
                bad += 1;
                terminal.complain(&problems.render(terminal.styled));
                diagnostics.extend(as_list(problems.to_json()));
            }
        }
    }
    let code = if bad == 0 { exit::DONE } else { exit::INPUT };
    if terminal.json {
        let document =
            json!({ "schema": "urbanmine.validate/1", "ok": bad == 0, "exit_code": code, "diagnostics": diagnostics });
        terminal.print(&document.to_string());
    }
    code
}

/// Reads a scenario and builds its model.
pub fn check(file: &Path, set: &[String]) -> Result<(Scenario, build::Built), Problems> {
    check_size(file, set, false)
}

/// The same, where runs of any size may be allowed.
pub fn check_size(file: &Path, set: &[String], allow_large: bool) -> Result<(Scenario, build::Built), Problems> {
    let scenario = Scenario::load(file, set)?;
    if !allow_large {
        scenario.within_limits()?;
    }
    let built = build::build(&scenario)?;
    Ok((scenario, built))
}

/// The entries of a JSON array.
pub fn as_list(value: serde_json::Value) -> Vec<serde_json::Value> {
    match value {
        serde_json::Value::Array(list) => list,
        other => vec![other],
    }
}
