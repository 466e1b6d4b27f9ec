//! `urbanmine explain KEY|INDICATOR`

use super::{Terminal, args, exit};
use crate::results::indicator::{INDICATORS, Indicator, Span};
use crate::scenario::{schema, suggestion};
use serde_json::json;
use std::fmt::Write;

/// The word that lists all indicators.
const ALL: &str = "indicators";

/// The indicators of a name, or of an address: `plant_utilisation`, `plant.p1.utilisation.2032`.
fn indicators(name: &str) -> Vec<&'static Indicator> {
    if name == ALL {
        return INDICATORS.iter().collect();
    }
    // Of an address those words count that make a name, whatever stands between them.
    let words: Vec<&str> = name.split('.').collect();
    let is_address = |indicator: &&Indicator| {
        let mut words = words.iter();
        indicator.id.split('_').all(|part| words.any(|word| word.split('_').any(|word| word == part)))
    };
    let exact = INDICATORS.iter().filter(|indicator| indicator.id == name || indicator.id == words[0]);
    let exact: Vec<&Indicator> = exact.collect();
    if exact.is_empty() && words.len() > 1 { INDICATORS.iter().filter(is_address).collect() } else { exact }
}

/// Prints what the list of keys, and the list of indicators, say of a name.
pub fn run(arguments: &args::Explain, terminal: &Terminal) -> u8 {
    let keys = schema::find(&arguments.key);
    let indicators = indicators(&arguments.key);
    if keys.is_empty() && indicators.is_empty() {
        let name = &arguments.key;
        let near = suggestion(name, INDICATORS.iter().map(|i| i.id).chain(schema::keys().map(schema::Key::name)));
        let near = if near.starts_with("did you mean") { format!("{near} Or ") } else { String::new() };
        terminal.complain(&format!("error: there is no key or indicator `{name}`\n  = help: {near}try the last part of a key, e.g. `urbanmine explain capacity`, or `urbanmine explain {ALL}`"));
        if terminal.json {
            let message = format!("there is no key or indicator `{name}`");
            terminal.print(&json!({ "schema": "urbanmine.explain/1", "ok": false, "diagnostics": [{ "message": message, "key": name }] }).to_string());
        }
        return exit::INPUT;
    }
    let by = |indicator: &Indicator| {
        let mut by: Vec<&str> = indicator.by.iter().map(|by| by.word()).collect();
        by.push(if indicator.span == Span::Run { "run" } else { "year" });
        by
    };
    if terminal.json {
        let keys: Vec<_> =
            keys.iter().map(|key| json!({ "key": key.path, "doc": key.doc, "example": key.example })).collect();
        let indicators: Vec<_> = indicators
            .iter()
            .map(|i| json!({ "indicator": i.id, "unit": i.unit, "by": by(i), "definition": i.definition }))
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
        let _ = writeln!(
            text,
            "{} ({}; by {})\n    {}",
            indicator.id,
            indicator.unit,
            by(indicator).join(", "),
            indicator.definition
        );
    }
    terminal.print(&text);
    exit::DONE
}
