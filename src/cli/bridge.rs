//! `compare --bridge`: runs the scenarios that lie between two.

use super::{exit, run::refusal};
use crate::base::inert;
use crate::ensemble::outputs::{Output, Outputs, is_npv};
use crate::model::World;
use crate::report::compare::bridge::{Bridge, Part, groups, shapley};
use crate::report::compare::{Side, dotted_name, find, flat, is_table};
use crate::results::Recorder;
use crate::results::archive::Archive;
use crate::scenario::build::{Built, build};
use crate::scenario::{Scenario, schema::Place};
use rayon::prelude::*;
use std::path::Path;

/// Exit code and message.
type Refusal = (u8, String);

/// Sections that say nothing about a run's result.
const SILENT: [&str; 5] = ["scenario", "outputs", "target", "uncertainty", "sensitivity"];

/// Two scenarios and what differs between them.
struct Between<'a> {
    from: &'a Side,
    to: &'a Side,
    /// Groups of differing keys.
    groups: Vec<(String, Vec<String>)>,
    /// The files of the first with what only the second has, and the other way round.
    roots: [tempfile::TempDir; 2],
}

/// Explains an indicator's difference between two runs.
pub fn bridge(from: &Side, to: &Side, indicator: &str, tick: &(dyn Fn(u64, u64) + Sync)) -> Result<Bridge, Refusal> {
    let mut between = Between::new(from, to)?;
    let output = between.asked(indicator)?;
    let values = loop {
        match between.values(&output, tick)? {
            Ok(values) => break values,
            // What does not work is taken together with what it needs, or with all the rest.
            Err(set) => between.join(set)?,
        }
    };
    let count = between.groups.len();
    let shares = shapley(count, &values);
    let mut parts: Vec<Part> = between
        .groups
        .iter()
        .zip(shares)
        .map(|((group, keys), adds)| Part { group: group.clone(), keys: keys.len(), adds })
        .collect();
    parts.sort_by(|a, b| b.adds.abs().total_cmp(&a.adds.abs()));
    Ok(Bridge {
        indicator: output.year.map_or_else(|| output.address.clone(), |_| dotted_name(&name(&output))),
        unit: output.unit.clone(),
        from: (from.label.clone(), values[0]),
        to: (to.label.clone(), values[values.len() - 1]),
        parts,
    })
}

/// The cells by which a table of indicators names a result.
fn name(output: &Output) -> [String; 6] {
    let Output { indicator, region, plant, substance, unit, .. } = output;
    [indicator.clone(), region.clone(), plant.clone(), substance.clone(), output.time(), unit.clone()]
}

impl<'a> Between<'a> {
    fn new(from: &'a Side, to: &'a Side) -> Result<Self, Refusal> {
        let (ours, theirs) = (flat(&from.resolved), flat(&to.resolved));
        let mut keys: Vec<String> = Vec::new();
        for key in ours.keys().chain(theirs.keys()) {
            let silent = SILENT.iter().any(|section| key.split('.').next() == Some(*section));
            let value = whole(&value_key(key), &from.resolved, &to.resolved);
            if !silent && ours.get(key) != theirs.get(key) && !keys.contains(&value) {
                keys.push(value);
            }
        }
        let hash = |side: &Side, path: &str| {
            side.archive.manifest.inputs.iter().find(|file| file.path == path).map(|file| file.sha256.clone())
        };
        for file in from.archive.manifest.inputs.iter().filter(|file| is_table(&file.path)) {
            if hash(to, &file.path).is_some_and(|other| other != file.sha256) {
                keys.push(format!("file:{}", file.path));
            }
        }
        let roots = [root(&from.archive, &to.archive)?, root(&to.archive, &from.archive)?];
        Ok(Self { from, to, groups: groups(&keys), roots })
    }

    /// The result that an indicator names, in the first scenario or, if that has none, in the second.
    fn asked(&self, indicator: &str) -> Result<Output, Refusal> {
        let mut near = Vec::new();
        for set in [0, (1 << self.groups.len()) - 1] {
            let built = self.build(set)?;
            let outputs = Outputs::new(&built, built.model.horizon.start_year);
            let names: Vec<[String; 6]> = outputs.list().iter().map(name).collect();
            let found = outputs.find(indicator, &built).or_else(|_| find(names.iter(), indicator));
            match found {
                Ok(at) => return Ok(outputs.list()[at].clone()),
                Err(close) if near.is_empty() => near = close,
                Err(_) => {}
            }
        }
        Err(unknown(indicator, &near))
    }

