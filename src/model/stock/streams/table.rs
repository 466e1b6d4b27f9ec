//! Powers of ages and scales, so that the inner loop has none to take.

use super::{Streams, row};
use crate::model::stock::Entry;
use crate::model::stock::exp2::exp2;
use std::f64::consts::LOG2_E;

/// Room after the last age: rows are filled in whole blocks.
pub const BLOCK: usize = 8;

/// Beyond 2^this, powers are kept as logarithms.
const LARGEST: f64 = 400.0;

/// No age above 0 lies below this: the first node of 64 within a step lies at 3e-4 or above.
const SMALLEST_AGE: f64 = 1e-4;

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
        let mut tables =
            Self { width, moments: vec![], factors: vec![0.0; steps * count], by_logs: vec![false; count] };
        pulp::Arch::new().dispatch(Fill { streams, tables: &mut tables });
        tables
    }

    /// Factors of all cohorts. Ages are measured in the scale of the first: powers stay near 1 where it matters.
    #[inline(always)]
    fn fill_factors(&mut self, streams: &Streams<'_>, reference: &[f64]) {
        let count = streams.streams().max(1);
        for (row, scale) in self.factors.chunks_exact_mut(count).zip(streams.scale.chunks_exact(count)) {
            row::logarithms(row, streams.shape, reference, scale);
            for (by_logs, log) in self.by_logs.iter_mut().zip(row) {
                *by_logs |= log.abs() > LARGEST;
            }
        }
        for ((by_logs, shape), reference) in self.by_logs.iter_mut().zip(streams.shape).zip(reference) {
            for age in [SMALLEST_AGE, self.width as f64] {
                let mut log = [0.0];
                row::logarithms_of_ages(&mut log, *shape, &[age], *reference);
                *by_logs |= log.iter().any(|log| log.abs() > LARGEST);
            }
        }
        for row in self.factors.chunks_exact_mut(count) {
            if self.by_logs.contains(&true) {
                for (factor, by_logs) in row.iter_mut().zip(&self.by_logs) {
                    *factor = if *by_logs { *factor } else { exp2(*factor) };
                }
            } else {
                row::raise(row, 1.0);
            }
        }
    }

    /// Powers of all ages, for an inflow that is `entry.first_age` old at the end of its step.
    #[inline(always)]
    fn moment(&self, streams: &Streams<'_>, reference: &[f64], entry: Entry) -> Moment {
        let ages: Vec<f64> = (0..self.width - 1).map(|age| age as f64 + entry.first_age).collect();
        let mut powers = vec![0.0; streams.streams() * self.width];
        let rows = powers.chunks_exact_mut(self.width).zip(streams.shape).zip(reference).zip(&self.by_logs);
        for (((row, shape), reference), by_logs) in rows {
            let Some((entering, later)) = row.split_first_mut() else { continue };
            row::logarithms_of_ages(later, *shape, &ages, *reference);
            if !*by_logs {
                row::raise(later, -LOG2_E);
            }
            // Nothing has left at age 0: neither at the moment of entry nor, perhaps, at the end of its step.
            let none_left = if *by_logs { f64::NEG_INFINITY } else { 0.0 };
            *entering = none_left;
            if let (true, Some(first)) = (entry.first_age <= 0.0, later.first_mut()) {
                *first = none_left;
            }
        }
        Moment { weight: entry.weight, ages: powers }
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

struct Fill<'a, 'b> {
    streams: &'a Streams<'b>,
    tables: &'a mut Tables,
}

impl pulp::NullaryFnOnce for Fill<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { streams, tables } = self;
        let reference = streams.scale.get(..streams.streams()).unwrap_or(&[]);
        tables.fill_factors(streams, reference);
        for entry in streams.inflow_at.entries() {
            let moment = tables.moment(streams, reference, entry);
            tables.moments.push(moment);
        }
    }
}
