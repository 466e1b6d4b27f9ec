//! `--set KEY=VALUE`: edits of the tree from the command line, with places of their own for messages.

use super::document::{Node, Table, Value, convert, gives_up};
use super::problem::Problem;
use super::schema::Place;
use super::source::{FileId, FileKind, Origin, Sources};
use toml::de::DeTable;

/// One edit.
pub struct Set {
    /// Parts of the dotted key, each with its place.
    key: Vec<(String, Origin)>,
    value: Node,
}

/// The pseudo-file that holds the edits, one a line.
pub fn source(sets: &[String], sources: &mut Sources) -> Option<FileId> {
    if sets.is_empty() {
        return None;
    }
    // A line break inside an option would break the count of lines, and no value needs one.
    let lines: Vec<String> = sets.iter().map(|set| set.replace(['\n', '\r'], " ")).collect();
    let text = lines.join("\n").into_bytes();
    Some(sources.add("--set".into(), String::new(), FileKind::Pseudo, text))
}

/// Reads the edits; what cannot be read is reported.
pub fn parse(file: Option<FileId>, sources: &Sources, problems: &mut Vec<Problem>) -> Vec<Set> {
    let Some((file, text)) = file.and_then(|f| Some((f, sources.get(f)?.text()))) else { return Vec::new() };
    let mut sets = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        match one(line, file, start) {
            Ok(set) if matches!(set.key.as_slice(), [(only, _)] if only == "extends") => problems.push(
                Problem::error(
                    "E0203",
                    "`extends` cannot be set on the command line",
                    set.value.origin,
                    "parents are read before `--set` is applied",
                    "write a small scenario file that extends the other parent",
                )
                .with_key("extends"),
            ),
            Ok(set) => sets.push(set),
            Err(label) => {
                let origin = Origin { file, start, end: start + line.len() };
                let title = format!("`--set {line}` cannot be read");
                let help = "write e.g. `--set 'plant.p1.capacity=\"120 kt/yr\"'`";
                problems.push(Problem::error("E0101", title, origin, label, help));
            }
        }
        start += line.len() + 1;
    }
    sets
}

fn one(line: &str, file: FileId, start: usize) -> Result<Set, &'static str> {
    let mut key = Vec::new();
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or("");
        let (part, length) = part(rest).ok_or("the part before `=` must be a dotted key")?;
        key.push((part, Origin { file, start: start + at, end: start + at + length }));
        at += length;
        match line.as_bytes().get(at) {
            Some(b'.') => at += 1,
            Some(b'=') => break,
            _ => return Err("no `=` after the key"),
        }
    }
    let text = line.get(at + 1..).unwrap_or("");
    let origin = Origin { file, start: start + at + 1, end: start + line.len() };
    let first = key.first().map_or(origin, |(_, origin)| *origin);
    // The key is at least one byte and `=` another, so the two bytes of the prefix can be taken off again.
    let prefixed = format!("v={text}");
    let (table, errors) = DeTable::parse_recoverable(&prefixed);
    let read =
        if errors.is_empty() { convert(table.get_ref(), file, start + at - 1, &mut Vec::new()) } else { Table::new() };
    let value = match read.into_values().next() {
        Some(node) => node.value,
        None => Value::Text(text.trim().to_owned()),
    };
    let key_origin = Origin { file, start: first.start, end: origin.start.saturating_sub(1) };
    Ok(Set { key, value: Node { value, origin, key: key_origin } })
}

/// One part of a dotted key at the front of `text`, and its length in bytes.
fn part(text: &str) -> Option<(String, usize)> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inner = text.get(1..)?;
        let end = inner.find(quote)?;
        return Some((inner.get(..end)?.to_owned(), end + 2));
    }
    let end = text.find(['.', '=']).unwrap_or(text.len());
    let name = text.get(..end)?;
    (!name.is_empty() && !name.contains(char::is_whitespace)).then(|| (name.to_owned(), end))
}

impl Set {
    /// True if the edit chooses the route of a plant.
    pub fn is_route(&self) -> bool {
        matches!(self.key.as_slice(), [(a, _), _, (c, _)] if a == "plant" && c == "route")
    }

    /// Puts the value into the tree, as if the file had been edited.
    pub fn apply(self, tree: &mut Node) {
        if let Some((last, above)) = self.key.split_last() {
            let place = Place::root().descend(above.iter().map(|(name, _)| name.as_str()));
            put(tree, above, &last.0, self.value, gives_up(place, &last.0));
        }
    }
}

/// Sets a value below a node in place of those it gives up; a value in the way gives place to a table, and the check says if that was wrong.
fn put(node: &mut Node, above: &[(String, Origin)], last: &str, value: Node, given_up: &[&str]) {
    let mut table = if let Value::Table(table) = &mut node.value {
        std::mem::take(table)
    } else {
        node.origin = value.key;
        Table::new()
    };
    match above.split_first() {
        None => {
            for name in given_up {
                table.shift_remove(*name);
            }
            table.insert(last.to_owned(), value);
        }
        Some(((name, origin), above)) => {
            let below = table.entry(name.clone()).or_insert_with(|| Node::empty_table(*origin));
            put(below, above, last, value, given_up);
        }
    }
    node.value = Value::Table(table);
}
