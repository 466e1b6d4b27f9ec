//! Keys about burdens: energy, greenhouse gases and water of what is used.

use super::{Cells, Column, Dim, Key, Takes};
use crate::base::units::Dimension;

const fn column(name: &'static str, cells: Cells) -> Column {
    Column { name, cells, required: true }
}

/// The causes a factor can stand for.
const CAUSES: &[&str] = &["electricity", "heat", "reagents", "freight", "waste", "direct"];
const BURDENS: &[&str] = &["ghg", "energy", "water"];

const FACTORS: &[Column] = &[
    column("item", Cells::Key),
    column("cause", Cells::OneOf(CAUSES)),
    column("burden", Cells::OneOf(BURDENS)),
    Column { name: "year", cells: Cells::Year, required: false },
    column("value", Cells::Measured),
    column("unit", Cells::Text),
];

const PRIMARY: &[Column] = &[
    column("substance", Cells::Key),
    column("burden", Cells::OneOf(BURDENS)),
    Column { name: "year", cells: Cells::Year, required: false },
    column("value", Cells::Measured),
    column("unit", Cells::Text),
];

pub const KEYS: &[Key] = &[
    Key::new(
        "burdens.factors",
        Takes::Csv(FACTORS),
        r#""data/burden_factors.csv""#,
        "Burdens of what plants use and give off: columns item, cause, burden, year, value, unit. Without it none are counted.",
    ),
    Key::new(
        "burdens.primary",
        Takes::Csv(PRIMARY),
        r#""data/primary_burdens.csv""#,
        "Burdens of primary material per mass of each substance: columns substance, burden, year, value, unit.",
    ),
    Key::new(
        "burdens.grid",
        Takes::Series(Dimension::MASS.per(Dimension::ENERGY)),
        r#"{ unit = "kgCO2e/kWh", 2020 = 0.75, 2030 = 0.55 }"#,
        "Greenhouse gases of electricity by year, in place of those of `burdens.factors`.",
    ),
    Key::new(
        "burdens.cell_making",
        Takes::ByName(Dim::Chemistry, &Takes::Series(Dimension::NONE)),
        r#"{ lfp = "37.5 kWh/kWh", default = "28.9 kWh/kWh" }"#,
        "Electricity that makes a kWh of cells; none if left out.",
    ),
];
