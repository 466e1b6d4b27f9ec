//! Stock-driven: the inflow that holds a target stock, cohort by cohort.
//!
//! ```text
//! have = sum_{c<m} stock[m,c]     gap = target[m] - have     inflow[m] = gap / sf[m,m]
//! ```
//!
//! If `gap < 0` the target falls faster than things retire, and the [`OnShortfall`] rule decides: an error; a negative
//! inflow (`allow_negative`, what the peers do unasked); `early_retirement`, where every cohort keeps the same share
//! `target[m] / have` for good and what it gives up is outflow of the step; or a stock above its target (`overshoot`).
//! Where nothing of an inflow lives to the end of its step (`sf[m,m] = 0`) no inflow reaches the target: an error, except
//! under the peers' two rules, where the inflow is 0 as theirs is.

use super::cohorts::{Books, Cohorts, Walk};
use super::shortfall::{OnShortfall, ROUNDING, StockError, check_positive, check_series};
use super::survival::Survival;

/// What is in stock before the first step, by cohort, the oldest first. The last entry entered in the step just before
/// the first, and all are measured at the end of that step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Stock by cohort.
    pub stock: Vec<f64>,
}

impl Past {
    /// The inflow each cohort must have had: `stock / sf` at its age.
    fn inflow(&self, survival: &Survival) -> Result<Vec<f64>, StockError> {
        check_series(&self.stock, self.stock.len())?;
        let newest = self.stock.len().saturating_sub(1);
        let cohorts = self.stock.iter().enumerate();
        cohorts
            .map(|(cohort, stock)| match survival.share(cohort, newest - cohort) {
                _ if *stock == 0.0 => Ok(0.0),
                share if share > 0.0 => Ok(stock / share),
                _ => Err(StockError::Outlived { cohort, value: *stock }),
            })
            .collect()
    }
}

/// The inflow that holds `target`, from an initial stock on. `survival` has a cohort for each of the past's and one for
/// each step of the target.
pub fn stock_driven(
    target: &[f64],
    survival: Survival,
    past: &Past,
    on_shortfall: OnShortfall,
) -> Result<Cohorts, StockError> {
    let before = past.stock.len();
    check_series(target, survival.steps().saturating_sub(before))?;
    if on_shortfall != OnShortfall::AllowNegative {
        check_positive(target)?;
        check_positive(&past.stock)?;
    }
    let past_inflow = past.inflow(&survival)?;
    let mut walk = Walk::new(&survival);
    for (inflow, stock) in past_inflow.iter().zip(&past.stock) {
        walk.enter_past(*inflow, *stock);
    }
    let mut books = Books::of_past(past_inflow);
    for (step, target) in target.iter().enumerate() {
        let have = walk.age();
        let share = survival.share(before + step, 0);
        let answer = answer(*target, have, share, on_shortfall);
        let (inflow, kept) = answer.map_err(|refusal| refusal.at(step))?;
        if kept != 1.0 {
            walk.retire_early(kept);
        }
        walk.enter(inflow);
        books.book(&walk, inflow, kept);
    }
    Ok(Cohorts::new(survival, books))
}

/// Why a step has no inflow.
pub(in crate::model) enum Refusal {
    Shortfall(f64),
    Unreachable,
}

impl Refusal {
    /// The same with the step it happens in.
    pub(in crate::model) fn at(self, step: usize) -> StockError {
        match self {
            Self::Shortfall(shortfall) => StockError::Shortfall { step, shortfall },
            Self::Unreachable => StockError::Unreachable { step },
        }
    }
}

