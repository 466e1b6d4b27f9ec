//! Lifetimes: the hazards of every cohort year, from what a scenario says about a distribution.

use super::Builder;
use crate::base::ids::{Id, SegmentId, YearId, all};
use crate::base::series::Series;
use crate::model::hazard::{CohortHazards, HazardChange, Hazards};
use crate::model::lifetime::{Distribution, Lifetime};
use crate::model::stock::{InflowAt, UnknownInflowAt};
use crate::model::time::MONTHS;
use std::sync::Arc;

/// What stands for a lifetime that is not given, once that has been reported.
const HARMLESS: Lifetime = Lifetime::Fixed { life: f64::INFINITY };

impl Builder<'_> {
    /// Hazards of the lifetime under a key, its parameters read for each cohort year.
    pub(super) fn hazards(&mut self, key: &str, chemistry: Option<&str>) -> CohortHazards {
        let name = format!("hazards of {key} {}", chemistry.unwrap_or_default());
        let making = match self.recall(&name) {
            Ok(hazards) => return hazards,
            Err(making) => making,
        };
        let inflow_at = self.inflow_at();
        let horizon = self.horizon;
        let years = all::<YearId>(self.size.years).map(|year| f64::from(horizon.calendar_year(year)));
        let lifetimes = self.lifetimes(key, chemistry, years);
        if let Some(first) = lifetimes.first() {
            self.warn_untruncated(key, first);
        }
        // Uses and chemistries that live alike share their hazards.
        let known = &mut self.hazards;
        let horizon = &self.horizon;
        let hazards = CohortHazards::shared(
            horizon,
            |year| lifetimes[year.index()].clone(),
            |lifetime| {
                if let Some((_, hazards)) = known.iter().find(|(other, _)| other == lifetime) {
                    hazards.clone()
                } else {
                    let hazards = Hazards::of(horizon, inflow_at, lifetime);
                    known.push((lifetime.clone(), hazards.clone()));
                    hazards
                }
            },
        );
        self.keep(&name, &making, hazards)
    }

    /// Hazards of vehicles or packs in use, with the policies that change them.
    pub(super) fn hazards_in_use(&mut self, segment: SegmentId, of: &str, chemistry: Option<&str>) -> CohortHazards {
        let name = self.catalog.segment(segment).to_owned();
        let hazards = self.hazards(&format!("use.{name}.{of}"), chemistry);
        let changes = self.hazard_changes(&name, of);
        hazards.with_changes(self.horizon.steps, &changes)
    }

    fn hazard_changes(&self, segment: &str, of: &str) -> Vec<HazardChange> {
        let scenario = self.scenario;
        let policies =
            scenario.children("use.hazard_policy").into_iter().map(|name| format!("use.hazard_policy.{name}"));
        let concerned = policies.filter(|key| {
            let segments = format!("{key}.segments");
            let here = !scenario.has(&segments) || scenario.names(&segments).contains(&segment);
            here && scenario.text(&format!("{key}.of")) == Some(of)
        });
        concerned
            .map(|key| {
                let step = |name: &str, or: usize| {
                    scenario.month(&format!("{key}.{name}")).map_or(or, |(year, month)| self.step_from(year, month))
                };
                let factor = scenario.number(&format!("{key}.factor")).unwrap_or(1.0);
                HazardChange { steps: step("from", 0)..step("until", self.horizon.steps), factor }
            })
            .collect()
    }

    /// The first step that begins in a month (1 to 12) or later.
    fn step_from(&self, year: i32, month: u32) -> usize {
        let months = i64::from(year - self.horizon.start_year) * i64::from(MONTHS) + i64::from(month) - 1;
        usize::try_from(months).unwrap_or(0).div_ceil(self.horizon.step_months as usize)
    }

    /// When sales fall within a step: in its middle, unless said otherwise.
    fn inflow_at(&mut self) -> InflowAt {
        let key = "use.inflow_at";
        let Some(text) = self.scenario.text(key) else { return InflowAt::Mid };
        text.parse().unwrap_or_else(|fault: UnknownInflowAt| {
            let title = format!("`{text}` is no moment of a step");
            if self.problems.iter().all(|problem| problem.title != title) {
                self.report(key, "E0203", title, fault.to_string(), "write e.g. `inflow_at = \"mid\"`");
            }
            InflowAt::Mid
        })
    }

    fn warn_untruncated(&mut self, key: &str, lifetime: &Lifetime) {
        let lost = lifetime.lost_at_birth();
        if lost > 1e-6 {
            let title = format!("`{key}` retires {:.2} % of every cohort at once", lost * 100.0);
            let label = "the normal distribution reaches below age 0";
            let help = "write `distribution = \"normal_trunc0\"` to cut it there";
            // A lifetime may be asked for more than once, and by chemistry.
            if self.problems.iter().all(|problem| problem.title != title) {
                let problem = self.scenario.problem_at(&format!("{key}.distribution"), "W0101", title, label, help);
                self.problems.push(problem.as_warning());
            }
        }
    }

    /// The lifetime of the cohort of each of some years; reports what is missing once and carries on with something
    /// harmless.
    pub(super) fn lifetimes(
        &mut self,
        key: &str,
        chemistry: Option<&str>,
        years: impl Iterator<Item = f64>,
    ) -> Vec<Lifetime> {
        let scenario = self.scenario;
        let name = scenario.text(&format!("{key}.distribution")).unwrap_or_default();
        if name == "tabulated" {
            let curve = scenario.survival(&format!("{key}.survival"), chemistry);
            let lifetime = curve.map_or(HARMLESS, |curve| Lifetime::Tabulated(Arc::clone(curve)));
            if curve.is_none() {
                let example = "survival = { \"0 yr\" = 1.0, \"15 yr\" = 0.0 }";
                self.report_lifetime(key, chemistry, "needs a `survival`", example);
            }
            return years.map(|_| lifetime.clone()).collect();
        }
        let parameter = |name: &&str| {
            let key = format!("{key}.{name}");
            chemistry.and_then(|name| scenario.by_name(&key, name)).or_else(|| scenario.series(&key))
        };
        // The check has made sure that the parameters given are those of one form.
        let given = |form: &Distribution| form.parameters.iter().map(parameter).collect::<Option<Vec<&Series>>>();
        let forms: Vec<_> =
            Distribution::forms(name).filter_map(|form| given(&form).map(|given| (form, given))).collect();
        let of_year = |year: f64| {
            let at = |given: &[&Series]| given.iter().map(|series| series.at(year)).collect::<Vec<f64>>();
            forms.iter().find_map(|(form, given)| form.lifetime(&at(given)))
        };
        let found: Option<Vec<Lifetime>> = years.map(of_year).collect();
        found.unwrap_or_else(|| {
            let quoted =
                |form: Distribution| form.parameters.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(" and ");
            let needs = Distribution::forms(name).map(quoted).collect::<Vec<_>>().join(", or ");
            let needs = if needs.is_empty() { "`distribution` and its parameters".to_owned() } else { needs };
            self.report_lifetime(key, chemistry, &format!("needs {needs}, above 0"), example(name));
            vec![HARMLESS; self.size.years.max(1)]
        })
    }

    fn report_lifetime(&mut self, key: &str, chemistry: Option<&str>, label: &str, example: &str) {
        let of = chemistry.map_or(String::new(), |name| format!(" of `{name}`"));
        let title = format!("the lifetime{of} under `{key}` is incomplete");
        if self.problems.iter().all(|problem| problem.title != title) {
            self.report(key, "E0202", title, label, &format!("write e.g. `{example}`"));
        }
    }
}

/// A lifetime as it would be written.
fn example(distribution: &str) -> &'static str {
    match distribution {
        "fixed" => "life = \"8 yr\"",
        "normal" | "normal_trunc0" | "lognormal" => "mean = \"12 yr\"` and `sd = \"5 yr\"",
        "foldednormal" => "mu = \"12 yr\"` and `sigma = \"5 yr\"",
        "gamma" => "shape = 4` and `scale = \"3 yr\"",
        "logistic" => "location = \"12 yr\"` and `scale = \"2 yr\"",
        "weibull" => "shape = 3.5` and `scale = \"8.5 yr\"",
        _ => "distribution = \"weibull\"`, `shape = 3.5`, `scale = \"8.5 yr\"",
    }
}
