//! Keys about the scenario as a whole: identity, time, names, composition, outputs.

use super::{Cells, Column, Dim, Key, Takes};
use crate::base::units::Dimension;

const PER_ENERGY: Dimension = Dimension::MASS.per(Dimension::ENERGY);

/// Tables a run can write.
const TABLES: &[&str] =
    &["flows", "stocks", "plant", "balance", "indicators", "cash_flow", "targets", "assumptions", "iamc", "sankey"];

/// Figures a run can draw.
const FIGURES: &[&str] = &[
    "sankey",
    "stocks",
    "plant",
    "retirements",
    "collection",
    "returns",
    "recycled_content",
    "sales",
    "bottleneck",
    "fan",
    "tornado",
];

const fn column(name: &'static str, cells: Cells) -> Column {
    Column { name, cells, required: true }
}

const fn optional(name: &'static str, cells: Cells) -> Column {
    Column { name, cells, required: false }
}

const COMPOSITION: &[Column] = &[
    column("chemistry", Cells::Name(Dim::Chemistry)),
    column("layer", Cells::OneOf(&["electrode", "cell", "pack"])),
    column("substance", Cells::Name(Dim::Substance)),
    optional("year", Cells::Year),
    column("value", Cells::Value(PER_ENERGY)),
    optional("unit", Cells::Text),
];

const PACK_MASS: &[Column] = &[
    column("chemistry", Cells::Name(Dim::Chemistry)),
    optional("year", Cells::Year),
    column("value", Cells::Value(PER_ENERGY)),
    optional("unit", Cells::Text),
];

const COMPOUNDS: &[Column] =
    &[column("compound", Cells::Text), column("element", Cells::Text), column("fraction", Cells::Text)];

const ESTIMATES: &[Column] = &[column("year", Cells::Year)];

pub const KEYS: &[Key] = &[
    Key::new("schema", Takes::Integer, "1", "Version of the scenario format; this reader knows version 1.").always(),
    Key::new("extends", Takes::Path, r#""china.toml""#, "One parent scenario, merged under this one key by key."),
    Key::new("scenario.id", Takes::Id, r#""hefei-hydro-100kt""#, "Name of the scenario and of its output directory.")
        .always(),
    Key::new(
        "scenario.title",
        Takes::LocalisedText,
        r#""Hefei, 100 kt/yr hydro plant""#,
        "Title in one or two languages.",
    ),
    Key::new("scenario.description", Takes::Text, r#""Plant opens in 2027.""#, "What the scenario is about."),
    Key::new("time.start", Takes::Date, "2010-01-01", "First day simulated; the first of a month.").always(),
    Key::new("time.end", Takes::Date, "2051-01-01", "First day no longer simulated; the first of a month.").always(),
    Key::new(
        "time.step",
        Takes::OneOf(&["1 month", "1 quarter", "1 year"]),
        r#""1 month""#,
        "Length of a step; a month by default.",
    ),
    Key::new(
        "time.report_from",
        Takes::Date,
        "2025-01-01",
        "First day reported; earlier years only build up the fleet.",
    ),
    Key::new(
        "system.regions",
        Takes::Defines(Dim::Region),
        r#"["hefei", "catchment"]"#,
        "The regions inside the system.",
    )
    .always(),
    Key::new(
        "system.segments",
        Takes::Defines(Dim::Segment),
        r#"["car_bev", "bus"]"#,
        "The kinds of vehicle and other uses of batteries.",
    )
    .always(),
    Key::new("system.chemistries", Takes::Defines(Dim::Chemistry), r#"["lfp", "nmc622"]"#, "The cell chemistries.")
        .always(),
    Key::new(
        "system.substances",
        Takes::Defines(Dim::Substance),
        r#"["Li", "Ni", "other"]"#,
        "The substances followed; together they make up the pack.",
    )
    .always(),
    Key::new(
        "composition.file",
        Takes::Csv(COMPOSITION),
        r#""data/composition.csv""#,
        "Content of electrode, rest of cell and rest of pack by chemistry, substance and production year, kg/kWh.",
    ),
    Key::new(
        "compounds.file",
        Takes::Csv(COMPOUNDS),
        r#""data/compounds.csv""#,
        "Mass fractions of elements in the compounds that products are sold as: columns compound, element, fraction.",
    ),
    Key::new(
        "composition.pack_mass",
        Takes::Csv(PACK_MASS),
        r#""data/pack_mass.csv""#,
        "Total pack mass by chemistry and production year, kg/kWh.",
    ),
    Key::new(
        "composition.excess",
        Takes::Mix(Dim::Substance),
        "{ other = 1.0 }",
        "What pack mass beyond the listed contents consists of; `other` by default.",
    ),
    Key::new(
        "composition.module_parts.<substance|default>",
        Takes::Share,
        "0.21",
        "Part of the pack layer that stays with the modules when a pack is opened (panels, interconnects).",
    ),
    Key::new("policy.<name>.text", Takes::Text, r#""15 % of equipment cost""#, "What the measure is, in words."),
    Key::new("policy.<name>.<field>", Takes::Anything, "0.15", "A number or word of the measure."),
    Key::new(
        "check.retirements",
        Takes::Csv(ESTIMATES),
        r#""data/retirements.csv""#,
        "Published estimates of retirements, drawn beside the result.",
    ),
    Key::new(
        "outputs.every",
        Takes::OneOf(&["year", "step"]),
        r#""year""#,
        "How often tables have a row; a year by default.",
    ),
    Key::new("outputs.tables", Takes::SomeOf(TABLES), r#"["flows", "stocks"]"#, "Tables to write."),
    Key::new("outputs.figures", Takes::SomeOf(FIGURES), r#"["sankey"]"#, "Figures to draw."),
];
