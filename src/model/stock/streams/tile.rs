//! All cohorts over a range of steps.

use super::table::{BLOCK, Moment, Tables};
use super::{Streams, row};
use row::{TERMS, Terms};
use std::f64::consts::LOG2_E;

/// Cohorts taken together: more share a series, but what each lost has to stay in fast memory.
const COHORTS: usize = 32;

/// How far, as a share of its own, the factor of a cohort may lie from the one its series is taken about. What a series of
/// `n` terms leaves out of `e^(-p (1 + d))` is largest where `p = n`, `d^n / sqrt(2 pi n)`: here 1e-16 of the inflow.
const REACH: f64 = 0.0127;

/// Shorter runs are quicker without a series.
const WORTH_A_SERIES: usize = 3;

/// From this logarithm of a power on, less than 2^-64 of an inflow is left: `log2(64 ln 2)`. That is half of a thousandth
/// of what a double can tell from the whole, and taken as gone. Nothing is lost; it leaves in that step.
const NEGLIGIBLE: f64 = 5.471;

/// Rows over time, one after the other, with room for a part of a block before the first step and after the last.
#[derive(Debug)]
pub struct Rows {
    width: usize,
    cells: Vec<f64>,
}

impl Rows {
    fn new(rows: usize, steps: usize) -> Self {
        let width = steps + 2 * BLOCK;
        Self { width, cells: vec![0.0; rows * width] }
    }

    /// A row from the first step on. Cells past the tile's steps hold what the last block left there.
    #[inline(always)]
    pub fn row(&self, index: usize) -> &[f64] {
        self.cells.get(index * self.width + BLOCK..(index + 1) * self.width).unwrap_or(&[])
    }

    /// A row from a cell on.
    #[inline(always)]
    fn part(&mut self, index: usize, from: usize) -> &mut [f64] {
        self.cells.get_mut(index * self.width + from..(index + 1) * self.width).unwrap_or_default()
    }

    /// The same for two rows that follow each other, from a step on.
    #[inline(always)]
    fn pair(&mut self, index: usize, step: usize) -> [&mut [f64]; 2] {
        let rest = self.cells.get_mut(index * self.width..).unwrap_or_default();
        let (first, second) = rest.split_at_mut(self.width.min(rest.len()));
        let part = BLOCK + step..self.width;
        [first.get_mut(part.clone()).unwrap_or_default(), second.get_mut(part).unwrap_or_default()]
    }
}

/// Sums over cohorts for the steps of a range.
#[derive(Debug)]
pub struct Tile {
    from: usize,
    to: usize,
    pub outflow: Rows,
    pub content: Rows,
}

impl Tile {
    /// Steps of the tile.
    pub fn steps(&self) -> usize {
        self.to - self.from
    }

    /// The steps `from..to`, by the widest instructions of the machine.
    pub fn solve(streams: &Streams<'_>, tables: &Tables, from: usize, to: usize) -> Self {
        let steps = to - from;
        let mut tile = Self {
            from,
            to,
            outflow: Rows::new(streams.streams(), steps),
            content: Rows::new(streams.substances().next_multiple_of(2), steps),
        };
        let row = || vec![0.0; to + 2 * BLOCK];
        let work = Work {
            streams,
            tables,
            minus: row(),
            left: row(),
            terms: vec![Terms([[0.0; BLOCK]; TERMS]); to / BLOCK + 1],
            lost: Rows::new(COHORTS, steps),
            tile: &mut tile,
        };
        pulp::Arch::new().dispatch(work);
        tile
    }
}

struct Work<'a> {
    streams: &'a Streams<'a>,
    tables: &'a Tables,
    tile: &'a mut Tile,
    /// By age: minus the power, and what is left of a unit.
    minus: Vec<f64>,
    left: Vec<f64>,
    /// What leaves of a unit from one age to the next.
    terms: Vec<Terms>,
    /// What the cohorts of one kind lost.
    lost: Rows,
}

impl pulp::NullaryFnOnce for Work<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        for first in (0..self.tile.to).step_by(COHORTS) {
            let count = COHORTS.min(self.streams.steps() - first);
            for kind in 0..self.streams.kinds {
                for cohort in 0..COHORTS {
                    self.lost.part(cohort, first.saturating_sub(self.tile.from)).fill(0.0);
                }
                for segment in 0..self.streams.segments {
                    self.book(kind * self.streams.segments + segment, first, count);
                }
                self.contain(kind, first, count);
            }
        }
    }
}

