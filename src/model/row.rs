//! Rows of numbers that are computed together: by substance or by year, filled up with zeros to a multiple of what
//! vector instructions take at once. Sums keep their order and nothing is fused: the bytes are the same on every machine.

use pulp::Simd;

/// Rows are filled up to a multiple of it.
pub const LANES: usize = 8;

/// As many cells at once as the machine takes.
#[inline(always)]
pub fn lanes<S: Simd>(row: &[f64]) -> &[S::f64s] {
    debug_assert_eq!(row.len() % LANES, 0);
    S::as_simd_f64s(row).0
}

/// The same, to be changed.
#[inline(always)]
pub fn lanes_mut<S: Simd>(row: &mut [f64]) -> &mut [S::f64s] {
    debug_assert_eq!(row.len() % LANES, 0);
    S::as_mut_simd_f64s(row).0
}

/// `row[i] = 0`: where it stands, without the call that filling short slices costs.
#[inline(always)]
pub fn clear<S: Simd>(simd: S, row: &mut [f64]) {
    for cell in lanes_mut::<S>(row) {
        *cell = simd.splat_f64s(0.0);
    }
}

/// `row[i] = part[i]`.
#[inline(always)]
pub fn copy<S: Simd>(_: S, row: &mut [f64], part: &[f64]) {
    for (cell, part) in lanes_mut::<S>(row).iter_mut().zip(lanes::<S>(part)) {
        *cell = *part;
    }
}

/// `row[i] = factor * part[i]`.
#[inline(always)]
pub fn scale<S: Simd>(simd: S, row: &mut [f64], factor: f64, part: &[f64]) {
    let factor = simd.splat_f64s(factor);
    for (cell, part) in lanes_mut::<S>(row).iter_mut().zip(lanes::<S>(part)) {
        *cell = simd.mul_f64s(factor, *part);
    }
}

/// `row[i] *= factor`.
#[inline(always)]
pub fn multiply<S: Simd>(simd: S, row: &mut [f64], factor: f64) {
    let factor = simd.splat_f64s(factor);
    for cell in lanes_mut::<S>(row) {
        *cell = simd.mul_f64s(*cell, factor);
    }
}

/// `row[i] += factor * part[i]`.
#[inline(always)]
pub fn add_scaled<S: Simd>(simd: S, row: &mut [f64], factor: f64, part: &[f64]) {
    let factor = simd.splat_f64s(factor);
    for (cell, part) in lanes_mut::<S>(row).iter_mut().zip(lanes::<S>(part)) {
        *cell = simd.add_f64s(*cell, simd.mul_f64s(factor, *part));
    }
}

/// Factors in every lane, and their rows in vectors, `length` of each.
#[inline(always)]
fn spread<S: Simd, const N: usize>(
    simd: S,
    length: usize,
    terms: [(f64, &[f64]); N],
) -> ([S::f64s; N], [&[S::f64s]; N]) {
    let (mut factors, mut parts) = ([simd.splat_f64s(0.0); N], [&[][..]; N]);
    for (term, (factor, part)) in terms.into_iter().enumerate() {
        (factors[term], parts[term]) = (simd.splat_f64s(factor), &lanes::<S>(part)[..length]);
    }
    (factors, parts)
}

/// `row[i] = factor * part[i]`, summed over the terms in their order. A row is read and written once for all of them:
/// loads and stores of the same row one after the other cost more than the sums between them.
#[inline(always)]
pub fn combine<S: Simd, const N: usize>(simd: S, row: &mut [f64], terms: [(f64, &[f64]); N]) {
    let row = lanes_mut::<S>(row);
    let (factors, parts) = spread(simd, row.len(), terms);
    for (place, cell) in row.iter_mut().enumerate() {
        let mut sum = simd.mul_f64s(factors[0], parts[0][place]);
        for term in 1..N {
            sum = simd.add_f64s(sum, simd.mul_f64s(factors[term], parts[term][place]));
        }
        *cell = sum;
    }
}

/// `row[i] += factor * part[i]`, term by term, read and written once as in [`combine`].
#[inline(always)]
pub fn add_combined<S: Simd, const N: usize>(simd: S, row: &mut [f64], terms: [(f64, &[f64]); N]) {
    let row = lanes_mut::<S>(row);
    let (factors, parts) = spread(simd, row.len(), terms);
    for (place, cell) in row.iter_mut().enumerate() {
        for term in 0..N {
            *cell = simd.add_f64s(*cell, simd.mul_f64s(factors[term], parts[term][place]));
        }
    }
}

/// `row[i] = factors[i] * part[i]`.
#[inline(always)]
pub fn times<S: Simd>(simd: S, row: &mut [f64], factors: &[f64], part: &[f64]) {
    let parts = lanes::<S>(factors).iter().zip(lanes::<S>(part));
    for (cell, (factor, part)) in lanes_mut::<S>(row).iter_mut().zip(parts) {
        *cell = simd.mul_f64s(*factor, *part);
    }
}

/// `row[i] += factors[i] * part[i]`.
#[inline(always)]
pub fn add_times<S: Simd>(simd: S, row: &mut [f64], factors: &[f64], part: &[f64]) {
    let parts = lanes::<S>(factors).iter().zip(lanes::<S>(part));
    for (cell, (factor, part)) in lanes_mut::<S>(row).iter_mut().zip(parts) {
        *cell = simd.add_f64s(*cell, simd.mul_f64s(*factor, *part));
    }
}

/// `row[i] = whole[i] - row[i]`.
#[inline(always)]
pub fn subtract_from<S: Simd>(simd: S, whole: &[f64], row: &mut [f64]) {
    for (cell, whole) in lanes_mut::<S>(row).iter_mut().zip(lanes::<S>(whole)) {
        *cell = simd.sub_f64s(*whole, *cell);
    }
}

