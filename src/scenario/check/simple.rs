//! Values that are no series and no mix: words, ids, lists, dates; and the choice of reader for each key.

use super::leaf::Leaf;
use super::{Checker, MOST, YEARS};
use crate::base::units::{Quantity, Unit};
use crate::scenario::document::{Node, Value};
use crate::scenario::problem::Problem;
use crate::scenario::schema::{Dim, Place, Takes};
use crate::scenario::source::Origin;
use crate::scenario::suggest;
use crate::scenario::value::{ByName, Parsed};

/// Longest title, characters.
const MAX_TITLE: usize = 200;

/// Longest other text, characters.
const MAX_TEXT: usize = 4_000;

impl Checker<'_> {
    /// Reads the value of a key.
    pub fn leaf(&mut self, node: &Node, place: Place, key: &str) {
        let Some(schema) = place.key() else { return };
        let mut leaf = Leaf::new(key, schema, schema.takes);
        if schema.rest && node.text() == Some("rest") {
            self.values.insert(key.to_owned(), Parsed::Rest(None));
            return;
        }
        let parsed = match schema.takes {
            Takes::Integer => match node.value {
                Value::Integer(n) => Some(Parsed::Integer(n)),
                _ => self.wrong(node, &leaf, "a whole number"),
            },
            Takes::Bool => match node.value {
                Value::Bool(b) => Some(Parsed::Bool(b)),
                _ => self.wrong(node, &leaf, "true or false"),
            },
            Takes::Text => self.text(node, &leaf, "text").map(Parsed::Text),
            Takes::LocalisedText => self.localised(node, &leaf),
            Takes::OneOf(words) => self.word(node, &leaf, words).map(Parsed::Text),
            Takes::SomeOf(words) => {
                self.list(node, &leaf, |checker, item, leaf| checker.word(item, leaf, words)).map(Parsed::List)
            }
            Takes::Id => {
                self.text(node, &leaf, "an id").filter(|t| self.id(t, node.origin, key, false)).map(Parsed::Text)
            }
            Takes::Defines(dim) => self.defines(node, &leaf, dim),
            Takes::Names(dim) => {
                self.list(node, &leaf, |checker, item, leaf| checker.name_of(item, leaf, dim, &[])).map(Parsed::List)
            }
            Takes::NameOf(dim, extra) => self.name_of(node, &leaf, dim, extra).map(Parsed::Text),
            Takes::Limit => self.anything(node, &mut leaf).and_then(|parsed| match parsed {
                Parsed::Number(value) => Some(Parsed::Limit(value, leaf.dimension)),
                _ => self.wrong(node, &leaf, "a number"),
            }),
            Takes::Day => self.day(node, &leaf).map(|date| Parsed::Month(i32::from(date.year), u32::from(date.month))),
            Takes::Date => self.date(node, &leaf).map(|(year, month)| Parsed::Month(year, month)),
            Takes::Number | Takes::Quantity(_) | Takes::Share => self.single(node, &leaf).map(Parsed::Number),
            Takes::SeriesOf(dimensions) => self.series_of(node, &leaf, dimensions).map(Parsed::Series),
            Takes::Series(_) | Takes::ShareSeries => self.series(node, &leaf).map(Parsed::Series),
            Takes::Mix(dim) => self.mix(node, &leaf, dim).map(Parsed::Mix),
            Takes::ByName(dim, inner) => self.by_name(node, &leaf, dim, *inner),
            Takes::Survival => self.survival(node, &leaf).map(ByName::all).map(Parsed::Survival),
            Takes::Path => self.text(node, &leaf, "a path").map(Parsed::Text),
            Takes::Paths if matches!(node.value, Value::Array(_)) => {
                self.list(node, &leaf, |checker, item, leaf| checker.text(item, leaf, "a path")).map(Parsed::List)
            }
            Takes::Paths => self.text(node, &leaf, "a path or a list of paths").map(Parsed::Text),
            Takes::Csv(columns) => self.csv_table(node, &mut leaf, columns),
            Takes::TransferCsv => {
                self.transfer_csv(node, &mut leaf);
                None
            }
            Takes::Numbers => self.numbers(node, &leaf),
            Takes::Destination => self.destination(node, &leaf),
            Takes::Rates => self.rates(node, &leaf),
            Takes::Parameter => self.parameter(node, &leaf),
            Takes::SomeText => {
                self.list(node, &leaf, |checker, item, leaf| checker.text(item, leaf, "text")).map(Parsed::List)
            }
            Takes::Anything => self.anything(node, &mut leaf),
        };
        if let Some(parsed) = parsed {
            self.values.insert(key.to_owned(), parsed);
        }
    }

    fn wrong<T>(&mut self, node: &Node, leaf: &Leaf, wanted: &str) -> Option<T> {
        self.wrong_type(node, leaf, wanted);
        None
    }

    /// One number, from any form of value that is the same at all times.
    fn single(&mut self, node: &Node, leaf: &Leaf) -> Option<f64> {
        let series = self.series(node, leaf)?;
        if series.is_constant() && matches!(series.points(), [(0, _)]) {
            return Some(series.at(0.0));
        }
        self.wrong(node, leaf, "one value, the same at all times")
    }

    fn text(&mut self, node: &Node, leaf: &Leaf, wanted: &str) -> Option<String> {
        let Some(text) = node.text() else { return self.wrong(node, leaf, wanted) };
        let steers = |c: char| {
            (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let most = if leaf.schema.path == "scenario.title" { MAX_TITLE } else { MAX_TEXT };
        let fault = if text.chars().count() > most {
            "too long"
        } else if text.chars().any(steers) {
            "holds control characters"
        } else {
            return Some(text.to_owned());
        };
        let title = format!("`{}` cannot be used: {fault}", leaf.key);
        self.report(
            Problem::error(
                "E0203",
                title,
                node.origin,
                fault,
                "write plain text, a title of at most 200 characters, other text of at most 4,000",
            ),
            &leaf.key,
        );
        None
    }

    fn localised(&mut self, node: &Node, leaf: &Leaf) -> Option<Parsed> {
        let Value::Table(table) = &node.value else {
            return self.text(node, leaf, "text").map(Parsed::Text);
        };
        self.only(table, leaf, &["en", "zh-CN"], &[]);
        let mut texts = Vec::new();
        for (language, text) in table {
            texts.push((language.clone(), self.text(text, leaf, "text")?));
        }
        Some(Parsed::Localised(texts))
    }

    fn word(&mut self, node: &Node, leaf: &Leaf, words: &[&str]) -> Option<String> {
        let text = self.text(node, leaf, "text")?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        let title = format!("`{}` cannot be {text:?}", leaf.name());
        let label = format!("expected one of {}", words.join(", "));
        let help = suggest::help(&text, words.iter().copied());
        self.report(Problem::error("E0203", title, node.origin, label, help), &leaf.key);
        None
    }

    fn list(
        &mut self,
        node: &Node,
        leaf: &Leaf,
        mut one: impl FnMut(&mut Self, &Node, &Leaf) -> Option<String>,
    ) -> Option<Vec<String>> {
        let Value::Array(items) = &node.value else { return self.wrong(node, leaf, "a list") };
        let mut out: Vec<String> = Vec::new();
        let mut whole = true;
        for item in items {
            match one(self, item, leaf) {
                Some(name) if out.contains(&name) => {
                    let title = format!("`{name}` stands twice in `{}`", leaf.key);
                    self.report(Problem::error("E0203", title, item.origin, "repeated", "keep one of them"), &leaf.key);
                    whole = false;
                }
                Some(name) => out.push(name),
                None => whole = false,
            }
        }
        whole.then_some(out)
    }

    /// Checks the form of an id; reports it if it is wrong.
    pub fn id(&mut self, text: &str, origin: Origin, key: &str, upper: bool) -> bool {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || (upper && b.is_ascii_uppercase());
        let first = text.bytes().next().is_some_and(letter);
        let good = first && text.len() <= 64 && text.bytes().all(|b| letter(b) || matches!(b, b'_' | b'-'));
        if !good {
            let title =
                if text.is_empty() { "a name is missing".to_owned() } else { format!("`{text}` cannot be a name") };
            let label = "expected lower-case letters, digits, `-` and `_`, at most 64";
            let help = "write e.g. `hefei-hydro-100kt`; a readable name belongs in `title`";
            self.report(Problem::error("E0203", title, origin, label, help), key);
        }
        good
    }

    fn defines(&mut self, node: &Node, leaf: &Leaf, dim: Dim) -> Option<Parsed> {
        let upper = dim == Dim::Substance;
        let list = self.list(node, leaf, |checker, item, leaf| {
            let text = checker.text(item, leaf, "a name")?;
            checker.id(&text, item.origin, &leaf.key, upper).then_some(text)
        })?;
        let most = MOST.iter().find(|(d, ..)| *d == dim).map_or(64, |(.., most)| *most);
        let (code, title) = if list.is_empty() {
            ("E0203", format!("`{}` is empty", leaf.key))
        } else if list.len() > most {
            ("E0506", format!("`{}` has {} names, at most {most} are allowed", leaf.key, list.len()))
        } else {
            return Some(Parsed::List(list));
        };
        let label = format!("expected 1 to {most} names");
        self.report(Problem::error(code, title, node.origin, label, leaf.schema.way_out()), &leaf.key);
        None
    }

    fn name_of(&mut self, node: &Node, leaf: &Leaf, dim: Dim, extra: &[&str]) -> Option<String> {
        let name = self.text(node, leaf, "a name")?;
        if extra.contains(&name.as_str()) {
            return Some(name);
        }
        if dim == Dim::Unit {
            let units = self.units(&leaf.key);
            if !units.is_some_and(|u| u.contains_key(&name)) {
                let known: Vec<String> = units.into_iter().flat_map(|u| u.keys().cloned()).collect();
                self.not_among(dim, &name, &known, node.origin, &leaf.key, "");
                return None;
            }
        } else if !self.names.has(dim, &name) {
            self.unknown_name(dim, &name, node.origin, &leaf.key, extra, "");
            return None;
        }
        Some(name)
    }

    fn day(&mut self, node: &Node, leaf: &Leaf) -> Option<toml::value::Date> {
        let Value::Date(toml::value::Datetime { date: Some(date), time: None, .. }) = &node.value else {
            return self.wrong(node, leaf, "a date such as 2025-01-01, without quotes");
        };
        if YEARS.contains(&i32::from(date.year)) {
            return Some(*date);
        }
        let title = format!("`{}` cannot be {date}", leaf.name());
        let label = "expected a year from 1900 to 2300";
        self.report(Problem::error("E0504", title, node.origin, label, "check the year"), &leaf.key);
        None
    }

    fn date(&mut self, node: &Node, leaf: &Leaf) -> Option<(i32, u32)> {
        let date = self.day(node, leaf)?;
        if date.day == 1 {
            return Some((i32::from(date.year), u32::from(date.month)));
        }
        let title = format!("`{}` cannot be {date}", leaf.name());
        let help = format!("write {:04}-{:02}-01", date.year, date.month);
        let problem = Problem::error("E0203", title, node.origin, "expected the first day of a month", help);
        self.report(problem, &leaf.key);
        None
    }

    fn numbers(&mut self, node: &Node, leaf: &Leaf) -> Option<Parsed> {
        let Value::Array(items) = &node.value else { return self.wrong(node, leaf, "a list of numbers") };
        let mut out = Vec::new();
        for (i, item) in items.iter().enumerate() {
            out.push(self.number(item, leaf, &format!("{}.{}", leaf.key, i + 1))?);
        }
        let problem = if leaf.schema.path == "uncertainty.quantiles" {
            let rising = out.windows(2).all(|pair| pair[0] < pair[1]);
            let inside = out.iter().all(|q| *q > 0.0 && *q < 1.0);
            let title = "`uncertainty.quantiles` must rise between 0 and 1".to_owned();
            (out.is_empty() || !rising || !inside).then_some((title, "expected rising numbers between 0 and 1"))
        } else if leaf.name() == "profile" {
            let sum: f64 = out.iter().sum();
            (out.len() != 12 || (sum - 12.0).abs() > 1e-6).then(|| {
                (format!("`profile` has {} numbers with sum {sum}", out.len()), "expected 12 numbers with mean 1")
            })
        } else {
            (out.is_empty() || out.iter().any(|x| *x > 1.0))
                .then(|| (format!("`{}` must be shares of full rate", leaf.name()), "expected numbers from 0 to 1"))
        };
        if let Some((title, label)) = problem {
            self.report(Problem::error("E0203", title, node.origin, label, leaf.schema.way_out()), &leaf.key);
            return None;
        }
        Some(Parsed::Numbers(out))
    }

    /// Where an outlet leads; by line, each line's answer is kept under its own key.
    fn destination(&mut self, node: &Node, leaf: &Leaf) -> Option<Parsed> {
        let Value::Table(by_line) = &node.value else { return self.one_destination(node, leaf) };
        let plant = leaf.key.split('.').nth(1).unwrap_or("");
        let lines = self.tree.at(["plant", plant, "line"]).and_then(Node::table);
        for (line, node) in by_line {
            let own = Leaf { key: format!("{}.{line}", leaf.key), ..leaf.clone() };
            if !lines.is_some_and(|lines| lines.contains_key(line)) {
                let help = suggest::help(line, lines.into_iter().flat_map(|lines| lines.keys().map(String::as_str)));
                let title = format!("plant `{plant}` has no line `{line}`");
                let label = format!("not a section `[plant.{plant}.line.<name>]`");
                self.report(Problem::error("E0401", title, node.key, label, help), &leaf.key);
            } else if let Some(parsed) = self.one_destination(node, &own) {
                self.values.insert(own.key, parsed);
            }
        }
        None
    }

    fn one_destination(&mut self, node: &Node, leaf: &Leaf) -> Option<Parsed> {
        let text = self.text(node, leaf, "the name of a unit, or product:NAME")?;
        if let Some((kind, name)) = text.split_once(':') {
            if matches!(kind, "product" | "residue" | "emission") {
                return self.id(name, node.origin, &leaf.key, true).then_some(Parsed::Text(text.clone()));
            }
        } else if self.units(&leaf.key).is_some_and(|u| u.contains_key(&text)) {
            return Some(Parsed::Text(text));
        }
        let units = self.units(&leaf.key).into_iter().flat_map(|u| u.keys().map(String::as_str));
        let help = if let Some(near) = suggest::nearest(&text, units.clone()) {
            format!("did you mean `{near}`?")
        } else {
            let units = units.take(24).collect::<Vec<_>>().join(", ");
            format!("lead it to a unit ({units}), or to product:, residue: or emission: and a name")
        };
        let title = format!("outlet `{}` leads to `{text}`, which does not exist", leaf.name());
        self.report(Problem::error("E0308", title, node.origin, "no such destination", help), &leaf.key);
        None
    }

    fn anything(&mut self, node: &Node, leaf: &mut Leaf) -> Option<Parsed> {
        let (value, unit) = match &node.value {
            Value::Table(table) => {
                self.meta(table, leaf);
                (table.get("value")?.clone(), leaf.unit.take())
            }
            _ => (node.clone(), None),
        };
        if value.text().is_some() {
            let text = &self.text(&value, leaf, "a number or text")?;
            let Ok(quantity) = Quantity::parse(text) else { return Some(Parsed::Text(text.to_owned())) };
            leaf.dimension = quantity.unit.dimension();
        }
        leaf.dimension = unit.as_ref().map_or(leaf.dimension, Unit::dimension);
        leaf.unit = unit;
        if let Value::Bool(b) = value.value {
            return Some(Parsed::Bool(b));
        }
        let key = leaf.key.clone();
        self.number(&value, leaf, &key).map(Parsed::Number)
    }
}
