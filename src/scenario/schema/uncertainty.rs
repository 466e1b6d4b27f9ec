//! Keys about uncertainty and sensitivity.

use super::{Key, Takes};

/// Designs of an ensemble.
const DESIGNS: &[&str] = &["monte_carlo", "latin_hypercube", "sobol"];

pub const KEYS: &[Key] = &[
    Key::new("uncertainty.seed", Takes::Integer, "20260101", "The seed of every random number; 1 by default."),
    Key::new(
        "uncertainty.events",
        Takes::OneOf(&["expected", "drawn"]),
        r#""drawn""#,
        "Failures and price paths at their expected values, or drawn; expected in a run, drawn in an ensemble by default.",
    ),
    Key::new("uncertainty.draws", Takes::Integer, "10000", "How many draws an ensemble has; 1000 by default."),
    Key::new(
        "uncertainty.design",
        Takes::OneOf(DESIGNS),
        r#""sobol""#,
        "How the draws are chosen: monte_carlo (the default), latin_hypercube, or scrambled sobol points. Sobol points have 1000 dimensions, more than the 256 parameters that a scenario may have.",
    ),
    Key::new(
        "uncertainty.quantiles",
        Takes::Numbers,
        "[0.05, 0.25, 0.5, 0.75, 0.95]",
        "The quantiles of every result, between 0 and 1, rising.",
    ),
    Key::new(
        "uncertainty.parameter.<key>",
        Takes::Parameter,
        r#"{ op = "*", distribution = "lognormal", median = 1.0, gsd = 1.2 }"#,
        "How a number of the scenario is uncertain: its dotted key in quotes, for a series with a year behind it if only that year is meant. `op` multiplies (*), adds (+) or replaces (=) every value; distributions: uniform, loguniform, triangular, pert, normal, lognormal, beta, discrete, or none where a parent says one; `at_least`, `at_most` cut them; `also` names keys that take the same draw; `balance` the share that gives way; `correlation` other parameters.",
    ),
    Key::new(
        "sensitivity.method",
        Takes::OneOf(&["oat", "morris", "sobol"]),
        r#""morris""#,
        "One parameter at a time (oat, the default), elementary effects (morris), or variance shares (sobol).",
    ),
    Key::new(
        "sensitivity.outputs",
        Takes::SomeText,
        r#"["plant.p1.utilisation.2032"]"#,
        "The results that are asked about: an indicator with region, plant or substance, and a year.",
    ),
    Key::new(
        "sensitivity.low",
        Takes::Share,
        "0.05",
        "Quantile of the lower value of a parameter moved by itself; 0.05 by default.",
    ),
    Key::new(
        "sensitivity.high",
        Takes::Share,
        "0.95",
        "Quantile of the upper value of a parameter moved by itself; 0.95 by default.",
    ),
    Key::new("sensitivity.trajectories", Takes::Integer, "40", "Trajectories of the morris method; 20 by default."),
    Key::new("sensitivity.levels", Takes::Integer, "4", "Levels of the morris grid, an even number; 4 by default."),
    Key::new(
        "sensitivity.base",
        Takes::Integer,
        "1024",
        "Base points of the sobol method, a power of two; 256 by default. Runs: base x (parameters + 2).",
    ),
    Key::new(
        "sensitivity.second_order",
        Takes::Bool,
        "true",
        "Whether the sobol method tells the interaction of pairs too, for base x (2 parameters + 2) runs.",
    ),
    Key::new("sensitivity.resamples", Takes::Integer, "1000", "Resamples of the bootstrap intervals; 1000 by default."),
];
