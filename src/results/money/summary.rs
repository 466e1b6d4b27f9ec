//! The headline of a plant's money.

use super::{Account, Accounts, Lever, PlantMoney};
use crate::base::ids::Id;
use crate::results::summary::{Heading, headline_year};
use serde_json::{Map, Value, json};

/// What the signs mean, told wherever money is shown.
pub const SIGNS: &str = "in is +, out is -";

/// A lever with what it moves: name, change of the net present value at 10 % more, the multiple at which it breaks even.
pub type Decides = (String, f64, Option<f64>);

impl Accounts<'_> {
    /// The levers of a plant, those that move its value most first.
    pub fn decides(&self, money: &PlantMoney) -> Vec<Decides> {
        let terms = self.terms(money);
        let of = |(lever, name): (Lever, String)| {
            (name, money.npv_with(terms, lever, 1.1) - money.npv, money.break_even(terms, lever))
        };
        let mut levers: Vec<Decides> = self.levers(money).into_iter().map(of).collect();
        levers.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        levers
    }

    /// Prices of confidence C that a plant's feed and products go by: name and why it is weak.
    pub fn weak_prices<'h>(&self, money: &PlantMoney, heading: &'h Heading) -> Vec<&'h (String, String)> {
        let goes_by =
            |name: &str| {
                let matters = |account| matches!(account, Account::Revenue | Account::Feed);
                money.statement.lines.iter().filter(|line| matters(line.account)).any(|line| {
                    line.commodity.is_some_and(|id| self.economics.market.commodities[id.index()].name == name)
                })
            };
        heading.weak_prices.iter().filter(|(name, _)| goes_by(name)).collect()
    }

    /// Money as JSON, by plant.
    pub fn summary(&self, heading: &Heading) -> Value {
        let mut plants = Map::new();
        for money in &self.plants {
            let name = self.run.catalog.plant(money.plant).to_owned();
            plants.insert(name, self.plant_json(money, heading));
        }
        Value::Object(plants)
    }

    fn plant_json(&self, money: &PlantMoney, heading: &Heading) -> Value {
        let (terms, tonne) = (self.terms(money), &money.levelised);
        let cny = |value: f64| json!({ "value": value, "unit": "CNY_2025" });
        let mut years = Map::new();
        let accounts: Vec<(&str, Vec<f64>)> =
            Account::ALL.iter().map(|account| (account.name(), money.statement.account(*account))).collect();
        for (place, year) in money.years.iter().enumerate() {
            let calendar = money.calendar_year(place);
            if headline_year(calendar, heading.report_from) {
                let mut row: Map<String, Value> =
                    accounts.iter().map(|(name, sums)| ((*name).to_owned(), json!(sums[place]))).collect();
                row.insert("operating_surplus".into(), json!(year.surplus));
                row.insert("tax".into(), json!(year.tax));
                row.insert("free_cash_flow".into(), json!(year.free()));
                row.insert("unit".into(), json!("CNY_2025"));
                years.insert(calendar.to_string(), Value::Object(row));
            }
        }
        let decides = self.decides(money).into_iter().map(|(name, change, multiple)| {
            json!({ "lever": name, "npv_change_at_10_percent_more": change, "break_even_multiple": multiple })
        });
        json!({
            "signs": SIGNS,
            "basis": "constant CNY of 2025, without VAT; valued at the first year of the cash flow",
            "first_year": money.statement.first_year,
            "last_year": money.calendar_year(money.years.len().saturating_sub(1)),
            "discount_rate": terms.terms.discount_rate,
            "capital": cny(terms.buildings.iter().map(|building| building.capital).sum()),
            "subsidy": cny(terms.buildings.iter().map(|building| building.subsidy).sum()),
            "subsidy_lowers_depreciable_base": terms.terms.subsidy_lowers_base,
            "net_present_value": cny(money.npv),
            "equity_net_present_value": terms.terms.loan.map(|_| cny(money.equity_npv)),
            "internal_rates_of_return": money.internal_rates,
            "discounted_payback": money.payback.map(|years| json!({ "value": years, "unit": "yr" })),
            "levelised_per_tonne_of_feed": {
                "revenue": tonne.revenue, "feed": tonne.feed, "variable": tonne.variable, "fixed": tonne.fixed,
                "capital": tonne.capital, "tax": tonne.tax, "cost": tonne.cost(),
                "contribution": tonne.contribution(), "unit": "CNY_2025/t",
            },
            "more_throughput_makes_it_worse": tonne.contribution() < 0.0,
            "decides": decides.collect::<Vec<_>>(),
            "weak_prices": self.weak_prices(money, heading).iter().map(|(name, note)| json!({ "price": name, "note": note })).collect::<Vec<_>>(),
            "years": years,
        })
    }
}
