//! Tables of a run as people read them: years side by side, series in one line.

use super::page::{Cell, Column, Table};
use crate::base::words::{Language, say};
use crate::results::archive::{Sheet, year_of};

/// Indicators with a column for each of the years.
pub fn indicators(sheet: &Sheet, years: &[i32], language: Language) -> Table {
    let names = ["indicator", "region", "plant", "substance", "unit"];
    let mut rows: Vec<(Vec<String>, Vec<Option<String>>)> = Vec::new();
    let mut last = 0;
    for row in &sheet.rows {
        let Some(at) = year_of(sheet.cell(row, "time")).and_then(|year| years.iter().position(|known| *known == year))
        else {
            continue;
        };
        let same = |known: &Vec<String>| names.iter().zip(known).all(|(name, known)| sheet.cell(row, name) == known);
        // Rows of a year stand in the same order: what follows in one follows in the next.
        last = if rows.get(last + 1).is_some_and(|row| same(&row.0)) {
            last + 1
        } else {
            rows.iter().position(|row| same(&row.0)).unwrap_or_else(|| {
                rows.push((
                    names.iter().map(|name| sheet.cell(row, name).to_owned()).collect(),
                    vec![None; years.len()],
                ));
                rows.len() - 1
            })
        };
        rows[last].1[at] = Some(sheet.cell(row, "value").to_owned());
    }
    let header = names.iter().map(|name| Column::words(say(language, name, &[])));
    let header = header.chain(years.iter().map(|year| Column::numbers(year.to_string()))).collect();
    let cells = |(names, values): (Vec<String>, Vec<Option<String>>)| {
        let names = names.into_iter().map(Cell::text);
        names.chain(values.iter().map(|value| value.as_deref().map_or_else(Cell::nothing, Cell::number))).collect()
    };
    Table {
        caption: say(language, "All indicators; `urbanmine explain NAME` defines each.", &[]),
        header,
        rows: rows.into_iter().map(cells).collect(),
        sort: true,
        search: true,
        plain: false,
    }
}

/// A row of assumptions that differ only in value and year.
struct Group<'a> {
    key: &'a str,
    unit: &'a str,
    source: &'a str,
    confidence: &'a str,
    note: &'a str,
    file: &'a str,
    line: &'a str,
    values: Vec<(&'a str, &'a str)>,
}

/// Assumptions, a series in one line.
pub fn assumptions(sheet: &Sheet, language: Language) -> Table {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for row in &sheet.rows {
        let cell = |name| sheet.cell(row, name);
        let (key, year) = split_year(cell("key"));
        let value = (year, cell("value"));
        match groups.last_mut() {
            Some(last)
                if !year.is_empty()
                    && [last.key, last.unit, last.source, last.confidence, last.note, last.file]
                        == [key, cell("unit"), cell("source"), cell("confidence"), cell("note"), cell("file")] =>
            {
                last.values.push(value);
            }
            _ => groups.push(Group {
                key,
                unit: cell("unit"),
                source: cell("source"),
                confidence: cell("confidence"),
                note: cell("note"),
                file: cell("file"),
                line: cell("line"),
                values: vec![value],
            }),
        }
    }
    let columns = ["key", "value", "unit", "confidence", "source", "note", "place"];
    let rows = groups.iter().map(|group| {
        let value = match group.values.as_slice() {
            [(_, only)] => Cell::number(only),
            values => Cell::text(series(values)),
        };
        let place = format!("{}:{}", group.file, group.line);
        let texts = [group.unit, group.confidence, group.source, group.note, &place].map(Cell::text);
        [Cell::text(group.key), value].into_iter().chain(texts).collect()
    });
    Table {
        caption: say(
            language,
            "Every number that entered, series in one line. A seen at the source, B second hand, C assumption. In full: tables/assumptions.csv.",
            &[],
        ),
        header: columns.iter().map(|name| Column::words(say(language, name, &[]))).collect(),
        rows: rows.collect(),
        sort: true,
        search: true,
        plain: false,
    }
}

/// A key and the year behind it.
fn split_year(key: &str) -> (&str, &str) {
    match key.rsplit_once('.') {
        Some((stem, year)) if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) => (stem, year),
        _ => (key, ""),
    }
}

/// First, last and number of a series' values.
fn series(values: &[(&str, &str)]) -> String {
    let told = |(year, value): &(&str, &str)| {
        let value = value.parse().map_or_else(|_| (*value).to_owned(), crate::base::number::readable);
        format!("{year}: {value}")
    };
    match (values.first(), values.last()) {
        (Some(first), Some(last)) if values.len() > 2 => format!("{} … {} ({})", told(first), told(last), values.len()),
        _ => values.iter().map(told).collect::<Vec<_>>().join(", "),
    }
}
