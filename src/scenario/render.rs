//! Findings as text for a terminal and as JSON for scripts.

use super::problem::{Label, Level, Problem};
use super::source::{Source, Sources};
use annotate_snippets as snip;
use serde_json::{Value, json};
use std::fmt::Write;

/// More than this many findings help nobody; the rest is only counted.
pub const SHOWN: usize = 20;

/// Longest title, label or help, characters: text from a hostile file may be a megabyte.
const LONGEST: usize = 1_000;

/// Longest stretch of text shown for two places of one finding, bytes.
const STRETCH: usize = 64 * 1024;

/// The findings as text, at most [`SHOWN`] of them, then the total.
pub fn render(problems: &[Problem], sources: &Sources, styled: bool) -> String {
    let mut out = String::new();
    for problem in problems.iter().take(SHOWN) {
        out.push_str(&one(problem, sources, styled));
        out.push_str("\n\n");
    }
    let hidden = problems.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let least = if problems.len() >= super::check::MAX_PROBLEMS { "at least " } else { "" };
        let _ = writeln!(out, "{hidden} more not shown; {least}{} in all", problems.len());
    }
    out.truncate(out.trim_end().len());
    out
}

/// The findings as a JSON array with the keys of the interface document.
pub fn to_json(problems: &[Problem], sources: &Sources) -> Value {
    let all = problems.iter().map(|problem| {
        let spans: Vec<Value> = problem.labels.iter().filter_map(|label| span_json(label, sources)).collect();
        json!({
            "code": problem.code,
            "level": match problem.level { Level::Error => "error", Level::Warning => "warning" },
            "message": problem.title,
            "key": problem.key,
            "spans": spans,
            "help": problem.help,
            "rendered": one(problem, sources, false),
        })
    });
    Value::Array(all.collect())
}

fn span_json(label: &Label, sources: &Sources) -> Option<Value> {
    let source = sources.get(label.origin.file)?;
    let (line_start, column_start) = source.line_column(label.origin.start);
    let (line_end, column_end) = source.line_column(label.origin.end);
    Some(json!({
        "file_name": source.name, "line_start": line_start, "column_start": column_start,
        "line_end": line_end, "column_end": column_end, "label": label.text,
    }))
}

fn one(problem: &Problem, sources: &Sources, styled: bool) -> String {
    let level = match problem.level {
        Level::Error => snip::Level::ERROR,
        Level::Warning => snip::Level::WARNING,
    };
    let mut group = snip::Group::with_title(level.primary_title(clean(&problem.title)).id(problem.code));
    let mut notes = Vec::new();
    let main = problem.labels.first().and_then(|l| Some((l, sources.get(l.origin.file)?)));
    if let Some((first, source)) = main {
        // One header per finding: places in other files, or far away, become notes.
        let (near, far): (Vec<&Label>, Vec<&Label>) = problem.labels.iter().partition(|label| {
            label.origin.file == first.origin.file && label.origin.start.abs_diff(first.origin.start) < STRETCH
        });
        group = group.element(snippet(source, &near));
        for label in far {
            let (file, line) = sources.file_line(label.origin);
            notes.push(clean(&format!("{file}:{line}: {}", label.text)));
        }
    }
    for note in notes {
        group = group.element(snip::Level::NOTE.message(note));
    }
    if !problem.help.is_empty() {
        group = group.element(snip::Level::HELP.message(clean(&problem.help)));
    }
    let renderer = if styled { snip::Renderer::styled() } else { snip::Renderer::plain() };
    renderer.render(&[group])
}

/// The lines around the labels, with one annotation for each.
fn snippet<'a>(source: &'a Source, labels: &[&Label]) -> snip::Snippet<'a, snip::Annotation<'a>> {
    let lines = labels.iter().map(|label| source.line_column(label.origin.start).0);
    let first_line = lines.clone().min().unwrap_or(1);
    let from = source.line_range(first_line).start;
    let to = source.line_range(lines.max().unwrap_or(1)).end;
    let text = clean_source(source.text().get(from..to).unwrap_or(""));
    let annotations = labels.iter().enumerate().map(|(i, label)| {
        let kind = if i == 0 { snip::AnnotationKind::Primary } else { snip::AnnotationKind::Context };
        // A span over several lines is cut to its first, so that the caret stands under something readable.
        let line = source.line_range(source.line_column(label.origin.start).0);
        let start = source.floor(label.origin.start).clamp(from, to);
        let end = source.floor(label.origin.end.min(line.end)).clamp(start, to);
        kind.span(start - from..end - from).label(clean(&label.text))
    });
    snip::Snippet::source(text).line_start(first_line).path(clean(&source.name)).annotations(annotations)
}

/// True for characters that steer a terminal or reorder text.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Text from outside, safe to print: steering characters are spelled out.
pub fn clean(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        if steers(c) && c != '\n' {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Source text, safe to print and of unchanged length in bytes, so that spans stay right.
fn clean_source(text: &str) -> String {
    let swap = |c: char| match c.len_utf8() {
        _ if !steers(c) || matches!(c, '\n' | '\t' | '\r') => c,
        1 => '?',
        2 => '\u{bf}',
        _ => '\u{fffd}',
    };
    text.chars().map(swap).collect()
}
