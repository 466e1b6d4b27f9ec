//! `urbanmine explain KEY`

use super::{Terminal, args, exit};
use crate::results::indicator::INDICATORS;
use crate::scenario::schema;
use serde_json::json;
use std::fmt::Write;

/// Prints what the list of keys, and the list of indicators, say of a name.
pub fn run(arguments: &args::Explain, terminal: &Terminal) -> u8 {
    let keys = schema::find(&arguments.key);
    let indicators: Vec<_> = INDICATORS.iter().filter(|indicator| indicator.id == arguments.key).collect();
    if keys.is_empty() && indicators.is_empty() {
        let name = &arguments.key;
        terminal.complain(&format!("error: there is no key or indicator `{name}`\n  = help: try the last part of a key, e.g. `urbanmine explain capacity`"));
        if terminal.json {
            let message = format!("there is no key or indicator `{name}`");
            terminal.print(&json!({ "schema": "urbanmine.explain/1", "ok": false, "diagnostics": [{ "message": message, "key": name }] }).to_string());
        }
        return exit::INPUT;
    }
    if terminal.json {
        let keys: Vec<_> =
            keys.iter().map(|key| json!({ "key": key.path, "doc": key.doc, "example": key.example })).collect();
        let indicators: Vec<_> = indicators
            .iter()
            .map(|i| json!({ "indicator": i.id, "unit": i.unit, "definition": i.definition }))
            .collect();
        terminal.print(
            &json!({ "schema": "urbanmine.explain/1", "ok": true, "keys": keys, "indicators": indicators }).to_string(),
        );
        return exit::DONE;
    }
    let mut text = String::new();
    for key in keys {
        let _ = writeln!(text, "{}\n    {}\n    e.g. {}", key.path, key.doc, key.example);
    }
    for indicator in indicators {
        let _ = writeln!(text, "{} ({})\n    {}", indicator.id, indicator.unit, indicator.definition);
    }
    terminal.print(&text);
    exit::DONE
}
