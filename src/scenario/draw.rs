//! A draw of a scenario: the uncertain numbers set, everything else as it was. No file is read again.

use super::Scenario;
use super::schema::{Key, Place, Takes};
use super::uncertain::{GivesWay, Op, Part, Target, Uncertainty};
use super::value::Parsed;
use indexmap::IndexMap;
use std::sync::Arc;

/// What sums of shares may be off before a share counts as negative.
const ROUNDING: f64 = 1e-9;
/// Largest absolute value of any number.
const LARGEST: f64 = 1e15;

/// Why a draw is no scenario, or why it has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Code of the message.
    pub code: &'static str,
    /// The key it is about; may be empty.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

/// A value that draws change.
#[derive(Clone, Debug)]
struct Touched {
    /// Place in the list of values.
    place: usize,
    key: String,
    /// As the scenario has it.
    base: Parsed,
    share: bool,
    signed: bool,
    /// Plants and their parts cannot have none.
    above_zero: bool,
}

/// What one draw of a parameter does to one value.
#[derive(Clone, Debug)]
struct Action {
    parameter: usize,
    op: Op,
    touched: usize,
    part: Part,
    gives_way: Option<(usize, Option<String>)>,
}

/// The uncertain numbers of a scenario, found.
#[derive(Clone, Debug, Default)]
pub struct Levers {
    touched: Vec<Touched>,
    actions: Vec<Action>,
}

impl Levers {
    /// Finds the numbers that parameters act on.
    pub(super) fn new(uncertainty: &Uncertainty, values: &IndexMap<String, Parsed>) -> Self {
        let mut levers = Self::default();
        for (parameter, said) in uncertainty.parameters.iter().enumerate() {
            for target in &said.targets {
                levers.add(parameter, said.op, target, values);
            }
        }
        levers
    }

    fn add(&mut self, parameter: usize, op: Op, target: &Target, values: &IndexMap<String, Parsed>) {
        let Some(touched) = self.touch(&target.key, values) else { return };
        let gives_way = match &target.gives_way {
            None => None,
            Some(GivesWay::Name(name)) => Some((touched, Some(name.clone()))),
            Some(GivesWay::Key(key)) => self.touch(key, values).map(|other| (other, None)),
        };
        self.actions.push(Action { parameter, op, touched, part: target.part.clone(), gives_way });
    }

    fn touch(&mut self, key: &str, values: &IndexMap<String, Parsed>) -> Option<usize> {
        if let Some(known) = self.touched.iter().position(|touched| touched.key == key) {
            return Some(known);
        }
        let (place, _, base) = values.get_full(key)?;
        let (share, signed) = schema_of(key).map_or((false, true), |schema| limits(schema.takes));
        let above_zero = key.starts_with("plant.") && key.ends_with(".capacity");
        self.touched.push(Touched { place, key: key.to_owned(), base: base.clone(), share, signed, above_zero });
        Some(self.touched.len() - 1)
    }

    /// Places of the values that draws change.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.touched.iter().map(|touched| touched.place)
    }

    /// Sets the values of a draw; those of parameters that are `None` stay as the scenario has them.
    pub(super) fn set(
        &self,
        values: &mut IndexMap<String, Parsed>,
        draw: impl Fn(usize) -> Option<f64>,
    ) -> Result<(), Fault> {
        for touched in &self.touched {
            if let Some((_, value)) = values.get_index_mut(touched.place) {
                value.clone_from(&touched.base);
            }
        }
        for action in &self.actions {
            let (place, Some(draw)) = (self.touched[action.touched].place, draw(action.parameter)) else { continue };
            if let Some((_, value)) = values.get_index_mut(place) {
                value.change(&action.part, &mut |number| action.op.apply(number, draw));
            }
        }
        for action in &self.actions {
            if let (Some((other, name)), Some(_)) = (&action.gives_way, draw(action.parameter)) {
                self.give_way(action, *other, name.as_deref(), values)?;
            }
        }
        self.touched.iter().try_for_each(|touched| touched.check(&values[touched.place]))
    }

    /// The share that gives way takes the difference, in every year it is given for.
    fn give_way(
        &self,
        action: &Action,
        other: usize,
        other_name: Option<&str>,
        values: &mut IndexMap<String, Parsed>,
    ) -> Result<(), Fault> {
        let own = match &action.part {
            Part::Name(name) | Part::NameInYear(name, _) => Some(name.as_str()),
            _ => None,
        };
        let touched = &self.touched[action.touched];
        let (Some(before), Some(after)) = (touched.base.series_of(own), values[touched.place].series_of(own)) else {
            return Ok(());
        };
        let (before, after) = (before.clone(), after.clone());
        let partner = &self.touched[other];
        let Some(series) = values.get_index_mut(partner.place).and_then(|(_, v)| v.series_mut(other_name)) else {
            return Ok(());
        };
        let mut negative = None;
        series.change(|year, share| {
            let time = f64::from(year);
            let share = share - (after.at(time) - before.at(time));
            if share < -ROUNDING && negative.is_none() {
                negative = Some((year, share));
            }
            share.max(0.0)
        });
        let Some((year, share)) = negative else { return Ok(()) };
        let name = |key: &str, name: Option<&str>| name.map_or_else(|| key.to_owned(), |name| format!("{key}.{name}"));
        let when = if year == 0 { String::new() } else { format!(" in {year}") };
        let (own, partner) = (name(&touched.key, own), name(&partner.key, other_name));
        let message = format!("`{own}` takes more than `{partner}` has: {} is left{when}", tidy(share));
        Err(Fault { code: "E0305", key: own, message })
    }
}

