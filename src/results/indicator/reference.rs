//! The reference page of the indicators, made from the list.

use super::{INDICATORS, Span};
use std::fmt::Write;

/// `docs/indicators.md`.
pub fn reference() -> String {
    let mut text = String::from(
        "# Indicators\n\n\
         Made from the list in `src/results/indicator/list.rs` (a test compares them): `INSTA_UPDATE=always cargo test reference`\n\
         writes this page anew. `urbanmine explain NAME` says the same.\n\n\
         E is the content of retired packs, C what of it was formally collected, R packs that were in use turned into usable\n\
         product (second life included), N the same from new scrap, B from bought black mass, P primary input. An address names\n\
         an indicator and what it is asked for: `recycled_content.Li.2035`, `collection_rate.hefei.2030`,\n\
         `plant.p1.utilisation.2032`. Without a year it is asked for the whole run, without a region, plant or substance for all\n\
         of them together.\n\n\
         | indicator | unit | by | definition |\n|---|---|---|---|\n",
    );
    for indicator in INDICATORS {
        let mut by: Vec<&str> = indicator.by.iter().map(|by| by.word()).collect();
        by.push(if indicator.span == Span::Run { "run" } else { "year" });
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            indicator.id,
            indicator.unit,
            by.join(", "),
            indicator.definition
        );
    }
    text
}
