//! What may be said in a scenario: one list of keys that everything else reads.
//!
//! Validation, did-you-mean, the assumption register, `explain`, the JSON Schema and the reference page all come from
//! [`keys`]. To add a key, add a line in `schema/*.rs`; nothing else has to know.

mod burden;
mod flow;
pub mod json;
mod money;
mod plant;
mod system;
mod target;
mod uncertainty;
mod usage;

use super::document::Table;
use crate::base::units::Dimension;
use indexmap::IndexMap;
use std::sync::OnceLock;

/// A family of names. In a path, `<region>` stands for any name of [`Dim::Region`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dim {
    /// `system.regions`.
    Region,
    /// `system.segments`.
    Segment,
    /// `system.chemistries`.
    Chemistry,
    /// `system.substances`.
    Substance,
    /// The plants: the keys of `[plant]`.
    Plant,
    /// The units of one plant.
    Unit,
    /// The outlets of one unit.
    Outlet,
    /// Any name that is a valid id.
    Free,
    /// A dotted key of the scenario, in quotes.
    Key,
}

impl Dim {
    /// The word for one name of the family.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Segment => "segment",
            Self::Chemistry => "chemistry",
            Self::Substance => "substance",
            Self::Plant => "plant",
            Self::Unit => "unit",
            Self::Outlet => "outlet",
            Self::Free => "name",
            Self::Key => "key",
        }
    }

    /// Where the names are listed, for help texts.
    #[must_use]
    pub fn home(self) -> &'static str {
        match self {
            Self::Region => "`system.regions`",
            Self::Segment => "`system.segments`",
            Self::Chemistry => "`system.chemistries`",
            Self::Substance => "`system.substances`",
            Self::Plant => "a `[plant.<name>]` section",
            Self::Unit => "a `[plant.<plant>.unit.<name>]` section",
            Self::Outlet => "the unit's `outlets`",
            Self::Free | Self::Key => "the scenario",
        }
    }
}

/// One column of a CSV table that is read as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in the header row.
    pub name: &'static str,
    /// What its cells hold.
    pub cells: Cells,
    /// Whether the table is useless without it.
    pub required: bool,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug)]
pub enum Cells {
    /// Names of a family. Rows of a chemistry the scenario does not use are passed over: data files are shared.
    Name(Dim),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A year, or empty for all years.
    Year,
    /// The number the row is about, of this dimension; its unit stands in column `unit`.
    Value(Dimension),
    /// A name of the row's own: with names and years of other columns it says what the row is about.
    Key,
    /// The number the row is about, of the dimension of the row's own `unit`.
    Measured,
    /// Anything.
    Text,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A whole number.
    Integer,
    /// A plain number, of either sign.
    Number,
    /// `true` or `false`.
    Bool,
    /// Text.
    Text,
    /// Text, or `{ en = "..", zh-CN = ".." }`.
    LocalisedText,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of these words.
    SomeOf(&'static [&'static str]),
    /// An id: `[a-z0-9][a-z0-9_-]{0,63}`.
    Id,
    /// A list of ids that defines a family of names.
    Defines(Dim),
    /// A list of names of a family.
    Names(Dim),
    /// One name of a family, or one of the extra words.
    NameOf(Dim, &'static [&'static str]),
    /// The first day of a month.
    Date,
    /// Any day, of which year and month are read.
    Day,
    /// One number with a unit.
    Quantity(Dimension),
    /// A number with a unit over time; flows are totals per year.
    Series(Dimension),
    /// As a series, of one of these dimensions; which one is kept under the key's `.unit`.
    SeriesOf(&'static [Dimension]),
    /// A share, 0 to 1.
    Share,
    /// A share over time.
    ShareSeries,
    /// Shares by name that sum to 1, over time.
    Mix(Dim),
    /// One value for all names, or a table by name with `default`.
    ByName(Dim, &'static Takes),
    /// A path to another file.
    Path,
    /// A path, or a list of them.
    Paths,
    /// A CSV table read as a whole: a path, or `{ file = "..", where = { .. } }`.
    Csv(&'static [Column]),
    /// Transfer rows in a CSV file: columns substance, outlet, value.
    TransferCsv,
    /// Shares still in use by age: `{ "0 yr" = 1, "8 yr" = 0.4 }`, or rows of a CSV file.
    Survival,
    /// A list of plain numbers.
    Numbers,
    /// Where an outlet leads: a unit, or `product:NAME`, `residue:NAME`, `emission:NAME`.
    Destination,
    /// Amounts of mass, energy or time per mass of a unit's input, or per mass of one substance in it; one or a list.
    Rates,
    /// A list of texts.
    SomeText,
    /// How a number of the scenario is uncertain.
    Parameter,
    /// A number with any unit, or a plain number: a bound whose dimension a later reader knows.
    Limit,
    /// A number with any unit, a share or a text: notes for levers that later readers know.
    Anything,
}

/// When a key must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// It may be left out.
    No,
    /// In every scenario.
    Always,
    /// Wherever the table it belongs to is given.
    WithTable,
}

/// One key that may be said.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Dotted path; `<region>` stands for any name of that family.
    pub path: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be given.
    pub required: Required,
    /// Whether `"rest"` may stand for the value.
    pub rest: bool,
    /// One sentence.
    pub doc: &'static str,
    /// A value as it would be written.
    pub example: &'static str,
}

impl Key {
    const fn new(path: &'static str, takes: Takes, example: &'static str, doc: &'static str) -> Self {
        Self { path, takes, required: Required::No, rest: false, doc, example }
    }