    /// The result for every set of groups; the smallest set that gives no scenario if there is one.
    fn values(&self, output: &Output, tick: &(dyn Fn(u64, u64) + Sync)) -> Result<Result<Vec<f64>, usize>, Refusal> {
        let count = self.groups.len();
        let sets = 1_usize << count;
        // Most that cannot be parted shows where one group goes over alone, or all but one.
        let alone = (0..count).flat_map(|at| [1 << at, (sets - 1) ^ 1 << at]);
        let broken = alone.collect::<Vec<usize>>().into_par_iter().filter(|set| self.build(*set).is_err());
        if let Some(set) = broken.min_by_key(|set| (set.count_ones(), *set)) {
            return Ok(Err(set));
        }
        let done = std::sync::atomic::AtomicU64::new(0);
        let values: Vec<Option<f64>> = (0..sets)
            .into_par_iter()
            .map(|set| {
                let value = self.build(set).ok().map(|built| self.value(&built, set, output)).transpose();
                tick(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, sets as u64);
                value
            })
            .collect::<Result<_, _>>()?;
        let broken = (0..sets).filter(|set| values[*set].is_none()).min_by_key(|set| (set.count_ones(), *set));
        Ok(broken.map_or_else(|| Ok(values.into_iter().flatten().collect()), Err))
    }

    /// Takes together a group of a set that gives no scenario with the first that makes one of it; if none does, the set.
    fn join(&mut self, set: usize) -> Result<(), Refusal> {
        let count = self.groups.len();
        // The two themselves have run; what is wrong with them now cannot be mended.
        if set == 0 || set == (1 << count) - 1 {
            self.build(set)?;
        }
        let mends = (0..count).filter(|at| set & 1 << at == 0).find(|at| self.build(set | 1 << at).is_ok());
        let together = mends.map_or(set, |mends| set & set.wrapping_neg() | 1 << mends);
        // A single group that nothing mends goes with the next.
        let together = if together.is_power_of_two() {
            together | 1 << ((together.trailing_zeros() as usize + 1) % count)
        } else {
            together
        };
        let (mut joined, mut rest) = (Vec::new(), Vec::new());
        for (at, group) in std::mem::take(&mut self.groups).into_iter().enumerate() {
            if together & 1 << at != 0 { joined.push(group) } else { rest.push(group) }
        }
        let names: Vec<&str> = joined.iter().map(|(name, _)| name.as_str()).collect();
        let name = names.join(" with ");
        rest.push((name, joined.into_iter().flat_map(|(_, keys)| keys).collect()));
        self.groups = rest;
        Ok(())
    }

    /// The scenario with the groups of a set taken from the second side.
    fn build(&self, set: usize) -> Result<Built, Refusal> {
        let mut tree = self.from.resolved.clone();
        // What a draw may do is not what is compared, and may not fit what is half switched over.
        tree.retain(|section, _| section == "scenario" || !SILENT.contains(&section));
        let mut files = 0;
        for (_, keys) in self.groups.iter().enumerate().filter(|(at, _)| set & 1 << at != 0).map(|(_, group)| group) {
            for key in keys {
                if key.starts_with("file:") {
                    files = 1;
                } else {
                    let parts: Vec<&str> = key.split('.').collect();
                    put(&mut tree, &parts, get(&self.to.resolved, &parts).cloned());
                }
            }
        }
        let internal = |error: toml::ser::Error| (exit::INTERNAL, format!("error: {error}"));
        let text = toml::to_string(&tree).map_err(internal)?;
        let refused = |problems: crate::scenario::Problems| (exit::INPUT, problems.render(false));
        let scenario =
            Scenario::parse(&text, "between the scenarios", self.roots[files].path(), &[]).map_err(refused)?;
        build(&scenario).map_err(refused)
    }

    /// The result of a scenario between the two.
    fn value(&self, built: &Built, set: usize, output: &Output) -> Result<f64, Refusal> {
        let outputs = Outputs::new(built, built.model.horizon.start_year);
        let Some(place) = outputs.list().iter().position(|known| known.address == output.address) else {
            // On a plant that is not there nothing is spent or earned.
            return if is_npv(output) { Ok(0.0) } else { Err(self.without(set, output)) };
        };
        let outputs = outputs.only(&[place]);
        let mut recorder = Recorder::of_indicators(&built.model);
        built
            .model
            .run(&mut World::new(&built.model), &mut recorder)
            .map_err(|error| (exit::RESULT, refusal(built, &error)))?;
        let mut value = [f64::NAN];
        outputs.read(built, recorder.results(), &mut value);
        match value {
            [value] if value.is_finite() => Ok(value),
            _ if is_npv(output) => Ok(0.0),
            _ => Err(self.without(set, output)),
        }
    }

