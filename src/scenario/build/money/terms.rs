//! The terms of a plant: capital, subsidy, loan, tax, fixed costs.

use super::Builder;
use crate::base::catalog::PlantNames;
use crate::base::ids::{Id, PlantId, StepId};
use crate::model::Model;
use crate::model::plant::calendar::Phase;
use crate::model::time::MONTHS;
use crate::money::capital::{ScaleLaw, Subsidy, spending};
use crate::money::cash_flow::{Loan, Terms};
use crate::money::economics::{Building, Economics, FixedCost, PlantTerms, Share};

impl Builder<'_> {
    /// All that `[economics.PLANT]` says.
    pub(super) fn plant_terms(
        &mut self,
        key: &str,
        plant: PlantId,
        names: &PlantNames,
        model: &Model,
        economics: &Economics,
    ) -> PlantTerms {
        let number = |name: &str| self.scenario.number(&format!("{key}.{name}"));
        let labour_overhead = number("labour_overhead").unwrap_or(0.0);
        let products_held = number("working_capital.products").unwrap_or(0.0);
        let inputs_held = number("working_capital.inputs").unwrap_or(0.0);
        let terms = self.terms(key);
        let buildings = self.buildings(key, &names.name, &model.plants[plant.index()]);
        let list = |section: &str| -> Vec<Share> {
            let key = format!("{key}.{section}");
            let of = |name: &&str| self.scenario.number(&format!("{key}.{name}"));
            self.scenario
                .children(&key)
                .iter()
                .filter_map(|name| Some(Share { name: (*name).to_owned(), amount: of(name)? }))
                .collect()
        };
        let (per_tonne, of_revenue, fixed) = (list("cost_per_tonne"), list("cost_of_revenue"), self.fixed(key));
        let feed = self.feed_terms(key, names, &model.plants[plant.index()]);
        let sinks = self.outlets(key, names, &feed);
        let amounts = self.amount_prices(key, names, &economics.market);
        let freight = self.freight(&format!("plant.{}", names.name));
        PlantTerms {
            plant,
            terms,
            buildings,
            sinks,
            names: names
                .sinks
                .iter()
                .map(|sink| sink.split_once(':').map_or(sink.as_str(), |(_, name)| name).to_owned())
                .collect(),
            amount_names: names.amounts.iter().map(|amount| amount.name.clone()).collect(),
            amounts,
            feed,
            freight,
            labour_overhead,
            fixed,
            per_tonne,
            of_revenue,
            products_held,
            inputs_held,
        }
    }

    /// A rate per year that must stay above -1.
    fn rate(&mut self, key: &str) -> f64 {
        let rate = self.scenario.number(key).unwrap_or(0.0);
        if rate <= -1.0 {
            let title = format!("`{key}` is {rate}");
            let help = "write a rate per year, e.g. 0.08 for 8 %";
            self.report(key, "E0304", title, "at -1 or below money is worth nothing a year later", help);
            return 0.0;
        }
        rate
    }

    fn terms(&mut self, key: &str) -> Terms {
        let discount_rate = self.rate(&format!("{key}.discount_rate"));
        let inflation = self.rate("money.inflation");
        let scenario = self.scenario;
        let number = |name: &str| scenario.number(&format!("{key}.{name}"));
        let years = |name: &str| number(name).unwrap_or(0.0).round() as usize;
        let loan = number("loan.share").map(|share| Loan {
            share,
            rate: number("loan.rate").unwrap_or(0.0),
            years: years("loan.term"),
        });
        Terms {
            discount_rate,
            inflation,
            tax_rate: number("tax_rate").unwrap_or(0.0),
            loss_years: years("loss_carry_forward"),
            depreciation_years: years("depreciation"),
            subsidy_lowers_base: scenario
                .flag(&format!("{key}.equipment_subsidy.lowers_depreciable_base"))
                .unwrap_or(true),
            salvage: number("salvage").unwrap_or(0.0),
            closure: number("closure").unwrap_or(0.0),
            loan,
        }
    }

    /// The plant and its expansions: each is built at its own scale, as a plant of its size would be.
    fn buildings(&mut self, key: &str, name: &str, plant: &crate::model::plant::Plant) -> Vec<Building> {
        let scenario = self.scenario;
        let number = |key: &str| scenario.number(key);
        let law = |what: &str| number(&format!("{key}.capital.{what}"));
        let (Some(reference), Some(at), Some(exponent)) = (law("reference"), law("at"), law("exponent")) else {
            return Vec::new();
        };
        if at <= 0.0 {
            let title = format!("`{key}.capital.at` is zero");
            let help = "write the capacity of the plant that the reference capital belongs to, e.g. \"50 kt/yr\"";
            self.report(&format!("{key}.capital.at"), "E0310", title, "expected more than zero", help);
            return Vec::new();
        }
        let law = ScaleLaw { reference, at, exponent };
        let rate = number(&format!("{key}.equipment_subsidy.rate"));
        let equipment_share = number(&format!("{key}.capital.equipment_share"));
        if rate.is_some() && equipment_share.is_none() {
            let title = format!("`{key}.capital.equipment_share` is missing");
            let help = "write the part of the capital that is equipment, e.g. `equipment_share = 0.43`";
            let label = "a subsidy of equipment needs the equipment's cost";
            self.report(&format!("{key}.equipment_subsidy"), "E0202", title, label, help);
        }
        let cap = number(&format!("{key}.equipment_subsidy.cap")).unwrap_or(f64::INFINITY);
        let mut subsidy = Subsidy { equipment_share: equipment_share.unwrap_or(0.0), rate: rate.unwrap_or(0.0), cap };
        let spread = scenario.numbers(&format!("{key}.capital.spread")).unwrap_or(&[]);
        let sum: f64 = spread.iter().sum();
        if !spread.is_empty() && (sum - 1.0).abs() > 1e-9 {
            let title = format!("`{key}.capital.spread` sums to {sum}, must be 1");
            let help = "write shares of the capital by equal parts of the building time, e.g. [0.4, 0.6]";
            self.report(&format!("{key}.capital.spread"), "E0305", title, "shares of the capital", help);
        }
        let place = format!("plant.{name}");
        let largest = scenario
            .series(&format!("{place}.capacity"))
            .map_or(0.0, |series| series.points().iter().map(|(_, value)| *value).fold(0.0, f64::max));
        let mut wanted = vec![(name.to_owned(), format!("{place}.construction"), largest)];
        for expansion in scenario.children(&format!("{place}.expansion")) {
            let at = format!("{place}.expansion.{expansion}");
            let capacity = number(&format!("{at}.capacity")).unwrap_or(0.0);
            wanted.push((expansion.to_owned(), at, capacity));
        }
        let months = f64::from(self.horizon.step_months);
        let mut buildings = Vec::new();
        for (name, at, capacity) in wanted {
            let lead = number(&format!("{at}.lead")).unwrap_or(0.0) * f64::from(MONTHS) / months;
            let start = scenario.month(&format!("{at}.start")).map_or(-lead, |(year, month)| {
                let since = f64::from(year - self.horizon.start_year) * f64::from(MONTHS) + f64::from(month) - 1.0;
                since / months
            });
            let steps = self.horizon.steps;
            if start >= steps as f64 {
                continue;
            }
            let capital = law.capital(capacity);
            let paid = subsidy.of(capital);
            // The cap is one for all that is built.
            subsidy.cap -= paid;
            // It opens with the first step that runs at all; an expansion cannot open before the plant stands.
            let ready = (start + lead).max(0.0).floor() as usize;
            let standing = plant.running.iter().position(crate::model::plant::calendar::Running::is_standing);
            let closed = |step: usize| plant.running[step].phase == Phase::Closed;
            let opens = standing.map(|first| first.max(ready)).filter(|step| *step < steps && !closed(*step));
            let spending = spending(spread, start, start + lead, steps);
            buildings.push(Building { name, capital, spending, opens: opens.map(StepId::new), subsidy: paid });
        }
        buildings
    }

    fn fixed(&self, key: &str) -> Vec<FixedCost> {
        let key = format!("{key}.fixed_cost");
        let cost = |name: &str| {
            let at = format!("{key}.{name}");
            let of_capital = self.scenario.text(&format!("{at}.unit")) == Some("1/yr");
            Some(FixedCost { name: name.to_owned(), amount: self.by_step(self.scenario.series(&at)?), of_capital })
        };
        self.scenario.children(&key).into_iter().filter_map(cost).collect()
    }
}