/// `row[i] += part[i]`.
#[inline(always)]
pub fn add<S: Simd>(simd: S, row: &mut [f64], part: &[f64]) {
    for (cell, part) in lanes_mut::<S>(row).iter_mut().zip(lanes::<S>(part)) {
        *cell = simd.add_f64s(*cell, *part);
    }
}

/// The sum of a row: lane by lane, then halves first.
#[inline(always)]
pub fn sum<S: Simd>(simd: S, row: &[f64]) -> f64 {
    let (mut sums, parts) = ([simd.splat_f64s(0.0); LANES], LANES / S::F64_LANES);
    for block in lanes::<S>(row).chunks_exact(parts) {
        for (sum, cell) in sums.iter_mut().zip(block) {
            *sum = simd.add_f64s(*sum, *cell);
        }
    }
    halve(simd, sums)
}

/// The sum of `a[i] * b[i]`, added up like [`sum`].
#[inline(always)]
pub fn dot<S: Simd>(simd: S, a: &[f64], b: &[f64]) -> f64 {
    let (mut sums, parts) = ([simd.splat_f64s(0.0); LANES], LANES / S::F64_LANES);
    for (a, b) in lanes::<S>(a).chunks_exact(parts).zip(lanes::<S>(b).chunks_exact(parts)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum = simd.add_f64s(*sum, simd.mul_f64s(*a, *b));
        }
    }
    halve(simd, sums)
}

/// The sum of [`LANES`] cells, halves first.
#[inline(always)]
fn halve<S: Simd>(simd: S, mut sums: [S::f64s; LANES]) -> f64 {
    let mut count = LANES / S::F64_LANES;
    while count > 1 {
        count /= 2;
        for part in 0..count {
            sums[part] = simd.add_f64s(sums[part], sums[part + count]);
        }
    }
    simd.reduce_sum_f64s(sums[0])
}

/// Whether a row holds nothing but zeros.
#[inline(always)]
pub fn is_empty<S: Simd>(simd: S, row: &[f64]) -> bool {
    // What holds anything mostly shows it in its first cell.
    if row.first().is_some_and(|cell| *cell != 0.0) {
        return false;
    }
    let mut held = simd.splat_f64s(0.0);
    for cell in lanes::<S>(row) {
        held = simd.add_f64s(held, simd.abs_f64s(*cell));
    }
    simd.reduce_sum_f64s(held) == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the same on the plainest machine and on this one.
    fn everywhere(check: impl Fn(&dyn Fn(&[f64]) -> (f64, bool, Vec<f64>))) {
        struct This<'a>(&'a [f64]);
        impl pulp::WithSimd for This<'_> {
            type Output = (f64, bool, Vec<f64>);
            fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
                let mut row = vec![1.0; self.0.len()];
                add_scaled(simd, &mut row, 2.0, self.0);
                add(simd, &mut row, self.0);
                multiply(simd, &mut row, 0.5);
                (sum(simd, self.0), is_empty(simd, self.0), row)
            }
        }
        check(&|row| pulp::WithSimd::with_simd(This(row), pulp::Scalar::new()));
        check(&|row| pulp::Arch::new().dispatch(This(row)));
    }

    #[test]
    fn rows_are_summed_and_changed_alike_on_every_machine() {
        let row: Vec<f64> = (0..2 * LANES).map(|cell| 1.0 / (cell as f64 + 3.0)).collect();
        everywhere(|on| {
            let (total, empty, changed) = on(&row);
            assert_eq!(changed[3], 0.5 * (1.0 + 2.0 * row[3] + row[3]));
            let lane = |lane: usize| row[lane] + row[lane + LANES];
            let halves = |from: usize| (lane(from) + lane(from + 4)) + (lane(from + 2) + lane(from + 6));
            assert_eq!((total, empty), (halves(0) + halves(1), false));
        });
    }

    #[test]
    fn only_zeros_are_nothing() {
        everywhere(|on| {
            assert!(on(&[0.0, -0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]).1);
            for held in [1e-300, -1.0, f64::NAN] {
                let mut row = [0.0; 2 * LANES];
                row[13] = held;
                assert!(!on(&row).1);
            }
        });
    }

    #[test]
    fn terms_are_added_in_their_order_on_every_machine() {
        struct Terms<'a>([&'a [f64]; 2]);
        impl pulp::WithSimd for Terms<'_> {
            type Output = (Vec<f64>, Vec<f64>, f64);
            fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
                let [a, b] = self.0;
                let (mut row, mut products) = (vec![f64::NAN; a.len()], vec![f64::NAN; a.len()]);
                combine(simd, &mut row, [(0.3, a), (-0.7, b)]);
                add_combined(simd, &mut row, [(1.1, b), (1.0, a)]);
                clear(simd, &mut products);
                add_times(simd, &mut products, a, b);
                (row, products, dot(simd, a, b))
            }
        }
        let a: [f64; 2 * LANES] = std::array::from_fn(|cell| 1.0 / (cell as f64 + 3.0));
        let b: [f64; 2 * LANES] = std::array::from_fn(|cell| (cell as f64).sqrt() - 1.0);
        let terms = || Terms([&a, &b]);
        let plain = pulp::WithSimd::with_simd(terms(), pulp::Scalar::new());
        let (row, products, whole) = &plain;
        for (cell, (a, b)) in a.iter().zip(&b).enumerate() {
            assert_eq!(row[cell], 0.3 * a + -0.7 * b + 1.1 * b + a);
            assert_eq!(products[cell], a * b);
        }
        assert_eq!(*whole, sum(pulp::Scalar::new(), products));
        assert_eq!(pulp::Arch::new().dispatch(terms()), plain);
    }
}
