//! A number over time: given for some years, linear between them, ruled outside them.
//!
//! With given values `v_i` at years `y_i`, `v(t) = v_i + (v_{i+1} - v_i) (t - y_i) / (y_{i+1} - y_i)`.
//! A state or a share means its value on 1 January of the year; a flow means the total of the year.

/// What holds before the first given year.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Before {
    /// The first given value.
    #[default]
    Hold,
    /// Nothing.
    Zero,
}

/// What holds after the last given year.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Then {
    /// The last given value.
    #[default]
    Hold,
    /// Nothing.
    Zero,
    /// The growth rate of the last interval falls linearly to zero over this many years.
    Fade(f64),
}

/// A number over time. Never empty; years rise strictly.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    points: Vec<(i32, f64)>,
    before: Before,
    then: Then,
}

impl Series {
    /// The same value at all times.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self { points: vec![(0, value)], before: Before::Hold, then: Then::Hold }
    }

    /// A series through the given points, sorted by year. `None` if there is no point or a year comes twice.
    #[must_use]
    pub fn new(mut points: Vec<(i32, f64)>, before: Before, then: Then) -> Option<Self> {
        points.sort_by_key(|(year, _)| *year);
        let repeated = points.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0));
        if points.is_empty() || repeated {
            return None;
        }
        Some(Self { points, before, then })
    }

    /// The given points, by rising year. A constant has one point in year 0.
    #[must_use]
    pub fn points(&self) -> &[(i32, f64)] {
        &self.points
    }

    /// True if the value is the same at all times by the way it was given (not by chance of the numbers).
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.points.len() == 1 && self.before == Before::Hold && self.then != Then::Zero
    }

    /// The rules outside the given years.
    #[must_use]
    pub fn rules(&self) -> (Before, Then) {
        (self.before, self.then)
    }

    /// The value of a state or share at a moment, in years: 2030.5 is the middle of 2030.
    #[must_use]
    pub fn at(&self, time: f64) -> f64 {
        let next = self.points.partition_point(|(year, _)| f64::from(*year) <= time);
        let upper = self.points.get(next);
        let lower = next.checked_sub(1).and_then(|i| self.points.get(i));
        match (lower, upper) {
            (Some(&(y0, v0)), Some(&(y1, v1))) => {
                let part = (time - f64::from(y0)) / (f64::from(y1) - f64::from(y0));
                // The end points come out exactly, and a flat stretch stays flat.
                v0 + (v1 - v0) * part
            }
            (None, Some(&(_, first))) => match self.before {
                Before::Hold => first,
                Before::Zero => 0.0,
            },
            (Some(&(year, last)), None) => self.after(time - f64::from(year), last),
            (None, None) => 0.0,
        }
    }

    /// The total of a flow in a year, in the unit of the series times yr.
    #[must_use]
    pub fn year_total(&self, year: i32) -> f64 {
        self.at(f64::from(year))
    }

    /// The value `years` after the last given one.
    fn after(&self, years: f64, last: f64) -> f64 {
        match self.then {
            Then::Hold => last,
            Then::Zero if years == 0.0 => last,
            Then::Zero => 0.0,
            Then::Fade(span) => {
                let s = years.clamp(0.0, span);
                last * (self.last_growth() * (s - s * s / (2.0 * span))).exp()
            }
        }
    }

    /// Continuous growth rate of the last interval, 1/yr; zero where it cannot be formed.
    fn last_growth(&self) -> f64 {
        match self.points.as_slice() {
            [.., (y0, v0), (y1, v1)] if *v0 > 0.0 && *v1 > 0.0 => (v1 / v0).ln() / (f64::from(*y1) - f64::from(*y0)),
            _ => 0.0,
        }
    }

    /// True if `fade` has a growth rate to start from: two given years with values above zero.
    #[must_use]
    pub fn can_fade(&self) -> bool {
        matches!(self.points.as_slice(), [.., (_, v0), (_, v1)] if *v0 > 0.0 && *v1 > 0.0)
    }

    /// The value long after the last given year.
    #[must_use]
    pub fn limit(&self) -> f64 {
        self.points.last().map_or(0.0, |(_, last)| self.after(f64::MAX, *last))
    }

    /// Changes the given values, year by year.
    pub fn change(&mut self, mut f: impl FnMut(i32, f64) -> f64) {
        for (year, value) in &mut self.points {
            *value = f(*year, *value);
        }
    }

    /// The series scaled by a factor.
    #[must_use]
    pub fn multiply(&self, factor: f64) -> Self {
        let points = self.points.iter().map(|(year, value)| (*year, value * factor)).collect();
        Self { points, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(i32, f64)], before: Before, then: Then) -> Series {
        Series::new(points.to_vec(), before, then).unwrap()
    }

    #[test]
    fn linear_between_and_held_outside() {
        let s = series(&[(2030, 20.0), (2020, 10.0)], Before::Hold, Then::Hold);
        for (t, v) in [(1999.0, 10.0), (2020.0, 10.0), (2025.0, 15.0), (2029.5, 19.5), (2030.0, 20.0), (2099.0, 20.0)] {
            assert!((s.at(t) - v).abs() < 1e-12, "{t}");
        }
        assert!((s.year_total(2024) - 14.0).abs() < 1e-12);
        assert!((s.multiply(0.5).at(2025.0) - 7.5).abs() < 1e-12);
    }

    #[test]
    fn zero_outside_the_given_years() {
        let s = series(&[(2020, 10.0), (2021, 12.0)], Before::Zero, Then::Zero);
        assert_eq!([s.at(2019.9), s.at(2020.0), s.at(2021.0), s.at(2021.1)], [0.0, 10.0, 12.0, 0.0]);
    }

    #[test]
    fn fade_starts_at_the_last_growth_and_ends_flat() {
        let s = series(&[(2020, 100.0), (2021, 110.0)], Before::Hold, Then::Fade(10.0));
        let rate = 1.1_f64.ln();
        assert!((s.at(2021.0) - 110.0).abs() < 1e-12);
        assert!((s.at(2021.001) / 110.0 - (rate * 0.001).exp()).abs() < 1e-6);
        let end = 110.0 * (rate * 5.0).exp();
        assert!((s.at(2031.0) - end).abs() < 1e-9 && (s.at(2060.0) - end).abs() < 1e-9);
        assert!((s.limit() - end).abs() < 1e-9);
        assert!(!Series::constant(3.0).can_fade() && s.can_fade());
    }

    #[test]
    fn refuses_a_repeated_year_and_no_year() {
        assert!(Series::new(vec![(2020, 1.0), (2020, 2.0)], Before::Hold, Then::Hold).is_none());
        assert!(Series::new(vec![], Before::Hold, Then::Hold).is_none());
        assert!((Series::constant(4.0).at(-5.0) - 4.0).abs() < f64::EPSILON);
    }
}
