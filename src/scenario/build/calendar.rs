//! When plants stand and run.

use super::Builder;
use crate::model::plant::calendar::{Calendar, Phase, RampUp, Running};
use crate::model::time::MONTHS;

impl Builder<'_> {
    /// Nameplate (t/yr) and state of a plant in every step: what was built first and its expansions.
    pub(super) fn standing(&mut self, key: &str) -> (Vec<f64>, Vec<Running>) {
        let calendar = self.calendar(key);
        let mut nameplate = self.state(&format!("{key}.capacity"), 0.0);
        let mut running = calendar.steps(&self.horizon);
        for name in self.scenario.children(&format!("{key}.expansion")) {
            let key = format!("{key}.expansion.{name}");
            let number = |what: &str| self.scenario.number(&format!("{key}.{what}"));
            let (more, lead) = (number("capacity").unwrap_or(0.0), number("lead").unwrap_or(0.0) * f64::from(MONTHS));
            let construction_start = self.months_from_start(&format!("{key}.start")).unwrap_or(-lead);
            let steps = Calendar { construction_start, lead, ..calendar.clone() }.steps(&self.horizon);
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

    fn calendar(&mut self, key: &str) -> Calendar {
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
        let failures = number("unplanned_outage.mtbf").zip(number("unplanned_outage.mttr"));
        if failures.is_some_and(|(between, repair)| repair >= between) {
            let help = "make the time to repair shorter than the time between failures";
            self.report(
                &format!("{key}.unplanned_outage"),
                "E0203",
                "the plant is broken more than it runs",
                "mttr is not below mtbf",
                help,
            );
        }
        let availability = failures.map_or(1.0, |(between, repair)| between / (between + repair));
        let planned_outage = planned_outage.filter(|(every, length)| every > length);
        Calendar { construction_start, lead, closes, ramp_up, planned_outage, availability }
    }
}
