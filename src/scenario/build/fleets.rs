//! Fleets given by their size: what must be sold to keep them there.

use super::Builder;
use super::initial::InitialVehicles;
use crate::base::ids::{ChemistryId, Id, SegmentId, StepId, Table, YearId, all};
use crate::model::fleet::PackFailure;
use crate::model::fleet_target::{FleetTarget, Kind};
use crate::model::stock::{OnShortfall, StockError};

impl Builder<'_> {
    /// What happens when a pack fails in a living vehicle.
    pub(super) fn on_failure(&self) -> PackFailure {
        match self.scenario.text("use.mode") {
            Some("neither" | "reuse") => PackFailure::Neither,
            _ => PackFailure::Replacement,
        }
    }

    /// Share of the good packs of scrapped vehicles that may go into other vehicles: all, unless said otherwise.
    pub(super) fn reuse(&self) -> Option<f64> {
        let share = || self.scenario.number("use.reuse_share").unwrap_or(1.0);
        matches!(self.scenario.text("use.mode"), Some("reuse" | "both")).then(share)
    }

    /// Vehicles sold in each step so that the fleet has its size, and the share retired early where the scenario wants that.
    pub(super) fn sales_for_fleet(
        &mut self,
        key: &str,
        segment: SegmentId,
        mix: &Table<StepId, ChemistryId>,
        before: &[InitialVehicles],
    ) -> (Vec<f64>, Option<Vec<f64>>) {
        let steps = self.horizon.steps;
        let vehicle = self.hazards_in_use(segment, "vehicle", None);
        let mut kinds = Vec::new();
        for chemistry in all::<ChemistryId>(self.size.chemistries) {
            let share: Vec<f64> = all::<StepId>(steps).map(|step| mix[(step, chemistry)]).collect();
            let own = before.iter().filter(|vehicles| vehicles.chemistry == chemistry);
            let initial: Vec<(YearId, f64)> = own.map(|vehicles| (vehicles.year, vehicles.vehicles)).collect();
            if share.iter().any(|share| *share > 0.0) || !initial.is_empty() {
                let name = self.catalog.chemistry(chemistry).to_owned();
                kinds.push(Kind { battery: self.hazards_in_use(segment, "battery", Some(&name)), share, initial });
            }
        }
        let rule_key = format!("{key}.on_shortfall");
        let on_shortfall = match self.scenario.text(&rule_key).and_then(|rule| rule.parse().ok()) {
            Some(OnShortfall::AllowNegative) => {
                let title = format!("`{key}` cannot have a negative fleet");
                let label = "vehicles are sold or retired, never less than none";
                let help =
                    "write \"early_retirement\", \"overshoot\" or \"error\"; `urbanmine cohort` knows `allow_negative`";
                self.report(&rule_key, "E0203", title, label, help);
                return (vec![0.0; steps], None);
            }
            rule => rule.unwrap_or_default(),
        };
        let fleet_key = format!("{key}.fleet");
        let dt = self.horizon.dt();
        let target = match self.scenario.series(&fleet_key) {
            // The size at the end of a step is that of the moment at which the next one begins.
            Some(series) => all::<StepId>(steps).map(|step| series.at(self.horizon.start_of(step) + dt)).collect(),
            None => vec![0.0; steps],
        };
        let fleet =
            FleetTarget { vehicle, kinds, on_failure: self.on_failure(), reuse: self.reuse(), target, on_shortfall };
        match fleet.sales(&self.horizon) {
            Ok(sales) => {
                let early = sales.early.iter().any(|share| *share > 0.0).then_some(sales.early);
                (sales.vehicles, early)
            }
            Err(refusal) => {
                self.report_fleet(&fleet_key, refusal);
                (vec![0.0; steps], None)
            }
        }
    }

    fn report_fleet(&mut self, key: &str, refusal: StockError) {
        let when = |step: usize| self.horizon.label(StepId::new(step));
        let (code, title, label, help) = match refusal {
            StockError::Shortfall { step, shortfall } => (
                "E0304",
                format!("`{key}` falls faster than vehicles retire"),
                format!("{shortfall:.0} vehicles too many in {}", when(step)),
                "let it fall more slowly, or write `on_shortfall = \"early_retirement\"` or \"overshoot\" beside it",
            ),
            StockError::Unreachable { step } => (
                "E0203",
                format!("`{key}` cannot be reached"),
                format!("nothing sold in {} lives to the end of its step", when(step)),
                "give longer lives, or shorter steps",
            ),
            other => ("E0203", format!("`{key}` cannot be followed"), other.to_string(), "check its numbers"),
        };
        self.report(key, code, title, label, help);
    }
}
