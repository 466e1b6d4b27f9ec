//! `urbanmine explain KEY|INDICATOR|CODE`

use super::{Terminal, args, exit, reference};
use crate::results::indicator::INDICATORS;
use crate::scenario::{codes, schema};
use serde_json::json;
use std::fmt::Write;

/// Prints what the lists of keys, indicators and codes say of a name.
pub fn run(arguments: &args::Explain, terminal: &Terminal) -> u8 {
    let Some(name) = arguments.key.as_deref().filter(|_| !arguments.all) else {
        terminal.print(&reference::page());
        return exit::DONE;
    };
    let keys = schema::find(name);
    let indicators: Vec<_> = INDICATORS.iter().filter(|indicator| indicator.id == name).collect();
    let code = codes::find(name);
    if keys.is_empty() && indicators.is_empty() && code.is_none() {
        terminal.complain(&format!("error: there is no key, indicator or code `{name}`\n  = help: try the last part of a key, e.g. `urbanmine explain capacity`"));
        if terminal.json {
            let message = format!("there is no key, indicator or code `{name}`");
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
        let codes: Vec<_> =
            code.iter().map(|code| json!({ "code": code.code, "title": code.title, "text": code.text })).collect();
        let document = json!({
            "schema": "urbanmine.explain/1", "ok": true, "keys": keys, "indicators": indicators, "codes": codes,
        });
        terminal.print(&document.to_string());
        return exit::DONE;
    }
    let mut text = String::new();
    for key in keys {
        let _ = writeln!(text, "{}\n    {}\n    e.g. {}", key.path, key.doc, key.example);
    }
    for indicator in indicators {
        let _ = writeln!(text, "{} ({})\n    {}", indicator.id, indicator.unit, indicator.definition);
    }
    if let Some(code) = code {
        let _ = writeln!(text, "{}: {}\n    {}", code.code, code.title, code.text);
    }
    terminal.print(&text);
    exit::DONE
}
