//! Targets: what rules and plans ask for, as indicators with their places and bounds.

use super::Builder;
use crate::base::units::{Dimension, Unit};
use crate::results::indicator::{By, INDICATORS, Indicator, Place, Span, dimension_names};
use crate::results::targets::{Bound, Target};
use crate::scenario::{Problem, Row, suggestion};

/// Stands for each name of a dimension.
const EACH: &str = "each";
/// Stands where nobody is named.
const NOT_STATED: &str = "not stated";

/// Reports a finding at a place of the scenario, or at a cell: what of the target, code, title, label, help.
type Report<'r> = &'r mut dyn FnMut(&str, &'static str, String, &str, String);

impl Builder<'_> {
    /// All targets: those of the file of rules, then the scenario's own.
    pub(super) fn targets(&mut self) -> Vec<Target> {
        let scenario = self.scenario;
        let mut targets: Vec<Target> = Vec::new();
        for row in scenario.csv("targets.file").into_iter().flat_map(super::super::table::CsvTable::rows) {
            targets.extend(self.target_in_row(&row));
        }
        for name in scenario.children("target") {
            targets.extend(self.target_in_table(name));
        }
        targets
    }

    /// A row about a substance that the scenario does not follow is passed over: the file is shared.
    fn target_in_row(&mut self, row: &Row<'_>) -> Option<Target> {
        let scenario = self.scenario;
        let substance = row.text("substance");
        if !matches!(substance, "" | EACH) && !self.catalog.substances.iter().any(|known| known == substance) {
            return None;
        }
        let mut problems: Vec<Problem> = Vec::new();
        let mut report = |what: &str, code, title: String, label: &str, help: String| {
            problems.push(scenario.problem_in_csv(row, what, code, title, label, help));
        };
        let indicator = indicator(row.text("indicator"), &mut report);
        let select = |by: By| Some(row.text(by.word())).filter(|text| !text.is_empty());
        let places = indicator.map(|indicator| self.places(indicator, "", select, &mut report));
        let value = row.number("value").ok();
        let required = indicator.zip(value).and_then(|(indicator, value)| {
            in_unit_of(indicator, value, Dimension::NONE, |title, label, help| {
                report("indicator", "E0302", title, label, help);
            })
        });
        let first = row.year("from");
        if first.is_none() {
            report("from", "E0312", "a target without a year".into(), "empty", "write the first year judged".into());
        }
        self.problems.extend(problems);
        Some(Target {
            name: row.text("target").to_owned(),
            indicator: indicator?,
            places: places?,
            first: first?,
            last: row.year("until"),
            bound: if row.text("comparison") == "<=" { Bound::AtMost } else { Bound::AtLeast },
            required: required?,
            source: Some(row.text("instrument")).filter(|text| !text.is_empty()).unwrap_or(NOT_STATED).to_owned(),
        })
    }

    fn target_in_table(&mut self, name: &str) -> Option<Target> {
        let scenario = self.scenario;
        let key = format!("target.{name}");
        let mut problems: Vec<Problem> = Vec::new();
        let mut report = |what: &str, code, title: String, label: &str, help: String| {
            problems.push(scenario.problem_at(&format!("{key}.{what}"), code, title, label, help));
        };
        let indicator = indicator(scenario.text(&format!("{key}.indicator"))?, &mut report);
        let selected = |by: By| scenario.text(&format!("{key}.select.{}", by.word()));
        let places = indicator.map(|indicator| self.places(indicator, "select.", selected, &mut report));
        let limits = [("min", Bound::AtLeast), ("max", Bound::AtMost)];
        let given: Vec<_> = limits
            .iter()
            .filter_map(|(what, bound)| Some((*what, *bound, scenario.limit(&format!("{key}.{what}"))?)))
            .collect();
        let required = match (given.as_slice(), indicator) {
            ([(what, bound, (value, dimension))], Some(indicator)) => {
                let said = |title, label: &str, help| report(what, "E0302", title, label, help);
                in_unit_of(indicator, *value, *dimension, said).map(|required| (*bound, required))
            }
            ([_], None) => None,
            _ => {
                let (title, label) = (format!("`{key}` needs one bound"), "neither or both of `min` and `max`");
                report(
                    "min",
                    "E0202",
                    title,
                    label,
                    "write `min = 0.5` or `max = ...`, and two targets for both".into(),
                );
                None
            }
        };
        self.problems.extend(problems);
        Some(Target {
            name: name.to_owned(),
            indicator: indicator?,
            places: places?,
            first: scenario.month(&format!("{key}.by"))?.0,
            last: scenario.month(&format!("{key}.until")).map(|(year, _)| year),
            bound: required?.0,
            required: required?.1,
            source: scenario.text(&format!("{key}.source")).unwrap_or(NOT_STATED).to_owned(),
        })
    }

    /// The places a target is judged at: one, or each of a dimension.
    fn places<'t>(
        &self,
        indicator: &Indicator,
        above: &str,
        select: impl Fn(By) -> Option<&'t str>,
        report: Report<'_>,
    ) -> Vec<Place> {
        let mut places = vec![Place::default()];
        for by in [By::Region, By::Plant, By::Substance] {
            let Some(name) = select(by) else { continue };
            let what = format!("{above}{}", by.word());
            if !indicator.is_by(by) {
                let others: Vec<&str> = indicator.by.iter().map(|by| by.word()).collect();
                let title = format!("`{}` is not counted by {}", indicator.id, by.word());
                let help = format!("it can be asked by {}; leave this out", others.join(", "));
                report(&what, "E0305", title, "nothing to select", help);
                continue;
            }
            let names = dimension_names(by, &self.catalog);
            let chosen: Vec<usize> = if name == EACH {
                (0..names.len()).collect()
            } else {
                names.iter().position(|known| known == name).into_iter().collect()
            };
            if chosen.is_empty() && name != EACH {
                let title = format!("unknown {} `{name}`", by.word());
                report(
                    &what,
                    "E0401",
                    title,
                    "not in the scenario",
                    suggestion(name, names.iter().map(String::as_str)),
                );
            }
            places = places.iter().flat_map(|place| chosen.iter().map(|index| place.with(by, *index))).collect();
        }
        places
    }
}

/// The indicator of a name.
fn indicator(name: &str, report: Report<'_>) -> Option<&'static Indicator> {
    let found = Indicator::named(name);
    match found {
        None => {
            let help = suggestion(name, INDICATORS.iter().map(|indicator| indicator.id));
            report("indicator", "E0401", format!("unknown indicator `{name}`"), "not among the indicators", help);
        }
        Some(one) if one.span == Span::Run => {
            let help = "choose one that is counted by year".to_owned();
            report("indicator", "E0305", format!("`{name}` has no value by year"), "one value for the whole run", help);
            return None;
        }
        Some(_) => {}
    }
    found
}

/// A bound given in base units, in the unit of its indicator.
fn in_unit_of(
    indicator: &Indicator,
    base: f64,
    dimension: Dimension,
    mut report: impl FnMut(String, &str, String),
) -> Option<f64> {
    let unit = Unit::parse(indicator.unit).unwrap_or_else(|_| Unit::none());
    if unit.dimension() == dimension {
        return Some(base / unit.to_base(1.0));
    }
    let title = format!("`{}` is counted in {}, got {dimension}", indicator.id, unit.dimension());
    let written = if unit.dimension().is_none() { "0.5".to_owned() } else { format!("\"100 {}\"", indicator.unit) };
    report(title, "not a unit of the indicator", format!("write e.g. `{written}`"));
    None
}
