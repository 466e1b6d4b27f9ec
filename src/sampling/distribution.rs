//! Distributions by their quantile functions: every draw is the quantile of a number in (0, 1), so that a design may
//! choose that number as it likes. All but the discrete one are strictly monotone wherever they have a width.

use super::normal;
use libm::{exp, log, pow, sqrt};
use statrs::function::beta::{beta_reg, inv_beta_reg, ln_beta};

/// The form of a distribution.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // The parameters are named as the field names them.
pub enum Shape {
    /// Even between two ends.
    Uniform { min: f64, max: f64 },
    /// The logarithm is even between two ends above zero.
    LogUniform { min: f64, max: f64 },
    /// Rises linearly to the mode and falls linearly from it.
    Triangular { min: f64, mode: f64, max: f64 },
    /// A beta distribution with mean `(min + 4 mode + max)/6`.
    Pert { min: f64, mode: f64, max: f64 },
    /// Bell-shaped.
    Normal { mean: f64, sd: f64 },
    /// The logarithm is normal; `gsd` is the geometric standard deviation, at least 1.
    LogNormal { median: f64, gsd: f64 },
    /// Beta distribution stretched to [min, max].
    Beta { alpha: f64, beta: f64, min: f64, max: f64 },
    /// Some values with weights; the weights as cumulated shares, the last one 1.
    Discrete { values: Vec<f64>, cumulated: Vec<f64> },
}

/// What a distribution is called and which parameters it takes; those behind `optional` may be left out.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Name.
    pub name: &'static str,
    /// Parameters that must be given.
    pub needs: &'static [&'static str],
    /// Parameters that may be.
    pub optional: &'static [&'static str],
    /// Parameters that are counted in the unit of what is uncertain; the others are plain numbers.
    pub with_unit: &'static [&'static str],
}

/// All distributions, but for the discrete one, which takes lists.
pub const FORMS: [Form; 7] = [
    Form { name: "uniform", needs: &["min", "max"], optional: &[], with_unit: &["min", "max"] },
    Form { name: "loguniform", needs: &["min", "max"], optional: &[], with_unit: &["min", "max"] },
    Form { name: "triangular", needs: &["min", "mode", "max"], optional: &[], with_unit: &["min", "mode", "max"] },
    Form { name: "pert", needs: &["min", "mode", "max"], optional: &[], with_unit: &["min", "mode", "max"] },
    Form { name: "normal", needs: &["mean", "sd"], optional: &[], with_unit: &["mean", "sd"] },
    Form { name: "lognormal", needs: &["median", "gsd"], optional: &[], with_unit: &["median"] },
    Form { name: "beta", needs: &["alpha", "beta"], optional: &["min", "max"], with_unit: &["min", "max"] },
];

/// The distribution that takes lists: `values`, and `weights` if they are not alike.
pub const DISCRETE: &str = "discrete";

/// Why parameters do not make a distribution: which parameter, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The parameter.
    pub parameter: &'static str,
    /// What it should be.
    pub wanted: &'static str,
}

/// A distribution, possibly cut at its ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    shape: Shape,
    /// What is left of the distribution: as probabilities, and as values.
    kept: (f64, f64),
    limits: (f64, f64),
}

