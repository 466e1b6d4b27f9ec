//! A scenario built again and again, for one draw after the other: only what a draw reaches is made anew.

use super::kept::Kept;
use super::{Builder, Built, Old};
use crate::base::random::Events;
use crate::scenario::{Fault, Problems, Scenario};

/// A scenario with the model of its last draw.
pub struct Variants {
    scenario: Scenario,
    kept: Kept,
    built: Option<Built>,
}

impl Variants {
    /// The scenario as it was written, and all that its draws have in common.
    ///
    /// # Errors
    /// All that does not fit together in the scenario as it was written.
    pub fn new(scenario: &Scenario, events: Events) -> Result<Self, Problems> {
        let mut variants = Self { scenario: scenario.clone(), kept: Kept::default(), built: None };
        variants.build(events, Old::default())?;
        Ok(variants)
    }

    /// The model of the last draw; nothing if there was none.
    pub fn built(&self) -> Option<&Built> {
        self.built.as_ref()
    }

    /// The scenario of the last draw.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The model of a draw: one value for each parameter.
    ///
    /// # Errors
    /// If there is no such scenario.
    pub fn draw(&mut self, values: &[f64], events: Events) -> Result<&Built, Fault> {
        self.scenario.set_draw(values)?;
        self.rebuild(events)
    }

    /// The model with one parameter moved and all others as written.
    ///
    /// # Errors
    /// If there is no such scenario.
    pub fn one(&mut self, parameter: usize, value: f64, events: Events) -> Result<&Built, Fault> {
        self.scenario.set_one(parameter, value)?;
        self.rebuild(events)
    }

    /// The model as written.
    ///
    /// # Errors
    /// If what happens by chance makes it impossible.
    pub fn written(&mut self, events: Events) -> Result<&Built, Fault> {
        self.scenario.set_none();
        self.rebuild(events)
    }

    fn rebuild(&mut self, events: Events) -> Result<&Built, Fault> {
        let old = self.built.take().map(Old::from).unwrap_or_default();
        self.build(events, old).map_err(|problems| first(&problems))?;
        self.built.as_ref().ok_or_else(|| Fault { code: "E0001", key: String::new(), message: "no model".to_owned() })
    }

    fn build(&mut self, events: Events, old: Old) -> Result<(), Problems> {
        let mut builder = Builder::new(&self.scenario, events);
        builder.kept = Some(&self.kept);
        self.built = Some(builder.built(old)?);
        Ok(())
    }
}

/// What is said of a draw that makes no model: the first of all that is wrong.
fn first(problems: &Problems) -> Fault {
    let first = problems.list().iter().find(|problem| problem.level == crate::scenario::problem::Level::Error);
    first.map_or_else(
        || Fault { code: "E0001", key: String::new(), message: "no model".to_owned() },
        |problem| Fault {
            code: problem.code,
            key: problem.key.clone().unwrap_or_default(),
            message: problem.title.clone(),
        },
    )
}
