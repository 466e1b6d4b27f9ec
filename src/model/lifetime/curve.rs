//! Survival as a table: shares still in use by age.

/// Shares still in use by age: linear between the given ages, held after the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalCurve {
    points: Vec<(f64, f64)>,
}

/// Why points are no survival curve.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum CurveFault {
    /// There is no point.
    #[error("a survival curve needs at least one age")]
    Empty,
    /// The first age is not 0.
    #[error("a survival curve starts at age 0, not at {0}")]
    Start(f64),
    /// Ages do not rise.
    #[error("ages must be finite and rise; position {0} does not")]
    Age(usize),
    /// Shares rise, or leave 0 to 1.
    #[error("shares lie between 0 and 1 and never rise; position {0} does")]
    Share(usize),
}

impl SurvivalCurve {
    /// A curve through `(age, share)`; ages rise from 0, shares fall within 0 to 1.
    pub fn new(points: Vec<(f64, f64)>) -> Result<Self, CurveFault> {
        match points.first() {
            None => return Err(CurveFault::Empty),
            Some((age, _)) if *age != 0.0 => return Err(CurveFault::Start(*age)),
            Some(_) => {}
        }
        let (mut last_age, mut last_share) = (f64::NEG_INFINITY, 1.0);
        for (i, (age, share)) in points.iter().enumerate() {
            if !age.is_finite() || *age <= last_age {
                return Err(CurveFault::Age(i));
            }
            if !(0.0..=last_share).contains(share) {
                return Err(CurveFault::Share(i));
            }
            (last_age, last_share) = (*age, *share);
        }
        Ok(Self { points })
    }

    /// The share at an age.
    pub(super) fn at(&self, age: f64) -> f64 {
        let next = self.points.partition_point(|(known, _)| *known <= age);
        let lower = next.checked_sub(1).and_then(|i| self.points.get(i));
        match (lower, self.points.get(next)) {
            (Some((a0, s0)), Some((a1, s1))) => s0 + (s1 - s0) * ((age - a0) / (a1 - a0)),
            (Some((_, last)), None) => *last,
            // Before age 0 nothing has left.
            (None, _) => 1.0,
        }
    }

    /// Mean of the lifetime; infinite if some of it never leaves.
    pub(super) fn mean(&self) -> f64 {
        let area: f64 = self
            .points
            .windows(2)
            .map(|pair| match pair {
                [(a0, s0), (a1, s1)] => (a1 - a0) * f64::midpoint(*s0, *s1),
                _ => 0.0,
            })
            .sum();
        if self.points.last().is_some_and(|(_, share)| *share > 0.0) { f64::INFINITY } else { area }
    }
}
