//! One finding about a scenario, with the place, the value seen and the way out.

use super::render;
use super::source::{Origin, Sources};
use std::fmt;
use std::sync::Arc;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The scenario cannot be run.
    Error,
    /// The scenario can be run but probably does not say what was meant.
    Warning,
}

/// A place and what to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub origin: Origin,
    /// What stands there and what was expected.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Code such as `E0204`; `urbanmine explain` knows it.
    pub code: &'static str,
    /// Error or warning.
    pub level: Level,
    /// One line: what is wrong, with the value seen.
    pub title: String,
    /// The dotted key concerned, if there is one.
    pub key: Option<String>,
    /// Places; the first is the one in the header. Empty only if the scenario file itself cannot be read.
    pub labels: Vec<Label>,
    /// The way out.
    pub help: String,
}

impl Problem {
    /// An error at a place. `help` is the way out.
    #[must_use]
    pub fn error(
        code: &'static str,
        title: impl Into<String>,
        origin: Origin,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let labels = vec![Label { origin, text: label.into() }];
        Self { code, level: Level::Error, title: title.into(), key: None, labels, help: help.into() }
    }

    /// An error without a place, for a scenario file that cannot be opened.
    #[must_use]
    pub fn without_place(code: &'static str, title: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, level: Level::Error, title: title.into(), key: None, labels: vec![], help: help.into() }
    }

    /// The same finding as a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.level = Level::Warning;
        self
    }

    /// Names the dotted key concerned.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, origin: Origin, text: impl Into<String>) -> Self {
        self.labels.push(Label { origin, text: text.into() });
        self
    }
}

/// All findings about a scenario together with the texts they point into.
#[derive(Clone, Debug)]
pub struct Problems {
    list: Vec<Problem>,
    sources: Arc<Sources>,
}

impl Problems {
    /// Sorts the findings by file and position and drops repetitions.
    #[must_use]
    pub fn new(mut list: Vec<Problem>, sources: Arc<Sources>) -> Self {
        list.sort_by_key(|p| p.labels.first().map(|l| (l.origin.file, l.origin.start)));
        list.dedup();
        Self { list, sources }
    }

    /// The findings, sorted by file and position.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// The text for a terminal: at most 20 findings, then the total.
    #[must_use]
    pub fn render(&self, styled: bool) -> String {
        render::render(&self.list, &self.sources, styled)
    }

    /// The findings as a JSON array, all of them.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        render::to_json(&self.list, &self.sources)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}
