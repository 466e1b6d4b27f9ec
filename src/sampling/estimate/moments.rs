//! Mean and spread, gathered draw by draw and merged block by block.

/// Number, mean, sum of squared deviations and ends of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// How many.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub squares: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { n: 0, mean: 0.0, squares: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Moments {
    /// Takes a value in (Welford 1962).
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.n += 1;
        let off = value - self.mean;
        self.mean += off / self.n as f64;
        self.squares += off * (value - self.mean);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Takes another block in (Chan, Golub and `LeVeque` 1979).
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let (own, others) = (self.n as f64, other.n as f64);
        let (all, off) = (own + others, other.mean - self.mean);
        self.mean += off * (others / all);
        self.squares += other.squares + off * off * (own * others / all);
        self.n += other.n;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Standard deviation, of a sample (divisor n - 1); zero of a single value.
    pub fn sd(&self) -> f64 {
        if self.n > 1 { (self.squares / (self.n - 1) as f64).max(0.0).sqrt() } else { 0.0 }
    }

    /// Standard error of the mean of independent draws.
    pub fn standard_error(&self) -> f64 {
        if self.n > 0 { self.sd() / (self.n as f64).sqrt() } else { 0.0 }
    }
}

impl<'a> FromIterator<&'a f64> for Moments {
    fn from_iter<T: IntoIterator<Item = &'a f64>>(values: T) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|value| moments.push(*value));
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn blocks_merge_to_what_all_give_at_once() {
        let values: Vec<f64> = (0..1000).map(|i| 1e6 + f64::from(i * i % 977)).collect();
        let at_once: Moments = values.iter().collect();
        let mut merged = Moments::default();
        for block in values.chunks(77) {
            merged.merge(&block.iter().collect());
        }
        assert_eq!((merged.n, merged.min, merged.max), (1000, at_once.min, at_once.max));
        assert_relative_eq!(merged.mean, at_once.mean, max_relative = 1e-14);
        assert_relative_eq!(merged.sd(), at_once.sd(), max_relative = 1e-10);
    }

    #[test]
    fn what_never_changes_has_no_spread_at_all() {
        let mut merged = Moments::default();
        for _ in 0..7 {
            merged.merge(&[0.1; 13].iter().collect());
        }
        assert_eq!((merged.mean, merged.sd(), merged.standard_error()), (0.1, 0.0, 0.0));
    }
}
