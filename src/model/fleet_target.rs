//! Fleets that follow a target: how many vehicles must be sold so that a region has as many as it is to have.
//!
//! Nothing in the loop acts back on the vehicles in use, so their sales are worked out when the model is built, by the same
//! fleets that the run walks through, counted in vehicles instead of kWh. In each step, after failures:
//!
//! ```text
//! gap = target - vehicles left        sales = gap / sum over chemistries of share x share that lives to the end of the step
//! ```
//!
//! If the gap is negative the [`OnShortfall`] rule decides. What early retirement takes from all cohorts alike goes into
//! the vehicles' hazards of that step ([`CohortHazards::with_early_retirement`]), so that the run does the same.

use crate::base::ids::{Id, StepId, YearId, all};
use crate::model::Now;
use crate::model::fleet::{Fleet, LANES, PackFailure, Retired};
use crate::model::hazard::CohortHazards;
use crate::model::stock::{OnShortfall, Refusal, StockError, answer};
use crate::model::time::Horizon;

/// The vehicles of one chemistry.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Hazards of their packs.
    pub battery: CohortHazards,
    /// Their share in sales, by step.
    pub share: Vec<f64>,
    /// Vehicles in use when the run begins, by year of sale from the oldest on.
    pub initial: Vec<(YearId, f64)>,
}

/// The vehicles of a region and segment, and how many there are to be.
#[derive(Clone, Debug)]
pub struct FleetTarget {
    /// Hazards of the vehicles.
    pub vehicle: CohortHazards,
    /// By chemistry.
    pub kinds: Vec<Kind>,
    /// What happens when a pack fails in a living vehicle.
    pub on_failure: PackFailure,
    /// Vehicles wanted at the end of each step.
    pub target: Vec<f64>,
    /// What happens when the target falls faster than vehicles retire. A fleet cannot be negative: that rule is an error here.
    pub on_shortfall: OnShortfall,
}

/// Sales that keep a fleet at its target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sales {
    /// Vehicles sold in each step.
    pub vehicles: Vec<f64>,
    /// The share of all vehicles that is retired early in each step.
    pub early: Vec<f64>,
}

/// Rows that a fleet fills, counted but not kept.
struct Rows {
    worn: Vec<f64>,
    scrapped: Vec<f64>,
    kept: Vec<f64>,
}

impl Rows {
    fn retired(&mut self) -> Retired<'_> {
        Retired { worn: &mut self.worn, scrapped: &mut self.scrapped, kept: &mut self.kept }
    }
}

impl FleetTarget {
    /// The sales of every step.
    pub fn sales(&self, horizon: &Horizon) -> Result<Sales, StockError> {
        let years = horizon.years();
        let row = || vec![0.0; years.next_multiple_of(LANES)];
        let mut rows = Rows { worn: row(), scrapped: row(), kept: row() };
        let (mut vehicle_place, mut battery_place) = (row(), row());
        let mut fleets: Vec<Fleet> = self.kinds.iter().map(|_| Fleet::new(years)).collect();
        for (fleet, kind) in fleets.iter_mut().zip(&self.kinds) {
            for (year, vehicles) in &kind.initial {
                fleet.commission(*year, *vehicles, 0.0, 0.0, self.on_failure, &mut rows.retired());
            }
        }
        let mut sales = Sales::default();
        for step in all::<StepId>(horizon.steps) {
            let now = Now { step, year: horizon.year_of(step) };
            rows.kept.fill(0.0);
            let vehicle = self.vehicle.at(step, &mut vehicle_place);
            for (fleet, kind) in fleets.iter_mut().zip(&self.kinds) {
                let battery = kind.battery.at(step, &mut battery_place);
                fleet.age(now.year, vehicle, battery, self.on_failure, &mut rows.retired());
            }
            let have: f64 = rows.kept.iter().sum();
            let (sold, kept) = self.answer(now, have).map_err(|refusal| refusal.at(step.index()))?;
            if kept < 1.0 {
                let (taken, nothing) = (vec![1.0 - kept; rows.kept.len()], row());
                for fleet in &mut fleets {
                    fleet.age(now.year, &taken, &nothing, PackFailure::Neither, &mut rows.retired());
                }
            }
            if sold > 0.0 {
                let vehicle = self.vehicle.at_entry_in(step, now.year);
                for (fleet, kind) in fleets.iter_mut().zip(&self.kinds) {
                    let (sold, battery) = (sold * kind.share[step.index()], kind.battery.at_entry_in(step, now.year));
                    if sold > 0.0 {
                        fleet.commission(now.year, sold, vehicle, battery, self.on_failure, &mut rows.retired());
                    }
                }
            }
            sales.vehicles.push(sold);
            sales.early.push(1.0 - kept);
        }
        Ok(sales)
    }

