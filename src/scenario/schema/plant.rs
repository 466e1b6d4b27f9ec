//! Keys about yards, plants and what comes back from them.

use super::{Dim, Key, Takes};
use crate::base::units::Dimension;

const TIME: Takes = Takes::Quantity(Dimension::TIME);
const PLAIN: Takes = Takes::Quantity(Dimension::NONE);
const MASS_RATE: Takes = Takes::Quantity(Dimension::MASS.per(Dimension::TIME));
const FEEDS: &[&str] = &["new_scrap", "electrode_scrap", "retired", "second_life", "purchased"];
const STREAMS: &[&str] = &["new_scrap", "electrode_scrap", "retired", "second_life", "purchased", "black_mass"];
const MASS_RATES: Takes = Takes::Series(Dimension::MASS.per(Dimension::TIME));

pub const KEYS: &[Key] = &[
    Key::new(
        "yard.<plant>.limit",
        Takes::Quantity(Dimension::MASS),
        r#""12 kt""#,
        "Largest mass waiting in front of the plant; no limit if left out.",
    ),
    Key::new(
        "yard.<plant>.charged_limit",
        Takes::Quantity(Dimension::MASS),
        r#""2 kt""#,
        "Largest mass of packs waiting, which may hold a charge; no limit of their own if left out.",
    ),
    Key::new(
        "yard.<plant>.discipline",
        Takes::OneOf(&["mixed", "priority", "fifo"]),
        r#""priority""#,
        "Whether all waiting feed is drawn alike, by `priority`, or oldest first; mixed by default.",
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
    Key::new("plant.<plant>.capacity", MASS_RATES, r#""100 kt/yr""#, "Mass of feed per time at full rate.")
        .with_table(),
    Key::new(
        "plant.<plant>.counts",
        Takes::SomeOf(STREAMS),
        r#"["retired", "second_life", "purchased"]"#,
        "Streams whose tonnes the capacity counts; all if left out.",
    ),
    Key::new(
        "plant.<plant>.route",
        Takes::Paths,
        r#""routes/hydro.toml""#,
        "A file with the units of the plant, or a list of them; the scenario's own keys win, then the first file's.",
    ),
    Key::new("plant.<plant>.construction.start", Takes::Date, "2026-01-01", "When building begins.").with_table(),
    Key::new("plant.<plant>.construction.lead", TIME, r#""12 month""#, "How long building takes.").with_table(),
    Key::new("plant.<plant>.closes", Takes::Date, "2045-01-01", "When the plant closes for good."),
    Key::new(
        "plant.<plant>.expansion.<name>.start",
        Takes::Date,
        "2030-01-01",
        "When building of more capacity begins.",
    )
    .with_table(),
    Key::new("plant.<plant>.expansion.<name>.lead", TIME, r#""12 month""#, "How long building it takes."),
    Key::new(
        "plant.<plant>.expansion.<name>.capacity",
        MASS_RATE,
        r#""50 kt/yr""#,
        "Capacity it adds; it ramps up as the plant did.",
    )
    .with_table(),
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
        "plant.<plant>.unplanned_outage.distribution",
        Takes::OneOf(&["exponential", "weibull"]),
        r#""weibull""#,
        "How times between failures and to repair are distributed where events are drawn; exponential by default.",
    ),
    Key::new(
        "plant.<plant>.unplanned_outage.shape",
        PLAIN,
        "1.5",
        "Weibull shape of the times between failures: above 1 for what wears out.",
    ),
    Key::new(
        "plant.<plant>.unplanned_outage.repair_shape",
        PLAIN,
        "1.0",
        "Weibull shape of the times to repair; 1, exponential, by default.",
    ),
    Key::new(
        "plant.<plant>.accepts",
        Takes::Names(Dim::Chemistry),
        r#"["lfp", "nmc622"]"#,
        "Chemistries the plant takes; all if left out.",
    ),
    Key::new(
        "plant.<plant>.line.<name>.accepts",
        Takes::Names(Dim::Chemistry),
        r#"["lfp"]"#,
        "Chemistries the line takes; the first line that takes one gets it.",
    )
    .with_table(),
    Key::new(
        "plant.<plant>.line.<name>.capacity",
        MASS_RATES,
        r#""60 kt/yr""#,
        "Mass of feed the line takes per time; no limit of its own if left out.",
    ),
    Key::new(
        "plant.<plant>.black_mass.<chemistry>.limit",
        MASS_RATES,
        r#""10 kt/yr""#,
        "Most black mass of this chemistry bought outside the system, where there is room for it.",
    )
    .with_table(),
    Key::new(
        "plant.<plant>.black_mass.<chemistry>.composition",
        Takes::Mix(Dim::Substance),
        r#"{ Li = 0.04, Ni = 0.2, other = "rest" }"#,
        "Shares of the substances in it.",
    )
    .with_table(),
    Key::new("plant.<plant>.feed.pack", Takes::NameOf(Dim::Unit, &[]), r#""discharge""#, "Unit where packs enter.")
        .with_table(),
    Key::new(
        "plant.<plant>.feed.second_life",
        Takes::NameOf(Dim::Unit, &[]),
        r#""discharge""#,
        "Unit where packs enter after a second life; where packs do if left out.",
    ),
    Key::new(
        "plant.<plant>.feed.scrap",
        Takes::NameOf(Dim::Unit, &[]),
        r#""shredding""#,
        "Unit where rejected cells enter; where packs after a second life do if left out.",
    ),
    Key::new(
        "plant.<plant>.feed.electrode",
        Takes::NameOf(Dim::Unit, &[]),
        r#""shredding""#,
        "Unit where electrode cuttings enter; where cells do if left out.",
    ),
    Key::new(
        "plant.<plant>.feed.black_mass",
        Takes::NameOf(Dim::Unit, &[]),
        r#""leaching""#,
        "Unit where bought black mass enters; where cuttings do if left out.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.capacity",
        MASS_RATES,
        r#""110 kt/yr""#,
        "Mass the unit takes per time; no limit if left out.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.outlets.<outlet>",
        Takes::Destination,
        r#""product:steel""#,
        "Where the outlet leads: another unit, or product:, residue: or emission: and a name; or one of these by line.",
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
        "plant.<plant>.unit.<unit>.transfer.reagents",
        Takes::Mix(Dim::Outlet),
        "{ liquor = 1.0 }",
        "Where goes what reagents bring beside tracked substances (water, sulphate, lime): shares by outlet; as `other` if left out.",
    ),
    Key::new(
        "plant.<plant>.unit.<unit>.inputs.<name>",
        Takes::Rates,
        r#"{ value = 2.2, unit = "kg/kg", per = "Ni" }"#,
        "What the unit uses (a reagent, electricity, heat, water, labour): per mass of its input, or `per` a substance in it; several in a list. A reagent that `compounds.file` knows brings its mass; what is no tracked substance of it goes as `transfer.reagents` says, or by the outlet it `leaves`.",
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
    Key::new(
        "plant.<plant>.product.<name>.sales",
        MASS_RATE,
        r#""12 kt/yr""#,
        "Most of the product that is shipped per time, as the compound it is sold as; all at once if left out.",
    ),
    Key::new(
        "plant.<plant>.product.<name>.store",
        Takes::Quantity(Dimension::MASS),
        r#""500 t""#,
        "How much of the product may wait to be shipped, where `sales` limits that; when it is full the plant stops.",
    ),
    Key::new(
        "plant.<plant>.residue.<name>.quota",
        MASS_RATE,
        r#""8 kt/yr""#,
        "Most of the residue that may leave in a calendar year; when it is used up the plant stops.",
    ),
    Key::new(
        "plant.<plant>.emission.<name>.quota",
        MASS_RATE,
        r#""3 kt/yr""#,
        "Most of the emission that may leave in a calendar year; when it is used up the plant stops.",
    ),
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
