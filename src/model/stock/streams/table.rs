//! Powers of ages and scales, so that the inner loop has none to take.

use super::Streams;
use crate::model::stock::exp2::{exp2, log2};
use std::f64::consts::LOG2_E;

/// Room after the last age: rows are filled in whole blocks.
pub const BLOCK: usize = 8;

/// Beyond 2^this, powers are kept as logarithms.
const LARGEST: f64 = 400.0;

/// The powers of one moment of entry.
#[derive(Debug)]
pub struct Moment {
    /// Share of the inflow that enters then.
    pub weight: f64,
    /// `[stream][age + 1]`: `-(a/reference)^k log2 e`, or `k log2(a/reference)`. The first is for the moment of entry.
    ages: Vec<f64>,
}

/// All powers.
#[derive(Debug)]
pub struct Tables {
    width: usize,
    /// By moment of entry.
    pub moments: Vec<Moment>,
    /// `[cohort][stream]`: `(reference/scale)^k`, or its logarithm.
    factors: Vec<f64>,
    /// By stream: whether powers are kept as logarithms.
    by_logs: Vec<bool>,
}

impl Tables {
    pub fn new(streams: &Streams<'_>) -> Self {
        let (steps, count) = (streams.steps(), streams.streams());
        let width = steps + 2 * BLOCK + 1;
        // Ages are measured in the scale of the first cohort: powers stay near 1 where it matters.
        let reference = streams.scale.get(..count).unwrap_or(&[]);
        let mut factors = Vec::with_capacity(streams.scale.len());
        let mut by_logs = vec![false; count];
        for row in streams.scale.chunks_exact(count.max(1)) {
            for (((scale, shape), reference), by_logs) in row.iter().zip(streams.shape).zip(reference).zip(&mut by_logs)
            {
                // An extreme quotient can leave the normal numbers.
                let log = shape * log2((reference / scale).clamp(f64::MIN_POSITIVE, f64::MAX));
                *by_logs |= log.abs() > LARGEST;
                factors.push(log);
            }
        }
        for (shape, (reference, by_logs)) in streams.shape.iter().zip(reference.iter().zip(&mut by_logs)) {
            let extreme = |age: f64| (shape * log2((age / reference).clamp(f64::MIN_POSITIVE, f64::MAX))).abs();
            *by_logs |= extreme(width as f64) > LARGEST || extreme(1e-4) > LARGEST;
        }
        for row in factors.chunks_exact_mut(count.max(1)) {
            for (factor, by_logs) in row.iter_mut().zip(&by_logs) {
                *factor = if *by_logs { *factor } else { exp2(*factor) };
            }
        }
        let entries = streams.inflow_at.entries();
        let moments = entries
            .iter()
            .map(|entry| {
                let mut ages = Vec::with_capacity(count * width);
                for ((shape, reference), by_logs) in streams.shape.iter().zip(reference).zip(&by_logs) {
                    let power = |age: f64| {
                        let quotient = (age / reference).clamp(f64::MIN_POSITIVE, f64::MAX);
                        match (age > 0.0, by_logs) {
                            (false, true) => f64::NEG_INFINITY,
                            (false, false) => 0.0,
                            (true, true) => shape * log2(quotient),
                            (true, false) => -LOG2_E * exp2(shape * log2(quotient)),
                        }
                    };
                    ages.push(power(0.0));
                    ages.extend((0..width - 1).map(|age| power(age as f64 + entry.first_age)));
                }
                Moment { weight: entry.weight, ages }
            })
            .collect();
        Self { width, moments, factors, by_logs }
    }

    /// Powers of a stream from the end of the step that is `from - 1` steps after entry on; `from = 0` is the entry.
    #[inline(always)]
    pub fn ages<'a>(&self, moment: &'a Moment, stream: usize, from: usize) -> &'a [f64] {
        moment.ages.get(stream * self.width + from..(stream + 1) * self.width).unwrap_or(&[])
    }

    /// Factor of a cohort, and whether it is a logarithm.
    #[inline(always)]
    pub fn factor(&self, cohort: usize, stream: usize) -> (f64, bool) {
        let by_logs = self.by_logs.get(stream).copied().unwrap_or(false);
        (self.factors.get(cohort * self.by_logs.len() + stream).copied().unwrap_or(0.0), by_logs)
    }
}
