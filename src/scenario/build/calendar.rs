//! When plants stand and run.

use super::Builder;
use crate::base::random::{Events, stream};
use crate::model::plant::calendar::{Calendar, Phase, RampUp, Running};
use crate::model::plant::failures::{Failures, Renewal};
use crate::model::time::MONTHS;

impl Builder<'_> {
    /// Nameplate (t/yr) and state of a plant in every step: what was built first and its expansions.
    pub(super) fn standing(&mut self, key: &str) -> (Vec<f64>, Vec<Running>) {
        let renewal = self.renewal(key);
        let calendar = self.calendar(key, renewal);
        let mut nameplate = self.state(&format!("{key}.capacity"), 0.0);
        let mut running = calendar.steps(&self.horizon);
        for name in self.scenario.children(&format!("{key}.expansion")) {
            let key = format!("{key}.expansion.{name}");
            let number = |what: &str| self.scenario.number(&format!("{key}.{what}"));
            let (more, lead) = (number("capacity").unwrap_or(0.0), number("lead").unwrap_or(0.0) * f64::from(MONTHS));
            let construction_start = self.months_from_start(&format!("{key}.start")).unwrap_or(-lead);
            // What is added fails by itself, as often as what was there before.
            let failures = self.failures(&key, renewal, construction_start + lead);
            let steps = Calendar { construction_start, lead, failures, ..calendar.clone() }.steps(&self.horizon);
            for ((nameplate, running), added) in nameplate.iter_mut().zip(&mut running).zip(steps) {
                // Built before the plant runs, it starts with it; after the plant has closed there is nothing to add to.
                if added.is_standing() && running.is_standing() {
                    let rate = *nameplate * running.rate + more * added.rate;
                    *nameplate += more;
                    running.rate = if *nameplate > 0.0 { rate / *nameplate } else { 0.0 };
                    if running.phase == Phase::Full {
                        running.phase = added.phase;
                    }
                }
            }
        }
        (nameplate, running)
    }

    /// A date as months from the start of the run.
    fn months_from_start(&self, key: &str) -> Option<f64> {
        let (year, month) = self.scenario.month(key)?;
        Some(f64::from(year - self.horizon.start_year) * f64::from(MONTHS) + f64::from(month) - 1.0)
    }

    /// How a plant fails and is repaired.
    fn renewal(&mut self, key: &str) -> Option<Renewal> {
        let key = format!("{key}.unplanned_outage");
        let number = |name: &str| self.scenario.number(&format!("{key}.{name}"));
        let (between, repair) = number("mtbf").zip(number("mttr"))?;
        let (shape, repair_shape) = (number("shape"), number("repair_shape"));
        let is_weibull = self.scenario.text(&format!("{key}.distribution")) == Some("weibull");
        if repair >= between {
            let (title, label) = ("the plant is broken more than it runs", "mttr is not below mtbf");
            let help = "make the time to repair shorter than the time between failures";
            self.report(&key, "E0203", title, label, help);
        }
        if is_weibull && shape.is_none() {
            let (title, label) = ("the times between failures have no shape", "`weibull` needs `shape`");
            self.report(&key, "E0202", title, label, "add e.g. `shape = 1.5`: above 1 for what wears out");
        }
        for (name, given) in [("shape", shape), ("repair_shape", repair_shape)] {
            let place = format!("{key}.{name}");
            if given.is_some() && !is_weibull {
                let (title, label) = (format!("`{name}` has no meaning here"), "exponential times have no shape");
                self.report(&place, "E0203", title, label, "write `distribution = \"weibull\"`, or take it out");
            } else if given == Some(0.0) {
                let (title, label) = (format!("`{name}` is zero"), "a Weibull shape is above zero");
                self.report(&place, "E0203", title, label, "write e.g. 1, exponential, or 1.5 for what wears out");
            }
        }
        let (shape, repair_shape) = (shape.unwrap_or(1.0), repair_shape.unwrap_or(1.0));
        let months = f64::from(MONTHS);
        Some(Renewal { mtbf: between * months, mttr: repair * months, shape, repair_shape })
    }

    /// What failures leave of the running time of what opens at a time (months from the start of the run).
    fn failures(&self, key: &str, renewal: Option<Renewal>, opens: f64) -> Failures {
        match (renewal, self.events()) {
            (None, _) => Failures::Expected(1.0),
            (Some(renewal), Events::Expected) => Failures::Expected(renewal.availability()),
            (Some(renewal), Events::Drawn { seed, draw }) => {
                let end = (self.horizon.steps * self.horizon.step_months as usize) as f64;
                Failures::Drawn(renewal.draw(end - opens, &mut stream(seed, &format!("{key}.failures"), draw)))
            }
        }
    }

    fn calendar(&mut self, key: &str, renewal: Option<Renewal>) -> Calendar {
        let months = f64::from(MONTHS);
        let scenario = self.scenario;
        let number = |name: &str| scenario.number(&format!("{key}.{name}"));
        let lead = number("construction.lead").unwrap_or(0.0) * months;
        // Without `construction` the plant is ready when the run begins.
        let construction_start = self.months_from_start(&format!("{key}.construction.start")).unwrap_or(-lead);
        let closes = self.months_from_start(&format!("{key}.closes")).unwrap_or(f64::INFINITY);
        if closes <= construction_start + lead {
            let help = "let it close after it has opened";
            let (title, label) = ("the plant closes before it opens", "not after the end of construction");
            self.report(&format!("{key}.closes"), "E0309", title, label, help);
        }
        let (initial, duration) = (number("ramp_up.initial").unwrap_or(0.0), number("ramp_up.duration"));
        let ramp_up = match (self.scenario.text(&format!("{key}.ramp_up.profile")), duration) {
            (Some("table"), _) => {
                RampUp::Table(self.scenario.numbers(&format!("{key}.ramp_up.table")).unwrap_or(&[]).to_vec())
            }
            (Some("linear"), Some(duration)) if duration > 0.0 => RampUp::Linear { initial, duration },
            (Some("logistic"), Some(duration)) if duration > 0.0 => RampUp::Logistic { initial, duration },
            _ => RampUp::None,
        };
        let planned = number("planned_outage.every").zip(number("planned_outage.length"));
        let planned_outage = planned.map(|(every, length)| (every * months, length * months));
        if planned_outage.is_some_and(|(every, length)| every <= length) {
            let help = "make the outage shorter than the time between two";
            self.report(
                &format!("{key}.planned_outage"),
                "E0203",
                "the plant is always in its planned outage",
                "length is not below every",
                help,
            );
        }
        let planned_outage = planned_outage.filter(|(every, length)| every > length);
        let failures = self.failures(key, renewal, construction_start + lead);
        Calendar { construction_start, lead, closes, ramp_up, planned_outage, failures }
    }
}
