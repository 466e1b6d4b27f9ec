//! The plain data of a chart, and the checks every chart makes before it draws.

use super::ChartError;
use serde::{Deserialize, Serialize};

/// Values that belong to one name, one for each x.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name in the legend; also what a [`Palette`](super::Palette) looks up.
    pub name: String,
    /// One value for each x of the chart; a NaN, where a chart allows it, is a gap.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
}

/// JSON has no NaN: a gap is written `null`.
mod gaps {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        let values: Vec<Option<f64>> = values.iter().map(|value| value.is_finite().then_some(*value)).collect();
        values.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let values = Vec::<Option<f64>>::deserialize(deserializer)?;
        Ok(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}

impl Series {
    /// A series from its name and values.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values }
    }
}

/// Beyond this no axis can be labelled without an exponent.
const LARGEST: f64 = 1e15;

/// A value a chart can place: finite and no larger than the axes can label.
pub(super) fn plottable(value: f64) -> bool {
    value.is_finite() && value.abs() <= LARGEST
}

/// Checks that the x values rise and are finite.
pub(super) fn check_x(x: &[f64]) -> Result<(), ChartError> {
    if let Some(index) = x.iter().position(|v| !plottable(*v)) {
        return Err(ChartError::X { index });
    }
    match x.windows(2).position(|pair| pair.first() >= pair.last()) {
        Some(index) => Err(ChartError::X { index: index + 1 }),
        None => Ok(()),
    }
}

/// Checks a series against the x values: as many, and each plottable.
pub(super) fn check_series(series: &Series, expected: usize) -> Result<(), ChartError> {
    check_length(&series.name, series.values.len(), expected)?;
    check_values(&series.name, &series.values, plottable)
}

/// Checks that there is a value for each x.
pub(super) fn check_length(name: &str, found: usize, expected: usize) -> Result<(), ChartError> {
    if found == expected { Ok(()) } else { Err(ChartError::Length { series: name.to_owned(), found, expected }) }
}

/// Checks that every value is one the chart can draw.
pub(super) fn check_values(name: &str, values: &[f64], good: impl Fn(f64) -> bool) -> Result<(), ChartError> {
    match values.iter().enumerate().find(|(_, value)| !good(**value)) {
        Some((index, value)) => Err(ChartError::Value { series: name.to_owned(), index, value: *value }),
        None => Ok(()),
    }
}

/// Checked values of stacked layers. A stack cannot show a negative part: refused, except for what is only rounding.
pub(super) fn stackable(layers: &[Series], expected: usize) -> Result<Vec<Vec<f64>>, ChartError> {
    let largest = layers.iter().flat_map(|layer| layer.values.iter().copied()).fold(0.0, f64::max);
    let rounding = -1e-9 * largest.max(f64::MIN_POSITIVE);
    layers
        .iter()
        .map(|layer| {
            check_series(layer, expected)?;
            check_values(&layer.name, &layer.values, |value| value >= rounding)?;
            Ok(layer.values.iter().map(|value| value.max(0.0)).collect())
        })
        .collect()
}

/// Checked points of stacked areas. A single x has no width to fill: it becomes a bar around itself.
pub(super) fn area_points(x: &[f64], layers: &[Series]) -> Result<(Vec<f64>, Vec<Vec<f64>>), ChartError> {
    check_x(x)?;
    let values = stackable(layers, x.len())?;
    if let [only] = x {
        let doubled = values.into_iter().map(|v| v.iter().chain(&v).copied().collect()).collect();
        return Ok((vec![only - 0.4, only + 0.4], doubled));
    }
    Ok((x.to_vec(), values))
}

/// The largest of the values, or zero.
pub(super) fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, f64::max)
}
