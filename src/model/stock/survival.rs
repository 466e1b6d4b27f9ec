//! The share of a cohort still in stock, by the steps since it entered.

use super::inflow_at::InflowAt;
use crate::model::lifetime::Lifetime;

/// `sf[t, c]` of all cohorts: the share of the inflow of step `c` still in stock at the end of step `t`. Cohorts of equal
/// lifetime share one row, so that a lifetime that never changes costs one row and not a triangle.
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    /// By distinct lifetime: shares by the number of steps since entry.
    rows: Vec<Vec<f64>>,
    /// By cohort: its row.
    row_of: Vec<usize>,
}

impl Survival {
    /// Survival of cohorts with these lifetimes, ages in steps. There are as many steps as cohorts.
    pub fn new(lifetimes: &[Lifetime], inflow_at: InflowAt) -> Self {
        let entries = inflow_at.entries();
        let steps = lifetimes.len();
        let mut known: Vec<&Lifetime> = Vec::new();
        let mut rows = Vec::new();
        let row_of = lifetimes
            .iter()
            .enumerate()
            .map(|(cohort, lifetime)| {
                // Lifetimes change rarely, and then for good: the newest is the likeliest.
                if let Some(row) = known.iter().rposition(|known| *known == lifetime) {
                    return row;
                }
                known.push(lifetime);
                let share = |since: usize| -> f64 {
                    entries.iter().map(|e| e.weight * lifetime.survival(since as f64 + e.first_age)).sum()
                };
                rows.push((0..steps - cohort).map(share).collect());
                known.len() - 1
            })
            .collect();
        Self { rows, row_of }
    }

    /// Survival of cohorts that all have one lifetime.
    pub fn constant(lifetime: &Lifetime, steps: usize, inflow_at: InflowAt) -> Self {
        Self::new(&vec![lifetime.clone(); steps], inflow_at)
    }

    /// How many cohorts, and steps, there are.
    pub fn steps(&self) -> usize {
        self.row_of.len()
    }

    /// Share of a cohort still in stock at the end of the step that is `since` steps after its own; 0 beyond the end.
    #[inline]
    pub fn share(&self, cohort: usize, since: usize) -> f64 {
        self.row(cohort).get(since).copied().unwrap_or(0.0)
    }

    /// Shares of a cohort by steps since entry.
    #[inline]
    pub fn row(&self, cohort: usize) -> &[f64] {
        self.row_of.get(cohort).and_then(|row| self.rows.get(*row)).map_or(&[], Vec::as_slice)
    }

    /// Share of what a cohort held at the end of the step before that leaves in the step `since` steps after its own:
    /// `h = (sf[t-1] - sf[t]) / sf[t-1]`, 1 where nothing was left, and `1 - sf` in the step of entry.
    pub fn hazard(&self, cohort: usize, since: usize) -> f64 {
        let now = self.share(cohort, since);
        match since.checked_sub(1).map(|before| self.share(cohort, before)) {
            None => 1.0 - now,
            Some(0.0) => 1.0,
            Some(before) => (before - now) / before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lifetimes_share_a_row() {
        let (a, b) = (Lifetime::Fixed { life: 2.0 }, Lifetime::Fixed { life: 1.0 });
        let survival = Survival::new(&[a.clone(), b.clone(), b, a], InflowAt::End);
        assert_eq!((survival.rows.len(), survival.steps()), (2, 4));
        assert_eq!(survival.row(0), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!([survival.share(1, 0), survival.share(1, 1), survival.share(1, 99)], [1.0, 0.0, 0.0]);
        assert_eq!([0, 1, 2, 3].map(|since| survival.hazard(0, since)), [0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn a_spread_inflow_lies_between_its_ends() {
        let lifetime = Lifetime::Weibull { shape: 2.0, scale: 3.0 };
        let share = |text: &str| Survival::constant(&lifetime, 5, text.parse().unwrap()).share(0, 2);
        assert_eq!(share("end"), lifetime.survival(2.0));
        assert_eq!(share("mid"), lifetime.survival(2.5));
        assert_eq!(share("start"), lifetime.survival(3.0));
        assert_eq!(share("spread:2"), f64::midpoint(share("end"), share("start")));
        // Six nodes give the integral: refined by a midpoint rule of 10,000 points.
        let integral: f64 = (0..10_000).map(|i| lifetime.survival(2.0 + (f64::from(i) + 0.5) / 1e4) / 1e4).sum();
        assert!((share("spread:6") - integral).abs() < 1e-9);
    }
}
