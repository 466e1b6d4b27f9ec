//! `compare --bridge`: runs the scenarios that lie between two.

use super::{exit, run::refusal};
use crate::model::World;
use crate::report::compare::bridge::{Bridge, Part, groups, shapley};
use crate::report::compare::{Side, dotted_name, find, flat, is_table};
use crate::results::archive::{Archive, Sheet};
use crate::results::tables::Run as Tables;
use crate::results::{Every, Recorder};
use crate::scenario::build::{Built, build};
use crate::scenario::{Scenario, schema::Place};
use rayon::prelude::*;
use std::path::Path;

/// Exit code and message.
type Refusal = (u8, String);

/// Keys that say nothing about a result.
const SILENT: [&str; 2] = ["scenario", "outputs"];

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
    between.join()?;
    let count = between.groups.len();
    let sets = 1_usize << count;
    let done = std::sync::atomic::AtomicU64::new(0);
    let values: Vec<(f64, String, String)> = (0..sets)
        .into_par_iter()
        .map(|set| {
            let value = between.value(set, indicator);
            tick(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, sets as u64);
            value
        })
        .collect::<Result<_, _>>()?;
    let numbers: Vec<f64> = values.iter().map(|(value, ..)| *value).collect();
    let shares = shapley(count, &numbers);
    let mut parts: Vec<Part> = between
        .groups
        .iter()
        .zip(shares)
        .map(|((group, keys), adds)| Part { group: group.clone(), keys: keys.len(), adds })
        .collect();
    parts.sort_by(|a, b| b.adds.abs().total_cmp(&a.adds.abs()));
    let (_, name, unit) = &values[0];
    Ok(Bridge {
        indicator: name.clone(),
        unit: unit.clone(),
        from: (from.label.clone(), numbers[0]),
        to: (to.label.clone(), numbers[sets - 1]),
        parts,
    })
}

impl<'a> Between<'a> {
    fn new(from: &'a Side, to: &'a Side) -> Result<Self, Refusal> {
        let (ours, theirs) = (flat(&from.resolved), flat(&to.resolved));
        let mut keys: Vec<String> = Vec::new();
        for key in ours.keys().chain(theirs.keys()) {
            let silent = SILENT.iter().any(|section| key.split('.').next() == Some(*section));
            let value = value_key(key);
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

    /// Groups that cannot be switched over alone go with the first one that makes it possible.
    fn join(&mut self) -> Result<(), Refusal> {
        'again: loop {
            for at in 0..self.groups.len() {
                let Err(problem) = self.build(1 << at) else { continue };
                for other in (0..self.groups.len()).filter(|other| *other != at) {
                    if self.build(1 << at | 1 << other).is_ok() {
                        let (low, high) = (at.min(other), at.max(other));
                        let (name, keys) = self.groups.remove(high);
                        let group = &mut self.groups[low];
                        group.0 = format!("{} with {name}", group.0);
                        group.1.extend(keys);
                        continue 'again;
                    }
                }
                let name = &self.groups[at].0;
                let text = format!("error: `{name}` cannot be switched over alone\n{}", problem.1);
                return Err((exit::INPUT, text));
            }
            return Ok(());
        }
    }

    /// The scenario with the groups of a set taken from the second side.
    fn build(&self, set: usize) -> Result<Built, Refusal> {
        let mut tree = self.from.resolved.clone();
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

    /// The indicator with the groups of a set switched over, with its name and unit.
    fn value(&self, set: usize, indicator: &str) -> Result<(f64, String, String), Refusal> {
        let built = self.build(set)?;
        let mut recorder = Recorder::new(&built.model, Every::Year);
        built
            .model
            .run(&mut World::new(&built.model), &mut recorder)
            .map_err(|error| (exit::RESULT, refusal(&built, &error)))?;
        let results = recorder.finish(&built.model);
        let run = Tables { model: &built.model, catalog: &built.catalog, results: &results, every: Every::Year };
        let unreadable = |error: csv::Error| (exit::INTERNAL, format!("error: {error}"));
        let sheet = Sheet::read(&run.indicators()).map_err(unreadable)?;
        let names: Vec<[String; 6]> = sheet
            .rows
            .iter()
            .map(|row| {
                ["indicator", "region", "plant", "substance", "time", "unit"]
                    .map(|name| sheet.cell(row, name).to_owned())
            })
            .collect();
        let at = find(names.iter(), indicator).map_err(|near| unknown(indicator, &near))?;
        let value = sheet.number(&sheet.rows[at], "value").unwrap_or(f64::NAN);
        Ok((value, dotted_name(&names[at]), names[at][5].clone()))
    }
}

/// What to say of an indicator that is not one row.
pub fn unknown(indicator: &str, near: &[String]) -> Refusal {
    let help = if near.is_empty() {
        "name one of `indicators.csv` with region, plant, substance and year, e.g. `plant_utilisation.p1.2030`"
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
        let below = table.entry(*first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        if let toml::Value::Table(below) = below {
            put(below, rest, value);
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