    const fn always(self) -> Self {
        Self { required: Required::Always, ..self }
    }

    const fn with_table(self) -> Self {
        Self { required: Required::WithTable, ..self }
    }

    const fn or_rest(self) -> Self {
        Self { rest: true, ..self }
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// The way out for a wrong value.
    #[must_use]
    pub fn way_out(&self) -> String {
        let assigned = if self.name().starts_with('<') { "" } else { " = " };
        let name = if assigned.is_empty() { "" } else { self.name() };
        format!("write e.g. `{name}{assigned}{}`; see `urbanmine explain {}`", self.example, self.path)
    }
}

/// All keys, in the order of the reference page.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    let all = [
        system::KEYS,
        flow::KEYS,
        usage::KEYS,
        plant::KEYS,
        burden::KEYS,
        target::KEYS,
        money::KEYS,
        uncertainty::KEYS,
    ];
    all.into_iter().flatten()
}

/// The keys whose path matches: exactly, with names in place of `<..>`, or by the last part (`capacity`).
#[must_use]
pub fn find(pattern: &str) -> Vec<&'static Key> {
    let exact = Place::root().descend(pattern.split('.')).and_then(Place::key);
    if let Some(key) = exact {
        return vec![key];
    }
    let below = format!("{pattern}.");
    keys().filter(|k| k.path == pattern || k.name() == pattern || k.path.starts_with(&below)).collect()
}

#[derive(Default)]
struct Branch {
    key: Option<&'static Key>,
    literals: IndexMap<&'static str, Branch>,
    /// The names that may stand here, and whether `default` may too.
    wildcard: Option<(Dim, bool, Box<Branch>)>,
}

/// A place in the list of keys, seen as a tree.
#[derive(Clone, Copy)]
pub struct Place(&'static Branch);

impl Place {
    /// The top of the tree.
    #[must_use]
    pub fn root() -> Self {
        static ROOT: OnceLock<Branch> = OnceLock::new();
        Self(ROOT.get_or_init(|| {
            let mut root = Branch::default();
            for key in keys() {
                let mut branch = &mut root;
                for part in key.path.split('.') {
                    branch = grow(branch, part);
                }
                branch.key = Some(key);
            }
            root
        }))
    }

    /// The place below, by literal name first, else by wildcard (whether or not the name exists).
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        let literal = self.0.literals.get(name);
        literal.or_else(|| self.0.wildcard.as_ref().map(|(_, _, below)| &**below)).map(Self)
    }

    /// The place at the end of a path.
    #[must_use]
    pub fn descend<'a>(self, parts: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        parts.into_iter().try_fold(self, Place::child)
    }

    /// The key that ends here.
    #[must_use]
    pub fn key(self) -> Option<&'static Key> {
        self.0.key
    }

    /// True if this name is written in the list as it is, not matched by a wildcard.
    #[must_use]
    pub fn is_literal(self, name: &str) -> bool {
        self.0.literals.contains_key(name)
    }

    /// The names written in the list at this place.
    pub fn literals(self) -> impl Iterator<Item = (&'static str, Place)> {
        self.0.literals.iter().map(|(name, branch)| (*name, Self(branch)))
    }

    /// The family of names that may stand here, and whether `default` may too.
    #[must_use]
    pub fn wildcard(self) -> Option<(Dim, bool)> {
        self.0.wildcard.as_ref().map(|(dim, default, _)| (*dim, *default))
    }

    /// True if nothing lies below.
    #[must_use]
    pub fn is_end(self) -> bool {
        self.0.literals.is_empty() && self.0.wildcard.is_none()
    }

    /// True if a table standing here is one value (a series, a mix, a reference) and not a table of keys.
    #[must_use]
    pub fn is_value(self, table: &Table) -> bool {
        self.0.key.is_some() && (self.is_end() || table.contains_key("file"))
    }

    /// True if the key takes a table by name.
    #[must_use]
    pub fn is_by_name(self) -> bool {
        matches!(self.0.key.map(|k| k.takes), Some(Takes::ByName(..)))
    }
}

fn grow<'b>(branch: &'b mut Branch, part: &'static str) -> &'b mut Branch {
    let Some(inner) = part.strip_prefix('<').and_then(|p| p.strip_suffix('>')) else {
        return branch.literals.entry(part).or_default();
    };
    let (name, default) = inner.strip_suffix("|default").map_or((inner, false), |name| (name, true));
    let dims = [Dim::Region, Dim::Segment, Dim::Chemistry, Dim::Substance, Dim::Plant, Dim::Key];
    let dim = dims.into_iter().find(|d| d.word() == name).unwrap_or(Dim::Free);
    &mut branch.wildcard.get_or_insert_with(|| (dim, default, Box::default())).2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_documented_once() {
        let mut seen = std::collections::BTreeSet::new();
        for key in keys() {
            assert!(seen.insert(key.path), "{} comes twice", key.path);
            assert!(key.doc.ends_with('.') && !key.example.is_empty(), "{}", key.path);
        }
    }

    #[test]
    fn examples_are_toml() {
        for key in keys() {
            let text = format!("x = {}", key.example);
            assert!(text.parse::<toml::Table>().is_ok(), "{}: {text}", key.path);
        }
    }

    #[test]
    fn finds_keys_by_path_name_and_last_part() {
        assert_eq!(find("plant.p1.capacity").len(), 1);
        assert_eq!(find("market.<region>.<segment>.sales").len(), 1);
        assert!(find("capacity").len() >= 3);
        assert!(find("time").len() >= 4);
        assert!(find("nonsense").is_empty());
    }
}
