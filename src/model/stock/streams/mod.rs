//! Many inflow-driven stocks at once: streams with Weibull lifetimes whose scale changes from cohort to cohort.
//!
//! A stream is one segment of one kind (a chemistry, say). With ages `a` and the convention of [`InflowAt`]:
//!
//! ```text
//! stock[t,s]    = sum_{c<=t} inflow[c,s] S_cs(t-c)        S_cs(a) = exp(-(a / scale[c,s])^shape[s])
//! outflow[t,s]  = sum_{c<=t} what cohort c lost during step t
//! content[t,e]  = sum_{c<=t} sum_k intensity[c,k,e] sum_{s of k} what cohort c of s lost during step t
//! ```
//!
//! With `p = (a/scale)^k`, a cohort whose scale differs a little from another's has `p (1 + d)` at the same age, with one
//! small `d` for all ages:
//!
//! ```text
//! e^(-p (1 + d)) = sum_j d^j / j! (-p)^j e^-p
//! ```
//!
//! Cohorts that follow each other mostly lie so close together that eight terms are exact to rounding. What the terms lose
//! from age to age is taken once for a run of cohorts; what each cohort loses is then eight multiplications, however many
//! moments of entry there are. Where scales jump, each cohort is taken alone, by two `2^x` ([`exp2`](super::exp2)) a moment
//! and age: about twice as long. The stock is what has come in and not left, so one that has run out may show as a rounding
//! of what it was, never below 0.
//!
//! Rows run over ages, the inner loops are elementwise, and the widest instructions of the machine are chosen when the
//! program runs. Nothing is fused, runs do not depend on how steps are shared out, and every sum has one order: one thread
//! or many, one machine or another, the bytes are the same. Memory is the inputs, the results, and a few rows; never a
//! tensor over cohorts.
//!
//! A part of an inflow below 2^-63 of it counts as gone and leaves in that step. Accuracy: about 1e-14 of the inflow, for a
//! stock of the largest it was.

mod row;
mod table;
mod tile;

use super::inflow_at::InflowAt;
use rayon::prelude::*;
use table::Tables;
use tile::Tile;

/// Inflows and lifetimes of all streams. Streams count segment fastest: stream `k * segments + g`.
#[derive(Clone, Copy, Debug)]
pub struct Streams<'a> {
    /// Kinds.
    pub kinds: usize,
    /// Segments of each kind.
    pub segments: usize,
    /// Inflow, `[step][stream]`.
    pub inflow: &'a [f64],
    /// Weibull shape, `[stream]`.
    pub shape: &'a [f64],
    /// Weibull scale in steps, `[cohort][stream]`.
    pub scale: &'a [f64],
    /// When within its step the inflow enters.
    pub inflow_at: InflowAt,
    /// What the units of each cohort contain, if that is asked for.
    pub content: Option<Content<'a>>,
}

/// Content of a unit by cohort and kind.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// How many substances.
    pub substances: usize,
    /// Amount per unit, `[cohort][kind][substance]`.
    pub intensity: &'a [f64],
}

/// Sums over cohorts.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// Stock at the end of each step, `[step][stream]`.
    pub stock: Vec<f64>,
    /// Outflow, `[step][stream]`.
    pub outflow: Vec<f64>,
    /// Content of the outflow, `[step][substance]`; empty without [`Streams::content`].
    pub content: Vec<f64>,
}

/// Why streams cannot be solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamsFault {
    /// A table does not have a value for each step, stream and substance.
    #[error("`{table}` has {found} values instead of {expected}")]
    Length {
        /// Which.
        table: &'static str,
        /// How many it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A value is not finite, or a shape or scale is not above 0.
    #[error("`{table}` holds an impossible value at position {position}")]
    Value {
        /// Which.
        table: &'static str,
        /// Where.
        position: usize,
    },
}

