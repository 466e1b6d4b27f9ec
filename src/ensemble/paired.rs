//! The same draws under two scenarios: how much the difference is, and how likely it is that one has more than the other.

use super::merged::CONFIDENCE;
use crate::base::number::text;
use crate::sampling::estimate::{Moments, proportion};

/// Paired differences of one result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Differences, second less first.
    pub difference: Moments,
    /// Draws in which the second has more.
    pub more: u64,
    /// Draws in which both have the same.
    pub equal: u64,
}

impl Paired {
    /// Compares the values of a result, draw by draw; draws without a value under either are left out.
    pub fn new(first: &[f64], second: &[f64]) -> Self {
        let mut paired = Self { difference: Moments::default(), more: 0, equal: 0 };
        for (first, second) in first.iter().zip(second).filter(|(a, b)| !a.is_nan() && !b.is_nan()) {
            paired.difference.push(second - first);
            paired.more += u64::from(second > first);
            paired.equal += u64::from(second == first);
        }
        paired
    }

    /// Probability that the second has more, with its interval.
    pub fn probability(&self) -> (f64, f64, f64) {
        let (low, high) = proportion::interval(self.more, self.difference.n, CONFIDENCE);
        (self.more as f64 / self.difference.n as f64, low, high)
    }
}

/// `paired.csv`, from comparisons with their baseline, scenario, result and unit.
pub fn table(rows: &[(String, String, String, String, Paired)]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record([
        "baseline",
        "scenario",
        "output",
        "n",
        "mean_difference",
        "sd",
        "se",
        "probability_more",
        "low",
        "high",
        "probability_equal",
        "unit",
    ]);
    for (baseline, scenario, output, unit, paired) in rows.iter().filter(|(.., paired)| paired.difference.n > 0) {
        let (n, count) = (paired.difference.n, paired.difference.n.to_string());
        let (probability, low, high) = paired.probability();
        let equal = paired.equal as f64 / n as f64;
        let difference = &paired.difference;
        let numbers = [difference.mean, difference.sd(), difference.standard_error(), probability, low, high, equal];
        let numbers = numbers.map(text);
        let cells = [baseline, scenario, output, &count].into_iter().chain(&numbers).chain([unit]);
        let _ = writer.write_record(cells.map(String::as_str));
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_taken_draw_by_draw() {
        let paired = Paired::new(&[1.0, 2.0, 3.0, f64::NAN, 4.0], &[2.0, 2.0, 5.0, 1.0, 3.0]);
        assert_eq!((paired.difference.n, paired.difference.mean, paired.more, paired.equal), (4, 0.5, 2, 1));
        let (probability, low, high) = paired.probability();
        assert!(probability == 0.5 && low < 0.5 && high > 0.5);
    }
}
