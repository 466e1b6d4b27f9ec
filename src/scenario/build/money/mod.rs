//! What a scenario says about money: prices here, the terms of each plant in `terms.rs`, what its feed, products and
//! inputs cost or bring in `trade.rs`.

mod terms;
mod trade;

use super::Builder;
use crate::base::ids::{Id, StepId, all};
use crate::model::Model;
use crate::money::economics::Economics;
use crate::money::price::{Commodity, CommodityId, Market, Process, factor, of_steps};

impl Builder<'_> {
    /// Prices, and the plants with `[economics.PLANT]`.
    pub(super) fn economics(&mut self, model: &Model) -> Economics {
        let market = self.prices();
        let prices = market.prices(self.events());
        let mut economics = Economics { market, prices, plants: Vec::new() };
        for (index, names) in self.catalog.plants.clone().iter().enumerate() {
            let key = format!("economics.{}", names.name);
            if self.scenario.has(&key) {
                let terms = self.plant_terms(&key, crate::base::ids::PlantId::new(index), names, model, &economics);
                economics.plants.push(terms);
            }
        }
        economics
    }

    /// The commodity of a name.
    fn commodity(&self, name: &str) -> Option<CommodityId> {
        self.scenario.children("price").into_iter().position(|known| known == name).map(CommodityId::new)
    }

    /// The commodity that the text under a key names; an unknown one is reported.
    fn commodity_at(&mut self, key: &str) -> Option<CommodityId> {
        let name = self.scenario.text(key)?.to_owned();
        let found = self.commodity(&name);
        if found.is_none() {
            let title = format!("there is no price of `{name}`");
            let help = format!("write a section `[price.{name}]` with `path` and `vat`, or name another");
            self.report(key, "E0401", title, "not a section `[price.<name>]`", &help);
        }
        found
    }

    fn prices(&mut self) -> Market {
        let names: Vec<String> = self.scenario.children("price").into_iter().map(str::to_owned).collect();
        let vat = self.scenario.number("money.vat");
        let mut commodities = Vec::with_capacity(names.len());
        for name in &names {
            let key = format!("price.{name}");
            let included = self.scenario.text(&format!("{key}.vat")) == Some("included");
            if included && vat.is_none() {
                let title = format!("`money.vat` is missing: the price of `{name}` includes it");
                self.report(
                    &format!("{key}.vat"),
                    "E0202",
                    title,
                    "how much is not said",
                    "write `[money]` with e.g. `vat = 0.13`",
                );
            }
            let net = if included { 1.0 / (1.0 + vat.unwrap_or(0.0)) } else { 1.0 };
            let path = self.state(&format!("{key}.path"), 0.0);
            let central = path.into_iter().map(|price| price * net).collect();
            let unit = self.scenario.text(&format!("{key}.path.unit")).unwrap_or_default().to_owned();
            commodities.push(Commodity { name: name.clone(), unit, central, process: self.process(&key) });
        }
        let drawn_from = self.scenario.month("money.prices_drawn_from").map_or(0, |(year, month)| {
            let time = f64::from(year) + f64::from(month - 1) / 12.0;
            all::<StepId>(self.horizon.steps).filter(|step| self.horizon.start_of(*step) < time - 1e-9).count()
        });
        let keeps_mean = self.scenario.text("money.drawn_prices_keep") != Some("median");
        let processes: Vec<Process> = commodities.iter().map(|commodity| commodity.process).collect();
        let factor = self.correlation(&names, &processes);
        Market { commodities, factor, drawn_from, keeps_mean, dt: self.horizon.dt() }
    }

    fn process(&mut self, key: &str) -> Process {
        let number = |name: &str| self.scenario.number(&format!("{key}.{name}"));
        let (volatility, reversion) = (number("volatility"), number("reversion"));
        let process = self.scenario.text(&format!("{key}.process")).unwrap_or("constant");
        let missing = match (process, volatility, reversion) {
            ("geometric_brownian", Some(volatility), _) => return Process::Brownian(volatility),
            ("mean_reverting", Some(volatility), Some(reversion)) => return Process::Reverting(volatility, reversion),
            ("constant", ..) => return Process::Given,
            (_, None, _) => "volatility",
            _ => "reversion",
        };
        let title = format!("`{key}.{missing}` is missing");
        let label = format!("a {} price needs `{missing}`", process.replace('_', "-"));
        let help = "write e.g. `volatility = 0.3` and `reversion = \"0.2 1/yr\"`, or leave `process` out";
        self.report(&format!("{key}.process"), "E0202", title, label, help);
        Process::Given
    }

    /// The factor of the correlation matrix of a step; empty if nothing is correlated.
    fn correlation(&mut self, names: &[String], processes: &[Process]) -> Vec<Vec<f64>> {
        let identity = |i, j| if i == j { 1.0 } else { 0.0 };
        let mut matrix: Vec<Vec<f64>> =
            (0..names.len()).map(|i| (0..names.len()).map(|j| identity(i, j)).collect()).collect();
        let mut given = false;
        for one in self.scenario.children("price_correlation").into_iter().map(str::to_owned).collect::<Vec<_>>() {
            let below = format!("price_correlation.{one}");
            for other in self.scenario.children(&below).into_iter().map(str::to_owned).collect::<Vec<_>>() {
                let key = format!("{below}.{other}");
                let Some(value) = self.scenario.number(&key) else { continue };
                let place = |name: &str| names.iter().position(|known| known == name);
                let (Some(i), Some(j)) = (place(&one), place(&other)) else {
                    let unknown = if place(&one).is_none() { &one } else { &other };
                    let title = format!("there is no price of `{unknown}`");
                    self.report(&key, "E0401", title, "not a section `[price.<name>]`", "correlate names of `[price]`");
                    continue;
                };
                if i == j || !(-1.0..=1.0).contains(&value) {
                    let title = format!("the correlation of `{one}` and `{other}` cannot be {value}");
                    let help = "a price moves with itself exactly; with another between -1 and 1";
                    self.report(&key, "E0306", title, "expected a number from -1 to 1, of two prices", help);
                    continue;
                }
                if given && matrix[i][j] != 0.0 && matrix[i][j] != value {
                    let title = format!("the correlation of `{one}` and `{other}` is given twice");
                    self.report(&key, "E0311", title, "other than before", "keep one of the two");
                }
                (matrix[i][j], matrix[j][i], given) = (value, value, true);
            }
        }
        if !given {
            return Vec::new();
        }
        let of_a_step = |_| factor(&of_steps(&matrix, processes, self.horizon.dt()));
        factor(&matrix).and_then(of_a_step).unwrap_or_else(|smallest| {
            let title = "the correlations of prices contradict each other".to_owned();
            let label = format!("the matrix is not positive definite: its smallest eigenvalue is {smallest:.4}");
            let help = "bring the correlations nearer to 0, until what moves with one moves with the others as well";
            self.report("price_correlation", "E0306", title, label, help);
            Vec::new()
        })
    }
}
