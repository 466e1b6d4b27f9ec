//! Quantiles: exact from all values, or from a sketch with a stated error.

use sketches_ddsketch::{Config, DDSketch};

/// The relative error of a sketch's quantile: 0.1 %.
pub const SKETCH_ERROR: f64 = 1e-3;
/// Values nearer to zero than this count as zero in a sketch.
const SKETCH_ZERO: f64 = 1e-12;
/// Bins enough for the whole range of a double, so that none is ever folded into another.
const SKETCH_BINS: u32 = 1 << 20;

/// The quantile of sorted values at position `q (n - 1)`, linear between two of them (type 7 of Hyndman and Fan 1996, as
/// in numpy); `None` of no values.
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let place = q * sorted.len().checked_sub(1)? as f64;
    let (below, part) = (place.floor(), place.fract());
    let low = *sorted.get(below as usize)?;
    let high = *sorted.get(place.ceil() as usize)?;
    // Between equal values is that value; and the end points come out exactly.
    Some(if part == 0.0 { low } else { low + (high - low) * part })
}

/// A sketch of many values: integer counts in bins that grow with the value, so that it does not matter in which order
/// blocks are merged.
pub fn sketch() -> DDSketch {
    DDSketch::new(Config::new(SKETCH_ERROR, SKETCH_BINS, SKETCH_ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn exact_quantiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([0.0, 0.5, 1.0].map(|q| quantile(&sorted, q)), [Some(1.0), Some(3.0), Some(8.0)]);
        assert_relative_eq!(quantile(&sorted, 0.9).unwrap(), 6.8, max_relative = 1e-15);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn a_sketch_keeps_its_stated_error_in_any_order() {
        let values: Vec<f64> = (1..=20_000).map(|i| (f64::from(i) * 0.37).sin() * f64::from(i)).collect();
        let blocks: Vec<DDSketch> = values
            .chunks(999)
            .map(|block| {
                let mut part = sketch();
                for value in block {
                    part.add(*value);
                }
                part
            })
            .collect();
        let merged = |blocks: &mut dyn Iterator<Item = &DDSketch>| {
            blocks.fold(sketch(), |mut all, part| {
                all.merge(part).unwrap();
                all
            })
        };
        let (forwards, backwards) = (merged(&mut blocks.iter()), merged(&mut blocks.iter().rev()));
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for q in [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] {
            let found = forwards.quantile(q).unwrap().unwrap();
            assert_eq!(Some(found), backwards.quantile(q).unwrap());
            let place = (q * 19_999.0) as usize;
            assert_relative_eq!(found, sorted[place], max_relative = 1.001 * SKETCH_ERROR);
        }
    }
}
