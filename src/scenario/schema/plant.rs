//! Keys about yards, plants and what comes back from them.

use super::{Dim, Key, Takes};
use crate::base::units::Dimension;

const TIME: Takes = Takes::Quantity(Dimension::TIME);
const MASS_RATE: Takes = Takes::Quantity(Dimension::MASS.per(Dimension::TIME));
const FEEDS: &[&str] = &["new_scrap", "retired", "second_life", "purchased"];

pub const KEYS: &[Key] = &[
    Key::new(
        "yard.<plant>.limit",
        Takes::Quantity(Dimension::MASS),
        r#""12 kt""#,
        "Largest mass waiting in front of the plant; no limit if left out.",
    ),
    Key::new(
        "yard.<plant>.discipline",
        Takes::OneOf(&["mixed", "priority"]),
        r#""priority""#,
        "Whether all waiting feed is drawn alike or by `priority`; mixed by default.",
    ),
    Key::new(
        "yard.<plant>.priority",
        Takes::SomeOf(FEEDS),
        r#"["new_scrap", "retired"]"#,
        "Order in which feed is drawn.",
    ),
    Key::new(
        "yard.<plant>.overflow",
        Takes::OneOf(&["diverted", "declined"]),
        r#""diverted""#,
        "What happens to feed beyond the limit; diverted by default.",
    ),
    Key::new(
        "yard.<plant>.share.new_scrap.<region>",
        Takes::ShareSeries,
        "0.5",
        "Part of the region's production scrap that goes to this plant.",
    )
    .or_rest(),
    Key::new(
        "yard.<plant>.share.retired.<region>",
        Takes::ShareSeries,
        "0.15",
        "Part of the region's collected packs that goes to this plant.",
    )
    .or_rest(),
    Key::new(
        "yard.<plant>.share.second_life.<region>",
        Takes::ShareSeries,
        "0.15",
        "Part of the region's packs after a second life that goes to this plant.",
    )
    .or_rest(),
    Key::new("plant.<plant>.region", Takes::NameOf(Dim::Region, &[]), r#""hefei""#, "Where the plant stands.")
        .with_table(),
    Key::new("plant.<plant>.capacity", MASS_RATE, r#""100 kt/yr""#, "Mass of feed per time at full rate.").with_table(),
    Key::new(
        "plant.<plant>.route",
        Takes::Path,
        r#""routes/hydro.toml""#,
        "A file with the units of the plant, merged under it; the scenario's own keys win.",
    ),
    Key::new("plant.<plant>.construction.start", Takes::Date, "2026-01-01", "When building begins.").with_table(),
    Key::new("plant.<plant>.construction.lead", TIME, r#""12 month""#, "How long building takes.").with_table(),
    Key::new(
        "plant.<plant>.ramp_up.profile",
        Takes::OneOf(&["linear", "logistic", "table"]),
        r#""logistic""#,
        "How the rate rises after opening.",
    )
    .with_table(),
    Key::new("plant.<plant>.ramp_up.initial", Takes::Share, "0.20", "Part of full rate at opening."),
    Key::new("plant.<plant>.ramp_up.duration", TIME, r#""24 month""#, "How long the rise takes."),
    Key::new(
        "plant.<plant>.ramp_up.table",
        Takes::Numbers,
        "[0.2, 0.5, 0.8, 1.0]",
        "Part of full rate, month by month.",
    ),
    Key::new("plant.<plant>.planned_outage.every", TIME, r#""12 month""#, "Time from one planned outage to the next.")
        .with_table(),
    Key::new("plant.<plant>.planned_outage.length", TIME, r#""21 day""#, "Length of a planned outage.").with_table(),
    Key::new("plant.<plant>.unplanned_outage.mtbf", TIME, r#""45 day""#, "Mean time between failures.").with_table(),
    Key::new("plant.<plant>.unplanned_outage.mttr", TIME, r#""36 h""#, "Mean time to repair.").with_table(),
    Key::new(
        "plant.<plant>.accepts",
        Takes::Names(Dim::Chemistry),
        r#"["lfp", "nmc622"]"#,
        "Chemistries the plant takes; all if left out.",
    ),
    Key::new("plant.<plant>.feed.pack", Takes::NameOf(Dim::Unit, &[]), r#""discharge""#, "Unit where packs enter.")
        .with_table(),
    Key::new(
        "plant.<plant>.feed.scrap",
        Takes::NameOf(Dim::Unit, &[]),
        r#""shredding""#,
        "Unit where production scrap enters.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.capacity",
        MASS_RATE,
        r#""110 kt/yr""#,
        "Mass the unit takes per time; no limit if left out.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.outlets.<outlet>",
        Takes::Destination,
        r#""product:steel""#,
        "Where the outlet leads: another unit, or product:, residue: or emission: and a name.",
    )
    .with_table(),
    Key::new(
        "plant.<plant>.unit.<unit>.transfer",
        Takes::TransferCsv,
        r#"{ file = "data/leaching.csv" }"#,
        "Transfer coefficients from a CSV file with columns substance, outlet, value.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.transfer.<substance|default>",
        Takes::Mix(Dim::Outlet),
        r#"{ liquor = 0.95, cake = "rest" }"#,
        "Where a substance goes: shares by outlet.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.inputs.<name>",
        Takes::Rates,
        r#"{ value = 2.2, unit = "kg/kg", per = "Ni" }"#,
        "What the unit uses (a reagent, electricity, heat, water, labour): per mass of its input, or `per` a substance in it; several in a list.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.releases.<name>",
        Takes::Rates,
        r#"{ value = 10.2, unit = "kg/kg" }"#,
        "What the unit gives off beside its outlets (wastewater, dissolved salt), written like `inputs`.",
    ),
    Key::new(
        "plant.<plant>.product.<name>.compound",
        Takes::Text,
        r#""lithium_carbonate""#,
        "What the product is sold as, a name in `compounds.file`; its mass follows from its main element.",
    ),
    Key::new(
        "plant.<plant>.product.<name>.grade",
        Takes::OneOf(&["battery", "technical"]),
        r#""battery""#,
        "Whether the product can go into new batteries.",
    ),
    Key::new("plant.<plant>.product.<name>.returns", Takes::Bool, "true", "Whether the product is offered to makers."),
    Key::new("return.<plant>.lag", TIME, r#""1 month""#, "Time from the plant to the makers; at least one step."),
    Key::new(
        "return.<plant>.closed_loop_share",
        Takes::ShareSeries,
        "0.80",
        "Part of the product offered to the region's makers; the rest is sold outside.",
    ),
    Key::new(
        "return.<plant>.to",
        Takes::NameOf(Dim::Region, &[]),
        r#""hefei""#,
        "Region whose makers get it; the plant's region by default.",
    ),
    Key::new(
        "other_recyclers.recovery.<substance|default>",
        Takes::Share,
        "0.9",
        "What recyclers without a flowsheet recover of packs diverted to them.",
    ),
];
