//! `2^x` and `log2 x` that compile to vector instructions and give the same bytes on every machine.
//!
//! The system's `exp` and `pow` are calls that no loop can be vectorised across, and their last bits depend on the
//! machine: with and without fused multiply-add they differ. These are plain additions, multiplications and moves of
//! bits, never fused, so a loop over them runs as wide as the machine allows with the same result.
//!
//! Error bounds (tested against the standard library): `exp2` below 1.5 units in the last place, `log2` below
//! `2.5e-16 (1 + |log2 x|)`.

/// `2^x = 1 + r ln 2 + r^2 P(r)` for `|r| <= 1/2`: minimax to 0.033 units in the last place.
const POWER: [f64; 10] = [
    0.240_226_506_959_101_22,
    0.055_504_108_664_820_73,
    0.009_618_129_107_596_893,
    0.001_333_355_814_668_687_6,
    0.000_154_035_304_542_005,
    1.525_273_354_630_027_3e-5,
    1.321_543_653_476_340_4e-6,
    1.017_818_480_081_053_1e-7,
    7.073_593_224_797_179e-9,
    4.436_296_361_080_715e-10,
];

/// Adding 1.5 2^52 leaves a number rounded to a whole one in the last bits.
const ROUNDER: f64 = 1.5 * (1_u64 << 52) as f64;

/// The exponents of normal numbers; results beyond stay at the edge (the smallest normal number is 2e-308).
const LEAST: f64 = -1022.0;
const MOST: f64 = 1023.0;

/// `2^x`, for `x` held between -1022 and 1023. Below 1.5 units in the last place off; exact for whole `x`.
#[inline(always)]
pub fn exp2(x: f64) -> f64 {
    // Written as comparisons: each becomes one instruction.
    let x = if x > MOST { MOST } else { x };
    exp2_within(if x < LEAST { LEAST } else { x })
}

/// The same for an `x` that is known to lie between -1022 and 1023; beyond, the result is any number.
#[inline(always)]
pub fn exp2_within(x: f64) -> f64 {
    let rounded = x + ROUNDER;
    let r = x - (rounded - ROUNDER);
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = POWER;
    // Estrin's scheme: short chains, so that the next number can start before this one is done.
    let r2 = r * r;
    let r4 = r2 * r2;
    let low = (c0 + r * c1) + r2 * (c2 + r * c3);
    let high = ((c4 + r * c5) + r2 * (c6 + r * c7)) + r4 * (c8 + r * c9);
    let power = 1.0 + (r * std::f64::consts::LN_2 + r2 * (low + r4 * high));
    // The whole part goes straight into the exponent.
    f64::from_bits(power.to_bits().wrapping_add(rounded.to_bits() << 52))
}

/// `atanh(s)/s = 1 + z Q(z)` with `z = s^2`: minimax to 1e-4 units in the last place.
const TANGENT: [f64; 8] = [
    0.333_333_333_333_333_3,
    0.200_000_000_000_031_43,
    0.142_857_142_845_364_83,
    0.111_111_113_243_751_02,
    0.090_908_877_542_649_02,
    0.076_935_488_256_432_64,
    0.066_249_810_027_557_5,
    0.066_263_775_483_385_62,
];

/// `2 / ln 2`.
const TWO_OVER_LN_2: f64 = 2.885_390_081_777_926_8;

/// Bits of the double nearest to the square root of 1/2, and of the exponent.
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const EXPONENT: u64 = 0xfff0_0000_0000_0000;
/// Makes every exponent positive.
const OFFSET: u64 = 1100;
/// 2^52, and its bits.
const WHOLE: f64 = (1_u64 << 52) as f64;
const MANTISSA_OF_WHOLE: u64 = 0x4330_0000_0000_0000;

/// `log2 x` of a positive, finite, normal number.
#[inline(always)]
pub fn log2(x: f64) -> f64 {
    // x = 2^e m with m between sqrt(1/2) and sqrt(2); log2 m = (2 / ln 2) atanh((m-1)/(m+1)).
    let above = x.to_bits().wrapping_sub(ROOT_HALF);
    let m = f64::from_bits(x.to_bits().wrapping_sub(above & EXPONENT));
    // e as the last bits of a number above 2^52: machines without a conversion of long integers can do this, too.
    let e = f64::from_bits((above.wrapping_add(OFFSET << 52) >> 52) | MANTISSA_OF_WHOLE) - (WHOLE + OFFSET as f64);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let tail = TANGENT.iter().rev().fold(0.0, |sum, c| c + z * sum);
    e + TWO_OVER_LN_2 * (s + s * (z * tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Difference in units in the last place of `known`.
    fn ulps(found: f64, known: f64) -> f64 {
        (found - known).abs() / (f64::from_bits(known.to_bits() + 1) - known)
    }

    #[test]
    fn exp2_is_within_its_bound() {
        let mut worst: f64 = 0.0;
        for i in 0..2_000_000 {
            let x = -1021.9 + f64::from(i) * 0.001_022_123_4;
            worst = worst.max(ulps(exp2(x), x.exp2()));
            let near_one = (f64::from(i) - 1e6) * 1e-6;
            worst = worst.max(ulps(exp2(near_one), near_one.exp2()));
        }
        println!("exp2: worst difference {worst:.3} ulp");
        assert!(worst <= 1.5, "{worst}");
    }

    #[test]
    fn exp2_keeps_its_edges() {
        for n in -1022..=1023 {
            assert_eq!(exp2(f64::from(n)), f64::from(n).exp2());
        }
        assert_eq!([exp2(0.0), exp2(-0.0)], [1.0, 1.0]);
        for x in [-1e3 * 2.0, -1e300, f64::NEG_INFINITY] {
            assert_eq!(exp2(x), f64::MIN_POSITIVE);
        }
        for x in [2e3, f64::INFINITY] {
            assert_eq!(exp2(x), 2f64.powi(1023));
        }
    }

    #[test]
    fn log2_is_within_its_bound() {
        let mut worst: f64 = 0.0;
        for i in 1..2_000_000 {
            for x in [f64::from(i) * 1e-3, 1.0 + (f64::from(i) - 1e6) * 1e-9, 1e-200 * f64::from(i)] {
                let known = x.log2();
                worst = worst.max((log2(x) - known).abs() / (1.0 + known.abs()));
            }
        }
        println!("log2: worst difference {worst:.2e}");
        assert!(worst <= 2.5e-16, "{worst:e}");
        assert_eq!([log2(1.0), log2(2.0), log2(0.5), log2(1e300)], [0.0, 1.0, -1.0, 1e300_f64.log2()]);
    }
}
