//! Sobol points by index, with the direction numbers of Joe and Kuo (2008, set D6) and nested uniform scrambling
//! (Owen 1995): each bit is flipped by a random bit that depends on all bits above it. Scrambled points are even like the
//! plain ones, none of them is 0, and replicates with other scrambles tell how far a mean may be off.

use rand_philox::splitmix64;
use sobol::Sobol;
use sobol::params::JoeKuoD6;

/// How many dimensions there are direction numbers for: more than the parameters of any scenario, twice over for the two
/// halves of a Saltelli design. Dimensions beyond it there are none.
pub const MOST_DIMENSIONS: usize = 1000;
/// How many points a sequence has.
pub const MOST_POINTS: u64 = 1 << POINT_BITS;

const POINT_BITS: usize = 32;
/// Bits of a double's fraction.
const BITS: u32 = 53;

/// The direction numbers of some dimensions.
#[derive(Clone, Debug)]
pub struct DigitalNet {
    directions: Vec<Vec<u64>>,
}

impl DigitalNet {
    /// A net of at most [`MOST_DIMENSIONS`] dimensions.
    pub fn new(dimensions: usize) -> Self {
        let table = JoeKuoD6::standard();
        let dimensions = dimensions.min(MOST_DIMENSIONS);
        Self { directions: Sobol::<u64>::init_direction_vals::<u32>(dimensions, POINT_BITS, &table) }
    }

    /// A coordinate of a point, scrambled by a key of its own for each dimension and replicate; in the open interval
    /// (0, 1).
    pub fn unit(&self, dimension: usize, point: u64, key: u64) -> f64 {
        let directions = &self.directions[dimension];
        let plain = directions.iter().enumerate().filter(|(bit, _)| point >> bit & 1 == 1).fold(0, |x, (_, d)| x ^ d);
        ((scrambled(plain, key) >> (u64::BITS - BITS)) as f64 + 0.5) / (1_u64 << BITS) as f64
    }
}

fn scrambled(plain: u64, key: u64) -> u64 {
    let mut flips = 0;
    for bit in 0..BITS {
        // The bits above this one, behind a leading 1 that says how many they are.
        let above = (1_u64 << bit) | if bit == 0 { 0 } else { plain >> (u64::BITS - bit) };
        flips |= (splitmix64(key ^ splitmix64(above)) >> (u64::BITS - 1)) << (u64::BITS - 1 - bit);
    }
    plain ^ flips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_points_are_those_of_the_library() {
        let net = DigitalNet::new(60);
        let directions = |dimension: usize| &net.directions[dimension];
        let gray = |i: u64| i ^ (i >> 1);
        for (i, point) in Sobol::<u64>::new_with_resolution(60, &JoeKuoD6::standard(), Some(32)).take(500).enumerate() {
            for (dimension, coordinate) in point.iter().enumerate() {
                let bits = directions(dimension).iter().enumerate();
                let own = bits.filter(|(bit, _)| gray(i as u64) >> bit & 1 == 1).fold(0, |x, (_, d)| x ^ d);
                assert_eq!(own, *coordinate);
            }
        }
    }

    #[test]
    fn scrambled_points_lie_one_in_each_box() {
        let net = DigitalNet::new(8);
        // Of 256 points each interval of length 1/256 holds one, in every dimension and under any key.
        for dimension in 0..8 {
            let mut boxes: Vec<u64> =
                (0..256).map(|i| (net.unit(dimension, i, 99 + dimension as u64) * 256.0) as u64).collect();
            boxes.sort_unstable();
            assert_eq!(boxes, (0..256).collect::<Vec<u64>>());
        }
        // The first two dimensions are a (0, 2)-sequence: of 256 points each box of 1/16 x 1/16 holds one.
        let mut boxes: Vec<u64> =
            (0..256).map(|i| (net.unit(0, i, 7) * 16.0) as u64 * 16 + (net.unit(1, i, 8) * 16.0) as u64).collect();
        boxes.sort_unstable();
        assert_eq!(boxes, (0..256).collect::<Vec<u64>>());
    }
}
