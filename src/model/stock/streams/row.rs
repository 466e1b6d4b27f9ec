//! The elementwise loops over ages. Each is one flat loop without branches, for the compiler to vectorise.

use crate::model::stock::exp2::{exp2, exp2_of_at_most_1023, exp2_within, log2};

/// `out = shape log2(numerator / denominator)`, each by stream.
#[inline(always)]
pub fn logarithms(out: &mut [f64], shape: &[f64], numerator: &[f64], denominator: &[f64]) {
    for (((out, shape), numerator), denominator) in out.iter_mut().zip(shape).zip(numerator).zip(denominator) {
        *out = shape * log2(within(numerator / denominator));
    }
}

/// `out = shape log2(age / reference)`, for the ages of one stream.
#[inline(always)]
pub fn logarithms_of_ages(out: &mut [f64], shape: f64, ages: &[f64], reference: f64) {
    for (out, age) in out.iter_mut().zip(ages) {
        *out = shape * log2(within(age / reference));
    }
}

/// `values = factor * 2^values`.
#[inline(always)]
pub fn raise(values: &mut [f64], factor: f64) {
    for value in values {
        *value = factor * exp2(*value);
    }
}

/// An extreme quotient can leave the normal numbers.
#[inline(always)]
fn within(quotient: f64) -> f64 {
    let quotient = if quotient < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { quotient };
    if quotient > f64::MAX { f64::MAX } else { quotient }
}

/// `out = weight * 2^(powers * factor)`, with `powers = -(a/reference)^k log2 e`; any number where that lies below 2^-1022.
#[inline(always)]
pub fn survive(out: &mut [f64], powers: &[f64], factor: f64, weight: f64) {
    for (out, power) in out.iter_mut().zip(powers) {
        *out = weight * exp2_within(power * factor);
    }
}

/// The same added to `out`, at least 2^-1022 of the weight.
#[inline(always)]
pub fn survive_also(out: &mut [f64], powers: &[f64], factor: f64, weight: f64) {
    for (out, power) in out.iter_mut().zip(powers) {
        *out += weight * exp2_of_at_most_1023(power * factor);
    }
}

/// The same from logarithms, where powers would leave the range of a double: `logs = k log2(a/reference)`, and `factor`
/// the logarithm of the factor above.
#[inline(always)]
pub fn survive_by_logs(out: &mut [f64], logs: &[f64], factor: f64, weight: f64) {
    for (out, log) in out.iter_mut().zip(logs) {
        *out += weight * exp2_of_at_most_1023(-std::f64::consts::LOG2_E * exp2(log + factor));
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

/// Adds two substances of what four kinds lost.
#[inline(always)]
pub fn contain_four(sums: [&mut [f64]; 2], intensity: [[f64; 4]; 2], lost: [&[f64]; 4]) {
    let ([first, second], [i, j], [a, b, c, d]) = (sums, intensity, lost);
    for (((((first, second), a), b), c), d) in first.iter_mut().zip(second).zip(a).zip(b).zip(c).zip(d) {
        *first += (i[0] * a + i[1] * b) + (i[2] * c + i[3] * d);
        *second += (j[0] * a + j[1] * b) + (j[2] * c + j[3] * d);
    }
}
