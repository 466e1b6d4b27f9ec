//! What a run meets of its targets, and what its plants are worth: as a reader of the page wants them.

use super::page::{Cell, Column, Section, Table};
use crate::base::number::readable;
use crate::base::words::{Language, say, translate};
use crate::results::archive::Sheet;
use serde_json::Value;

/// A target at one place: where its rows stand in `targets.csv`, and those in which it is missed.
struct Told<'a> {
    name: String,
    judged: Vec<&'a csv::StringRecord>,
    missed: Vec<&'a csv::StringRecord>,
}

/// Every target at every place, in the order of the table.
pub fn targets(sheet: &Sheet, language: Language) -> Section {
    let t = |phrase: &str| say(language, phrase, &[]);
    let cell = |row, name| sheet.cell(row, name);
    let mut told: Vec<Told<'_>> = Vec::new();
    for row in &sheet.rows {
        let places = ["region", "plant"].map(|name| cell(row, name)).into_iter().filter(|place| *place != "all");
        let name = std::iter::once(cell(row, "target")).chain(places).collect::<Vec<_>>().join(", ");
        let at = told.iter().position(|told| told.name == name).unwrap_or_else(|| {
            told.push(Told { name, judged: Vec::new(), missed: Vec::new() });
            told.len() - 1
        });
        match cell(row, "result") {
            "met" => told[at].judged.push(row),
            "missed" => {
                told[at].judged.push(row);
                told[at].missed.push(row);
            }
            _ => {}
        }
    }
    let short = |row: &csv::StringRecord| {
        let [value, required] = ["value", "required"].map(|name| sheet.number(row, name).unwrap_or(f64::NAN));
        (value - required).abs()
    };
    let rows = told.iter().filter(|told| !told.judged.is_empty()).map(|told| {
        // Where nothing is missed the last year stands for all.
        let worst =
            told.missed.iter().copied().reduce(|worst, row| if short(row) > short(worst) { row } else { worst });
        let shown = worst.or(told.judged.last().copied()).unwrap_or(&sheet.rows[0]);
        let (missed, judged) = (told.missed.len().to_string(), told.judged.len().to_string());
        let verdict = match worst {
            None => Cell::verdict(t("met"), true),
            Some(_) => Cell::verdict(say(language, "missed in {} of {} years", &[&missed, &judged]), false),
        };
        let bound = if cell(shown, "bound") == "at_most" { t("at most") } else { t("at least") };
        vec![
            Cell::text(&told.name),
            verdict,
            Cell::text(cell(shown, "time")),
            Cell::number(cell(shown, "value")),
            Cell::text(bound),
            Cell::number(cell(shown, "required")),
            Cell::text(cell(shown, "unit")),
            Cell::text(cell(shown, "source")),
        ]
    });
    let columns = [
        ("target", false),
        ("result", false),
        ("worst year", false),
        ("value", true),
        ("rule", false),
        ("required", true),
        ("unit", false),
        ("source", false),
    ];
    let table = Table {
        caption: t("Every target over the years in which it is judged; every value is in tables/targets.csv."),
        header: columns
            .map(|(name, number)| if number { Column::numbers(t(name)) } else { Column::words(t(name)) })
            .into(),
        rows: rows.collect(),
        sort: true,
        search: told.len() > 20,
        ..Table::default()
    };
    Section { id: "targets", title: t("Targets"), tables: vec![table], ..Section::default() }
}

