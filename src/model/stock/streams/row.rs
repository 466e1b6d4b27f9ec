//! The elementwise loops over ages. Each is one flat loop without branches, for the compiler to vectorise.

use crate::model::stock::exp2::exp2;

/// `out = weight * 2^(powers * factor)`, with `powers = -(a/reference)^k log2 e`.
#[inline(always)]
pub fn survive(out: &mut [f64], powers: &[f64], factor: f64, weight: f64) {
    for (out, power) in out.iter_mut().zip(powers) {
        *out = weight * exp2(power * factor);
    }
}

/// The same added to `out`.
#[inline(always)]
pub fn survive_also(out: &mut [f64], powers: &[f64], factor: f64, weight: f64) {
    for (out, power) in out.iter_mut().zip(powers) {
        *out += weight * exp2(power * factor);
    }
}

/// The same from logarithms, where powers would leave the range of a double: `logs = k log2(a/reference)`, and `factor`
/// the logarithm of the factor above.
#[inline(always)]
pub fn survive_by_logs(out: &mut [f64], logs: &[f64], factor: f64, weight: f64) {
    for (out, log) in out.iter_mut().zip(logs) {
        *out += weight * exp2(-std::f64::consts::LOG2_E * exp2(log + factor));
    }
}

/// Adds a cohort to the sums: `left[0]` is what it held before the first of the steps, `left[1..]` at their ends.
#[inline(always)]
pub fn book(stock: &mut [f64], outflow: &mut [f64], lost: &mut [f64], left: &[f64]) {
    let after = left.get(1..).unwrap_or(&[]);
    for ((((stock, outflow), lost), before), after) in stock.iter_mut().zip(outflow).zip(lost).zip(left).zip(after) {
        *stock += after;
        let leaves = before - after;
        *outflow += leaves;
        *lost += leaves;
    }
}

/// Adds the content of what four kinds lost.
#[inline(always)]
pub fn contain_four(sum: &mut [f64], intensity: [f64; 4], lost: [&[f64]; 4]) {
    let ([i0, i1, i2, i3], [l0, l1, l2, l3]) = (intensity, lost);
    for ((((sum, a), b), c), d) in sum.iter_mut().zip(l0).zip(l1).zip(l2).zip(l3) {
        *sum += (i0 * a + i1 * b) + (i2 * c + i3 * d);
    }
}

/// Adds the content of what one kind lost.
#[inline(always)]
pub fn contain(sum: &mut [f64], intensity: f64, lost: &[f64]) {
    for (sum, lost) in sum.iter_mut().zip(lost) {
        *sum += intensity * lost;
    }
}
