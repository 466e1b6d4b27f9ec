//! What to do when a target stock falls faster than things retire, and why a stock could not be computed.

use std::fmt;
use std::str::FromStr;

/// What happens in a step in which more is in stock than the target allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnShortfall {
    /// The computation stops and names the step and the shortfall.
    #[default]
    Error,
    /// Every cohort gives up the same share of its stock, and nothing enters.
    EarlyRetirement,
    /// The inflow is negative, and the negative cohort ages like any other: what the peers do.
    AllowNegative,
    /// Nothing enters, and the stock lies above its target.
    Overshoot,
}

impl OnShortfall {
    /// All rules.
    pub const ALL: [Self; 4] = [Self::Error, Self::EarlyRetirement, Self::AllowNegative, Self::Overshoot];

    /// Its name in scenarios and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::EarlyRetirement => "early_retirement",
            Self::AllowNegative => "allow_negative",
            Self::Overshoot => "overshoot",
        }
    }
}

/// The text is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `error`, `early_retirement`, `allow_negative` or `overshoot`")]
pub struct UnknownOnShortfall;

impl FromStr for OnShortfall {
    type Err = UnknownOnShortfall;

    fn from_str(text: &str) -> Result<Self, UnknownOnShortfall> {
        Self::ALL.into_iter().find(|rule| rule.name() == text).ok_or(UnknownOnShortfall)
    }
}

impl fmt::Display for OnShortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a stock could not be computed. Steps count from 0.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum StockError {
    /// The target falls faster than things retire.
    #[error("the target of step {step} lies {shortfall} below what is still in stock")]
    Shortfall {
        /// Where.
        step: usize,
        /// By how much.
        shortfall: f64,
    },
    /// Nothing of a step's inflow is left at the end of that step, so no inflow reaches the target.
    #[error("no inflow of step {step} lives to the end of its step, so its target cannot be reached")]
    Unreachable {
        /// Where.
        step: usize,
    },
    /// A value is not finite, or negative where that means nothing.
    #[error("the value {value} of step {step} is not a possible amount")]
    Amount {
        /// Where.
        step: usize,
        /// The value.
        value: f64,
    },
    /// There is initial stock of an age that its lifetime does not allow.
    #[error(
        "the lifetime of initial cohort {cohort} leaves nothing at its age, but {value} of it is said to be in stock"
    )]
    Outlived {
        /// The cohort, the oldest first.
        cohort: usize,
        /// Its initial stock.
        value: f64,
    },
    /// Series and lifetimes are of different length.
    #[error("there are {found} values for {expected} cohorts")]
    Length {
        /// Cohorts with a lifetime.
        expected: usize,
        /// Values given.
        found: usize,
    },
}

/// Shortfalls below this part of the amounts they come from are rounding and count as none.
pub(super) const ROUNDING: f64 = 1e-12;

/// Refuses a series of another length, and values that are not finite.
pub(super) fn check_series(values: &[f64], expected: usize) -> Result<(), StockError> {
    if values.len() != expected {
        return Err(StockError::Length { expected, found: values.len() });
    }
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((step, value)) => Err(StockError::Amount { step, value: *value }),
        None => Ok(()),
    }
}

/// Refuses a negative value.
pub(super) fn check_positive(values: &[f64]) -> Result<(), StockError> {
    match values.iter().enumerate().find(|(_, value)| **value < 0.0) {
        Some((step, value)) => Err(StockError::Amount { step, value: *value }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for rule in OnShortfall::ALL {
            assert_eq!(rule.to_string().parse(), Ok(rule));
        }
        assert_eq!("floor".parse::<OnShortfall>(), Err(UnknownOnShortfall));
    }
}
