//! Keys about targets: what rules and plans ask for.

use super::{Cells, Column, Dim, Key, Takes};
use crate::base::units::Dimension;

const fn column(name: &'static str, cells: Cells) -> Column {
    Column { name, cells, required: true }
}

const fn optional(name: &'static str, cells: Cells) -> Column {
    Column { name, cells, required: false }
}

/// The words for the side of a bound.
pub const COMPARISONS: &[&str] = &[">=", "<="];

const TARGETS: &[Column] = &[
    column("target", Cells::Key),
    column("indicator", Cells::Text),
    optional("region", Cells::Text),
    optional("plant", Cells::Text),
    optional("substance", Cells::Text),
    column("comparison", Cells::OneOf(COMPARISONS)),
    column("value", Cells::Value(Dimension::NONE)),
    column("from", Cells::Year),
    optional("until", Cells::Year),
    optional("unit", Cells::Text),
];

pub const KEYS: &[Key] = &[
    Key::new(
        "targets.file",
        Takes::Csv(TARGETS),
        r#""data/regulation_targets.csv""#,
        "Targets of rules: columns target, indicator, region, plant, substance, comparison, value, from, until.",
    ),
    Key::new(
        "target.<name>.indicator",
        Takes::Text,
        r#""recycled_content""#,
        "What is counted: the name of an indicator; `urbanmine explain indicators` lists them.",
    )
    .with_table(),
    Key::new(
        "target.<name>.select.region",
        Takes::NameOf(Dim::Region, &["each"]),
        r#""hefei""#,
        "The region it is asked for; each of them, or all together if left out.",
    ),
    Key::new(
        "target.<name>.select.plant",
        Takes::NameOf(Dim::Plant, &["each"]),
        r#""p1""#,
        "The plant it is asked for; each of them, or all together if left out.",
    ),
    Key::new(
        "target.<name>.select.substance",
        Takes::NameOf(Dim::Substance, &["each"]),
        r#""Li""#,
        "The substance it is asked for; each of them, or all together if left out.",
    ),
    Key::new("target.<name>.min", Takes::Limit, "0.80", "At least so much, in a unit of the indicator."),
    Key::new("target.<name>.max", Takes::Limit, r#""20 day""#, "At most so much, in a unit of the indicator."),
    Key::new(
        "target.<name>.by",
        Takes::Day,
        "2031-12-31",
        "The day from which it holds; the calendar year of the day is the first one judged.",
    )
    .with_table(),
    Key::new(
        "target.<name>.until",
        Takes::Day,
        "2035-12-31",
        "The day to which it holds; the calendar year of the day is the last one judged. As long as the run if left out.",
    ),
    Key::new("target.<name>.source", Takes::Text, r#""Regulation (EU) 2023/1542, Annex XII""#, "Who asks."),
];
