//! Axes: from the range of the data to round ticks, and from a value to its place.

use std::ops::RangeInclusive;

use super::text::number;

/// How many intervals an axis may have: in a plot of full height, and in a low one.
pub(super) const FINE: RangeInclusive<f64> = 4.0..=7.0;
pub(super) const COARSE: RangeInclusive<f64> = 2.0..=4.0;

/// Shares of the axis: more empty paper than this above the data is cut away, and this much is left instead.
const SLACK: f64 = 0.12;
const HEADROOM: f64 = 0.04;

/// One mark of an axis: the value and what is written beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub text: String,
}

/// A linear axis. `from < to` always holds, so that no place is ever a division by zero.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub from: f64,
    pub to: f64,
    pub ticks: Vec<Tick>,
}

impl Axis {
    /// An axis for amounts: from zero, or from below it if the data go there, to at or above the largest value.
    pub fn amounts(lowest: f64, highest: f64, intervals: &RangeInclusive<f64>) -> Self {
        let low = lowest.min(0.0);
        let high = highest.max(0.0);
        // Nothing at all is drawn on an axis from 0 to 1.
        let high = if high - low > f64::MIN_POSITIVE { high } else { 1.0 };
        Self::rounded(low, high, intervals)
    }

    /// An axis for quantities that need not start at zero: a price, a share near one.
    pub fn values(lowest: f64, highest: f64) -> Self {
        if highest - lowest > highest.abs().max(lowest.abs()) * 1e-9 {
            Self::rounded(lowest, highest, &FINE)
        } else {
            // One value: a window around it that still shows zero as zero.
            Self::amounts(lowest, highest, &FINE)
        }
    }

    /// The same axis with some paper above `highest`, so that a point or a line there does not lie on the edge.
    pub fn with_headroom(self, highest: f64) -> Self {
        let least = highest + HEADROOM * (self.to - self.from);
        Self { to: self.to.max(least), ..self }
    }

    fn rounded(low: f64, high: f64, intervals: &RangeInclusive<f64>) -> Self {
        let step = amount_step(low, high, intervals);
        let first = (low / step.size).floor();
        let count = (high / step.size).ceil() - first;
        let mut ticks: Vec<Tick> = whole_numbers(count)
            .map(|n| {
                let value = (first + n) * step.size;
                Tick { value, text: number(value, step.decimals) }
            })
            .collect();
        let (mut from, mut to) = (first * step.size, (first + count) * step.size);
        if to - high > SLACK * (to - from) && ticks.len() > 3 {
            ticks.pop();
            to = high + HEADROOM * (to - from);
        }
        if low - from > SLACK * (to - from) && ticks.len() > 3 {
            ticks.remove(0);
            from = low - HEADROOM * (to - from);
        }
        Self { from, to, ticks }
    }

    /// An axis of years: whole years as ticks, as many as fit into `room` pixels at `label` pixels each.
    pub fn years(places: impl Iterator<Item = f64> + Clone, room: f64, label: f64) -> Self {
        let first = places.clone().reduce(f64::min);
        let (Some(from), Some(to)) = (first, places.reduce(f64::max)) else {
            return Self { from: 0.0, to: 1.0, ticks: Vec::new() };
        };
        let (from, to) = if to - from >= 2.0 {
            (from, to)
        } else if to > from {
            (from.floor(), to.ceil())
        } else {
            (from.floor() - 1.0, from.ceil() + 1.0)
        };
        let most = (room / (label * 1.6)).max(1.0);
        let mut step = 1.0;
        // 1, 2, 5, 10, 20, 50 ...
        'sizes: for power in 0..17 {
            for digit in [1.0, 2.0, 5.0] {
                step = digit * 10_f64.powi(power);
                if (to - from) / step <= most {
                    break 'sizes;
                }
            }
        }
        let first = (from / step).ceil();
        let ticks = whole_numbers((to / step).floor() - first)
            .map(|n| {
                let value = (first + n) * step;
                // A year has no thousands separator; a count of years large enough to need one is no year.
                let mut text = number(value, 0);
                if value.abs() < 10_000.0 {
                    text.retain(|c| c != ',');
                }
                Tick { value, text }
            })
            .collect();
        Self { from, to, ticks }
    }

    /// Where a value lies between the pixels `start` (the axis' beginning) and `end`.
    pub fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        start + (value - self.from) / (self.to - self.from) * (end - start)
    }
}

/// The distance of two ticks.
struct Step {
    size: f64,
    decimals: usize,
}

/// The round step that needs a fitting number of intervals and leaves the least of the axis empty above the data.
fn amount_step(low: f64, high: f64, wanted: &RangeInclusive<f64>) -> Step {
    let span = high - low;
    let mut best: Option<(f64, Step)> = None;
    // Powers by table rather than by logarithm: the same on every machine, and no rounding at the decades.
    for power in -12..=15_i32 {
        for (digit, extra) in [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0)] {
            let size = if power < 0 {
                // Dividing keeps 0.2 the nearest number to 0.2; multiplying by 0.1 would not.
                digit / 10_f64.powi(-power)
            } else {
                digit * 10_f64.powi(power)
            };
            let intervals = (high / size).ceil() - (low / size).floor();
            if !wanted.contains(&intervals) {
                continue;
            }
            let waste = intervals * size / span;
            // Between equals the coarser step: fewer lines.
            if best.as_ref().is_none_or(|(least, _)| waste <= *least) {
                let decimals = usize::try_from(extra - power).unwrap_or(0);
                best = Some((waste, Step { size, decimals }));
            }
        }
    }
    // Only spans outside 1e-12 to 1e16 find no round step; four plain intervals then.
    best.map_or(Step { size: span / 4.0, decimals: 0 }, |(_, step)| step)
}

/// 0, 1, 2 ... up to `last`, and never more than a hundred of them.
fn whole_numbers(last: f64) -> impl Iterator<Item = f64> {
    (0..=100_u8).map(f64::from).take_while(move |n| *n <= last)
}
