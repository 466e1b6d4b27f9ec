//! What a run can be asked: one list of indicators drives the table, the summary, targets, sensitivities, `explain` and
//! the reference page.
//!
//! An indicator is asked for a [`Place`] (a region, a plant, a substance, or all of them together) and for some periods.
//! It answers with a [`Measure`]: an amount, or a part of a whole. A [`Question`] is an indicator with its place and
//! year, written as an address: `recycled_content.Li.2035`, `plant.p1.utilisation.2032`.
//!
//! With ledger flows, per substance and year: E content of retired packs, C formally collected, R old scrap turned into
//! product (second life included), N the same from new scrap, B from bought black mass, P primary input.

mod address;
mod list;
mod reference;
mod view;

pub use address::names as dimension_names;
pub(crate) use address::places;
pub use address::{Question, Unknown, questions};
pub use list::INDICATORS;
pub use reference::reference;
pub use view::View;

use crate::base::ids::{PlantId, RegionId, SubstanceId};

/// A dimension that an indicator can be asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A region.
    Region,
    /// A plant.
    Plant,
    /// A substance.
    Substance,
}

impl By {
    /// The word for it, in scenarios and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Plant => "plant",
            Self::Substance => "substance",
        }
    }
}

/// What an indicator is asked for; none: all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The region.
    pub region: Option<RegionId>,
    /// The plant.
    pub plant: Option<PlantId>,
    /// The substance.
    pub substance: Option<SubstanceId>,
}

/// An answer: an amount, or a part of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// The amount, or the numerator.
    pub part: f64,
    /// The denominator, in the unit of the numerator for shares.
    pub whole: Option<f64>,
}

impl Measure {
    /// An amount.
    pub fn amount(part: f64) -> Self {
        Self { part, whole: None }
    }

    /// A part of a whole.
    pub fn ratio(part: f64, whole: f64) -> Self {
        Self { part, whole: Some(whole) }
    }

    /// The number; nothing where there is nothing to compare with.
    pub fn value(self) -> Option<f64> {
        match self.whole {
            None => Some(self.part),
            Some(whole) => (whole > 0.0).then(|| self.part / whole),
        }
    }
}

/// What the periods of an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Any period: a year, a step, the whole run.
    Period,
    /// The whole run only.
    Run,
}

/// An indicator.
#[derive(Clone, Copy)]
pub struct Indicator {
    /// Name in tables.
    pub id: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What it can be asked by.
    pub by: &'static [By],
    /// Which periods it can be asked for.
    pub span: Span,
    /// Definition in one sentence: what is counted in the numerator and in the denominator.
    pub definition: &'static str,
    /// The counting.
    pub measure: fn(&View<'_>, Place) -> Option<Measure>,
}

impl std::fmt::Debug for Indicator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl Indicator {
    /// The indicator of a name.
    pub fn named(id: &str) -> Option<&'static Self> {
        INDICATORS.iter().find(|indicator| indicator.id == id)
    }

    /// Whether it can be asked by a dimension.
    pub fn is_by(&self, by: By) -> bool {
        self.by.contains(&by)
    }

    /// The answer for some periods.
    pub fn ask(&self, view: &View<'_>, place: Place) -> Option<f64> {
        (self.measure)(view, place)?.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_is_defined_once() {
        for (index, indicator) in INDICATORS.iter().enumerate() {
            assert!(indicator.definition.ends_with('.') && !indicator.unit.is_empty(), "{}", indicator.id);
            assert!(INDICATORS[..index].iter().all(|other| other.id != indicator.id), "{}", indicator.id);
            assert!(indicator.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        }
    }

    #[test]
    fn a_part_of_nothing_has_no_value() {
        assert_eq!(Measure::ratio(1.0, 4.0).value(), Some(0.25));
        assert_eq!(Measure::ratio(0.0, 0.0).value(), None);
        assert_eq!(Measure::amount(0.0).value(), Some(0.0));
    }
}
