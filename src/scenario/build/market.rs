//! Sales, production and trade of vehicles, laid out in kWh per step.

use super::Builder;
use super::initial::InitialVehicles;
use crate::base::ids::{ChemistryId, Id, RegionId, SegmentId, StepId, Table, YearId, all};
use crate::model::time::MONTHS;

/// The segment of the packs in swap stations: a pool, not vehicles.
pub(super) const SWAP_POOL: &str = "swap_pool";

/// What a region sells, builds and exports of one segment.
pub(super) struct Trade {
    pub region: RegionId,
    pub segment: SegmentId,
    /// Vehicles per step.
    pub sales: Vec<f64>,
    pub production: Vec<f64>,
    pub export: Vec<f64>,
    /// Vehicles in use when the run begins.
    pub initial: Vec<InitialVehicles>,
    /// Share of the fleet that is retired early in each step, where a falling target asks for it.
    pub early: Option<Vec<f64>>,
    /// kWh per vehicle.
    pub battery: Vec<f64>,
    pub chemistry: Table<StepId, ChemistryId>,
    /// What is exported of each vehicle built, where export follows production.
    export_share: Option<Vec<f64>>,
    rest: bool,
}

impl Builder<'_> {
    /// All trade by region and segment.
    pub(super) fn market(&mut self) -> Vec<Trade> {
        let mut trades = Vec::new();
        for region in all::<RegionId>(self.size.regions) {
            for segment in all::<SegmentId>(self.size.segments) {
                let key = format!("market.{}.{}", self.catalog.region(region), self.catalog.segment(segment));
                if self.scenario.has(&key) && self.catalog.segment(segment) != SWAP_POOL {
                    trades.push(self.trade(&key, region, segment));
                }
            }
        }
        self.bound_by_capacity(&mut trades);
        for segment in all::<SegmentId>(self.size.segments) {
            self.build_the_rest(segment, &mut trades);
        }
        trades
    }

    fn trade(&mut self, key: &str, region: RegionId, segment: SegmentId) -> Trade {
        let chemistry = self.mix(&format!("{key}.chemistry"));
        let initial = self.initial_fleet(key, segment);
        let (sales, early) = if self.scenario.has(&format!("{key}.fleet")) {
            self.sales_for_fleet(key, segment, &chemistry, &initial)
        } else {
            let electric = self.state(&format!("{key}.electric_share"), 1.0);
            (self.flow(key, "sales").iter().zip(electric).map(|(sales, share)| sales * share).collect(), None)
        };
        let export_key = format!("{key}.export_share");
        let export_share = self.scenario.has(&export_key).then(|| self.state(&export_key, 0.0));
        let planned = self.flow(key, "export");
        let production_key = format!("{key}.production");
        let rest = self.scenario.is_rest(&production_key);
        let production = if self.scenario.series(&production_key).is_some() {
            self.flow(key, "production")
        } else if rest {
            vec![0.0; self.horizon.steps]
        } else {
            // Left out: what the region sells and exports is built in the region.
            produce_for(&sales, &planned, export_share.as_deref())
        };
        let export = exported(&production, &planned, export_share.as_deref());
        let battery = self.state(&format!("{key}.battery"), 0.0);
        Trade { region, segment, sales, production, export, initial, early, battery, chemistry, export_share, rest }
    }

    /// A flow per year spread over the steps: evenly, or by the twelve monthly weights of `profile`.
    fn flow(&mut self, key: &str, name: &str) -> Vec<f64> {
        let part = format!("{key}.{name} by step");
        let making = match self.recall(&part) {
            Ok(flow) => return flow,
            Err(making) => making,
        };
        let weights = self.weights(&format!("{key}.profile"));
        let series = self.scenario.series(&format!("{key}.{name}"));
        let per_year: Vec<f64> = all::<YearId>(self.size.years)
            .map(|year| series.map_or(0.0, |series| series.year_total(self.horizon.calendar_year(year))))
            .collect();
        let flow = all::<StepId>(self.horizon.steps)
            .map(|step| {
                let month = self.horizon.month_of(step) as usize;
                let share: f64 = weights[month..month + self.horizon.step_months as usize].iter().sum();
                per_year[self.horizon.year_of(step).index()] * share
            })
            .collect();
        self.keep(&part, &making, flow)
    }

    /// Share of the year by month, adding up to 1.
    fn weights(&mut self, key: &str) -> Vec<f64> {
        let even = vec![1.0 / f64::from(MONTHS); MONTHS as usize];
        let Some(given) = self.scenario.numbers(key) else { return even };
        let sum: f64 = given.iter().sum();
        let proper = given.len() == MONTHS as usize && given.iter().all(|weight| *weight >= 0.0) && sum > 0.0;
        if proper && (sum - f64::from(MONTHS)).abs() < 1e-9 * f64::from(MONTHS) {
            return given.iter().map(|weight| weight / sum).collect();
        }
        let label = format!("{} numbers with mean {}", given.len(), sum / given.len().max(1) as f64);
        let title = "a seasonal profile needs twelve monthly weights with mean 1";
        self.report(key, "E0305", title, label, "divide the weights by their mean");
        even
    }

    /// Production of a region stays within its vehicle plants: all segments are cut alike.
    fn bound_by_capacity(&mut self, trades: &mut [Trade]) {
        for region in all::<RegionId>(self.size.regions) {
            let key = format!("market.{}", self.catalog.region(region));
            let Some(series) = self.scenario.series(&format!("{key}.capacity")) else { continue };
            let capacity = self.by_step(series);
            let share = self.state(&format!("{key}.nev_share"), 1.0);
            for step in 0..self.horizon.steps {
                let limit = capacity[step] * share[step] * self.horizon.dt();
                let built: f64 = trades.iter().filter(|trade| trade.region == region).map(|t| t.production[step]).sum();
                if built > limit {
                    for trade in trades.iter_mut().filter(|trade| trade.region == region) {
                        let before = trade.production[step];
                        trade.production[step] = before * limit / built;
                        if trade.export_share.is_some() {
                            trade.export[step] *= limit / built;
                        }
                    }
                }
            }
        }
    }

    /// The region whose production is `"rest"` builds what all sales and exports need beyond the others' production.
    fn build_the_rest(&mut self, segment: SegmentId, trades: &mut [Trade]) {
        let mut builders: Vec<usize> =
            (0..trades.len()).filter(|i| trades[*i].segment == segment && trades[*i].rest).collect();
        let Some(builder) = builders.pop() else { return };
        let key = format!(
            "market.{}.{}.production",
            self.catalog.region(trades[builder].region),
            self.catalog.segment(segment)
        );
        if !builders.is_empty() {
            let title = format!("two regions build the rest of `{}`", self.catalog.segment(segment));
            self.report(
                &key,
                "E0305",
                title,
                "only one region can be the rest",
                "give the other region's production as numbers",
            );
            return;
        }
        let others = |part: fn(&Trade) -> &Vec<f64>, step: usize| -> f64 {
            let of_segment = trades.iter().enumerate().filter(|(i, trade)| *i != builder && trade.segment == segment);
            of_segment.map(|(_, trade)| part(trade)[step]).sum()
        };
        let mut production = Vec::with_capacity(self.horizon.steps);
        let mut missing = None;
        for step in 0..self.horizon.steps {
            let own = &trades[builder];
            let needed = others(|t| &t.sales, step) + own.sales[step] + others(|t| &t.export, step);
            let built = others(|t| &t.production, step);
            let planned = if own.export_share.is_some() { 0.0 } else { own.export[step] };
            let share = own.export_share.as_ref().map_or(0.0, |share| share[step]);
            let rest = (needed + planned - built) / (1.0 - share).max(f64::EPSILON);
            if rest < -1e-6 && missing.is_none() {
                missing = Some((step, rest));
            }
            production.push(rest.max(0.0));
        }
        if let Some((step, rest)) = missing {
            let when = self.horizon.label(StepId::new(step));
            let title = "the other regions build more than is sold and exported".to_owned();
            let label = format!("{:.0} vehicles too many in {when}", -rest);
            self.report(
                &key,
                "E0304",
                title,
                label,
                "raise sales or exports, lower the others' production, or give numbers here",
            );
        }
        let trade = &mut trades[builder];
        trade.export = exported(&production, &trade.export, trade.export_share.as_deref());
        trade.production = production;
    }
}

fn exported(production: &[f64], planned: &[f64], share: Option<&[f64]>) -> Vec<f64> {
    match share {
        Some(share) => production.iter().zip(share).map(|(built, share)| built * share).collect(),
        None => planned.to_vec(),
    }
}

fn produce_for(sales: &[f64], planned: &[f64], share: Option<&[f64]>) -> Vec<f64> {
    match share {
        Some(share) => sales.iter().zip(share).map(|(sold, share)| sold / (1.0 - share).max(f64::EPSILON)).collect(),
        None => sales.iter().zip(planned).map(|(sold, export)| sold + export).collect(),
    }
}
