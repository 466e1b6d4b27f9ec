//! Keys about the walk of a battery: market, swap pool, manufacture, collection, second life.

use super::{Dim, Key, Takes};
use crate::base::units::Dimension;

const VEHICLE_RATE: Takes = Takes::Series(Dimension::VEHICLE.per(Dimension::TIME));
const TIME: Takes = Takes::Quantity(Dimension::TIME);
const SHARE_BY_CHEMISTRY: Takes = Takes::ByName(Dim::Chemistry, &Takes::ShareSeries);
const SHARE_BY_SUBSTANCE: Takes = Takes::ByName(Dim::Substance, &Takes::ShareSeries);

pub const KEYS: &[Key] = &[
    Key::new(
        "market.<region>.capacity",
        VEHICLE_RATE,
        r#""2e6 vehicle/yr""#,
        "Vehicle plants of the region; caps production with `nev_share`.",
    ),
    Key::new(
        "market.<region>.nev_share",
        Takes::ShareSeries,
        "{ 2025 = 0.5 }",
        "Part of the vehicle plants that builds electric vehicles.",
    ),
    Key::new(
        "market.<region>.<segment>.sales",
        VEHICLE_RATE,
        r#"{ unit = "vehicle/yr", 2025 = 1.2e5 }"#,
        "Vehicles that enter use in the region, per year; or give the `fleet` they make up.",
    ),
    Key::new(
        "market.<region>.<segment>.fleet",
        Takes::Series(Dimension::VEHICLE),
        r#"{ unit = "vehicle", 2020 = 1e5, 2030 = 8e5 }"#,
        "Electric vehicles in use in the region on 1 January, linear in between: the sales that keep them there follow.",
    ),
    Key::new(
        "market.<region>.<segment>.on_shortfall",
        Takes::OneOf(&["error", "early_retirement", "overshoot", "allow_negative"]),
        r#""early_retirement""#,
        "What happens when `fleet` falls faster than vehicles retire: an error (the default), the same share of every cohort is retired early, or the fleet stays above its size. It is never negative.",
    ),
    Key::new(
        "market.<region>.<segment>.initial_fleet",
        Takes::Series(Dimension::VEHICLE),
        r#"{ unit = "vehicle", 2017 = 2e3, 2018 = 5e3, 2019 = 9e3 }"#,
        "Electric vehicles in use when the run begins, by the year in which they were sold, with packs of the same year.",
    ),
    Key::new(
        "market.<region>.<segment>.initial_chemistry",
        Takes::Mix(Dim::Chemistry),
        r#"{ lfp = 0.2, nmc622 = "rest" }"#,
        "Chemistries of the initial fleet; those of `chemistry` in its years by default.",
    ),
    Key::new(
        "market.<region>.<segment>.electric_share",
        Takes::ShareSeries,
        "{ 2020 = 0.3, 2030 = 0.8 }",
        "Part of the sales that is electric; 1 by default.",
    ),
    Key::new(
        "market.<region>.<segment>.production",
        VEHICLE_RATE,
        r#""1.2e6 vehicle/yr""#,
        "Vehicles built in the region, per year, or \"rest\": what the others need beyond their own.",
    )
    .or_rest(),
    Key::new(
        "market.<region>.<segment>.export",
        VEHICLE_RATE,
        r#""1e5 vehicle/yr""#,
        "New vehicles that leave the system, per year.",
    ),
    Key::new(
        "market.<region>.<segment>.export_share",
        Takes::ShareSeries,
        "0.2",
        "Part of production that leaves the system as new vehicles.",
    ),
    Key::new(
        "market.<region>.<segment>.battery",
        Takes::Series(Dimension::ENERGY.per(Dimension::VEHICLE)),
        r#"{ unit = "kWh/vehicle", 2020 = 44.0, 2030 = 52.0 }"#,
        "Energy of the pack of a new vehicle.",
    )
    .with_table(),
    Key::new(
        "market.<region>.<segment>.chemistry",
        Takes::Mix(Dim::Chemistry),
        "{ 2020 = { lfp = 0.4, nmc622 = 0.6 } }",
        "Chemistries of the packs of new vehicles, by energy.",
    )
    .with_table(),
    Key::new(
        "market.<region>.<segment>.profile",
        Takes::Numbers,
        "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
        "Twelve monthly weights with mean 1: the season of sales.",
    ),
    Key::new(
        "swap.<region>.stations",
        Takes::Series(Dimension::STATION),
        r#"{ unit = "station", 2025 = 120 }"#,
        "Swap stations at the start of the year.",
    )
    .with_table(),
    Key::new(
        "swap.<region>.packs_per_station",
        Takes::Series(Dimension::PACK.per(Dimension::STATION)),
        r#""21 pack/station""#,
        "Packs a station holds.",
    )
    .with_table(),
    Key::new(
        "swap.<region>.energy",
        Takes::Series(Dimension::ENERGY.per(Dimension::PACK)),
        r#""75 kWh/pack""#,
        "Energy of a pack of the pool.",
    )
    .with_table(),
    Key::new(
        "swap.<region>.chemistry",
        Takes::Mix(Dim::Chemistry),
        r#"{ lfp = 0.3, nmc811 = "rest" }"#,
        "Chemistries of the pool, by energy.",
    )
    .with_table(),
    Key::new(
        "swap.<region>.on_shortfall",
        Takes::OneOf(&["error", "early_retirement", "overshoot"]),
        r#""overshoot""#,
        "What happens when the pool must shrink faster than packs wear out.",
    ),
    Key::new(
        "manufacture.<region>.local_supply_share",
        Takes::ShareSeries,
        "{ 2024 = 0.5, 2026 = 0.8 }",
        "Part of the cells needed that is made in the region.",
    ),
    Key::new(
        "manufacture.<region>.imports_from",
        Takes::NameOf(Dim::Region, &["outside"]),
        r#""outside""#,
        "Where the other cells come from.",
    ),
    Key::new(
        "manufacture.<region>.cell_yield",
        Takes::ShareSeries,
        "{ 2024 = 0.88, 2030 = 0.94 }",
        "Good cells per cell started; the rejects are whole cells.",
    ),
    Key::new(
        "manufacture.<region>.electrode_yield",
        SHARE_BY_SUBSTANCE,
        "0.97",
        "Electrode used per electrode made; the loss is electrode scrap.",
    ),
    Key::new(
        "manufacture.<region>.max_recycled_share",
        SHARE_BY_SUBSTANCE,
        "{ Li = 0.5, default = 1.0 }",
        "Largest part of a substance that may be recycled material.",
    ),
    Key::new(
        "manufacture.<region>.inventory_limit",
        TIME,
        r#""3 month""#,
        "Recycled material the makers keep, in months of their own need.",
    ),
    Key::new(
        "collection.<region>.formal",
        Takes::ShareSeries,
        "{ 2025 = 0.40, 2035 = 0.75 }",
        "Part of the retired packs that reaches permitted recyclers.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.informal",
        Takes::ShareSeries,
        "{ 2025 = 0.40, 2035 = 0.10 }",
        "Part of the retired packs that goes to workshops without permit.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.used_export",
        Takes::ShareSeries,
        "0.05",
        "Part of the retired packs that leaves the system in used vehicles.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.hibernating",
        Takes::ShareSeries,
        "0.08",
        "Part of the retired packs that is kept unused for a while.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.landfill",
        Takes::ShareSeries,
        r#""rest""#,
        "Part of the retired packs that is lost.",
    )
    .or_rest(),
    Key::new("collection.<region>.hibernation_delay", TIME, r#""3 yr""#, "How long hibernating packs are kept."),
    Key::new(
        "collection.<region>.by_segment.<segment>.formal",
        Takes::ShareSeries,
        "0.9",
        "As the region's share, for one segment.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.by_segment.<segment>.informal",
        Takes::ShareSeries,
        r#""rest""#,
        "As the region's share, for one segment.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.by_segment.<segment>.used_export",
        Takes::ShareSeries,
        "0.0",
        "As the region's share, for one segment.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.by_segment.<segment>.hibernating",
        Takes::ShareSeries,
        "0.0",
        "As the region's share, for one segment.",
    )
    .or_rest(),
    Key::new(
        "collection.<region>.by_segment.<segment>.landfill",
        Takes::ShareSeries,
        "0.0",
        "As the region's share, for one segment.",
    )
    .or_rest(),
    Key::new(
        "second_life.min_state_of_health",
        Takes::Share,
        "0.75",
        "State of health a pack needs for a second life.",
    ),
    Key::new(
        "second_life.reuse_share",
        SHARE_BY_CHEMISTRY,
        "{ lfp = 0.20, default = 0.03 }",
        "Part of the packs above the threshold that is used again.",
    ),
    Key::new("second_life.repurposing_yield", Takes::Share, "0.85", "Part of those packs that survives the work."),
    Key::new(
        "second_life.state_of_health.<chemistry|default>.fade",
        Takes::Quantity(Dimension::NONE.per(Dimension::TIME)),
        r#""0.02 1/yr""#,
        "Loss of state of health per year of age.",
    )
    .with_table(),
    Key::new(
        "second_life.state_of_health.<chemistry|default>.spread",
        Takes::Share,
        "0.06",
        "Standard deviation of the state of health at one age.",
    )
    .with_table(),
];
