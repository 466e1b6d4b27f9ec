//! Compliance: what a rule or a plan asks for, and whether a run reaches it.
//!
//! A target names an indicator (with its numerator, denominator and stage), what it is asked for, and a bound. It holds
//! from the calendar year of its day on, to its last year or the run's; it is met if it is met in every year in which the
//! indicator has a value. What is missing is told in the unit of the numerator.

use super::indicator::{By, Indicator, Measure, Place, View};
use super::tables::{ALL, Run, Table};
use crate::base::number::text;
use serde_json::{Value, json};

/// Which side of the bound is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// At least so much.
    AtLeast,
    /// At most so much.
    AtMost,
}

impl Bound {
    /// The words in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
        }
    }

    /// How far a value lies on the wrong side; not above 0 if it does not.
    fn short(self, value: f64, required: f64) -> f64 {
        match self {
            Self::AtLeast => required - value,
            Self::AtMost => value - required,
        }
    }
}

/// A relative difference below this is rounding: a share that is exactly as asked for is met.
const ROUNDING: f64 = 1e-12;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What is counted.
    pub indicator: &'static Indicator,
    /// What it is asked for: one place, or each of several.
    pub places: Vec<Place>,
    /// First calendar year that is judged.
    pub first: i32,
    /// Last one; none: as long as the run.
    pub last: Option<i32>,
    /// Which side is good.
    pub bound: Bound,
    /// The bound, in the indicator's unit.
    pub required: f64,
    /// Who asks.
    pub source: String,
}

/// A target in one year and place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// The calendar year.
    pub year: i32,
    /// What it was asked for.
    pub place: Place,
    /// The indicator's value.
    pub value: f64,
    /// Whether it is on the good side.
    pub met: bool,
    /// What is missing, or too much, in the unit of the numerator; 0 if it is met.
    pub missing: f64,
}

/// A target over all its years.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The target.
    pub target: &'a Target,
    /// Year by year; years without a value are left out.
    pub judgements: Vec<Judgement>,
}

impl Target {
    /// The unit in which is told what is missing.
    pub fn missing_unit(&self) -> &'static str {
        match self.indicator.unit {
            "1" | "day" => "t",
            unit if self.is_share() => unit.split('/').next().unwrap_or(unit),
            unit => unit,
        }
    }

    fn is_share(&self) -> bool {
        !self.indicator.unit.ends_with("/yr") && self.indicator.unit.contains('/')
    }

    /// How it is counted, in words.
    pub fn rule(&self) -> String {
        format!("{} in {}: {}", self.bound.name().replace('_', " "), self.indicator.id, self.indicator.definition)
    }

    fn judge(&self, year: i32, place: Place, measure: Measure) -> Option<Judgement> {
        let value = measure.value()?;
        let short = self.bound.short(value, self.required);
        let met = short <= ROUNDING * self.required.abs();
        let missing = if met { 0.0 } else { short * measure.whole.unwrap_or(1.0) };
        Some(Judgement { year, place, value, met, missing })
    }
}

impl Verdict<'_> {
    /// Whether there was anything to judge.
    pub fn applies(&self) -> bool {
        !self.judgements.is_empty()
    }

    /// Whether it is met in every year.
    pub fn met(&self) -> bool {
        self.judgements.iter().all(|judgement| judgement.met)
    }

    /// The judgement that is farthest on the wrong side; none if all are met.
    pub fn worst(&self) -> Option<&Judgement> {
        let short = |judgement: &&Judgement| self.target.bound.short(judgement.value, self.target.required);
        let missed = self.judgements.iter().filter(|judgement| !judgement.met);
        // The first of equals, whatever rounding says: when it began.
        missed.reduce(|worst, other| if short(&other) > short(&worst) * (1.0 + ROUNDING) { other } else { worst })
    }

    /// The calendar years in which it is missed, in runs: `2031 to 2035`.
    pub fn missed_years(&self) -> String {
        let mut years: Vec<i32> = self.judgements.iter().filter(|j| !j.met).map(|j| j.year).collect();
        years.sort_unstable();
        years.dedup();
        let mut runs: Vec<(i32, i32)> = Vec::new();
        for year in years {
            match runs.last_mut() {
                Some((_, end)) if *end + 1 == year => *end = year,
                _ => runs.push((year, year)),
            }
        }
        let runs: Vec<String> = runs
            .iter()
            .map(|(start, end)| if start == end { start.to_string() } else { format!("{start} to {end}") })
            .collect();
        runs.join(", ")
    }
}

/// How many of the targets that apply are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// Met in every year.
    pub met: usize,
    /// With anything to judge.
    pub judged: usize,
    /// Without.
    pub not_applicable: usize,
}

