//! When within its step an inflow enters, and so how old it is at the end of that step.
//!
//! | | the inflow of a step enters | share in stock at the end of step `t` of cohort `c` |
//! |---|---|---|
//! | `end` | at its end | `S(t-c)` |
//! | `mid` | in its middle | `S(t-c+0.5)` |
//! | `start` | at its start | `S(t-c+1)` |
//! | `spread:N` | evenly over it | `sum_i w_i S(t-c+1-eta_i)`, Gauss-Lobatto nodes `eta_i` and weights `w_i` on [0, 1] |
//!
//! `end` keeps whole ages and is what most published stocks use. `spread:N` is the closest to a steady inflow: two nodes
//! are the trapezoidal rule, six are exact to rounding for lifetimes of a few steps or more.

use super::lobatto;
use std::fmt;
use std::str::FromStr;

/// The most nodes `spread:N` takes.
pub const MOST_NODES: usize = 64;

/// When within its step an inflow enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum InflowAt {
    /// At the end: age 0 at the end of the step of entry.
    #[default]
    End,
    /// In the middle: half a step.
    Mid,
    /// At the start: a whole step.
    Start,
    /// Evenly over the step, by this many Gauss-Lobatto nodes.
    Spread(Nodes),
}

/// A number of nodes from 2 to [`MOST_NODES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes(usize);

impl Nodes {
    /// This many nodes, if a rule of that size is offered.
    pub fn new(count: usize) -> Option<Self> {
        (2..=MOST_NODES).contains(&count).then_some(Self(count))
    }
}

/// A part of a step's inflow that enters at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Age at the end of the step of entry, in steps.
    pub first_age: f64,
    /// Share of the inflow. The shares of all entries add up to 1.
    pub weight: f64,
}

impl InflowAt {
    /// The moments of entry, the oldest first.
    pub fn entries(self) -> Vec<Entry> {
        let at_once = |first_age| vec![Entry { first_age, weight: 1.0 }];
        match self {
            Self::End => at_once(0.0),
            Self::Mid => at_once(0.5),
            Self::Start => at_once(1.0),
            Self::Spread(Nodes(count)) => lobatto::rule(count)
                .into_iter()
                .map(|node| Entry { first_age: 1.0 - node.place, weight: node.weight })
                .collect(),
        }
    }
}

/// The text is no moment of entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `end`, `mid`, `start` or `spread:N` with N from 2 to {MOST_NODES}")]
pub struct UnknownInflowAt;

impl FromStr for InflowAt {
    type Err = UnknownInflowAt;

    fn from_str(text: &str) -> Result<Self, UnknownInflowAt> {
        match text {
            "end" => Ok(Self::End),
            // The peers' names for the same.
            "mid" | "middle" => Ok(Self::Mid),
            "start" => Ok(Self::Start),
            _ => {
                let count = text.strip_prefix("spread:").and_then(|count| count.trim().parse().ok());
                count.and_then(Nodes::new).map(Self::Spread).ok_or(UnknownInflowAt)
            }
        }
    }
}

impl fmt::Display for InflowAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("end"),
            Self::Mid => f.write_str("mid"),
            Self::Start => f.write_str("start"),
            Self::Spread(Nodes(count)) => write!(f, "spread:{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back() {
        for text in ["end", "mid", "start", "spread:2", "spread:64"] {
            assert_eq!(text.parse::<InflowAt>().unwrap().to_string(), text);
        }
        assert_eq!("middle".parse(), Ok(InflowAt::Mid));
        for text in ["", "End", "spread", "spread:", "spread:1", "spread:65", "spread:-2", "spread:two"] {
            assert_eq!(text.parse::<InflowAt>(), Err(UnknownInflowAt), "{text}");
        }
    }

    #[test]
    fn the_entries_are_one_inflow() {
        for text in ["end", "mid", "start", "spread:2", "spread:7"] {
            let entries = text.parse::<InflowAt>().unwrap().entries();
            let total: f64 = entries.iter().map(|entry| entry.weight).sum();
            assert!((total - 1.0).abs() < 1e-15, "{text}");
            assert!(entries.is_sorted_by(|a, b| a.first_age > b.first_age), "{text}");
        }
    }
}
