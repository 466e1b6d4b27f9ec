//! Keys about use: modes, and the lifetimes of vehicles, packs and second lives.

use super::{Dim, Key, Takes};
use crate::base::units::Dimension;

const TIME_SERIES: Takes = Takes::Series(Dimension::TIME);
const PLAIN_SERIES: Takes = Takes::Series(Dimension::NONE);
const TIME_BY_CHEMISTRY: Takes = Takes::ByName(Dim::Chemistry, &TIME_SERIES);
const PLAIN_BY_CHEMISTRY: Takes = Takes::ByName(Dim::Chemistry, &PLAIN_SERIES);
const SURVIVAL_BY_CHEMISTRY: Takes = Takes::ByName(Dim::Chemistry, &Takes::Survival);
const DISTRIBUTION: Takes = Takes::OneOf(&[
    "fixed",
    "weibull",
    "normal",
    "normal_trunc0",
    "foldednormal",
    "lognormal",
    "gamma",
    "logistic",
    "tabulated",
]);
/// The names of the distributions, for the help of the key.
const DISTRIBUTIONS: &str = "Distribution of the life: fixed (life), weibull (shape with scale or mean, or mean and sd), normal, normal_trunc0 and lognormal (mean, sd), foldednormal (mu, sigma), gamma (shape and scale, or mean and sd), logistic (location and scale, or mean and sd), tabulated (survival).";