    /// There is nothing to explain where a result has no value.
    fn without(&self, set: usize, output: &Output) -> Refusal {
        let switched: Vec<&str> = self
            .groups
            .iter()
            .enumerate()
            .filter(|(at, _)| set & 1 << at != 0)
            .map(|(_, group)| group.0.as_str())
            .collect();
        let place = if set == 0 {
            format!("in {}", inert::line(&self.from.label))
        } else if switched.len() == self.groups.len() {
            format!("in {}", inert::line(&self.to.label))
        } else {
            let [to, from] = [self.to, self.from].map(|side| inert::line(&side.label));
            format!("with {} of {to} in {from}", switched.join(", "))
        };
        let help = "choose one that has a value whatever is switched over, such as an amount or the net present value of a plant";
        let text = format!("error: `{}` has no value {place}\n  = help: {help}", output.address);
        (exit::INPUT, text)
    }
}

/// What to say of an indicator that is not one row.
pub fn unknown(indicator: &str, near: &[String]) -> Refusal {
    let help = if near.is_empty() {
        "name one of `indicators.csv` with region, plant, substance and year, e.g. `plant_utilisation.p1.2030`, or money, e.g. `economics.p1.npv`"
            .to_owned()
    } else {
        format!("one of: {}", near.join(", "))
    };
    (exit::INPUT, format!("error: `{indicator}` does not name one value of `indicators.csv`\n  = help: {help}"))
}

/// The part of a key that names a whole value: a series is switched over as a whole.
fn value_key(key: &str) -> String {
    let parts: Vec<&str> = key.split('.').collect();
    let mut place = Place::root();
    for (at, part) in parts.iter().enumerate() {
        let Some(below) = place.child(part) else { break };
        place = below;
        if place.is_end() {
            return parts[..=at].join(".");
        }
    }
    key.to_owned()
}

/// The part of a key that only one of the scenarios has, if there is one: a plant that the other does not know goes over
/// as a whole.
fn whole(key: &str, from: &toml::Table, to: &toml::Table) -> String {
    let parts: Vec<&str> = key.split('.').collect();
    let lone = (1..parts.len()).find(|end| {
        let stem = &parts[..*end];
        get(from, stem).is_none() || get(to, stem).is_none()
    });
    parts[..lone.unwrap_or(parts.len())].join(".")
}

fn get<'t>(table: &'t toml::Table, parts: &[&str]) -> Option<&'t toml::Value> {
    let (first, rest) = parts.split_first()?;
    let value = table.get(*first)?;
    if rest.is_empty() { Some(value) } else { get(value.as_table()?, rest) }
}

/// Sets a value, or takes it away.
fn put(table: &mut toml::Table, parts: &[&str], value: Option<toml::Value>) {
    let Some((first, rest)) = parts.split_first() else { return };
    if !rest.is_empty() {
        if value.is_none() && !table.contains_key(*first) {
            return;
        }
        let removes = value.is_none();
        let below = table.entry(*first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        if let toml::Value::Table(below) = below {
            put(below, rest, value);
            // The heading of nothing would be something: a unit without outlets.
            if removes && below.is_empty() {
                table.remove(*first);
            }
        }
        return;
    }
    match value {
        Some(value) => table.insert((*first).to_owned(), value),
        None => table.remove(*first),
    };
}

/// A directory with the data files of a run, and those that only another has.
fn root(first: &Archive<'_>, second: &Archive<'_>) -> Result<tempfile::TempDir, Refusal> {
    let io = |error: &dyn std::fmt::Display| (exit::IO, format!("error: {error}"));
    let folder = tempfile::tempdir().map_err(|error| io(&error))?;
    for archive in [second, first] {
        for name in archive.names("inputs/", ".csv") {
            let bytes = archive.bytes(&name).map_err(|error| io(&error))?.unwrap_or_default();
            let path = folder.path().join(name.trim_start_matches("inputs/"));
            let above = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(above).and_then(|()| std::fs::write(&path, &bytes)).map_err(|error| io(&error))?;
        }
    }
    Ok(folder)
}
