//! Gauss-Lobatto quadrature on [0, 1]: both ends are nodes, and `n` nodes are exact for polynomials up to degree `2n-3`.
//!
//! With `m = n-1` and the Legendre polynomial `P_m` on [-1, 1], the nodes are -1, 1 and the roots of `P_m'`; the weights
//! are `2 / (n m P_m(x)^2)` (Abramowitz and Stegun, 25.4.32). Roots by Newton's method from the Chebyshev-Lobatto
//! points, `x <- x - (x P_m - P_{m-1}) / (n P_m)`; the nodes mirror each other exactly.

/// A place in [0, 1] and the share of the whole that it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Place.
    pub place: f64,
    /// Weight.
    pub weight: f64,
}

/// `P_m(x)` and `P_{m-1}(x)` by their three-term recurrence.
fn legendre(m: usize, x: f64) -> (f64, f64) {
    let (mut before, mut now) = (1.0, x);
    for j in 2..=m {
        let j = j as f64;
        (before, now) = (now, ((2.0 * j - 1.0) * x * now - (j - 1.0) * before) / j);
    }
    (now, before)
}

/// The rule of `n >= 2` nodes, by rising place.
pub fn rule(n: usize) -> Vec<Node> {
    let m = n.max(2) - 1;
    let (count, degree) = (m as f64 + 1.0, m as f64);
    let half = |i: usize| {
        let mut x = (std::f64::consts::PI * i as f64 / degree).cos();
        // Newton doubles the digits: from two of them, sixteen take four rounds.
        for _ in 0..12 {
            let (value, before) = legendre(m, x);
            x -= (x * value - before) / (count * value);
        }
        let (value, _) = legendre(m, x);
        (x, 1.0 / (count * degree * value * value))
    };
    // The upper half, from 1 down to the middle; the lower half mirrors it.
    let upper: Vec<(f64, f64)> = (0..=m / 2).map(half).collect();
    let middle = m.is_multiple_of(2);
    let mirrored = upper.iter().take(upper.len() - usize::from(middle));
    let lower = mirrored.map(|(x, weight)| Node { place: (1.0 - x) / 2.0, weight: *weight });
    let higher = upper.iter().rev().enumerate().map(|(i, (x, weight))| {
        let place = if middle && i == 0 { 0.5 } else { f64::midpoint(1.0, *x) };
        Node { place, weight: *weight }
    });
    lower.chain(higher).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn small_rules_are_the_known_ones() {
        let places = |n| rule(n).iter().map(|node| node.place).collect::<Vec<_>>();
        let weights = |n| rule(n).iter().map(|node| node.weight).collect::<Vec<_>>();
        assert_eq!((places(2), weights(2)), (vec![0.0, 1.0], vec![0.5, 0.5]));
        assert_eq!(places(3), [0.0, 0.5, 1.0]);
        for (found, known) in weights(3).iter().zip([1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0]) {
            assert_relative_eq!(*found, known, max_relative = 1e-15);
        }
        let inner = (1.0 - 0.2_f64.sqrt()) / 2.0;
        for (found, known) in places(4).iter().zip([0.0, inner, 1.0 - inner, 1.0]) {
            assert_relative_eq!(*found, known, max_relative = 1e-15);
        }
    }

    #[test]
    fn rules_are_exact_for_the_polynomials_they_promise() {
        for n in 2..=64 {
            let rule = rule(n);
            assert_eq!(rule.len(), n);
            assert!(rule.is_sorted_by(|a, b| a.place < b.place));
            for degree in 0..=(2 * n - 3) {
                let sum: f64 = rule.iter().map(|node| node.weight * node.place.powi(degree as i32)).sum();
                assert_relative_eq!(sum, 1.0 / (degree as f64 + 1.0), max_relative = 2e-13);
            }
        }
    }
}
