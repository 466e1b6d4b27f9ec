//! Logarithms of ages and scales, so that the inner loops have none to take.

use super::{Streams, row};
use std::ops::Range;

/// Room after the last age: rows are filled in whole blocks.
pub const BLOCK: usize = 8;

/// The logarithms of one moment of entry.
#[derive(Debug)]
pub struct Moment {
    /// Share of the inflow that enters then.
    pub weight: f64,
    /// `[stream][age + 1]`: `k log2(a/reference)`. The first is for the moment of entry.
    ages: Vec<f64>,
}

/// All logarithms.
#[derive(Debug)]
pub struct Tables {
    width: usize,
    /// By moment of entry.
    pub moments: Vec<Moment>,
    /// `[stream][cohort]`: `k log2(reference/scale)`.
    cohorts: Vec<f64>,
}

impl Tables {
    pub fn new(streams: &Streams<'_>) -> Self {
        let width = streams.steps() + 2 * BLOCK;
        let mut tables = Self { width, moments: vec![], cohorts: vec![0.0; streams.inflow.len()] };
        pulp::Arch::new().dispatch(Fill { streams, tables: &mut tables });
        tables
    }

    /// Ages of a stream in blocks: the first is the moment of entry, the next the end of that step.
    #[inline(always)]
    pub fn ages<'a>(&self, moment: &'a Moment, stream: usize) -> &'a [f64] {
        moment.ages.get(stream * self.width..(stream + 1) * self.width).unwrap_or(&[])
    }

    /// Some cohorts of a stream.
    #[inline(always)]
    pub fn cohorts(&self, stream: usize, cohorts: Range<usize>) -> &[f64] {
        let start = stream * (self.width - 2 * BLOCK);
        self.cohorts.get(start + cohorts.start..start + cohorts.end).unwrap_or(&[])
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
        let (steps, count, width) = (streams.steps().max(1), streams.streams().max(1), tables.width);
        // Ages are measured in the scale of the first cohort: logarithms stay near 0 where it matters.
        let reference = streams.scale.get(..streams.streams()).unwrap_or(&[]);
        let by_stream = || streams.shape.iter().zip(reference).enumerate();
        let mut scales = vec![0.0; steps];
        for ((stream, (shape, reference)), row) in by_stream().zip(tables.cohorts.chunks_exact_mut(steps)) {
            for (own, scale) in scales.iter_mut().zip(streams.scale.iter().skip(stream).step_by(count)) {
                *own = *scale;
            }
            row::logarithms(row, -shape, &scales, *reference);
        }
        for entry in streams.inflow_at.entries() {
            let ages: Vec<f64> = (0..width - 1).map(|age| age as f64 + entry.first_age).collect();
            let mut moment = Moment { weight: entry.weight, ages: vec![f64::NEG_INFINITY; streams.streams() * width] };
            for ((_, (shape, reference)), row) in by_stream().zip(moment.ages.chunks_exact_mut(width)) {
                // Nothing has left at age 0: neither at the moment of entry nor, perhaps, at the end of its step.
                let young = if entry.first_age > 0.0 { 1 } else { 2 };
                let (row, ages) = (row.get_mut(young..), ages.get(young - 1..));
                row::logarithms(row.unwrap_or_default(), *shape, ages.unwrap_or_default(), *reference);
            }
            tables.moments.push(moment);
        }
    }
}