impl Streams<'_> {
    /// How many streams there are.
    pub fn streams(&self) -> usize {
        self.kinds * self.segments
    }

    /// How many steps, and cohorts, there are.
    pub fn steps(&self) -> usize {
        self.inflow.len().checked_div(self.streams()).unwrap_or(0)
    }

    fn substances(&self) -> usize {
        self.content.map_or(0, |content| content.substances)
    }

    /// Stock, outflow and content of all streams, on this thread.
    pub fn solve(&self) -> Result<Totals, StreamsFault> {
        self.check()?;
        let tables = Tables::new(self);
        let whole = Tile::solve(self, &tables, 0, self.steps());
        Ok(self.gather(&[whole]))
    }

    /// The same, byte for byte, on all threads of the pool.
    pub fn solve_in_parallel(&self) -> Result<Totals, StreamsFault> {
        self.check()?;
        let tables = Tables::new(self);
        // The work up to step t grows as t^2: these bounds give equal shares of it. Rows are best long: no more than that.
        let shares = rayon::current_num_threads().max(1);
        let steps = self.steps();
        let bound = |i: usize| (steps as f64 * (i as f64 / shares as f64).sqrt()).round() as usize;
        let mut bounds: Vec<usize> = (0..=shares).map(bound).collect();
        bounds.dedup();
        let tiles: Vec<Tile> = bounds
            .par_windows(2)
            .with_max_len(1)
            .filter_map(|pair| match pair {
                [from, to] => Some(Tile::solve(self, &tables, *from, *to)),
                _ => None,
            })
            .collect();
        Ok(self.gather(&tiles))
    }

    /// Tiles hold rows over time, the results rows over streams.
    fn gather(&self, tiles: &[Tile]) -> Totals {
        let steps = self.steps();
        let turn = |width: usize, part: fn(&Tile) -> &tile::Rows| {
            let mut out = vec![0.0; steps * width];
            let mut rest = out.as_mut_slice();
            for tile in tiles {
                let (rows, after) = rest.split_at_mut((tile.steps() * width).min(rest.len()));
                for column in 0..width {
                    let values = part(tile).row(column);
                    for (cell, value) in rows.iter_mut().skip(column).step_by(width).zip(values) {
                        *cell = *value;
                    }
                }
                rest = after;
            }
            out
        };
        let outflow = turn(self.streams(), |tile| &tile.outflow);
        Totals { stock: self.balance(&outflow), outflow, content: turn(self.substances(), |tile| &tile.content) }
    }

    /// What has come in and not left. A stock that has run out is not less than nothing: what lies below 0 by no more than
    /// the rounding of the sum is 0. Inflows that are negative on purpose keep their negative stock.
    fn balance(&self, outflow: &[f64]) -> Vec<f64> {
        let width = self.streams().max(1);
        // By stream: what is held, and the most that can be lost in the digits of all that passed.
        let mut held = vec![(0.0, 0.0); width];
        let mut stock = Vec::with_capacity(outflow.len());
        for (inflow, outflow) in self.inflow.chunks_exact(width).zip(outflow.chunks_exact(width)) {
            for (((held, rounding), inflow), outflow) in held.iter_mut().zip(inflow).zip(outflow) {
                *held += inflow - outflow;
                *rounding += f64::EPSILON * (inflow.abs() + outflow.abs() + held.abs());
            }
            stock.extend(
                held.iter().map(|(held, rounding)| if *held < 0.0 && -held <= *rounding { 0.0 } else { *held }),
            );
        }
        stock
    }

    fn check(&self) -> Result<(), StreamsFault> {
        let (steps, streams) = (self.steps(), self.streams());
        let intensity = self.content.map_or(&[] as &[f64], |content| content.intensity);
        for (table, values, expected, positive) in [
            ("inflow", self.inflow, steps * streams, false),
            ("shape", self.shape, streams, true),
            ("scale", self.scale, steps * streams, true),
            ("intensity", intensity, steps * self.kinds * self.substances(), false),
        ] {
            if values.len() != expected {
                return Err(StreamsFault::Length { table, expected, found: values.len() });
            }
            let possible = |value: &f64| value.is_finite() && (!positive || *value >= f64::MIN_POSITIVE);
            // Without a way out of the loop it is vectorised; the place is looked for only if there is one.
            let all = values.iter().fold(true, |all, value| all & possible(value));
            if !all {
                let position = values.iter().position(|value| !possible(value)).unwrap_or(0);
                return Err(StreamsFault::Value { table, position });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
