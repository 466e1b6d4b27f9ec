//! Random permutations of which any place can be asked for: a draw of a Latin hypercube needs no other draw.

use rand_philox::splitmix64;

/// Rounds of the Feistel network; four already make a good permutation of a good round function.
const ROUNDS: u64 = 8;

/// A permutation of `0..count`: a Feistel network over the next power of four, walked until it comes back inside.
#[derive(Clone, Copy, Debug)]
pub struct Permutation {
    count: u64,
    /// Bits of each half.
    half: u32,
    key: u64,
}

impl Permutation {
    /// The permutation of a key.
    pub fn new(count: u64, key: u64) -> Self {
        let bits = u64::BITS - count.saturating_sub(1).leading_zeros();
        Self { count, half: bits.div_ceil(2).max(1), key }
    }

    /// How many places there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Where a place goes.
    pub fn at(&self, place: u64) -> u64 {
        let mut place = self.shuffle(place);
        while place >= self.count {
            place = self.shuffle(place);
        }
        place
    }

    fn shuffle(&self, place: u64) -> u64 {
        let mask = (1_u64 << self.half) - 1;
        let (mut left, mut right) = (place >> self.half, place & mask);
        for round in 0..ROUNDS {
            let mixed = splitmix64(self.key ^ splitmix64(right | (round << 48)));
            (left, right) = (right, left ^ (mixed >> (u64::BITS - self.half)) & mask);
        }
        (left << self.half) | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_taken_once() {
        for count in [1, 2, 3, 7, 64, 1000, 4097] {
            let permutation = Permutation::new(count, 42 + count);
            let mut taken: Vec<u64> = (0..count).map(|place| permutation.at(place)).collect();
            taken.sort_unstable();
            assert_eq!(taken, (0..count).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn another_key_is_another_order_and_neighbours_part() {
        let [a, b] =
            [1, 2].map(|key| (0..1000).map(|i| Permutation::new(1000, key).at(i) as f64).collect::<Vec<f64>>());
        assert_ne!(a, b);
        // Correlation of neighbours, and of the two: within 4 standard errors of none.
        let correlation = |x: &[f64], y: &[f64]| {
            let n = x.len() as f64;
            let product: f64 = x.iter().zip(y).map(|(x, y)| (x - 499.5) * (y - 499.5)).sum();
            product / n / (999_999.0 / 12.0)
        };
        assert!(correlation(&a[1..], &a[..999]).abs() < 4.0 / 1000.0_f64.sqrt());
        assert!(correlation(&a, &b).abs() < 4.0 / 1000.0_f64.sqrt());
    }
}
