//! The texts a scenario was read from, and places in them.

use std::sync::Arc;

/// Number of a text among those a scenario was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A place in a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A scenario or a route, in TOML.
    Scenario,
    /// A CSV table.
    Data,
    /// Not a file: the `--set` options of the command line, or standard input.
    Pseudo,
}

/// One text.
#[derive(Clone, Debug)]
pub struct Source {
    /// As the user would name it, for messages.
    pub name: String,
    /// Relative to the project root, `/`-separated; empty for a pseudo-file.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// The bytes as read.
    pub bytes: Arc<[u8]>,
    text: Arc<str>,
    line_starts: Vec<usize>,
}

impl Source {
    /// The text; bytes that are not UTF-8 show as U+FFFD.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line (from 1) and column in characters (from 1) of a byte.
    #[must_use]
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = self.line_range(line).start;
        let before = self.text.get(start..self.floor(byte)).unwrap_or("");
        (line, before.chars().count() + 1)
    }

    /// Byte range of a line (from 1), without its line break.
    #[must_use]
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let start = line.checked_sub(1).and_then(|i| self.line_starts.get(i)).copied().unwrap_or(0);
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len() + 1);
        let body = self.text.get(start..end.saturating_sub(1)).unwrap_or("");
        start..start + body.trim_end_matches('\r').len()
    }

    /// The nearest character boundary at or before a byte.
    #[must_use]
    pub fn floor(&self, byte: usize) -> usize {
        let mut at = byte.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// All texts, in the order they were read.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its number.
    pub fn add(&mut self, name: String, path: String, kind: FileKind, bytes: Vec<u8>) -> FileId {
        let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(Source { name, path, kind, bytes: bytes.into(), text, line_starts });
        FileId(self.files.len() - 1)
    }

    /// The text with this number. Numbers come only from [`Sources::add`], so it exists.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0)
    }

    /// All texts, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }

    /// File relative to the project root, however it was named, and line, from 1.
    #[must_use]
    pub fn place(&self, origin: Origin) -> (String, usize) {
        self.get(origin.file).map_or_else(|| (String::new(), 0), |s| (s.path.clone(), s.line_column(origin.start).0))
    }

    /// File as the user named it, and line, from 1.
    #[must_use]
    pub fn file_line(&self, origin: Origin) -> (String, usize) {
        self.get(origin.file).map_or_else(|| (String::new(), 0), |s| (s.name.clone(), s.line_column(origin.start).0))
    }
}