impl Touched {
    /// A value after a draw keeps to what may be written in a scenario.
    fn check(&self, value: &Parsed) -> Result<(), Fault> {
        let (mut wrong, mut largest) = (None, f64::NEG_INFINITY);
        value.each(&mut |x| {
            let fault = if !x.is_finite() {
                Some(("E0303", "is not finite"))
            } else if x.abs() > LARGEST {
                Some(("E0504", "is too large"))
            } else if x < 0.0 && !self.signed {
                Some(("E0304", "is negative"))
            } else if self.share && x > 1.0 + 4.0 * f64::EPSILON {
                Some(("E0306", "is a share above 1"))
            } else {
                None
            };
            largest = largest.max(x);
            wrong = wrong.or(fault.map(|fault| (fault, x)));
        });
        if self.above_zero && largest == 0.0 {
            wrong = wrong.or(Some((("E0310", "is zero"), 0.0)));
        }
        let Some(((code, what), x)) = wrong else { return Ok(()) };
        Err(Fault { code, key: self.key.clone(), message: format!("`{}` {what}: {}", self.key, tidy(x)) })
    }
}

/// A number as a person would write it.
fn tidy(x: f64) -> f64 {
    if x.abs() < 1e5 { (x * 1e10).round() / 1e10 } else { x }
}

/// The line in the list of keys that a dotted key belongs to: it, or the value of which it names a part.
pub(super) fn schema_of(key: &str) -> Option<&'static Key> {
    let mut key = key;
    loop {
        if let Some(schema) = Place::root().descend(key.split('.')).and_then(Place::key) {
            return Some(schema);
        }
        key = key.rsplit_once('.')?.0;
    }
}

/// Whether a number must be a share, and whether it may be negative.
fn limits(takes: Takes) -> (bool, bool) {
    match takes {
        Takes::Share | Takes::ShareSeries | Takes::Mix(_) | Takes::TransferCsv => (true, false),
        Takes::ByName(_, inner) => limits(*inner),
        Takes::Number | Takes::Anything => (false, true),
        _ => (false, false),
    }
}

impl Scenario {
    /// What is uncertain.
    pub fn uncertainty(&self) -> &Uncertainty {
        &self.uncertainty
    }

    /// Sets the uncertain numbers to a draw: one value for each parameter, in their order.
    ///
    /// # Errors
    /// If there can be no such scenario: a share above 1, a capacity of zero. The scenario is then of no use until another
    /// draw is set.
    pub fn set_draw(&mut self, draw: &[f64]) -> Result<(), Fault> {
        let levers = Arc::clone(&self.levers);
        levers.set(&mut self.values, |parameter| draw.get(parameter).copied())
    }

    /// Sets one parameter; all others as the scenario has them.
    ///
    /// # Errors
    /// As [`Scenario::set_draw`].
    pub fn set_one(&mut self, parameter: usize, value: f64) -> Result<(), Fault> {
        let levers = Arc::clone(&self.levers);
        levers.set(&mut self.values, |other| (other == parameter).then_some(value))
    }

    /// The scenario as it was written.
    pub fn set_none(&mut self) {
        let levers = Arc::clone(&self.levers);
        // What was written has been checked.
        let _ = levers.set(&mut self.values, |_| None);
    }
}