impl Form {
    /// The form of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name)
    }

    /// The distribution with parameters by name.
    ///
    /// # Errors
    /// The parameter that is missing or does not fit.
    pub fn make(&self, parameter: impl Fn(&str) -> Option<f64>) -> Result<Shape, Misfit> {
        let get = |name: &'static str| parameter(name).ok_or(Misfit { parameter: name, wanted: "given" });
        let above_zero = |name: &'static str| match get(name)? {
            x if x > 0.0 => Ok(x),
            _ => Err(Misfit { parameter: name, wanted: "above 0" }),
        };
        let ordered = |min: f64, max: f64| {
            if min <= max { Ok((min, max)) } else { Err(Misfit { parameter: "max", wanted: "at least `min`" }) }
        };
        Ok(match self.name {
            "loguniform" => {
                let (min, max) = ordered(above_zero("min")?, get("max")?)?;
                Shape::LogUniform { min, max }
            }
            "triangular" | "pert" => {
                let (min, max) = ordered(get("min")?, get("max")?)?;
                let mode = get("mode")?;
                if !(min..=max).contains(&mode) {
                    return Err(Misfit { parameter: "mode", wanted: "from `min` to `max`" });
                }
                if self.name == "pert" { Shape::Pert { min, mode, max } } else { Shape::Triangular { min, mode, max } }
            }
            "normal" => match get("sd")? {
                sd if sd >= 0.0 => Shape::Normal { mean: get("mean")?, sd },
                _ => return Err(Misfit { parameter: "sd", wanted: "at least 0" }),
            },
            "lognormal" => match get("gsd")? {
                gsd if gsd >= 1.0 => Shape::LogNormal { median: above_zero("median")?, gsd },
                _ => return Err(Misfit { parameter: "gsd", wanted: "at least 1: it is a factor" }),
            },
            "beta" => {
                let (min, max) = ordered(parameter("min").unwrap_or(0.0), parameter("max").unwrap_or(1.0))?;
                Shape::Beta { alpha: above_zero("alpha")?, beta: above_zero("beta")?, min, max }
            }
            _ => {
                let (min, max) = ordered(get("min")?, get("max")?)?;
                Shape::Uniform { min, max }
            }
        })
    }
}

impl Shape {
    /// Some values with weights, in rising order.
    ///
    /// # Errors
    /// No value, another number of weights, or weights that say nothing.
    pub fn discrete(values: &[f64], weights: Option<&[f64]>) -> Result<Self, Misfit> {
        let even = vec![1.0; values.len()];
        let weights = weights.unwrap_or(&even);
        if values.is_empty() {
            return Err(Misfit { parameter: "values", wanted: "a list with at least one number" });
        }
        let total: f64 = weights.iter().sum();
        let good = weights.len() == values.len() && total > 0.0 && weights.iter().all(|weight| *weight >= 0.0);
        if !good {
            return Err(Misfit { parameter: "weights", wanted: "one for each value, at least 0, and not all 0" });
        }
        let mut pairs: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        pairs.retain(|(_, weight)| *weight > 0.0);
        let mut sum = 0.0;
        let mut cumulated: Vec<f64> = pairs
            .iter()
            .map(|(_, weight)| {
                sum += weight / total;
                sum
            })
            .collect();
        if let Some(last) = cumulated.last_mut() {
            *last = 1.0;
        }
        Ok(Self::Discrete { values: pairs.into_iter().map(|(value, _)| value).collect(), cumulated })
    }

