//! The chances of a pair in a step: does the product fail, the component, or both?

use crate::model::lifetime::Lifetime;
use crate::model::stock::{InflowAt, Survival};

/// Shares of a pair that fail in a step, of those that were in stock at the end of the step before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chances {
    pub both: f64,
    pub product: f64,
    pub component: f64,
}

impl Chances {
    fn independent(product: f64, component: f64) -> Self {
        Self { both: product * component, product: product * (1.0 - component), component: component * (1.0 - product) }
    }

    /// Share of which at least one fails.
    pub fn any(&self) -> f64 {
        self.both + self.product + self.component
    }
}

/// Lifetimes of products and components, by cohort.
#[derive(Clone, Debug)]
pub struct Lives {
    product: Survival,
    component: Survival,
    /// Pairs that entered together, where their moments of entry differ: by cohort and steps since entry.
    together: Option<Vec<Vec<Chances>>>,
    lossless_entry: bool,
}

impl Lives {
    /// Lifetimes by cohort, one of each for every step.
    pub fn new(product: &[Lifetime], component: &[Lifetime], inflow_at: InflowAt) -> Self {
        let spread = inflow_at.entries().len() > 1;
        let together = spread.then(|| {
            let steps = product.len();
            let pairs = product.iter().zip(component).enumerate();
            pairs.map(|(cohort, (p, c))| fates_together(p, c, inflow_at, steps - cohort)).collect()
        });
        let [product, component] = [product, component].map(|lifetimes| Survival::new(lifetimes, inflow_at));
        Self { product, component, together, lossless_entry: false }
    }

    /// The same, but new products with new components live to the end of the step they enter in. The published
    /// framework has it so where components are replaced: there it takes the loss of the step of entry from the stock of
    /// the step before, which has none of them yet. Needed only to meet its numbers.
    #[must_use]
    pub fn with_lossless_entry(self) -> Self {
        Self { lossless_entry: true, ..self }
    }

    /// Lifetimes that are the same for all cohorts.
    pub fn constant(product: &Lifetime, component: &Lifetime, steps: usize, inflow_at: InflowAt) -> Self {
        Self::new(&vec![product.clone(); steps], &vec![component.clone(); steps], inflow_at)
    }

    /// How many steps there are; `None` if there are not as many product as component lifetimes.
    pub fn steps(&self) -> Option<usize> {
        (self.product.steps() == self.component.steps()).then(|| self.product.steps())
    }

    /// Chances of the pair of cohorts `p` and `c` in step `now`.
    pub(super) fn chances(&self, now: usize, p: usize, c: usize) -> Chances {
        if self.lossless_entry && now == p && now == c {
            return Chances::independent(0.0, 0.0);
        }
        let shared = self.together.as_ref().filter(|_| p == c).and_then(|all| all.get(p)?.get(now - p));
        shared
            .copied()
            .unwrap_or_else(|| Chances::independent(self.product.hazard(p, now - p), self.component.hazard(c, now - c)))
    }
}

/// Chances of a pair that enters together, averaged over the moments of entry:
/// with `<..>` that average and `P`, `C` the two survivals, of `<P C>` at the step before, `<P' C'>` goes on,
/// `<P C'> - <P' C'>` loses its product, `<P' C> - <P' C'>` its component, and the rest loses both.
fn fates_together(product: &Lifetime, component: &Lifetime, inflow_at: InflowAt, steps: usize) -> Vec<Chances> {
    let entries = inflow_at.entries();
    (0..steps)
        .map(|since| {
            let mean = |product_lives: usize, component_lives: usize| -> f64 {
                // `0` stands for the moment of entry itself, `n` for the end of the step `n - 1` steps later.
                let share = |lifetime: &Lifetime, first_age: f64, n: usize| match n.checked_sub(1) {
                    None => 1.0,
                    Some(since) => lifetime.survival(first_age + since as f64),
                };
                entries
                    .iter()
                    .map(|e| {
                        e.weight
                            * share(product, e.first_age, product_lives)
                            * share(component, e.first_age, component_lives)
                    })
                    .sum()
            };
            let before = mean(since, since);
            if before <= 0.0 {
                return Chances { both: 1.0, product: 0.0, component: 0.0 };
            }
            let after = mean(since + 1, since + 1);
            let product = (mean(since, since + 1) - after) / before;
            let component = (mean(since + 1, since) - after) / before;
            Chances { both: ((before - after) / before - product - component).max(0.0), product, component }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn one_moment_of_entry_gives_independent_fates() {
        let (p, c) = (Lifetime::Weibull { shape: 2.8, scale: 14.0 }, Lifetime::Weibull { shape: 3.0, scale: 9.0 });
        let lives = Lives::constant(&p, &c, 20, InflowAt::Mid);
        for (since, found) in fates_together(&p, &c, InflowAt::Mid, 20).iter().enumerate() {
            let known = lives.chances(since, 0, 0);
            assert_relative_eq!(found.product, known.product, epsilon = 1e-13, max_relative = 1e-11);
            assert_relative_eq!(found.component, known.component, epsilon = 1e-13, max_relative = 1e-11);
            assert_relative_eq!(found.both, known.both, epsilon = 1e-13, max_relative = 1e-11);
        }
    }

    #[test]
    fn a_spread_pair_keeps_the_averaged_product_of_its_survivals() {
        let (p, c) = (Lifetime::Weibull { shape: 2.0, scale: 3.0 }, Lifetime::Weibull { shape: 1.5, scale: 2.0 });
        let inflow_at: InflowAt = "spread:4".parse().unwrap();
        let lives = Lives::constant(&p, &c, 8, inflow_at);
        let mut left = 1.0;
        for since in 0..8 {
            left *= 1.0 - lives.chances(since, 0, 0).any();
            let joint: f64 = inflow_at
                .entries()
                .iter()
                .map(|e| e.weight * p.survival(e.first_age + since as f64) * c.survival(e.first_age + since as f64))
                .sum();
            assert_relative_eq!(left, joint, epsilon = 1e-15, max_relative = 1e-12);
        }
    }
}
