//! Probabilities from counts.

use crate::sampling::normal;

/// The score interval of a proportion (Wilson 1927): good for few draws and for proportions of 0 and 1 too.
pub fn interval(count: u64, n: u64, confidence: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let z = normal::quantile(0.5 + 0.5 * confidence);
    let (share, n) = (count as f64 / n as f64, n as f64);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let reach = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    // None and all reach their end exactly.
    let low = if count == 0 { 0.0 } else { (middle - reach).max(0.0) };
    let high = if count as f64 == n { 1.0 } else { (middle + reach).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn the_interval_of_the_textbook() {
        // 81 of 263, 95 %: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3).
        let (low, high) = interval(81, 263, 0.95);
        assert_relative_eq!(low, 0.2553, epsilon = 5e-5);
        assert_relative_eq!(high, 0.3662, epsilon = 5e-5);
        assert_eq!((interval(0, 20, 0.95).0, interval(20, 20, 0.95).1), (0.0, 1.0));
    }
}