impl Work<'_> {
    /// Some cohorts of one stream, by runs that lie close together.
    #[inline(always)]
    fn book(&mut self, stream: usize, first: usize, count: usize) {
        let tables = self.tables;
        let mut rest = tables.cohorts(stream, first..first + count);
        let mut cohort = first;
        while !rest.is_empty() && cohort < self.tile.to {
            let (length, middle) = run(rest);
            let (logs, after) = rest.split_at(length);
            // The youngest age that is wanted is that of the last cohort at the first step.
            let start = self.first_age(cohort + length - 1);
            let shared = length >= WORTH_A_SERIES;
            let blocks = if shared { self.expand(stream, middle, [start, self.tile.to - cohort]) } else { 0 };
            for (log, cohort) in logs.iter().zip(cohort..self.tile.to) {
                let inflow = self.streams.inflow.get(cohort * self.streams.streams() + stream).copied().unwrap_or(0.0);
                if inflow == 0.0 {
                    continue;
                }
                let age = self.first_age(cohort);
                let at = BLOCK + cohort + age - self.tile.from;
                if shared {
                    let terms = self.terms.get((age - start) / BLOCK..blocks).unwrap_or_default();
                    let (outflow, lost) = (self.tile.outflow.part(stream, at), self.lost.part(cohort - first, at));
                    row::lose(outflow, lost, terms, row::weights(inflow, log - middle));
                    continue;
                }
                for moment in &tables.moments {
                    let count =
                        self.survive(moment, stream, *log, [age, self.tile.to - cohort], inflow * moment.weight);
                    let (outflow, lost) = (self.tile.outflow.part(stream, at), self.lost.part(cohort - first, at));
                    row::lose_alone(outflow, lost, self.left.get(..=count).unwrap_or_default());
                }
            }
            (cohort, rest) = (cohort + length, after);
        }
    }

    /// The age of a cohort at the first step, down to a whole block.
    #[inline(always)]
    fn first_age(&self, cohort: usize) -> usize {
        self.tile.from.saturating_sub(cohort) / BLOCK * BLOCK
    }

    /// The terms of a stream about a factor for the ages `start..end`; returns how many blocks are not negligible.
    #[inline(always)]
    fn expand(&mut self, stream: usize, middle: f64, [start, end]: [usize; 2]) -> usize {
        let all = (end - start).div_ceil(BLOCK);
        self.terms.get_mut(..all).unwrap_or_default().fill(Terms([[0.0; BLOCK]; TERMS]));
        let mut blocks = 0;
        for moment in &self.tables.moments {
            let count = self.survive(moment, stream, middle, [start, end], moment.weight);
            row::expand(
                self.terms.get_mut(..count / BLOCK).unwrap_or_default(),
                self.minus.get(..=count).unwrap_or_default(),
                self.left.get(..=count).unwrap_or_default(),
            );
            blocks = blocks.max(count / BLOCK);
        }
        blocks
    }

    /// What is left at the ages `start..end` and one more; returns how many, in whole blocks, are not negligible.
    #[inline(always)]
    fn survive(&mut self, moment: &Moment, stream: usize, factor: f64, [start, end]: [usize; 2], weight: f64) -> usize {
        let logs = self.tables.ages(moment, stream);
        let lives = logs.partition_point(|log| log + factor < NEGLIGIBLE);
        let count = lives.min(end).saturating_sub(start).next_multiple_of(BLOCK);
        let (minus, left) = (self.minus.get_mut(..=count), self.left.get_mut(..=count).unwrap_or_default());
        row::survive(minus.unwrap_or_default(), left, logs.get(start..).unwrap_or_default(), factor, weight);
        left.get_mut(lives.saturating_sub(start)..).unwrap_or_default().fill(0.0);
        count
    }

    /// Content of what the cohorts of one kind lost: two substances and four cohorts at a time, for the sake of the
    /// registers.
    #[inline(always)]
    fn contain(&mut self, kind: usize, first: usize, count: usize) {
        let Some(content) = self.streams.content else { return };
        let (kinds, substances) = (self.streams.kinds, content.substances);
        // Cohorts and substances beyond the last contain nothing.
        let of = |cohort: usize, substance: usize| {
            let there = cohort < count && substance < substances;
            let place = ((first + cohort) * kinds + kind) * substances + substance;
            content.intensity.get(place).copied().filter(|_| there).unwrap_or(0.0)
        };
        for cohort in (0..count).step_by(4) {
            let four = [cohort, cohort + 1, cohort + 2, cohort + 3];
            let step = (first + cohort).saturating_sub(self.tile.from);
            let lost = four.map(|cohort| self.lost.row(cohort).get(step..).unwrap_or_default());
            for substance in (0..substances).step_by(2) {
                let intensity = [substance, substance + 1].map(|substance| four.map(|cohort| of(cohort, substance)));
                row::contain_four(self.tile.content.pair(substance, step), intensity, lost);
            }
        }
    }
}

/// How many of the first cohorts lie close enough together for one series, and the logarithm it is taken about.
#[inline(always)]
fn run(logs: &[f64]) -> (usize, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut count = 0;
    for log in logs {
        let (lower, higher) = (low.min(*log), high.max(*log));
        if count > 0 && higher - lower > 2.0 * REACH * LOG2_E {
            break;
        }
        (low, high, count) = (lower, higher, count + 1);
    }
    (count, 0.5 * low + 0.5 * high)
}