    /// Sales of a step and the share of the vehicles that is kept.
    fn answer(&self, now: Now, have: f64) -> Result<(f64, f64), Refusal> {
        let target = self.target[now.step.index()];
        let vehicle = 1.0 - self.vehicle.at_entry_in(now.step, now.year);
        let lives = |kind: &Kind| match self.on_failure {
            PackFailure::Replacement => vehicle,
            PackFailure::Neither => vehicle * (1.0 - kind.battery.at_entry_in(now.step, now.year)),
        };
        let share: f64 = self.kinds.iter().map(|kind| kind.share[now.step.index()] * lives(kind)).sum();
        let rule = match self.on_shortfall {
            OnShortfall::AllowNegative => OnShortfall::Error,
            rule => rule,
        };
        if target > have && share <= 0.0 {
            return Err(Refusal::Unreachable);
        }
        answer(target, have, share, rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lifetime::Lifetime;
    use crate::model::stock::{InflowAt, Past, Survival, stock_driven};
    use approx::assert_relative_eq;

    const HORIZON: Horizon = Horizon { start_year: 2020, step_months: 12, steps: 12, history: 0 };

    fn fleet(target: Vec<f64>, on_shortfall: OnShortfall) -> FleetTarget {
        let hazards = |lifetime: &Lifetime| CohortHazards::new(&HORIZON, InflowAt::Mid, |_| lifetime.clone());
        let kind =
            |life, share| Kind { battery: hazards(&Lifetime::Fixed { life }), share: vec![share; 12], initial: vec![] };
        FleetTarget {
            vehicle: hazards(&vehicle()),
            kinds: vec![kind(3.0, 0.4), kind(5.0, 0.6)],
            on_failure: PackFailure::Replacement,
            target,
            on_shortfall,
        }
    }

    fn vehicle() -> Lifetime {
        Lifetime::Weibull { shape: 2.0, scale: 6.0 }
    }

    #[test]
    fn with_replacement_and_yearly_steps_it_is_the_stock_driven_stock() {
        let target: Vec<f64> = (0..12).map(|t| [100.0, 130.0, 170.0, 90.0, 40.0, 80.0][t % 6]).collect();
        for rule in [OnShortfall::EarlyRetirement, OnShortfall::Overshoot] {
            let sales = fleet(target.clone(), rule).sales(&HORIZON).unwrap();
            let survival = Survival::constant(&vehicle(), 12, InflowAt::Mid);
            let known = stock_driven(&target, survival, &Past::default(), rule).unwrap();
            for step in 0..12 {
                assert_relative_eq!(sales.vehicles[step], known.inflow()[step], max_relative = 1e-10, epsilon = 1e-10);
                assert_relative_eq!(1.0 - sales.early[step], known.kept()[step], max_relative = 1e-12);
            }
        }
    }

    #[test]
    fn a_falling_target_is_refused_by_step_and_number() {
        let mut target = vec![100.0; 12];
        target[4] = 20.0;
        for rule in [OnShortfall::Error, OnShortfall::AllowNegative] {
            let Err(StockError::Shortfall { step: 4, shortfall }) = fleet(target.clone(), rule).sales(&HORIZON) else {
                panic!("refused");
            };
            assert!(shortfall > 50.0 && shortfall < 80.0, "{shortfall}");
        }
    }

    #[test]
    fn what_does_not_live_through_its_step_reaches_no_target() {
        let mut short = fleet(vec![1.0; 12], OnShortfall::EarlyRetirement);
        short.vehicle = CohortHazards::new(&HORIZON, InflowAt::Start, |_| Lifetime::Fixed { life: 0.5 });
        assert_eq!(short.sales(&HORIZON), Err(StockError::Unreachable { step: 0 }));
    }
}
