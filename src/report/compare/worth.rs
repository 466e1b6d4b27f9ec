//! What plants are worth, as rows beside the indicators: under the names by which ensembles and bridges ask for them.

use crate::results::archive::Sheet;

/// Quantity and item of `money.csv`, and the indicator it is here.
const ROWS: [([&str; 2], &str); 4] = [
    (["net_present_value", "free_cash_flow"], "economics_npv"),
    // Where there are several rates none of them means anything.
    (["internal_rate_of_return", "1"], "economics_internal_rate"),
    (["discounted_payback", "free_cash_flow"], "economics_payback"),
    (["levelised_cost", "feed"], "economics_levelised_cost"),
];

/// The whole run stands for the year.
pub const RUN: &str = "run";

fn cells<'r>(money: &Sheet, row: &'r csv::StringRecord) -> [&'r str; 4] {
    ["plant", "quantity", "item", "unit"].map(|name| money.cell(row, name))
}

/// Name and value of each row: indicator, region, plant, substance, time and unit.
pub fn rows(money: &Sheet) -> Vec<([String; 6], f64)> {
    let several = |plant: &str| {
        money.rows.iter().any(|row| {
            let [of, quantity, ..] = cells(money, row);
            of == plant && quantity == "internal_rates_of_return" && money.number(row, "value") != Some(1.0)
        })
    };
    let row = |row: &csv::StringRecord| {
        let [plant, quantity, item, unit] = cells(money, row);
        let (_, indicator) = ROWS.iter().find(|(known, _)| *known == [quantity, item])?;
        let apart = *indicator == "economics_internal_rate" && several(plant);
        let name = [indicator, "all", plant, "all", RUN, unit].map(str::to_owned);
        (!apart).then_some((name, money.number(row, "value")?))
    };
    money.rows.iter().filter_map(row).collect()
}
