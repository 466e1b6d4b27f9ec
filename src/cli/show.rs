//! `urbanmine show FILE [KEY] [--origin]`

use super::{Terminal, args, exit};
use crate::scenario::Scenario;
use serde_json::json;

/// Prints the merged scenario.
pub fn run(arguments: &args::Show, terminal: &Terminal) -> u8 {
    let scenario = match Scenario::load(&arguments.file, &arguments.set) {
        Ok(scenario) => scenario,
        Err(problems) => {
            terminal.complain(&problems.render(terminal.styled));
            if terminal.json {
                terminal.print(
                    &json!({ "schema": "urbanmine.show/1", "ok": false, "diagnostics": problems.to_json() })
                        .to_string(),
                );
            }
            return exit::INPUT;
        }
    };
    let key = arguments.key.as_deref();
    if let Some(missing) = key.filter(|key| !scenario.has(key)) {
        terminal.complain(&format!(
            "error: `{missing}` is not set in {}\n  = help: `urbanmine show {}` lists what is",
            arguments.file.display(),
            arguments.file.display()
        ));
        if terminal.json {
            let message = format!("`{missing}` is not set");
            terminal.print(&json!({ "schema": "urbanmine.show/1", "ok": false, "diagnostics": [{ "message": message, "key": missing }] }).to_string());
        }
        return exit::INPUT;
    }
    if terminal.json {
        let values: Vec<_> = scenario
            .show(key, true)
            .lines()
            .map(|line| {
                let (value, origin) = line.rsplit_once("   # ").unwrap_or((line, ""));
                let (key, value) = value.split_once(" = ").unwrap_or((value, ""));
                json!({ "key": key, "value": value, "origin": origin })
            })
            .collect();
        terminal.print(
            &json!({ "schema": "urbanmine.show/1", "ok": true, "id": scenario.id(), "values": values }).to_string(),
        );
    } else if key.is_none() && !arguments.origin {
        terminal.print(&scenario.resolved_toml());
    } else {
        terminal.print(&scenario.show(key, arguments.origin));
    }
    exit::DONE
}
