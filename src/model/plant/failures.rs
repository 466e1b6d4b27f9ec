//! Failures of a plant: an alternating renewal process of running and being repaired.
//!
//! `up_1, down_1, up_2, down_2, ...` are independent times from commissioning on, each with the mean its name says and
//! either exponential or Weibull. In the long run the plant is up for `mtbf / (mtbf + mttr)` of the time: the expected
//! value, which a deterministic run takes in every step (renewal reward theorem; e.g. Ross, *Stochastic Processes*, 3.4).
//! Time is counted between planned shutdowns: what stands does not fail, and both clocks stop.

use crate::base::random::Stream;
use rand_distr::{Distribution, Weibull};
use statrs::function::gamma::gamma;

/// Times between failures and to repair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Renewal {
    /// Mean time between the end of a repair and the next failure, months.
    pub mtbf: f64,
    /// Mean time to repair, months.
    pub mttr: f64,
    /// Weibull shape of the times between failures; 1 is exponential.
    pub shape: f64,
    /// Weibull shape of the times to repair; 1 is exponential.
    pub repair_shape: f64,
}

impl Renewal {
    /// Long-run share of the time that the plant is up.
    pub fn availability(&self) -> f64 {
        self.mtbf / (self.mtbf + self.mttr)
    }

    /// Repairs in the first `horizon` months of running time, drawn: beginning and end of each, months.
    pub fn draw(&self, horizon: f64, stream: &mut Stream) -> Vec<(f64, f64)> {
        // The mean of a Weibull distribution is scale x gamma(1 + 1/shape).
        let weibull = |mean: f64, shape: f64| Weibull::new(mean / gamma(1.0 + 1.0 / shape), shape);
        let (Ok(up), Ok(down)) = (weibull(self.mtbf, self.shape), weibull(self.mttr, self.repair_shape)) else {
            return Vec::new();
        };
        let mut repairs = Vec::new();
        let mut failure = up.sample(stream);
        while failure < horizon {
            let repaired = failure + down.sample(stream);
            repairs.push((failure, repaired));
            failure = repaired + up.sample(stream);
        }
        repairs
    }
}

/// What failures leave of the running time.
#[derive(Clone, Debug, PartialEq)]
pub enum Failures {
    /// The same share of any time.
    Expected(f64),
    /// All but these repairs: beginning and end, months of running time, in order.
    Drawn(Vec<(f64, f64)>),
}

impl Failures {
    /// Months in which the plant is up between two running times (months).
    pub fn time_up(&self, from: f64, to: f64) -> f64 {
        match self {
            Self::Expected(share) => share * (to - from),
            Self::Drawn(repairs) => {
                let first = repairs.partition_point(|(_, repaired)| *repaired <= from);
                let within = repairs[first..].iter().take_while(|(failure, _)| *failure < to);
                let down: f64 = within.map(|(failure, repaired)| repaired.min(to) - failure.max(from)).sum();
                (to - from - down).max(0.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::stream;
    use approx::assert_relative_eq;

    #[test]
    fn a_path_can_be_checked_by_hand() {
        let path = Failures::Drawn(vec![(0.5, 0.75), (1.5, 3.25), (3.5, 3.75)]);
        // A quarter is lost in the first month, half of the second, all of the third, half of the fourth.
        let months = [0, 1, 2, 3, 4].map(|month| path.time_up(f64::from(month), f64::from(month + 1)));
        assert_eq!(months, [0.75, 0.5, 0.0, 0.5, 1.0]);
        assert_eq!(path.time_up(0.0, 5.0), 2.75);
        assert_eq!((path.time_up(0.6, 0.7), path.time_up(0.25, 0.6)), (0.0, 0.25));
        assert_eq!(Failures::Expected(0.9).time_up(1.0, 3.0), 1.8);
    }

    #[test]
    fn times_have_the_means_they_are_given() {
        for (shape, repair_shape) in [(1.0, 1.0), (2.5, 0.8)] {
            let renewal = Renewal { mtbf: 1.5, mttr: 0.05, shape, repair_shape };
            let repairs = renewal.draw(60_000.0, &mut stream(11, "plant.p1.failures", 0));
            let mut before = 0.0;
            let (mut ups, mut downs) = (Vec::new(), Vec::new());
            for (failure, repaired) in &repairs {
                ups.push(failure - before);
                downs.push(repaired - failure);
                before = *repaired;
            }
            for (times, mean) in [(ups, renewal.mtbf), (downs, renewal.mttr)] {
                let count = times.len() as f64;
                let found = times.iter().sum::<f64>() / count;
                let variance = times.iter().map(|time| (time - found).powi(2)).sum::<f64>() / (count - 1.0);
                assert!((found - mean).abs() < 4.0 * (variance / count).sqrt(), "{found} is not {mean}");
            }
        }
    }

    #[test]
    fn the_long_run_mean_is_the_availability() {
        let renewal = Renewal { mtbf: 1.5, mttr: 0.5, shape: 2.0, repair_shape: 1.0 };
        let (months, draws) = (600.0, 400);
        let shares: Vec<f64> = (0..draws)
            .map(|draw| {
                let mut stream = stream(3, "plant.p1.failures", draw);
                // The first repair comes later than in the middle of life: leave the beginning out.
                Failures::Drawn(renewal.draw(2.0 * months, &mut stream)).time_up(months, 2.0 * months) / months
            })
            .collect();
        let count = draws as f64;
        let mean = shares.iter().sum::<f64>() / count;
        let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / (count - 1.0);
        assert_relative_eq!(renewal.availability(), 0.75);
        assert!((mean - 0.75).abs() < 4.0 * (variance / count).sqrt(), "{mean}");
        assert!(variance > 0.0);
    }
}
