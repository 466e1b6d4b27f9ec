//! Results in sentences, from `summary.json`.

use crate::base::number::readable;
use crate::base::words::{Language, say, translate};
use serde_json::{Map, Value};

/// What a run found, in sentences.
pub fn findings(summary: &Value, years: &[i32], language: Language) -> Vec<String> {
    let told = Told { language, years };
    let mut sentences = told.plants(&summary["plants"]);
    sentences.extend(told.system(&summary["system"]));
    sentences.extend(told.metals(&summary["regions"]));
    sentences
}

/// Whether the books close, in a sentence.
pub fn balance(summary: &Value, language: Language) -> String {
    let number = |name: &str| summary["balance"][name].as_f64().map_or("?".to_owned(), |x| format!("{x:.1e}"));
    say(
        language,
        "Every process and substance balances in every step: the largest relative error is {}, the limit {}.",
        &[&number("max_relative_error"), &number("limit")],
    )
}

struct Told<'a> {
    language: Language,
    years: &'a [i32],
}

impl Told<'_> {
    fn say(&self, phrase: &str, values: &[&str]) -> String {
        say(self.language, phrase, values)
    }

    fn name(&self, name: &str) -> String {
        translate(self.language, &capital(name))
    }

    /// Plants that open within the run first: they are what it asks about.
    fn plants(&self, plants: &Value) -> Vec<String> {
        let none = Map::new();
        let mut list: Vec<(&String, &Value)> = plants.as_object().unwrap_or(&none).iter().collect();
        list.sort_by_key(|(_, plant)| {
            std::cmp::Reverse(plant["first_running"].as_str().unwrap_or_default().to_owned())
        });
        list.into_iter().map(|(name, plant)| self.plant(name, plant)).collect()
    }

    fn plant(&self, name: &str, plant: &Value) -> String {
        let region = self.name(plant["region"].as_str().unwrap_or_default());
        let size = readable(plant["nameplate"]["value"].as_f64().unwrap_or(0.0) / 1e3);
        let Some(opening) = plant["first_running"].as_str() else {
            return self.say("Plant {} in {} never runs.", &[name, &region]);
        };
        let mut told = self.say("Plant {} in {} can take {} kt/yr and runs from {}.", &[name, &region, &size, opening]);
        let running: Vec<&i32> = self
            .years
            .iter()
            .filter(|year| plant["years"][year.to_string()]["utilisation"].as_f64() > Some(0.0))
            .collect();
        let mut chosen: Vec<&i32> = running.iter().copied().take(2).chain(running.last().copied()).collect();
        chosen.dedup();
        for year in chosen {
            let row = &plant["years"][year.to_string()];
            let mass = readable(row["throughput"]["value"].as_f64().unwrap_or(0.0) / 1e3);
            let share = percent(row["utilisation"].as_f64().unwrap_or(0.0));
            let limit = most(&row["steps_by_bottleneck"]).unwrap_or_default();
            let limit = translate(self.language, limit);
            told += self.gap();
            told += &self.say(
                "In {} it treats {} kt, {} % of its nameplate, limited by {}.",
                &[&year.to_string(), &mass, &share, &limit],
            );
        }
        let levels = plant["first_year_at_utilisation"].as_object();
        let highest =
            levels.and_then(|levels| levels.iter().rev().find_map(|(level, year)| Some((level, year.as_i64()?))));
        if let Some((level, year)) = highest {
            let level = percent(level.parse().unwrap_or(0.0));
            told += self.gap();
            told += &self.say("It reaches {} % of its nameplate first in {}.", &[&level, &year.to_string()]);
        }
        told
    }

    fn system(&self, system: &Value) -> Option<String> {
        let (first, last) = (self.years.first()?, self.years.last()?);
        let in_use = |year: &i32| system["years"][year.to_string()]["in_use"]["value"].as_f64();
        let retired = |year: &i32| system["retired_packs"]["by_year"][year.to_string()].as_f64();
        let values = [in_use(first)?, in_use(last)?, retired(first)?, retired(last)?].map(readable);
        let [in_first, in_last, out_first, out_last] = &values;
        let (first, last) = (first.to_string(), last.to_string());
        Some(self.say(
            "Packs in use hold {} GWh at the end of {} and {} GWh at the end of {}; {} kt of packs retire in {}, {} kt in {}.",
            &[in_first, &first, in_last, &last, out_first, &first, out_last, &last],
        ))
    }

    /// Recovered material in what battery makers take in, in the middle year.
    fn metals(&self, regions: &Value) -> Vec<String> {
        let none = Map::new();
        let Some(year) = self.years.get(self.years.len() / 2).map(ToString::to_string) else { return Vec::new() };
        let regions = regions.as_object().unwrap_or(&none).iter();
        let told = regions.filter_map(|(region, metals)| {
            let shares = metals.as_object()?.iter().filter_map(|(metal, years)| {
                let share = percent(years[&year]["recycled_content"].as_f64()?);
                Some(self.say("{} % of the {}", &[&share, &translate(self.language, metal_name(metal))]))
            });
            let shares: Vec<String> = shares.collect();
            let comma = if self.language == Language::Chinese { "、" } else { ", " };
            (!shares.is_empty()).then(|| {
                self.say(
                    "In {}, {} that battery makers in {} take in is recovered material.",
                    &[&year, &shares.join(comma), &self.name(region)],
                )
            })
        });
        told.collect()
    }

    /// Between two sentences.
    fn gap(&self) -> &'static str {
        if self.language == Language::Chinese { "" } else { " " }
    }
}

/// What most steps of a year were limited by.
fn most(steps: &Value) -> Option<&str> {
    let steps = steps.as_object()?;
    steps.iter().max_by_key(|(_, count)| count.as_u64()).map(|(name, _)| name.as_str())
}

fn percent(share: f64) -> String {
    readable((share * 1000.0).round() / 10.0)
}

fn metal_name(symbol: &str) -> &str {
    match symbol {
        "Li" => "lithium",
        "Ni" => "nickel",
        "Co" => "cobalt",
        other => other,
    }
}

/// A name with a capital.
pub fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