    /// The smallest and the largest value; infinite where there is none.
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Uniform { min, max }
            | Self::LogUniform { min, max }
            | Self::Triangular { min, max, .. }
            | Self::Pert { min, max, .. }
            | Self::Beta { min, max, .. } => (*min, *max),
            Self::Normal { mean, sd } if *sd == 0.0 => (*mean, *mean),
            Self::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::LogNormal { median, gsd } if *gsd == 1.0 => (*median, *median),
            Self::LogNormal { .. } => (0.0, f64::INFINITY),
            Self::Discrete { values, .. } => {
                (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(0.0))
            }
        }
    }

    /// The value below which a share `u` lies.
    fn quantile(&self, u: f64) -> f64 {
        match self {
            Self::Uniform { min, max } => min + u * (max - min),
            Self::LogUniform { min, max } => min * pow(max / min, u),
            Self::Triangular { min, mode, max } => {
                let (width, left) = (max - min, mode - min);
                if width == 0.0 {
                    *min
                } else if u * width <= left {
                    min + sqrt(u * width * left)
                } else {
                    max - sqrt((1.0 - u) * width * (max - mode))
                }
            }
            Self::Pert { min, mode, max } if min < max => {
                let (alpha, beta) = pert(*min, *mode, *max);
                min + beta_quantile(alpha, beta, u) * (max - min)
            }
            Self::Pert { min, .. } => *min,
            Self::Normal { mean, sd } => mean + sd * normal::quantile(u),
            Self::LogNormal { median, gsd } => median * exp(log(*gsd) * normal::quantile(u)),
            Self::Beta { alpha, beta, min, max } => min + beta_quantile(*alpha, *beta, u) * (max - min),
            Self::Discrete { values, cumulated } => {
                let place = cumulated.partition_point(|share| *share < u);
                values.get(place).or(values.last()).copied().unwrap_or(0.0)
            }
        }
    }

    /// The share at or below a value.
    fn cdf(&self, x: f64) -> f64 {
        let within = |min: f64, max: f64| {
            if max > min { ((x - min) / (max - min)).clamp(0.0, 1.0) } else { f64::from(x >= min) }
        };
        match self {
            Self::Uniform { min, max } => within(*min, *max),
            Self::LogUniform { min, max } if x > *min && x < *max => log(x / min) / log(max / min),
            Self::LogUniform { min, .. } => f64::from(x > *min),
            Self::Triangular { min, mode, max } => {
                let width = max - min;
                if x <= *min || width == 0.0 {
                    f64::from(x >= *max)
                } else if x <= *mode {
                    (x - min) * (x - min) / (width * (mode - min))
                } else if x < *max {
                    1.0 - (max - x) * (max - x) / (width * (max - mode))
                } else {
                    1.0
                }
            }
            Self::Pert { min, mode, max } if min < max => {
                let (alpha, beta) = pert(*min, *mode, *max);
                beta_reg(alpha, beta, within(*min, *max))
            }
            Self::Pert { min, .. } => f64::from(x >= *min),
            Self::Normal { mean, sd } if *sd == 0.0 => f64::from(x >= *mean),
            Self::Normal { mean, sd } => normal::cdf((x - mean) / sd),
            Self::LogNormal { .. } if x <= 0.0 => 0.0,
            Self::LogNormal { median, gsd } if *gsd == 1.0 => f64::from(x >= *median),
            Self::LogNormal { median, gsd } => normal::cdf(log(x / median) / log(*gsd)),
            Self::Beta { alpha, beta, min, max } => beta_reg(*alpha, *beta, within(*min, *max)),
            Self::Discrete { values, cumulated } => {
                let count = values.partition_point(|value| *value <= x);
                count.checked_sub(1).and_then(|last| cumulated.get(last)).copied().unwrap_or(0.0)
            }
        }
    }
}

/// Shape parameters of the beta distribution behind a PERT.
fn pert(min: f64, mode: f64, max: f64) -> (f64, f64) {
    (1.0 + 4.0 * (mode - min) / (max - min), 1.0 + 4.0 * (max - mode) / (max - min))
}

/// The inverse of the regularised incomplete beta function, put right to the last digits by Newton's method.
fn beta_quantile(alpha: f64, beta: f64, u: f64) -> f64 {
    if u <= 0.0 || u >= 1.0 {
        return u.clamp(0.0, 1.0);
    }
    let mut x = inv_beta_reg(alpha, beta, u).clamp(0.0, 1.0);
    for _ in 0..2 {
        let density = exp((alpha - 1.0) * log(x) + (beta - 1.0) * log(1.0 - x) - ln_beta(alpha, beta));
        let next = x - (beta_reg(alpha, beta, x) - u) / density;
        if !(next > 0.0 && next < 1.0) {
            break;
        }
        x = next;
    }
    x
}

impl Distribution {
    /// The whole distribution.
    pub fn new(shape: Shape) -> Self {
        let limits = shape.support();
        Self { shape, kept: (0.0, 1.0), limits }
    }

    /// The distribution cut at two values; `None` if nothing would be left.
    #[must_use]
    pub fn truncated(self, at_least: f64, at_most: f64) -> Option<Self> {
        let (low, high) = (self.limits.0.max(at_least), self.limits.1.min(at_most));
        if low > high {
            return None;
        }
        if let Shape::Discrete { values, cumulated } = &self.shape {
            let before = |place: usize| place.checked_sub(1).map_or(0.0, |place| cumulated[place]);
            let inside = (0..values.len()).filter(|place| (low..=high).contains(&values[*place]));
            let (values, weights): (Vec<f64>, Vec<f64>) =
                inside.map(|place| (values[place], cumulated[place] - before(place))).unzip();
            return Shape::discrete(&values, Some(&weights)).ok().map(Self::new);
        }
        let kept = |x: f64, open: f64| if x.is_finite() { self.shape.cdf(x) } else { open };
        let kept = (
            if at_least <= self.limits.0 { 0.0 } else { kept(low, 0.0) },
            if at_most >= self.limits.1 { 1.0 } else { kept(high, 1.0) },
        );
        let width = self.limits.1 > self.limits.0;
        (kept.0 < kept.1 || !width).then_some(Self { shape: self.shape, kept, limits: (low, high) })
    }

