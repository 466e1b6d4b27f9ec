//! Fleets that follow a target: how many vehicles must be sold so that a region has as many as it is to have.
//!
//! Nothing in the loop acts back on the vehicles in use, so their sales are worked out when the model is built, by the
//! same fleets that the run walks through, counted in vehicles instead of kWh. In each step, after failures:
//!
//! ```text
//! gap = target - vehicles left        sales = gap / sum over chemistries of share x share that lives to the end of the step
//! ```
//!
//! If the gap is negative the [`OnShortfall`] rule decides. What early retirement takes from all cohorts alike goes
//! into the vehicles' hazards of that step ([`CohortHazards::with_early_retirement`]), so that the run does the same.

use crate::base::ids::{Id, StepId, YearId, all};
use crate::model::Now;
use crate::model::fleet::{Entry, PackFailure};
use crate::model::fleet_reuse::{Retired, ReuseFleet};
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
    /// Share of the good packs of scrapped vehicles that may go into other vehicles, if they are used again at all.
    pub reuse: Option<f64>,
    /// Vehicles wanted at the end of each step.
    pub target: Vec<f64>,
    /// What happens when the target falls faster than vehicles retire. A fleet cannot be negative: that rule is an
    /// error here.
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

/// The fleet of one chemistry, counted in vehicles.
#[derive(Clone, Debug)]
enum Vehicles {
    /// By year of sale: where packs are not used again, how many live does not depend on their packs' years.
    Plain(Vec<f64>),
    Reusing(ReuseFleet, f64),
}

impl Vehicles {
    /// Good packs that wait for a new vehicle.
    fn spare(&self) -> f64 {
        match self {
            Self::Plain(_) => 0.0,
            Self::Reusing(fleet, _) => fleet.spare(),
        }
    }
}

/// Rows that a fleet fills, counted but not kept.
struct Rows {
    worn: Vec<f64>,
    scrapped: Vec<f64>,
    kept: Vec<f64>,
    vehicle: Vec<f64>,
    battery: Vec<f64>,
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
        let row = || vec![0.0; years];
        let mut rows = Rows { worn: row(), scrapped: row(), kept: row(), vehicle: row(), battery: row() };
        let empty = || match self.reuse {
            Some(share) => Vehicles::Reusing(ReuseFleet::new(years), share),
            None => Vehicles::Plain(vec![0.0; years]),
        };
        let mut fleets: Vec<Vehicles> = self.kinds.iter().map(|_| empty()).collect();
        for (fleet, kind) in fleets.iter_mut().zip(&self.kinds) {
            for (year, vehicles) in &kind.initial {
                match fleet {
                    Vehicles::Plain(living) => living[year.index()] += vehicles,
                    Vehicles::Reusing(fleet, _) => fleet.stand(*year, *vehicles),
                }
            }
        }
        let mut sales = Sales::default();
        for step in all::<StepId>(horizon.steps) {
            let now = horizon.now(step);
            let before = (self.on_shortfall == OnShortfall::EarlyRetirement).then(|| fleets.clone());
            let have = self.age(&mut fleets, now, 0.0, &mut rows);
            let (sold, kept) = self.answer(&fleets, now, have).map_err(|refusal| refusal.at(step.index()))?;
            if let (Some(before), true) = (before, kept < 1.0) {
                // The step again, as the run will do it.
                fleets = before;
                self.age(&mut fleets, now, 1.0 - kept, &mut rows);
            }
            let vehicle = self.vehicle.at_entry_in(step, now.year);
            for (fleet, kind) in fleets.iter_mut().zip(&self.kinds) {
                let energy = sold * kind.share[step.index()];
                let entry = Entry { energy, vehicle, battery: kind.battery.at_entry_in(step, now.year) };
                match fleet {
                    Vehicles::Plain(living) => living[now.year.index()] += entry.split(self.on_failure).kept,
                    Vehicles::Reusing(fleet, _) => {
                        fleet.commission(now.year, entry, self.on_failure, &mut rows.retired());
                    }
                }
            }
            sales.vehicles.push(sold);
            sales.early.push(1.0 - kept);
        }
        Ok(sales)
    }

    /// Lets a step pass, with a share retired early; returns the vehicles left.
    fn age(&self, fleets: &mut [Vehicles], now: Now, early: f64, rows: &mut Rows) -> f64 {
        let cohorts = now.year.index() + 1;
        rows.kept.fill(0.0);
        for (cohort, hazard) in all::<YearId>(cohorts).zip(&mut rows.vehicle) {
            *hazard = 1.0 - (1.0 - self.vehicle.of(cohort, now.step)) * (1.0 - early);
        }
        let mut left = 0.0;
        for (fleet, kind) in fleets.iter_mut().zip(&self.kinds) {
            for (cohort, hazard) in all::<YearId>(cohorts).zip(&mut rows.battery) {
                *hazard = kind.battery.of(cohort, now.step);
            }
            match fleet {
                Vehicles::Plain(living) => {
                    for ((living, vehicle), battery) in
                        living[..cohorts].iter_mut().zip(&rows.vehicle).zip(&rows.battery)
                    {
                        *living *= 1.0 - vehicle;
                        if self.on_failure == PackFailure::Neither {
                            *living *= 1.0 - battery;
                        }
                        left += *living;
                    }
                }
                Vehicles::Reusing(fleet, share) => {
                    let (vehicle, battery) = (rows.vehicle.clone(), rows.battery.clone());
                    fleet.age(now.year, &vehicle, &battery, self.on_failure, *share, &mut rows.retired());
                }
            }
        }
        left + rows.kept.iter().sum::<f64>()
    }

    /// Sales of a step and the share of the vehicles that is kept.
    fn answer(&self, fleets: &[Vehicles], now: Now, have: f64) -> Result<(f64, f64), Refusal> {
        let target = self.target[now.step.index()];
        let vehicle = 1.0 - self.vehicle.at_entry_in(now.step, now.year);
        // Of so many sold, how many live to the end of the step, and how many more of each one more.
        let living = |sold: f64| -> (f64, f64) {
            let (mut lives, mut slope) = (0.0, 0.0);
            for (fleet, kind) in fleets.iter().zip(&self.kinds) {
                let broken = match self.on_failure {
                    PackFailure::Replacement => 0.0,
                    PackFailure::Neither => kind.battery.at_entry_in(now.step, now.year),
                };
                let share = kind.share[now.step.index()];
                let (own, spare) = (sold * share, fleet.spare());
                // A pack that is used again does not fail in this step.
                lives += vehicle * (own - (own - spare).max(0.0) * broken);
                slope += vehicle * share * if own < spare { 1.0 } else { 1.0 - broken };
            }
            (lives, slope)
        };
        let rule = match self.on_shortfall {
            OnShortfall::AllowNegative => OnShortfall::Error,
            rule => rule,
        };
        let (_, share) = living(0.0);
        if target > have && share <= 0.0 {
            return Err(Refusal::Unreachable);
        }
        let (mut sold, kept) = answer(target, have, share, rule)?;
        if sold > 0.0 {
            // The curve has a corner where the spare packs of a chemistry run out, and falls off after it: from below
            // each tangent reaches the next corner or the answer.
            for _ in 0..fleets.len() {
                let (lives, slope) = living(sold);
                if slope <= 0.0 {
                    return Err(Refusal::Unreachable);
                }
                sold += ((target - have) - lives).max(0.0) / slope;
            }
        }
        Ok((sold, kept))
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
            reuse: None,
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
