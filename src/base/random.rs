//! Random numbers that are a pure function of (seed, name, draw): whichever draws ran before, on whatever thread.

use rand_philox::{Philox, splitmix64};

/// Philox4x32-10 words.
pub type Stream = Philox;

/// Whether what happens by chance inside a run is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// At its expected value.
    Expected,
    /// Drawn from the run's own streams.
    Drawn {
        /// The scenario's seed.
        seed: u64,
        /// Which of the draws this run is; 0 for a run by itself.
        draw: u64,
    },
}

/// Blocks of a stream that one draw owns: 2^64, which none can use up.
const BLOCKS_OF_A_DRAW: u32 = 64;

/// The stream of what is called `name` (a parameter's key, a plant's failures, ...) in a draw.
///
/// Another name or another seed is another key of the generator, another draw another part of the counter, so streams
/// never meet.
pub fn stream(seed: u64, name: &str, draw: u64) -> Stream {
    // FNV-1a: a name's hash must be the same on every machine and in every version.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let key = splitmix64(splitmix64(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ hash);
    Philox::new([key as u32, (key >> 32) as u32], u128::from(draw) << BLOCKS_OF_A_DRAW)
}

/// A number in the open interval (0, 1), with all 53 bits of a double's fraction.
pub fn unit(stream: &mut Stream) -> f64 {
    ((stream.next_u64() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(seed: u64, name: &str, draw: u64) -> u64 {
        stream(seed, name, draw).next_u64()
    }

    #[test]
    fn a_stream_is_its_seed_name_and_draw() {
        assert_eq!(first(1, "plant.p1", 5), first(1, "plant.p1", 5));
        let others = [first(2, "plant.p1", 5), first(1, "plant.p2", 5), first(1, "plant.p1", 6)];
        assert!(others.iter().all(|other| *other != first(1, "plant.p1", 5)));
    }

    #[test]
    fn units_stay_inside_and_are_even() {
        let mut stream = stream(7, "test", 0);
        let draws: Vec<f64> = (0..100_000).map(|_| unit(&mut stream)).collect();
        assert!(draws.iter().all(|u| *u > 0.0 && *u < 1.0));
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let standard_error = (1.0_f64 / 12.0 / draws.len() as f64).sqrt();
        assert!((mean - 0.5).abs() < 4.0 * standard_error, "mean {mean}");
    }
}
