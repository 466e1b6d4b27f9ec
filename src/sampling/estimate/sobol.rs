//! Sobol indices: which share of an output's variance a parameter explains by itself (first order) and with all its
//! interactions (total order).
//!
//! Estimators of Saltelli et al. (2010) and Jansen (1999), as in `SALib`: outputs standardised first, then
//! `S1_i = mean(B (AB_i - A)) / var(A, B)`, `ST_i = mean((A - AB_i)^2) / 2 var(A, B)`,
//! `S2_ij = mean(BA_i AB_j - A B) / var(A, B) - S1_i - S1_j`.

use crate::base::random::Stream;

/// Of a Saltelli design: rows in `SALib`'s order, `[A, AB_1 .. AB_D, (BA_1 .. BA_D,) B]` for each base point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Parameters.
    pub parameters: usize,
    /// With the rows `BA` that second-order indices need.
    pub second_order: bool,
}

impl Layout {
    /// Rows for each base point.
    pub fn rows(self) -> usize {
        self.parameters * if self.second_order { 2 } else { 1 } + 2
    }

    /// The row of a base point as numbers in (0, 1), from its points in `A` and `B`.
    pub fn row(self, row: usize, a: &[f64], b: &[f64], out: &mut [f64]) {
        let last = self.rows() - 1;
        let (from, swapped, other) = match row {
            0 => (a, None, b),
            row if row == last => (b, None, a),
            row if row <= self.parameters => (a, Some(row - 1), b),
            row => (b, Some(row - 1 - self.parameters), a),
        };
        out.copy_from_slice(from);
        if let Some(i) = swapped {
            out[i] = other[i];
        }
    }
}

/// Indices of one output.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// First order, by parameter.
    pub first: Vec<f64>,
    /// Total order, by parameter.
    pub total: Vec<f64>,
    /// Second order by pair, if the design has the rows for it: `(i, j, S2)` with `i < j`.
    pub second: Vec<(usize, usize, f64)>,
}

/// An index and its bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The index.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Outputs of a design, standardised.
struct Outputs<'a> {
    layout: Layout,
    y: &'a [f64],
}

impl Outputs<'_> {
    /// All base points.
    fn all(&self) -> Vec<usize> {
        (0..self.y.len() / self.layout.rows()).collect()
    }

    fn of(&self, point: usize, row: usize) -> f64 {
        self.y[point * self.layout.rows() + row]
    }

    /// The indices over some base points, which may come more than once.
    fn indices(&self, points: &[usize], with_second: bool) -> Indices {
        let (d, last) = (self.layout.parameters, self.layout.rows() - 1);
        let n = points.len() as f64;
        let mean_of = |f: &dyn Fn(usize) -> f64| points.iter().map(|point| f(*point)).sum::<f64>() / n;
        let mean = mean_of(&|point| self.of(point, 0) + self.of(point, last)) / 2.0;
        let square = |x: f64| x * x;
        let variance = mean_of(&|point| square(self.of(point, 0) - mean) + square(self.of(point, last) - mean)) / 2.0;
        let over = |x: f64| if variance > 0.0 { x / variance } else { 0.0 };
        let first: Vec<f64> =
            (0..d).map(|i| over(mean_of(&|p| self.of(p, last) * (self.of(p, 1 + i) - self.of(p, 0))))).collect();
        let total = (0..d).map(|i| over(mean_of(&|p| square(self.of(p, 0) - self.of(p, 1 + i))) / 2.0)).collect();
        let mut second = Vec::new();
        if with_second {
            for i in 0..d {
                for j in i + 1..d {
                    let both =
                        mean_of(&|p| self.of(p, 1 + d + i) * self.of(p, 1 + j) - self.of(p, 0) * self.of(p, last));
                    second.push((i, j, over(both) - first[i] - first[j]));
                }
            }
        }
        Indices { first, total, second }
    }
}

/// Outputs with mean 0 and standard deviation 1 over all rows; zeros if they do not vary.
fn standardised(y: &[f64]) -> Vec<f64> {
    let n = y.len() as f64;
    let mean = y.iter().sum::<f64>() / n;
    let variance = y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
    let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
    y.iter().map(|y| (y - mean) * scale).collect()
}

/// The indices of an output, given its rows in the order of the design.
pub fn indices(layout: Layout, y: &[f64]) -> Indices {
    let y = standardised(y);
    let outputs = Outputs { layout, y: &y };
    outputs.indices(&outputs.all(), layout.second_order)
}

/// First- and total-order indices with bootstrap intervals: base points drawn with replacement, `resamples` times.
pub fn with_intervals(
    layout: Layout,
    y: &[f64],
    resamples: usize,
    confidence: f64,
    stream: &mut Stream,
) -> (Vec<Estimate>, Vec<Estimate>) {
    let y = standardised(y);
    let outputs = Outputs { layout, y: &y };
    let mut points = outputs.all();
    let base = points.len() as u32;
    let found = outputs.indices(&points, false);
    let mut first = vec![Vec::with_capacity(resamples); layout.parameters];
    let mut total = first.clone();
    for _ in 0..resamples {
        for point in &mut points {
            *point = stream.bounded(base) as usize;
        }
        let drawn = outputs.indices(&points, false);
        for i in 0..layout.parameters {
            first[i].push(drawn.first[i]);
            total[i].push(drawn.total[i]);
        }
    }
    let estimates = |values: &[f64], mut drawn: Vec<Vec<f64>>| {
        values.iter().zip(&mut drawn).map(|(value, drawn)| interval(*value, drawn, confidence)).collect()
    };
    (estimates(&found.first, first), estimates(&found.total, total))
}

/// A value and the middle part of its resamples.
pub(super) fn interval(value: f64, drawn: &mut [f64], confidence: f64) -> Estimate {
    drawn.sort_by(f64::total_cmp);
    let end = |q: f64| super::order::quantile(drawn, q).unwrap_or(value);
    Estimate { value, low: end(0.5 - 0.5 * confidence), high: end(0.5 + 0.5 * confidence) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::stream;

    #[test]
    fn a_sum_is_explained_by_its_parts() {
        // y = 2 a + b over a full grid of points: shares 4/5 and 1/5, no interaction.
        let layout = Layout { parameters: 2, second_order: true };
        let mut y = Vec::new();
        let mut stream = stream(1, "points", 0);
        for _ in 0..4096 {
            let mut draw = || [crate::base::random::unit(&mut stream), crate::base::random::unit(&mut stream)];
            let (a, b, mut row) = (draw(), draw(), [0.0; 2]);
            for i in 0..layout.rows() {
                layout.row(i, &a, &b, &mut row);
                y.push(2.0 * row[0] + row[1]);
            }
        }
        let found = indices(layout, &y);
        for (found, exact) in found.first.iter().chain(&found.total).zip([0.8, 0.2, 0.8, 0.2]) {
            assert!((found - exact).abs() < 0.06, "{found} {exact}");
        }
        assert!(found.second[0].2.abs() < 0.06);
        let (first, total) = with_intervals(layout, &y, 200, 0.95, &mut stream);
        for (estimate, exact) in first.iter().chain(&total).zip([0.8, 0.2, 0.8, 0.2]) {
            assert!(estimate.low < exact + 0.02 && exact - 0.02 < estimate.high && estimate.high - estimate.low < 0.2);
        }
        assert_eq!(indices(layout, &vec![3.0; y.len()]).total, [0.0, 0.0]);
    }
}
