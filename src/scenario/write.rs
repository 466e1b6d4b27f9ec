//! The merged scenario as text again: resolved TOML, and the lines of `show`.

use super::document::{Node, Table, Value};
use super::paths::resolve;
use super::schema::{Place, Takes};
use super::source::Sources;
use crate::base::inert::is_active;
use std::fmt::Write;

/// The merged scenario as TOML. Paths become relative to the project root; `route` is gone, its content is there.
pub fn resolved(tree: &Node, sources: &Sources) -> String {
    let mut out = String::new();
    if let Some(table) = tree.table() {
        section(table, "", Place::root(), sources, &mut out);
    }
    out
}

/// One line `key = value` for each value at or below a key, with its place if asked for. All of them together are a
/// scenario again, so the whole leaves out what has been read in already.
pub fn show(tree: &Node, key: Option<&str>, with_origin: bool, sources: &Sources) -> String {
    let mut lines: Vec<(String, &Node, Option<Place>)> = Vec::new();
    let parts: Vec<&str> = key.map(|k| k.split('.').collect()).unwrap_or_default();
    let place = Place::root().descend(parts.iter().copied());
    if let Some(node) = tree.at(parts.iter().copied()) {
        collect(node, place, key.unwrap_or(""), &mut lines);
    }
    let mut out = String::new();
    for (name, node, place) in lines {
        if key.is_none() && place.is_some_and(is_route) {
            continue;
        }
        let value = inline(node, sources, place.is_some_and(is_path));
        let _ = if with_origin {
            let (file, line) = sources.file_line(node.origin);
            writeln!(out, "{name} = {value}   # {file}:{line}")
        } else {
            writeln!(out, "{name} = {value}")
        };
    }
    out
}

fn collect<'a>(node: &'a Node, place: Option<Place>, key: &str, out: &mut Vec<(String, &'a Node, Option<Place>)>) {
    match &node.value {
        Value::Table(table) if !place.is_none_or(|p| p.is_end() || p.is_value(table)) => {
            for (name, below) in table {
                let key = if key.is_empty() { bare(name) } else { format!("{key}.{}", bare(name)) };
                collect(below, place.and_then(|p| p.child(name)), &key, out);
            }
        }
        _ => out.push((key.to_owned(), node, place)),
    }
}

fn section(table: &Table, header: &str, place: Place, sources: &Sources, out: &mut String) {
    let is_section = |name: &str, node: &Node| match (&node.value, place.child(name)) {
        (Value::Table(below), Some(inner)) => !inner.is_value(below) && !inner.is_end(),
        _ => false,
    };
    let is_value = |name: &str, node: &Node| !place.child(name).is_some_and(is_route) && !is_section(name, node);
    let values: Vec<_> = table.iter().filter(|(n, node)| is_value(n, node)).collect();
    if !header.is_empty() && (!values.is_empty() || table.is_empty()) {
        let _ = writeln!(out, "\n[{header}]");
    }
    for (name, node) in values {
        let path = place.child(name).is_some_and(is_path);
        let _ = writeln!(out, "{} = {}", bare(name), inline(node, sources, path));
    }
    for (name, node) in table.iter().filter(|(n, node)| is_section(n, node)) {
        if let (Some(below), Some(inner)) = (node.table(), place.child(name)) {
            let header = if header.is_empty() { bare(name) } else { format!("{header}.{}", bare(name)) };
            section(below, &header, inner, sources, out);
        }
    }
}

fn is_route(place: Place) -> bool {
    place.key().is_some_and(|k| k.path == "plant.<plant>.route")
}

fn is_path(place: Place) -> bool {
    place.key().is_some_and(|k| matches!(k.takes, Takes::Path | Takes::Paths | Takes::Csv(_)))
}

/// A value on one line. `path` marks a text that is a path, to be written as seen from the root.
fn inline(node: &Node, sources: &Sources, path: bool) -> String {
    match &node.value {
        Value::Text(text) if path => {
            let from = sources.get(node.origin.file).map_or("", |s| s.path.as_str());
            quoted(&resolve(from, text).unwrap_or_else(|_| text.clone()))
        }
        Value::Text(text) => quoted(text),
        Value::Integer(n) => n.to_string(),
        Value::Float(x) if x.is_nan() => "nan".into(),
        Value::Float(x) => format!("{x:?}"),
        Value::Bool(b) => b.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, sources, path)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) if table.is_empty() => "{}".into(),
        Value::Table(table) => {
            let pairs: Vec<String> = table
                .iter()
                .map(|(name, node)| format!("{} = {}", bare(name), inline(node, sources, name == "file")))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// A key, in quotes if it needs them.
fn bare(name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if plain { name.to_owned() } else { quoted(name) }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_active(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
