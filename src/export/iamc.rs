//! Time series in the layout of the integrated assessment community: a row for each model, scenario, region, variable
//! and unit, a column for each year. pyam reads it.

use crate::results::archive::{Archive, ArchiveError, Sheet};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

const MODEL: &str = "urbanmine";
/// The region of what belongs to no region.
const SYSTEM: &str = "System";

/// Indicators under the names the community uses; `{}` is the substance. Others are called after themselves.
const VARIABLES: [(&str, &str); 12] = [
    ("primary_demand", "Material Demand|Battery|Primary|{}"),
    ("recycled_input", "Material Demand|Battery|Secondary|{}"),
    ("recycled_content", "Recycled Content|Battery|{}"),
    ("eol_recycled_input_rate", "End-of-Life Recycled Input Rate|Battery|{}"),
    ("old_scrap_ratio", "Old Scrap Ratio|Battery|{}"),
    ("collection_rate", "Collection Rate|Battery|{}"),
    ("retired_content", "Battery|End-of-Life|Retired|{}"),
    ("in_use_stock", "Battery|In-Use Stock|{}"),
    ("eol_recycling_rate", "End-of-Life Recycling Rate|Battery|{}"),
    ("plant_utilisation", "Recycling Plant|Utilisation"),
    ("yard_days", "Recycling Plant|Yard Cover"),
    ("plant_recovery_rate", "Recycling Plant|Recovery Rate|{}"),
];

const SUBSTANCES: [(&str, &str); 10] = [
    ("Li", "Lithium"),
    ("Ni", "Nickel"),
    ("Co", "Cobalt"),
    ("Mn", "Manganese"),
    ("Fe", "Iron"),
    ("P", "Phosphorus"),
    ("Cu", "Copper"),
    ("Al", "Aluminium"),
    ("Na", "Sodium"),
    ("C", "Carbon"),
];

/// Rows by region, variable and unit; values by year as they are written.
#[derive(Debug, Default)]
struct Rows(BTreeMap<[String; 3], BTreeMap<String, String>>);

impl Rows {
    fn put(&mut self, region: &str, variable: &str, unit: &str, time: &str, value: &str) {
        let key = [word(region), variable.to_owned(), unit.to_owned()];
        self.0.entry(key).or_default().insert(date(time), value.to_owned());
    }
}

/// `iamc.csv` of one run.
///
/// # Errors
/// If the run cannot be read.
pub fn table(archive: &Archive<'_>) -> Result<Vec<u8>, ArchiveError> {
    combined(&[archive])
}

