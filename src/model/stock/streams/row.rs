//! The elementwise loops over ages. Each is one flat loop without branches, for the compiler to vectorise.

use super::table::BLOCK;
use crate::model::stock::exp2::{exp2_within, log2};
use std::f64::consts::LOG2_E;

/// How many terms the series have.
pub const TERMS: usize = 8;

/// A block of ages of every term, where a register is loaded from one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Terms(pub [[f64; BLOCK]; TERMS]);

/// `out = shape log2(values / reference)`.
#[inline(always)]
pub fn logarithms(out: &mut [f64], shape: f64, values: &[f64], reference: f64) {
    for (out, value) in out.iter_mut().zip(values) {
        *out = shape * log2(within(value / reference));
    }
}

/// An extreme quotient can leave the normal numbers.
#[inline(always)]
fn within(quotient: f64) -> f64 {
    let quotient = if quotient < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { quotient };
    if quotient > f64::MAX { f64::MAX } else { quotient }
}

/// `minus = -p` and `left = weight e^-p` with `p = 2^(logs + factor)`. Below 2^-100 `p` is as good as none, and above 2^8
/// as good as infinite.
#[inline(always)]
pub fn survive(minus: &mut [f64], left: &mut [f64], logs: &[f64], factor: f64, weight: f64) {
    for ((minus, left), log) in minus.iter_mut().zip(left).zip(logs) {
        let log = log + factor;
        let log = if log < -100.0 { -100.0 } else { log };
        let power = -exp2_within(if log > 8.0 { 8.0 } else { log });
        *minus = power;
        *left = weight * exp2_within(power * LOG2_E);
    }
}

/// Adds to the terms what leaves from each age to the next: of term `j` there is left `left minus^j`.
#[inline(always)]
pub fn expand(terms: &mut [Terms], minus: &[f64], left: &[f64]) {
    let now = minus.as_chunks::<BLOCK>().0.iter().zip(left.as_chunks::<BLOCK>().0);
    let (minus, left) = (minus.get(1..).unwrap_or_default(), left.get(1..).unwrap_or_default());
    let next = minus.as_chunks::<BLOCK>().0.iter().zip(left.as_chunks::<BLOCK>().0);
    for ((terms, (minus, left)), (next_minus, next_left)) in terms.iter_mut().zip(now).zip(next) {
        let (mut before, mut after) = (*left, *next_left);
        for term in &mut terms.0 {
            for ((term, before), after) in term.iter_mut().zip(&before).zip(&after) {
                *term += before - after;
            }
            multiply(&mut before, minus);
            multiply(&mut after, next_minus);
        }
    }
}

#[inline(always)]
fn multiply(product: &mut [f64; BLOCK], block: &[f64; BLOCK]) {
    for (product, value) in product.iter_mut().zip(block) {
        *product *= value;
    }
}

/// Weights of the terms for a cohort whose factor has the logarithm `log` against that of the series:
/// `inflow d^j / j!` with `d = 2^log - 1`.
#[inline(always)]
pub fn weights(inflow: f64, log: f64) -> [f64; TERMS] {
    const OVER: [f64; TERMS] = [1.0, 1.0, 1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0, 1.0 / 5.0, 1.0 / 6.0, 1.0 / 7.0];
    let distance = exp2_within(log) - 1.0;
    let mut weights = [inflow; TERMS];
    let mut weight = inflow;
    for (out, over) in weights.iter_mut().zip(OVER).skip(1) {
        weight *= distance * over;
        *out = weight;
    }
    weights
}

/// Adds what a cohort with `left` of it loses to two sums.
#[inline(always)]
pub fn lose_alone(outflow: &mut [f64], lost: &mut [f64], left: &[f64]) {
    let after = left.get(1..).unwrap_or_default();
    for (((outflow, lost), before), after) in outflow.iter_mut().zip(lost).zip(left).zip(after) {
        let leaves = before - after;
        *outflow += leaves;
        *lost += leaves;
    }
}

/// The same from the terms of a series.
#[inline(always)]
pub fn lose(outflow: &mut [f64], lost: &mut [f64], terms: &[Terms], weights: [f64; TERMS]) {
    let (outflow, _) = outflow.as_chunks_mut::<BLOCK>();
    let (lost, _) = lost.as_chunks_mut::<BLOCK>();
    let [a, b, c, d, e, f, g, h] = weights;
    for ((outflow, lost), terms) in outflow.iter_mut().zip(lost).zip(terms) {
        let [p, q, r, s, t, u, v, w] = &terms.0;
        let mut leaves = [0.0; BLOCK];
        for (i, leaves) in leaves.iter_mut().enumerate() {
            *leaves = ((a * p[i] + b * q[i]) + (c * r[i] + d * s[i])) + ((e * t[i] + f * u[i]) + (g * v[i] + h * w[i]));
        }
        add(outflow, &leaves);
        add(lost, &leaves);
    }
}

#[inline(always)]
fn add(sum: &mut [f64; BLOCK], block: &[f64; BLOCK]) {
    for (sum, value) in sum.iter_mut().zip(block) {
        *sum += value;
    }
}

/// Adds two substances of what four cohorts lost.
#[inline(always)]
pub fn contain_four(sums: [&mut [f64]; 2], intensity: [[f64; 4]; 2], lost: [&[f64]; 4]) {
    let ([first, second], [i, j], [a, b, c, d]) = (sums, intensity, lost);
    for (((((first, second), a), b), c), d) in first.iter_mut().zip(second).zip(a).zip(b).zip(c).zip(d) {
        *first += (i[0] * a + i[1] * b) + (i[2] * c + i[3] * d);
        *second += (j[0] * a + j[1] * b) + (j[2] * c + j[3] * d);
    }
}