/// What each plant is worth and what decides it, from the summary.
pub fn money(summary: &Value, language: Language) -> Option<Section> {
    let t = |phrase: &str| say(language, phrase, &[]);
    let mut section = Section { id: "economics", title: t("Economics"), ..Section::default() };
    section.lines.push(t("In full: tables/money.csv and tables/cash_flow.csv."));
    for (plant, money) in summary["money"].as_object()? {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut row = |name: &str, unit: &str, value: Option<f64>| {
            if let Some(value) = value {
                rows.push(vec![Cell::text(t(name)), Cell::text(unit), number(value)]);
            }
        };
        let amount = |name: &str| money[name]["value"].as_f64();
        let levelised = |name: &str| money["levelised_per_tonne_of_feed"][name].as_f64();
        row("capital", "CNY_2025", amount("capital"));
        row("subsidy", "CNY_2025", amount("subsidy"));
        row("net present value", "CNY_2025", amount("net_present_value"));
        row("internal rate of return", "1/yr", rate(money));
        row("discounted payback", "yr", money["discounted_payback"]["value"].as_f64());
        row("levelised cost per tonne of feed", "CNY_2025/t", levelised("cost"));
        let header = ["figure", "unit"].map(|name| Column::words(t(name))).into_iter();
        section.tables.push(Table {
            caption: say(
                language,
                "Plant {}, constant prices without VAT. A dash: not there, never paid back, or several rates of return.",
                &[plant],
            ),
            header: header.chain([Column::numbers(t("value"))]).collect(),
            rows,
            ..Table::default()
        });
        let decides = money["decides"].as_array().into_iter().flatten().map(|lever| {
            let name = lever["lever"].as_str().unwrap_or_default().replace('_', " ");
            let cell = |name: &str| lever[name].as_f64().map_or_else(Cell::nothing, number);
            vec![
                Cell::text(translate(language, &name)),
                cell("npv_change_at_10_percent_more"),
                cell("break_even_multiple"),
            ]
        });
        section.tables.push(Table {
            caption: t("What 10 % more of it adds to the net present value, and the multiple at which it is zero"),
            header: vec![
                Column::words(t("lever")),
                Column::numbers(t("adds at 10 % more")),
                Column::numbers(t("breaks even at")),
            ],
            rows: decides.collect(),
            sort: true,
            ..Table::default()
        });
    }
    Some(section)
}

fn number(value: f64) -> Cell {
    Cell::number(&crate::base::number::text(value))
}

/// The rate of return, if there is one and only one.
fn rate(money: &Value) -> Option<f64> {
    match money["internal_rates_of_return"].as_array()?.as_slice() {
        [only] => only.as_f64(),
        _ => None,
    }
}

/// Targets and money in sentences.
pub fn told(summary: &Value, language: Language) -> Vec<String> {
    let mut told = Vec::new();
    let gap = if language == Language::Chinese { "" } else { " " };
    for (plant, money) in summary["money"].as_object().into_iter().flatten() {
        let millions = |name: &str| money[name]["value"].as_f64().map(|value| readable(value / 1e6));
        let Some(worth) = millions("net_present_value") else { continue };
        let percent = |share: f64| readable((share * 1000.0).round() / 10.0);
        let discount = percent(money["discount_rate"].as_f64().unwrap_or(0.0));
        let worth = say(
            language,
            "Plant {} is worth {} million CNY at a discount rate of {} % (net present value, constant prices).",
            &[plant, &worth, &discount],
        );
        let rate = rate(money).map(|rate| say(language, "Its internal rate of return is {} %.", &[&percent(rate)]));
        let back = match money["discounted_payback"]["value"].as_f64() {
            Some(years) => {
                say(language, "It is paid back after {} years.", &[&readable((years * 10.0).round() / 10.0)])
            }
            None => say(language, "It is never paid back.", &[]),
        };
        let per_tonne = |name: &str| money["levelised_per_tonne_of_feed"][name].as_f64().map(|v| readable(v.round()));
        let tonne = per_tonne("revenue").zip(per_tonne("cost")).map(|(revenue, cost)| {
            say(language, "A tonne of feed brings {} CNY and costs {} CNY.", &[&revenue, &cost])
        });
        let sentences: Vec<String> = [Some(worth), rate, Some(back), tonne].into_iter().flatten().collect();
        told.push(sentences.join(gap));
    }
    let count = |name: &str| summary["targets"][name].as_u64().filter(|_| summary["targets"]["judged"] != 0);
    if let (Some(met), Some(judged)) = (count("met"), count("judged")) {
        let phrase = "{} of {} targets are met in every year in which they are judged.";
        told.push(say(language, phrase, &[&met.to_string(), &judged.to_string()]));
    }
    told
}
