//! How a page is built: sections with sentences, pictures and tables, in one file that can reach nothing.

use super::ReportError;
use crate::base::inert;
use crate::base::words::{Language, say};
use minijinja::{Environment, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("../../assets/report/page.html");
const STYLE: &str = include_str!("../../assets/report/style.css");
const SCRIPT: &str = include_str!("../../assets/report/script.js");

/// A page.
#[derive(Debug, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What it is, above the title.
    pub kicker: String,
    /// A sentence under the title; may be empty.
    pub description: String,
    /// What identifies the results.
    pub key: String,
    /// Commit of the program.
    pub commit: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// Name in links.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// A list.
    pub points: Vec<String>,
    /// Lines to type.
    pub commands: Vec<String>,
    /// Pictures.
    pub figures: Vec<Picture>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// A picture. Its SVG is one of our own charts: text in it is escaped.
#[derive(Debug, Default, Serialize)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// The picture.
    pub svg: String,
}

/// A table.
#[derive(Debug, Default, Serialize)]
pub struct Table {
    /// What it holds.
    pub caption: String,
    /// Its columns.
    pub header: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// Can be sorted.
    pub sort: bool,
    /// Has a field to search in.
    pub search: bool,
    /// The first column names nothing.
    pub plain: bool,
}

/// A column.
#[derive(Debug, Default, Serialize)]
pub struct Column {
    /// Heading.
    pub name: String,
    /// Holds numbers.
    pub number: bool,
}

/// A cell.
#[derive(Debug, Default, Serialize)]
pub struct Cell {
    /// As it is shown.
    pub text: String,
    /// In full precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How it looks.
    pub class: &'static str,
}

impl Column {
    /// A column of words.
    pub fn words(name: impl Into<String>) -> Self {
        Self { name: name.into(), number: false }
    }

    /// A column of numbers.
    pub fn numbers(name: impl Into<String>) -> Self {
        Self { name: name.into(), number: true }
    }
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None, class: "" }
    }

    /// A number as a table of the run has it.
    pub fn number(cell: &str) -> Self {
        let text = cell.parse().map_or_else(|_| cell.to_owned(), crate::base::number::readable);
        Self { text, value: Some(cell.to_owned()), class: "n" }
    }

    /// No number.
    pub fn nothing() -> Self {
        Self { text: "–".to_owned(), value: None, class: "n" }
    }

    /// Whether something holds.
    pub fn verdict(text: impl Into<String>, good: bool) -> Self {
        Self { text: text.into(), value: None, class: if good { "yes" } else { "no" } }
    }
}

impl Page {
    /// The page as one HTML file.
    ///
    /// # Errors
    /// If it cannot be filled in.
    pub fn html(&self, language: Language) -> Result<String, ReportError> {
        let failed = |error: minijinja::Error| ReportError::Page(error.to_string());
        let mut pages = Environment::new();
        pages.add_template("page.html", PAGE).map_err(failed)?;
        pages.add_function("t", move |phrase: &str| say(language, phrase, &[]));
        // Everything that is filled in has lost what could act, and is escaped on its way.
        pages.set_formatter(|out, state, value| {
            let plain = value.as_str().filter(|_| !value.is_safe()).map(|text| inert::line(text).into_owned());
            match plain {
                Some(text) => minijinja::escape_formatter(out, state, &text.into()),
                None => minijinja::escape_formatter(out, state, value),
            }
        });
        let page = pages.get_template("page.html").map_err(failed)?;
        let html = page
            .render(context! {
                lang => language.tag(), title => &*self.title, kicker => &*self.kicker,
                description => &*self.description,
                key => &*self.key, commit => &*self.commit, version => env!("CARGO_PKG_VERSION"),
                style => STYLE, script => SCRIPT, style_hash => hash(STYLE), script_hash => hash(SCRIPT),
                sections => minijinja::Value::from(minijinja::value::Serde(&self.sections)),
            })
            .map_err(failed)?;
        Ok(html)
    }
}

/// A hash as a content security policy names it.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
}

/// Base64 of RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { letter as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn names_cannot_act() {
        let evil = "<script>alert(1)</script>\"' onload=x \u{202e}\u{1b}[31m";
        let table = Table {
            caption: evil.to_owned(),
            header: vec![Column::words(evil)],
            rows: vec![vec![Cell::text(evil), Cell::number(evil)]],
            ..Table::default()
        };
        let section = Section {
            id: "a",
            title: evil.to_owned(),
            lines: vec![evil.to_owned()],
            points: vec![evil.to_owned()],
            commands: vec![evil.to_owned()],
            tables: vec![table],
            ..Section::default()
        };
        let page =
            Page { title: evil.to_owned(), description: evil.to_owned(), sections: vec![section], ..Page::default() };
        let html = page.html(Language::English).unwrap();
        assert_eq!(html.matches("<script").count(), 1, "{html}");
        assert!(!html.contains(['\u{202e}', '\u{1b}']));
        assert!(!html.contains("\"' onload") && html.contains("&lt;script&gt;alert(1)"));
        assert!(html.contains("default-src 'none'"), "{html}");
        assert!(html.contains(&hash(SCRIPT)) && html.contains(&hash(STYLE)));
    }
}