    /// The form.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The smallest and the largest value; infinite where there is none.
    pub fn support(&self) -> (f64, f64) {
        self.limits
    }

    /// Whether both ends are values that can be drawn, and no tail runs out towards them.
    pub fn has_ends(&self) -> bool {
        let (low, high) = self.limits;
        let runs_out = matches!(self.shape, Shape::LogNormal { .. }) && low == 0.0;
        low.is_finite() && high.is_finite() && !runs_out
    }

    /// The value below which a share `u` in (0, 1) of all draws lies.
    pub fn quantile(&self, u: f64) -> f64 {
        let (low, high) = self.kept;
        if (low, high) == (0.0, 1.0) {
            return self.shape.quantile(u);
        }
        self.shape.quantile(low + u * (high - low)).clamp(self.limits.0, self.limits.1)
    }

    /// The share of all draws at or below a value.
    pub fn cdf(&self, x: f64) -> f64 {
        let (low, high) = self.kept;
        ((self.shape.cdf(x) - low) / (high - low)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn make(name: &str, parameters: &[(&str, f64)]) -> Result<Shape, Misfit> {
        let form = Form::named(name).unwrap();
        form.make(|wanted| parameters.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value))
    }

    fn all() -> Vec<Distribution> {
        let shapes = [
            make("uniform", &[("min", -1.0), ("max", 3.0)]),
            make("loguniform", &[("min", 0.1), ("max", 10.0)]),
            make("triangular", &[("min", 1.0), ("mode", 1.5), ("max", 4.0)]),
            make("pert", &[("min", 0.7), ("mode", 1.0), ("max", 1.13)]),
            make("normal", &[("mean", 2.0), ("sd", 0.5)]),
            make("lognormal", &[("median", 1.0), ("gsd", 1.3)]),
            make("beta", &[("alpha", 2.5), ("beta", 0.7), ("min", -1.0), ("max", 1.0)]),
        ];
        shapes.into_iter().map(|shape| Distribution::new(shape.unwrap())).collect()
    }

    #[test]
    fn a_quantile_is_the_inverse_of_the_share_below() {
        for distribution in all() {
            let cut = distribution.clone().truncated(0.8, 1.1).unwrap();
            for u in [1e-6, 0.01, 0.2, 0.5, 0.731, 0.99, 1.0 - 1e-6] {
                assert_relative_eq!(distribution.cdf(distribution.quantile(u)), u, max_relative = 1e-11);
                assert_relative_eq!(cut.cdf(cut.quantile(u)), u, max_relative = 1e-9);
                assert!((0.8..=1.1).contains(&cut.quantile(u)));
            }
        }
    }

    #[test]
    fn quantiles_known_in_closed_form() {
        let beta =
            |alpha: f64, beta: f64| Distribution::new(make("beta", &[("alpha", alpha), ("beta", beta)]).unwrap());
        for u in [0.03, 0.4, 0.97] {
            assert_relative_eq!(beta(2.0, 1.0).quantile(u), u.sqrt(), max_relative = 1e-13);
            assert_relative_eq!(beta(1.0, 3.0).quantile(u), 1.0 - (1.0 - u).cbrt(), max_relative = 1e-12);
        }
        let triangular = Distribution::new(make("triangular", &[("min", 0.0), ("mode", 1.0), ("max", 4.0)]).unwrap());
        assert_relative_eq!(triangular.quantile(0.25), 1.0);
        assert_relative_eq!(triangular.quantile(0.75), 4.0 - 3.0_f64.sqrt());
        let loguniform = Distribution::new(make("loguniform", &[("min", 0.01), ("max", 100.0)]).unwrap());
        assert_relative_eq!(loguniform.quantile(0.75), 10.0, max_relative = 1e-14);
    }

    #[test]
    fn means_and_spreads_are_those_of_the_books() {
        // Mean and variance by the midpoint rule over u.
        let moments = |distribution: &Distribution| {
            let n = 20_000;
            let values = (0..n).map(|i| distribution.quantile((f64::from(i) + 0.5) / f64::from(n)));
            let (sum, squares) = values.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
            let mean = sum / f64::from(n);
            (mean, squares / f64::from(n) - mean * mean)
        };
        let log10: f64 = 10.0_f64.ln();
        let expected = [
            (1.0, 16.0 / 12.0),
            (9.9 / (2.0 * log10), 99.99 / (4.0 * log10) - (9.9 / (2.0 * log10)).powi(2)),
            (6.5 / 3.0, (1.0 + 2.25 + 16.0 - 1.5 - 4.0 - 6.0) / 18.0),
            // PERT: mean (0.7 + 4 + 1.13)/6; variance (mean - min)(max - mean)/7.
            (5.83 / 6.0, (5.83 / 6.0 - 0.7) * (1.13 - 5.83 / 6.0) / 7.0),
            (2.0, 0.25),
            ((1.3_f64.ln().powi(2) / 2.0).exp(), (1.3_f64.ln().powi(2).exp() - 1.0) * 1.3_f64.ln().powi(2).exp()),
            (-1.0 + 2.0 * 2.5 / 3.2, 4.0 * 2.5 * 0.7 / (3.2 * 3.2 * 4.2)),
        ];
        for (distribution, (mean, variance)) in all().iter().zip(expected) {
            let found = moments(distribution);
            assert_relative_eq!(found.0, mean, max_relative = 1e-5);
            assert_relative_eq!(found.1, variance, max_relative = 1e-3);
        }
    }

    #[test]
    fn discrete_values_come_by_their_weights() {
        let discrete = Distribution::new(Shape::discrete(&[3.0, 1.0, 2.0], Some(&[1.0, 2.0, 1.0])).unwrap());
        assert_eq!([0.1, 0.49, 0.51, 0.74, 0.76, 0.99].map(|u| discrete.quantile(u)), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        let cut = discrete.truncated(1.5, 9.0).unwrap();
        assert_eq!([0.1, 0.49, 0.51, 0.99].map(|u| cut.quantile(u)), [2.0, 2.0, 3.0, 3.0]);
        assert!(Shape::discrete(&[], None).is_err() && Shape::discrete(&[1.0], Some(&[0.0])).is_err());
    }

    #[test]
    fn no_width_means_always_the_same_to_the_last_bit() {
        for (name, parameters) in [
            ("uniform", &[("min", 0.1), ("max", 0.1)][..]),
            ("loguniform", &[("min", 0.1), ("max", 0.1)]),
            ("triangular", &[("min", 0.1), ("mode", 0.1), ("max", 0.1)]),
            ("pert", &[("min", 0.1), ("mode", 0.1), ("max", 0.1)]),
            ("normal", &[("mean", 0.1), ("sd", 0.0)]),
            ("lognormal", &[("median", 0.1), ("gsd", 1.0)]),
            ("beta", &[("alpha", 2.0), ("beta", 2.0), ("min", 0.1), ("max", 0.1)]),
        ] {
            let distribution = Distribution::new(make(name, parameters).unwrap());
            assert_eq!([0.001, 0.3, 0.999].map(|u| distribution.quantile(u)), [0.1; 3], "{name}");
            assert_eq!(distribution.support(), (0.1, 0.1), "{name}");
        }
    }

    #[test]
    fn parameters_that_do_not_fit_are_named() {
        let misfit = |name: &str, parameters: &[(&str, f64)]| make(name, parameters).unwrap_err().parameter;
        assert_eq!(misfit("uniform", &[("min", 2.0), ("max", 1.0)]), "max");
        assert_eq!(misfit("pert", &[("min", 0.0), ("mode", 2.0), ("max", 1.0)]), "mode");
        assert_eq!(misfit("loguniform", &[("min", 0.0), ("max", 1.0)]), "min");
        assert_eq!(misfit("normal", &[("mean", 0.0), ("sd", -1.0)]), "sd");
        assert_eq!(misfit("lognormal", &[("median", 1.0), ("gsd", 0.9)]), "gsd");
        assert_eq!(misfit("beta", &[("alpha", 1.0)]), "beta");
        assert!(
            Distribution::new(make("uniform", &[("min", 0.0), ("max", 1.0)]).unwrap()).truncated(2.0, 3.0).is_none()
        );
    }
}
