//! All roots of a polynomial in the open interval (0, 1), isolated before they are refined.
//!
//! In the Bernstein basis a polynomial has at most as many roots inside its interval as its coefficients change sign, and
//! as many up to an even number (Descartes' rule). An interval without a change holds no root, one with a single change
//! exactly one; any other is halved by de Casteljau's algorithm. So each root is bracketed with a proof, and none is
//! missed. Two roots that double numbers cannot part are given as one.

/// Halvings after which roots count as one.
const DEEPEST: u32 = 50;

/// The roots of `sum c[k] x^k` in the open interval (0, 1), rising.
pub fn in_unit_interval(coefficients: &[f64]) -> Vec<f64> {
    let mut roots = Vec::new();
    if coefficients.len() > 1 {
        isolate(coefficients, &bernstein(coefficients), 0.0, 1.0, 0, &mut roots);
    }
    roots
}

/// The value of `sum c[k] x^k`.
pub fn value(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// Coefficients in the Bernstein basis of [0, 1]: `b_i = sum_(k<=i) C(i,k) / C(n,k) c_k`.
fn bernstein(coefficients: &[f64]) -> Vec<f64> {
    let n = coefficients.len() - 1;
    (0..=n)
        .map(|i| {
            // C(i,k) / C(n,k), from one k to the next.
            let mut weight = 1.0;
            let mut sum = 0.0;
            for (k, c) in coefficients.iter().enumerate().take(i + 1) {
                sum += weight * c;
                weight *= (i - k) as f64 / (n - k).max(1) as f64;
            }
            sum
        })
        .collect()
}

fn sign_changes(b: &[f64]) -> usize {
    let signs: Vec<bool> = b.iter().filter(|b| **b != 0.0).map(|b| *b > 0.0).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

fn isolate(coefficients: &[f64], b: &[f64], low: f64, high: f64, depth: u32, roots: &mut Vec<f64>) {
    let middle = f64::midpoint(low, high);
    match sign_changes(b) {
        0 => {}
        1 => roots.push(bisect(|x| value(coefficients, x), low, high)),
        _ if depth == DEEPEST => roots.push(middle),
        _ => {
            let (left, right) = halve(b);
            isolate(coefficients, &left, low, middle, depth + 1, roots);
            if right[0] == 0.0 {
                roots.push(middle);
            }
            isolate(coefficients, &right, middle, high, depth + 1, roots);
        }
    }
}

/// de Casteljau at the middle.
fn halve(b: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut row, mut left, mut right) = (b.to_vec(), Vec::with_capacity(b.len()), Vec::with_capacity(b.len()));
    while let (Some(first), Some(last)) = (row.first(), row.last()) {
        left.push(*first);
        right.push(*last);
        row = row.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    }
    right.reverse();
    (left, right)
}

/// The place in a bracket where the sign changes, to the last digit.
pub fn bisect(value: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let rises = value(high) > 0.0 || value(low) < 0.0;
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        let at = value(middle);
        if at == 0.0 {
            return middle;
        }
        if (at > 0.0) == rises { high = middle } else { low = middle }
    }
}
