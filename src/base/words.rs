//! What people read in figures and reports, in their language. English is written where it is used; the other languages
//! are lists of English phrases and theirs, one file each.
//!
//! A phrase may hold `{}` for what is filled in. The same list serves both ways: [`say`] fills a phrase in, [`translate`]
//! recognises a text that was filled in before (the title of a figure), sentence by sentence.

use std::sync::OnceLock;

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese as written in China.
    Chinese,
}

impl Language {
    /// The tag of RFC 5646.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    fn list(self) -> Option<&'static List> {
        static CHINESE: OnceLock<List> = OnceLock::new();
        match self {
            Self::English => None,
            Self::Chinese => Some(CHINESE.get_or_init(|| List::read(include_str!("../../assets/words/zh-CN.toml")))),
        }
    }
}

/// English phrases and what they are in another language.
struct List {
    phrases: std::collections::HashMap<String, String>,
    /// Those with something to fill in, those that say most first.
    patterns: Vec<(String, String)>,
}

impl List {
    fn read(text: &str) -> Self {
        // A list that ships with the program and is read in a test.
        let table = text.parse::<toml::Table>().unwrap_or_default();
        let entries = table.into_iter().filter_map(|(phrase, said)| Some((phrase, said.as_str()?.to_owned())));
        let phrases: std::collections::HashMap<String, String> = entries.collect();
        let mut patterns: Vec<(String, String)> =
            phrases.iter().filter(|(phrase, _)| phrase.contains("{}")).map(|(a, b)| (a.clone(), b.clone())).collect();
        patterns.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        Self { phrases, patterns }
    }
}

/// A phrase in a language, with values for its `{}` in order. In the other language `{0}`, `{1}` name them.
pub fn say(language: Language, phrase: &str, values: &[&str]) -> String {
    let said = language.list().and_then(|list| list.phrases.get(phrase)).map_or(phrase, String::as_str);
    fill(said, values)
}

fn fill(phrase: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(phrase.len());
    let mut next = 0;
    let mut rest = phrase;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let close = from.find('}').unwrap_or(0);
        let name = from.get(1..close).unwrap_or("?");
        let at = if name.is_empty() { Some(next) } else { name.parse().ok() };
        if let Some(at) = at {
            filled.push_str(values.get(at).copied().unwrap_or_default());
            next = at + 1;
            rest = &from[close + 1..];
        } else {
            filled.push('{');
            rest = &from[1..];
        }
    }
    filled + rest
}

/// A text made of known phrases in a language; what is not known stays as it is.
pub fn translate(language: Language, text: &str) -> String {
    let Some(list) = language.list() else { return text.to_owned() };
    if let Some(said) = whole(list, text, 3) {
        return said;
    }
    // A remark under a figure is several sentences.
    let mut said = String::new();
    for sentence in text.split_inclusive(". ") {
        let bare = sentence.trim_end();
        match whole(list, bare, 3) {
            Some(known) => said.push_str(&known),
            None => said.push_str(sentence),
        }
    }
    said
}

/// A text that is one phrase.
fn whole(list: &List, text: &str, depth: usize) -> Option<String> {
    if let Some(said) = list.phrases.get(text) {
        return Some(said.clone());
    }
    if depth == 0 {
        return None;
    }
    let parts: Vec<&str> = text.split(", ").collect();
    if parts.len() > 1 && parts.iter().all(|part| list.phrases.contains_key(*part)) {
        return Some(parts.iter().filter_map(|part| list.phrases.get(*part)).cloned().collect::<Vec<_>>().join("、"));
    }
    list.patterns.iter().find_map(|(phrase, said)| {
        let values = captured(phrase, text)?;
        let values: Vec<String> =
            values.into_iter().map(|value| whole(list, value, depth - 1).unwrap_or_else(|| value.to_owned())).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        Some(fill(said, &values))
    })
}

/// What stands in a text where its phrase has `{}`.
fn captured<'t>(phrase: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = phrase.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = match (parts.peek(), part) {
            (None, "") => rest.len(),
            (None, last) => rest.strip_suffix(last)?.len(),
            (Some(_), part) => rest.find(part)?,
        };
        let (value, after) = rest.split_at(at);
        if value.is_empty() {
            return None;
        }
        values.push(value);
        rest = &after[part.len()..];
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_filled_in() {
        assert_eq!(fill("a {} b {}", &["1", "2"]), "a 1 b 2");
        assert_eq!(fill("{1}、{0}。", &["1", "2"]), "2、1。");
        assert_eq!(fill("{ open", &[]), "{ open");
    }

    #[test]
    fn phrases_are_recognised() {
        assert_eq!(captured("Plant {}: {} t", "Plant p1: 12 t"), Some(vec!["p1", "12"]));
        assert_eq!(captured("Plant {}", "Plant p1"), Some(vec!["p1"]));
        assert_eq!(captured("Plant {}", "Plant "), None);
        assert_eq!(captured("{} %", "12 kt"), None);
    }

    #[test]
    fn the_list_can_be_read_and_fills_the_same_places() {
        let list = include_str!("../../assets/words/zh-CN.toml").parse::<toml::Table>().unwrap();
        assert!(list.len() > 50);
        for (phrase, said) in &list {
            let said = said.as_str().unwrap();
            let count = phrase.matches("{}").count();
            let filled =
                said.matches("{}").count() + (0..count).filter(|at| said.contains(&format!("{{{at}}}"))).count();
            assert_eq!(count, filled, "{phrase}: {said}");
        }
    }

    #[test]
    fn english_is_left_alone() {
        assert_eq!(translate(Language::English, "Retired packs by fate"), "Retired packs by fate");
        assert_eq!(say(Language::English, "Plant {}", &["p1"]), "Plant p1");
    }
}