/// Inflow of a step, and the share of every older cohort that is kept, from what is left of those (`have`) and the share of
/// an inflow that lives to the end of its step.
pub(in crate::model) fn answer(
    target: f64,
    have: f64,
    share: f64,
    on_shortfall: OnShortfall,
) -> Result<(f64, f64), Refusal> {
    let gap = target - have;
    // Rounding makes a shortfall of its own where a target only just follows retirement.
    let rounding = gap.abs() <= ROUNDING * have.abs().max(target.abs());
    match on_shortfall {
        OnShortfall::AllowNegative => {}
        _ if gap >= 0.0 => {}
        OnShortfall::EarlyRetirement => return Ok((0.0, if have > 0.0 { 1.0 + gap / have } else { 1.0 })),
        OnShortfall::Overshoot => return Ok((0.0, 1.0)),
        OnShortfall::Error if rounding => return Ok((0.0, 1.0)),
        OnShortfall::Error => return Err(Refusal::Shortfall(-gap)),
    }
    if share > 0.0 {
        Ok((gap / share, 1.0))
    } else if rounding || matches!(on_shortfall, OnShortfall::AllowNegative | OnShortfall::EarlyRetirement) {
        Ok((0.0, 1.0))
    } else {
        Err(Refusal::Unreachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lifetime::Lifetime;
    use crate::model::stock::{InflowAt, inflow_driven};

    fn survival(steps: usize) -> Survival {
        Survival::constant(&Lifetime::Weibull { shape: 2.5, scale: 11.0 }, steps, InflowAt::End)
    }

    #[test]
    fn a_crash_is_answered_by_the_rule() {
        let target = [10.0, 12.0, 3.0, 4.0];
        let run = |rule| stock_driven(&target, survival(4), &Past::default(), rule);
        let Err(StockError::Shortfall { step, shortfall }) = run(OnShortfall::Error) else { panic!("refused") };
        assert!(step == 2 && shortfall > 8.0);

        let negative = run(OnShortfall::AllowNegative).unwrap();
        assert!(negative.inflow()[2] < -8.0 && (negative.stock()[2] - 3.0).abs() < 1e-14);

        let early = run(OnShortfall::EarlyRetirement).unwrap();
        assert!(early.inflow()[2] == 0.0 && (early.stock()[2] - 3.0).abs() < 1e-14 && early.kept()[2] < 0.3);

        let above = run(OnShortfall::Overshoot).unwrap();
        assert!(above.inflow()[2] == 0.0 && above.stock()[2] > 11.0 && above.inflow()[3] == 0.0);
    }

    #[test]
    fn the_twin_of_the_inflow_driven_stock() {
        let inflow: Vec<f64> = (0..30).map(|t| 5.0 + f64::from(t)).collect();
        let forth = inflow_driven(&inflow, survival(30)).unwrap();
        let back = stock_driven(forth.stock(), survival(30), &Past::default(), OnShortfall::Error).unwrap();
        for (found, given) in back.inflow().iter().zip(&inflow) {
            assert!((found - given).abs() < 1e-11);
        }
    }

    #[test]
    fn an_initial_stock_ages_as_if_it_had_entered_before() {
        let inflow: Vec<f64> = (0..12).map(|t| 5.0 + f64::from(t)).collect();
        let whole = inflow_driven(&inflow, survival(12)).unwrap();
        let mut past = Past::default();
        whole.walk(|at| {
            if at.step == 4 {
                past.stock = at.stock.to_vec();
            }
        });
        let later = stock_driven(&whole.stock()[5..], survival(12), &past, OnShortfall::Error).unwrap();
        for (found, given) in later.past_inflow().iter().chain(later.inflow()).zip(&inflow) {
            assert!((found - given).abs() < 1e-12);
        }
        let mut steps = 0;
        later.walk(|at| {
            assert!((at.stock.iter().sum::<f64>() - whole.stock()[5 + at.step]).abs() < 1e-12);
            steps += 1;
        });
        assert_eq!(steps, 7);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let gone = Survival::constant(&Lifetime::Fixed { life: 0.5 }, 3, InflowAt::Start);
        let run = |target: &[f64], past: &[f64], rule| {
            stock_driven(target, gone.clone(), &Past { stock: past.to_vec() }, rule).map(|c| c.inflow().to_vec())
        };
        assert_eq!(run(&[1.0; 3], &[], OnShortfall::Error), Err(StockError::Unreachable { step: 0 }));
        assert_eq!(run(&[1.0; 3], &[], OnShortfall::AllowNegative), Ok(vec![0.0; 3]));
        assert_eq!(run(&[1.0; 2], &[4.0], OnShortfall::Error), Err(StockError::Outlived { cohort: 0, value: 4.0 }));
        assert_eq!(run(&[0.0; 2], &[], OnShortfall::Error), Err(StockError::Length { expected: 3, found: 2 }));
        let below = Err(StockError::Amount { step: 1, value: -1.0 });
        assert_eq!(run(&[0.0, -1.0, 0.0], &[], OnShortfall::EarlyRetirement), below);
    }
}