/// `iamc.csv` of several runs.
///
/// # Errors
/// If one cannot be read.
pub fn combined(archives: &[&Archive<'_>]) -> Result<Vec<u8>, ArchiveError> {
    let read: Vec<(String, Rows)> = archives
        .par_iter()
        .map(|archive| Ok((archive.manifest.id.clone(), rows(archive)?)))
        .collect::<Result<_, ArchiveError>>()?;
    let mut years: Vec<String> =
        read.iter().flat_map(|(_, rows)| rows.0.values()).flat_map(BTreeMap::keys).cloned().collect();
    years.sort();
    years.dedup();
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and all rows have as many cells as the header.
    let fixed = ["Model", "Scenario", "Region", "Variable", "Unit"];
    let _ = writer.write_record(fixed.into_iter().chain(years.iter().map(String::as_str)));
    for (scenario, rows) in &read {
        for ([region, variable, unit], values) in &rows.0 {
            // A missing value is an empty cell: the one the readers drop.
            let values = years.iter().map(|year| values.get(year).map_or("", String::as_str));
            let _ = writer.write_record([MODEL, scenario, region, variable, unit].into_iter().chain(values));
        }
    }
    Ok(writer.into_inner().unwrap_or_default())
}

fn rows(archive: &Archive<'_>) -> Result<Rows, ArchiveError> {
    let mut rows = Rows::default();
    let summary = archive.summary()?;
    if let Some(indicators) = archive.table("indicators")? {
        for row in &indicators.rows {
            add_indicator(&mut rows, &indicators, row, &summary);
        }
    }
    if let Some(stocks) = archive.table("stocks")? {
        add_energy(&mut rows, &stocks);
    }
    Ok(rows)
}

fn add_indicator(rows: &mut Rows, table: &Sheet, row: &csv::StringRecord, summary: &Value) {
    let cell = |name| table.cell(row, name);
    let (indicator, plant, substance) = (cell("indicator"), cell("plant"), cell("substance"));
    let known = VARIABLES.iter().find(|(id, _)| *id == indicator);
    let mut variable = known.map_or_else(|| word(indicator), |(_, variable)| (*variable).to_owned());
    let substance = if is_all(substance) { None } else { Some(long(substance)) };
    variable = match substance {
        Some(name) if variable.contains("{}") => variable.replace("{}", &name),
        Some(name) => format!("{variable}|{name}"),
        None => variable.replace("|{}", ""),
    };
    let mut region = cell("region").to_owned();
    if !is_all(plant) {
        variable = format!("{variable}|{}", word(plant));
        if let Some(of_plant) = summary["plants"][plant]["region"].as_str() {
            of_plant.clone_into(&mut region);
        }
    }
    rows.put(&region, &variable, cell("unit"), cell("time"), cell("value"));
}

/// Energy in use by region and segment (`GWh`).
fn add_energy(rows: &mut Rows, stocks: &Sheet) {
    let mut sums: BTreeMap<(String, String, String), f64> = BTreeMap::new();
    for row in stocks.rows.iter().filter(|row| stocks.cell(row, "unit") == "kWh" && stocks.cell(row, "stage") == "use")
    {
        let Some(value) = stocks.number(row, "value") else { continue };
        let [region, segment, time] = ["region", "segment", "time"].map(|name| stocks.cell(row, name).to_owned());
        *sums.entry((region.clone(), "Battery|In-Use Stock|Energy".to_owned(), time.clone())).or_default() += value;
        *sums.entry((region, format!("Battery|In-Use Stock|Energy|{}", word(&segment)), time)).or_default() += value;
    }
    for ((region, variable, time), value) in sums {
        rows.put(&region, &variable, "GWh", &time, &crate::base::number::text(value / 1e6));
    }
}

fn is_all(name: &str) -> bool {
    matches!(name, "all" | "")
}

fn long(substance: &str) -> String {
    SUBSTANCES
        .iter()
        .find(|(symbol, _)| *symbol == substance)
        .map_or_else(|| word(substance), |(_, name)| (*name).to_owned())
}

/// A name as the community writes it: `in_use_stock` as `In Use Stock`.
fn word(name: &str) -> String {
    if is_all(name) {
        return SYSTEM.to_owned();
    }
    let words = name.split(['_', ' ']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    words.collect::<Vec<String>>().join(" ")
}

/// A period's start as a year, or as a day where periods are shorter.
fn date(time: &str) -> String {
    if time.len() == 7 { format!("{time}-01") } else { time.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_community() {
        let table = Sheet::read(
            b"time,indicator,region,plant,substance,value,unit\n\
              2030,primary_demand,hefei,all,Li,5,t/yr\n\
              2030,plant_recovery_rate,all,p1,Ni,0.9,1\n\
              2030,net_present_value,all,p1,all,-3,CNY_2025\n",
        )
        .unwrap();
        let summary = serde_json::json!({ "plants": { "p1": { "region": "hefei" } } });
        let mut rows = Rows::default();
        for row in &table.rows {
            add_indicator(&mut rows, &table, row, &summary);
        }
        let keys: Vec<String> = rows.0.keys().map(|key| key.join("; ")).collect();
        assert_eq!(
            keys,
            [
                "Hefei; Material Demand|Battery|Primary|Lithium; t/yr",
                "Hefei; Net Present Value|P1; CNY_2025",
                "Hefei; Recycling Plant|Recovery Rate|Nickel|P1; 1",
            ]
        );
    }
}