pub const KEYS: &[Key] = &[
    Key::new(
        "use.mode",
        Takes::OneOf(&["replacement", "neither", "reuse", "both"]),
        r#""replacement""#,
        "Whether a battery that dies before its vehicle is replaced, and whether a good battery of a scrapped vehicle goes into a new one (reuse), or first into one whose battery died (both).",
    ),
    Key::new(
        "use.reuse_share",
        Takes::Share,
        "0.5",
        "Part of the good batteries of scrapped vehicles that may go into other vehicles, with `mode` reuse or both; all by default.",
    ),
    Key::new(
        "use.inflow_at",
        Takes::Text,
        r#""mid""#,
        "When within a step sales fall: start, mid, end, or spread:N over N Gauss-Lobatto nodes; mid by default.",
    ),
    Key::new(
        "use.hazard_policy.<name>.of",
        Takes::OneOf(&["vehicle", "battery"]),
        r#""vehicle""#,
        "What the policy is about: vehicles, or batteries wherever they are in use.",
    )
    .with_table(),
    Key::new(
        "use.hazard_policy.<name>.segments",
        Takes::Names(Dim::Segment),
        r#"["bus", "taxi"]"#,
        "The segments it is about; all by default.",
    ),
    Key::new(
        "use.hazard_policy.<name>.from",
        Takes::Date,
        "2028-01-01",
        "It changes all cohorts, those in use too, from the first step that begins on this day or later.",
    )
    .with_table(),
    Key::new("use.hazard_policy.<name>.until", Takes::Date, "2031-01-01", "The first day on which it no longer holds."),
    Key::new(
        "use.hazard_policy.<name>.factor",
        Takes::Quantity(Dimension::NONE),
        "1.3",
        "What the rate of failure is multiplied by: above 1 ends lives sooner. Policies at the same time multiply.",
    )
    .with_table(),
    Key::new("use.<segment>.vehicle.distribution", DISTRIBUTION, r#""weibull""#, DISTRIBUTIONS).with_table(),
    Key::new("use.<segment>.vehicle.mean", TIME_SERIES, r#""10 yr""#, "Mean life, by year of sale."),
    Key::new(
        "use.<segment>.vehicle.sd",
        TIME_SERIES,
        r#""2.5 yr""#,
        "Standard deviation of the life, by year of sale.",
    ),
    Key::new("use.<segment>.vehicle.shape", PLAIN_SERIES, "3.5", "Shape of a weibull or gamma life, by year of sale."),
    Key::new(
        "use.<segment>.vehicle.scale",
        TIME_SERIES,
        r#""11 yr""#,
        "Scale of a weibull, gamma or logistic life, by year of sale.",
    ),
    Key::new(
        "use.<segment>.vehicle.location",
        TIME_SERIES,
        r#""10 yr""#,
        "Median of a logistic life, by year of sale.",
    ),
    Key::new(
        "use.<segment>.vehicle.mu",
        TIME_SERIES,
        r#""10 yr""#,
        "Mean of a foldednormal life before folding, by year of sale.",
    ),
    Key::new(
        "use.<segment>.vehicle.sigma",
        TIME_SERIES,
        r#""3 yr""#,
        "Standard deviation of a foldednormal life before folding, by year of sale.",
    ),
    Key::new("use.<segment>.vehicle.life", TIME_SERIES, r#""10 yr""#, "Fixed life, by year of sale."),
    Key::new(
        "use.<segment>.vehicle.survival",
        Takes::Survival,
        r#"{ "0 yr" = 1.0, "8 yr" = 0.7, "15 yr" = 0.0 }"#,
        "Share still in use by age, linear between and held after the last; or { file, column, unit } with ages in column `age`.",
    ),
    Key::new("use.<segment>.battery.distribution", DISTRIBUTION, r#""weibull""#, DISTRIBUTIONS).with_table(),
    Key::new(
        "use.<segment>.battery.mean",
        TIME_BY_CHEMISTRY,
        r#"{ lfp = "9 yr", default = "7.7 yr" }"#,
        "Mean life, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.sd",
        TIME_BY_CHEMISTRY,
        r#""2.5 yr""#,
        "Standard deviation of the life, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.shape",
        PLAIN_BY_CHEMISTRY,
        "3.5",
        "Shape of a weibull or gamma life, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.scale",
        TIME_BY_CHEMISTRY,
        r#"{ lfp = "9.5 yr", default = "8 yr" }"#,
        "Scale of a weibull, gamma or logistic life, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.location",
        TIME_BY_CHEMISTRY,
        r#""10 yr""#,
        "Median of a logistic life, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.mu",
        TIME_BY_CHEMISTRY,
        r#""10 yr""#,
        "Mean of a foldednormal life before folding, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.sigma",
        TIME_BY_CHEMISTRY,
        r#""3 yr""#,
        "Standard deviation of a foldednormal life before folding, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.life",
        TIME_BY_CHEMISTRY,
        r#""10 yr""#,
        "Fixed life, by chemistry or year of sale.",
    ),
    Key::new(
        "use.<segment>.battery.survival",
        SURVIVAL_BY_CHEMISTRY,
        r#"{ "0 yr" = 1.0, "8 yr" = 0.7, "15 yr" = 0.0 }"#,
        "Share still in use by age, linear between and held after the last; or { file, column, unit } with ages in column `age`.",
    ),
    Key::new("second_life.lifetime.distribution", DISTRIBUTION, r#""weibull""#, DISTRIBUTIONS).with_table(),
    Key::new("second_life.lifetime.mean", TIME_BY_CHEMISTRY, r#"{ lfp = "9 yr", default = "7.7 yr" }"#, "Mean life."),
    Key::new("second_life.lifetime.sd", TIME_BY_CHEMISTRY, r#""2.5 yr""#, "Standard deviation of the life."),
    Key::new("second_life.lifetime.shape", PLAIN_BY_CHEMISTRY, "3.5", "Shape of a weibull or gamma life."),
    Key::new(
        "second_life.lifetime.scale",
        TIME_BY_CHEMISTRY,
        r#"{ lfp = "9.5 yr", default = "8 yr" }"#,
        "Scale of a weibull, gamma or logistic life.",
    ),
    Key::new("second_life.lifetime.location", TIME_BY_CHEMISTRY, r#""10 yr""#, "Median of a logistic life."),
    Key::new("second_life.lifetime.mu", TIME_BY_CHEMISTRY, r#""10 yr""#, "Mean of a foldednormal life before folding."),
    Key::new(
        "second_life.lifetime.sigma",
        TIME_BY_CHEMISTRY,
        r#""3 yr""#,
        "Standard deviation of a foldednormal life before folding.",
    ),
    Key::new("second_life.lifetime.life", TIME_BY_CHEMISTRY, r#""10 yr""#, "Fixed life."),
    Key::new(
        "second_life.lifetime.survival",
        SURVIVAL_BY_CHEMISTRY,
        r#"{ "0 yr" = 1.0, "8 yr" = 0.7, "15 yr" = 0.0 }"#,
        "Share still in use by age, linear between and held after the last; or { file, column, unit } with ages in column `age`.",
    ),
];
