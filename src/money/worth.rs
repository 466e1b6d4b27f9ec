//! What a cash flow is worth.
//!
//! Flows stand at years 0, 1, 2, ..; year 0 is the first one with a flow and is not discounted.

use super::roots;

/// `sum flow[t] / (1 + rate)^t`.
pub fn net_present_value(flows: &[f64], rate: f64) -> f64 {
    roots::value(flows, 1.0 / (1.0 + rate))
}

/// Running sums of the discounted flows.
pub fn cumulative(flows: &[f64], rate: f64) -> Vec<f64> {
    let mut sum = 0.0;
    let discounted = flows.iter().enumerate().map(|(t, flow)| flow / (1.0 + rate).powi(t as i32));
    discounted
        .map(|flow| {
            sum += flow;
            sum
        })
        .collect()
}

/// All internal rates of return above -1, rising: where the net present value is zero.
///
/// With `x = 1 / (1 + r)` the value is a polynomial in `x`; rates above 0 are its roots in (0, 1), rates below 0 those of
/// the polynomial read backwards, in `1 + r`. All are found, or there are none; see [`roots`].
pub fn internal_rates(flows: &[f64]) -> Vec<f64> {
    let first = flows.iter().position(|flow| *flow != 0.0).unwrap_or(flows.len());
    let last = flows.iter().rposition(|flow| *flow != 0.0).map_or(first, |last| last + 1);
    let flows = &flows[first..last];
    let backwards: Vec<f64> = flows.iter().rev().copied().collect();
    let mut rates: Vec<f64> = roots::in_unit_interval(&backwards).into_iter().map(|y| y - 1.0).collect();
    if !flows.is_empty() && flows.iter().sum::<f64>() == 0.0 {
        rates.push(0.0);
    }
    rates.extend(roots::in_unit_interval(flows).into_iter().rev().map(|x| 1.0 / x - 1.0));
    rates
}

/// Years from year 0 until the discounted flows have paid themselves back, linear within a year; none if they never do.
pub fn discounted_payback(flows: &[f64], rate: f64) -> Option<f64> {
    let sums = cumulative(flows, rate);
    let spent = sums.iter().position(|sum| *sum < 0.0)?;
    let back = (spent..sums.len()).find(|t| sums[*t] >= 0.0)?;
    let (before, after) = (sums[back - 1], sums[back]);
    Some((back - 1) as f64 - before / (after - before))
}
