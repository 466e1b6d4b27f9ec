//! Where retired packs go, and which are used again.

use super::Builder;
use crate::base::ids::{ChemistryId, Id, RegionId, SegmentId, StepId, Table, all};
use crate::model::collection::{CollectionRule, Fate, HealthyShare, SecondLife};
use crate::model::hazard::CohortHazards;
use crate::model::lifetime::Lifetime;
use crate::model::stock::InflowAt;
use libm::erfc;

/// Parts what workshops and permitted recyclers share by new odds; their sum stays.
fn compete(share: &mut [f64; Fate::ALL.len()], odds: f64) {
    let (formal, informal) = (share[Fate::Formal as usize], share[Fate::Informal as usize]);
    let weighed = informal * odds;
    if odds != 1.0 && weighed + formal > 0.0 {
        share[Fate::Informal as usize] = (informal + formal) * weighed / (weighed + formal);
        share[Fate::Formal as usize] = (informal + formal) * formal / (weighed + formal);
    }
}

impl Builder<'_> {
    /// The rules, and which of them each region and segment follows.
    pub(super) fn collection_rules(&mut self) -> (Vec<CollectionRule>, Vec<usize>) {
        let mut rules = Vec::new();
        let mut rule_of = vec![0; self.size.regions * self.size.segments];
        for region in all::<RegionId>(self.size.regions) {
            let key = format!("collection.{}", self.catalog.region(region));
            let delay = self.scenario.number(&format!("{key}.hibernation_delay"));
            let common = rules.len();
            let odds = self.competition(&key);
            let rule = self.collection_rule(&key, delay, &odds);
            rules.push(rule);
            for segment in all::<SegmentId>(self.size.segments) {
                let own = format!("{key}.by_segment.{}", self.catalog.segment(segment));
                let place = region.index() * self.size.segments + segment.index();
                rule_of[place] = common;
                if self.scenario.has(&own) {
                    rule_of[place] = rules.len();
                    let rule = self.collection_rule(&own, delay, &odds);
                    rules.push(rule);
                }
            }
        }
        (rules, rule_of)
    }

    /// What the odds of an informal against a formal sale are multiplied by in every step: the ratio of what the two pay,
    /// over the usual one, to the power of the elasticity. Shares are given for the usual ratio.
    fn competition(&mut self, region: &str) -> Vec<f64> {
        let key = format!("{region}.competition");
        let elasticity = self.scenario.number(&format!("{key}.elasticity")).unwrap_or(0.0);
        if elasticity == 0.0 {
            return vec![1.0; self.horizon.steps];
        }
        let [informal, formal] = ["informal_pays", "formal_pays"].map(|name| self.state(&format!("{key}.{name}"), 1.0));
        let usual = self.scenario.number(&format!("{key}.usual_ratio")).unwrap_or(1.0);
        if usual <= 0.0 || informal.iter().chain(&formal).any(|pays| *pays <= 0.0) {
            let title = format!("`{key}` compares with nothing");
            let help = "write prices and a usual ratio above zero, or `elasticity = 0`";
            self.report(&key, "E0310", title, "what one of them pays, or the usual ratio, is zero", help);
            return vec![1.0; self.horizon.steps];
        }
        informal.iter().zip(&formal).map(|(informal, formal)| (informal / formal / usual).powf(elasticity)).collect()
    }

    fn collection_rule(&mut self, key: &str, delay: Option<f64>, odds: &[f64]) -> CollectionRule {
        let scenario = self.scenario;
        let by_fate = Fate::ALL.map(|fate| scenario.series(&format!("{key}.{}", fate.name())));
        let mut shares = Vec::with_capacity(self.horizon.steps);
        for step in all::<StepId>(self.horizon.steps) {
            let time = self.horizon.middle_of(step);
            let mut share = by_fate.map(|series| series.map_or(0.0, |series| series.at(time)));
            compete(&mut share, odds[step.index()]);
            // The largest takes the rounding, so that the shares add up to 1 exactly.
            let largest = (0..share.len()).max_by(|a, b| share[*a].total_cmp(&share[*b])).unwrap_or(0);
            let others: f64 = share.iter().enumerate().filter(|(i, _)| *i != largest).map(|(_, share)| share).sum();
            share[largest] = 1.0 - others;
            shares.push(share);
        }
        if by_fate.iter().all(Option::is_none) {
            let title = format!("`{key}` is missing");
            let help = "write e.g. `formal = 0.4` and `informal = \"rest\"`";
            self.report(key, "E0202", title, "it is not said where retired packs go", help);
        }
        let hibernating = Fate::Hibernating as usize;
        let used = shares.iter().any(|share| share[hibernating] > 0.0);
        if used && delay.is_none() {
            let title = format!("`{key}.hibernation_delay` is missing");
            self.report(
                key,
                "E0202",
                title,
                "packs hibernate, but for how long is not said",
                "write e.g. `hibernation_delay = \"3 yr\"`",
            );
        }
        if shares.iter().any(|share| share[hibernating] >= 1.0) {
            let title = format!("`{key}` keeps every pack for ever");
            let label = "all packs hibernate, and come back to hibernate again";
            self.report(&format!("{key}.hibernating"), "E0306", title, label, "leave a share for another fate");
        }
        let life = delay.unwrap_or(0.0);
        let hibernation = CohortHazards::new(&self.horizon, InflowAt::End, |_| Lifetime::Fixed { life });
        CollectionRule { shares, hibernation }
    }

    /// The second life; without the section no pack is used again.
    pub(super) fn second_life(&mut self) -> SecondLife {
        let (steps, chemistries) = (self.horizon.steps, self.size.chemistries);
        let mut reuse = Table::filled(steps, chemistries, 0.0);
        let recovery = self.scenario.number("second_life.repurposing_yield").unwrap_or(1.0);
        let mut healthy = Vec::with_capacity(chemistries);
        let (mut hazards, mut life_of) = (Vec::new(), Vec::with_capacity(chemistries));
        for chemistry in all::<ChemistryId>(chemistries) {
            let name = self.catalog.chemistry(chemistry).to_owned();
            let series = self.scenario.by_name("second_life.reuse_share", &name);
            let reused = series.map_or(vec![0.0; steps], |series| self.by_step(series));
            let used = reused.iter().any(|share| *share > 0.0);
            for step in all::<StepId>(steps) {
                reuse[(step, chemistry)] = reused[step.index()] * recovery;
            }
            healthy.push(if used { self.healthy(&name) } else { HealthyShare::new(&self.horizon, |_| 0.0) });
            let life = if used {
                self.hazards("second_life.lifetime", Some(&name))
            } else {
                CohortHazards::new(&self.horizon, InflowAt::End, |_| Lifetime::Fixed { life: f64::INFINITY })
            };
            // Chemistries that live alike go through the years together.
            life_of.push(hazards.iter().position(|known| *known == life).unwrap_or(hazards.len()));
            if life_of.last() == Some(&hazards.len()) {
                hazards.push(life);
            }
        }
        SecondLife { healthy, reuse, hazards, life_of }
    }

    /// Share of packs whose state of health is above the threshold, by steps since their year of production began.
    /// The state of health at age `a` is normal with mean `1 - fade a` and a fixed spread.
    fn healthy(&mut self, chemistry: &str) -> HealthyShare {
        let part = format!("healthy {chemistry}");
        match self.recall(&part) {
            Ok(healthy) => healthy,
            Err(making) => {
                let healthy = self.healthy_share(chemistry);
                self.keep(&part, &making, healthy)
            }
        }
    }

    fn healthy_share(&mut self, chemistry: &str) -> HealthyShare {
        let threshold = self.scenario.number("second_life.min_state_of_health").unwrap_or(0.0);
        let own = format!("second_life.state_of_health.{chemistry}");
        let key = if self.scenario.has(&own) { own } else { "second_life.state_of_health.default".to_owned() };
        let number = |name: &str| self.scenario.number(&format!("{key}.{name}"));
        let (Some(fade), Some(spread)) = (number("fade"), number("spread")) else {
            let title = format!("the state of health of `{chemistry}` is missing");
            let help =
                "write e.g. `[second_life.state_of_health.default]` with `fade = \"0.02 1/yr\"` and `spread = 0.05`";
            self.report(
                "second_life.state_of_health",
                "E0202",
                title,
                "its packs are used again, but how they age is not said",
                help,
            );
            return HealthyShare::new(&self.horizon, |_| 0.0);
        };
        let (dt, half_year) = (self.horizon.dt(), 0.5);
        HealthyShare::new(&self.horizon, |steps| {
            // A year's packs are on average made in its middle.
            let age = ((steps as f64 + 0.5) * dt - half_year).max(0.0);
            let margin = threshold - (1.0 - fade * age);
            if spread > 0.0 {
                0.5 * erfc(margin / spread * std::f64::consts::FRAC_1_SQRT_2)
            } else {
                f64::from(margin <= 0.0)
            }
        })
    }

    /// What the other recyclers recover, by substance; nothing if nothing is said.
    pub(super) fn other_recovery(&self) -> Vec<f64> {
        let number = |name: &str| self.scenario.number(&format!("other_recyclers.recovery.{name}"));
        let default = number("default").unwrap_or(0.0);
        let mut recovery: Vec<f64> =
            self.catalog.substances.iter().map(|name| number(name).unwrap_or(default)).collect();
        recovery.resize(self.size.width(), 0.0);
        recovery
    }
}