/// The score of all targets.
pub fn score(verdicts: &[Verdict<'_>]) -> Score {
    let judged = verdicts.iter().filter(|verdict| verdict.applies()).count();
    let met = verdicts.iter().filter(|verdict| verdict.applies() && verdict.met()).count();
    Score { met, judged, not_applicable: verdicts.len() - judged }
}

impl Run<'_> {
    /// Judges every target in every year it holds.
    pub fn judge<'t>(&self, targets: &'t [Target]) -> Vec<Verdict<'t>> {
        let years = self.model.horizon.start_year..self.model.horizon.end_year();
        let mut verdicts: Vec<Verdict<'t>> =
            targets.iter().map(|target| Verdict { target, judgements: Vec::new() }).collect();
        for year in years {
            let Some(view) = View::year(self.model, self.results, year) else { continue };
            for verdict in &mut verdicts {
                let target = verdict.target;
                if year < target.first || target.last.is_some_and(|last| year > last) {
                    continue;
                }
                let found = target.places.iter().filter_map(|place| {
                    (target.indicator.measure)(&view, *place).and_then(|measure| target.judge(year, *place, measure))
                });
                verdict.judgements.extend(found);
            }
        }
        verdicts
    }

    /// `targets.csv`: every target in every year in which it can be judged.
    pub fn targets(&self, targets: &[Target]) -> Vec<u8> {
        let mut table = Table::new(&[
            "target",
            "time",
            "indicator",
            "region",
            "plant",
            "substance",
            "value",
            "bound",
            "required",
            "unit",
            "result",
            "missing",
            "missing_unit",
            "rule",
            "source",
        ]);
        for verdict in self.judge(targets) {
            let target = verdict.target;
            let rule = target.rule();
            for judgement in &verdict.judgements {
                let name = |by: By| judgement.place.name(by, self.catalog).unwrap_or(ALL);
                let [region, plant, substance] = [By::Region, By::Plant, By::Substance].map(name);
                let [value, required, missing] = [judgement.value, target.required, judgement.missing].map(text);
                table.row(&[
                    target.name.as_str(),
                    &judgement.year.to_string(),
                    target.indicator.id,
                    region,
                    plant,
                    substance,
                    &value,
                    target.bound.name(),
                    &required,
                    target.indicator.unit,
                    if judgement.met { "met" } else { "missed" },
                    &missing,
                    target.missing_unit(),
                    &rule,
                    &target.source,
                ]);
            }
        }
        table.finish()
    }

    /// The targets in the summary: how many are met, and by how much each other one is missed.
    pub fn targets_json(&self, targets: &[Target]) -> Value {
        let verdicts = self.judge(targets);
        let score = score(&verdicts);
        let missed = verdicts.iter().filter_map(|verdict| Some((verdict, verdict.worst()?))).map(|(verdict, worst)| {
            json!({
                "target": verdict.target.name,
                "years": verdict.missed_years(),
                "worst": {
                    "year": worst.year,
                    "plant": worst.place.name(By::Plant, self.catalog),
                    "value": worst.value,
                    "required": verdict.target.required,
                    "unit": verdict.target.indicator.unit,
                    "missing": worst.missing,
                    "missing_unit": verdict.target.missing_unit(),
                },
                "rule": verdict.target.rule(),
            })
        });
        json!({
            "met": score.met,
            "judged": score.judged,
            "not_applicable": score.not_applicable,
            "missed": missed.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(bound: Bound, required: f64) -> Target {
        Target {
            name: "t".into(),
            indicator: Indicator::named("recycled_content").unwrap(),
            places: vec![Place::default()],
            first: 2030,
            last: None,
            bound,
            required,
            source: String::new(),
        }
    }

    #[test]
    fn what_is_missing_is_told_in_tonnes() {
        let least = target(Bound::AtLeast, 0.5);
        let judged = least.judge(2030, Place::default(), Measure::ratio(30.0, 100.0)).unwrap();
        assert_eq!((judged.met, judged.value, judged.missing), (false, 0.3, 20.0));
        let judged = least.judge(2030, Place::default(), Measure::ratio(50.0, 100.0)).unwrap();
        assert_eq!((judged.met, judged.missing), (true, 0.0));
        assert_eq!(least.judge(2030, Place::default(), Measure::ratio(0.0, 0.0)), None);
        let most = target(Bound::AtMost, 10.0);
        let judged = most.judge(2030, Place::default(), Measure::amount(12.0)).unwrap();
        assert_eq!((judged.met, judged.missing), (false, 2.0));
    }

    #[test]
    fn a_target_is_missed_by_its_worst_year() {
        let target = target(Bound::AtLeast, 0.5);
        let judge = |year, part| target.judge(year, Place::default(), Measure::ratio(part, 1.0)).unwrap();
        let judgements = vec![judge(2030, 0.4), judge(2031, 0.3), judge(2032, 0.6), judge(2033, 0.45)];
        let verdict = Verdict { target: &target, judgements };
        assert_eq!(verdict.worst().unwrap().year, 2031);
        assert_eq!(verdict.missed_years(), "2030 to 2031, 2033");
        assert_eq!(score(&[verdict]), Score { met: 0, judged: 1, not_applicable: 0 });
    }
}
