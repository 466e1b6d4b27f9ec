//! The reference of all keys, indicators and codes as a page: `urbanmine explain --all`, `docs/reference.md`.

use crate::results::indicator::INDICATORS;
use crate::scenario::codes::CODES;
use crate::scenario::schema::{Required, keys};
use std::fmt::Write;

/// The page, in Markdown.
pub fn page() -> String {
    let mut text = "# Reference\n\nMade by `urbanmine explain --all`; do not edit.\n\n\
        - [Scenario keys](#scenario-keys)\n- [Indicators](#indicators)\n- [Codes of messages](#codes-of-messages)\n\n\
        ## Scenario keys\n\n`<name>` stands for any name of that family. A quantity is written with its unit; a series by year \
        with its `unit`; any value may carry `source`, `confidence` and `note`.\n"
        .to_owned();
    let mut section = "";
    for key in keys() {
        let own = key.path.split('.').next().unwrap_or_default();
        if own != section {
            section = own;
            let _ = writeln!(text, "\n### {section}\n\n| key | for example | what it means |\n|---|---|---|");
        }
        let must = match key.required {
            Required::Always => " Must be given.",
            Required::WithTable => " Must be given with its table.",
            Required::No => "",
        };
        let rest = if key.rest { " May be `\"rest\"`." } else { "" };
        let _ = writeln!(text, "| `{}` | `{}` | {}{must}{rest} |", key.path, cell(key.example), cell(key.doc));
    }
    text += "\n## Indicators\n\nColumn `indicator` of `tables/indicators.csv`. Per substance and year: E content of retired packs, C formally \
        collected, R old scrap turned into product, N the same from new scrap, P primary input.\n\n| indicator | unit | definition |\n|---|---|---|\n";
    for indicator in INDICATORS {
        let _ = writeln!(text, "| `{}` | {} | {} |", indicator.id, indicator.unit, cell(indicator.definition));
    }
    text += "\n## Codes of messages\n\n| code | what | why, and the way out |\n|---|---|---|\n";
    for code in CODES {
        let _ = writeln!(text, "| {} | {} | {} |", code.code, cell(code.title), cell(code.text));
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
