//! What only shows in the whole: dates in order, groups of shares, lifetimes, plants.

use super::Checker;
use super::mix::Share;
use crate::scenario::document::Node;
use crate::scenario::problem::Problem;
use crate::scenario::source::Origin;
use crate::scenario::value::Parsed;

/// The five ways of a retired pack.
const WAYS: [&str; 5] = ["formal", "informal", "used_export", "hibernating", "landfill"];

/// Parameters of each distribution; of an inner list exactly one is given.
const DISTRIBUTIONS: &[(&str, &[&[&str]])] = &[
    ("fixed", &[&["life"]]),
    ("normal", &[&["mean"], &["sd"]]),
    // Cut off at zero age; the mean is that of the whole normal.
    ("normal_trunc0", &[&["mean"], &["sd"]]),
    ("lognormal", &[&["mean"], &["sd"]]),
    ("weibull", &[&["shape"], &["scale", "mean"]]),
];

impl Checker<'_> {
    /// Runs all of them.
    pub fn whole(&mut self) {
        self.version();
        self.dates();
        self.collection();
        self.lifetimes();
        self.plants();
        self.lags();
    }

    fn origin_of(&self, key: &str) -> Option<Origin> {
        self.tree.at(key.split('.')).map(|n| n.origin)
    }

    fn version(&mut self) {
        if let (Some(Parsed::Integer(version)), Some(origin)) = (self.values.get("schema"), self.origin_of("schema"))
            && *version != 1
        {
            let title = format!("`schema` {version} is not known");
            let help = "write `schema = 1`, or use a newer urbanmine";
            self.report(Problem::error("E0203", title, origin, "this version reads 1", help), "schema");
        }
    }

    fn month(&self, key: &str) -> Option<((i32, u32), Origin)> {
        match self.values.get(key)? {
            Parsed::Month(year, month) => Some(((*year, *month), self.origin_of(key)?)),
            _ => None,
        }
    }

    fn dates(&mut self) {
        let (Some((start, start_at)), Some((end, end_at))) = (self.month("time.start"), self.month("time.end")) else {
            return;
        };
        if end <= start {
            let title =
                format!("`time.end` {:04}-{:02} is not after `time.start` {:04}-{:02}", end.0, end.1, start.0, start.1);
            let help = "`end` is the first day no longer simulated; set it later than `start`";
            let problem = Problem::error("E0309", title, end_at, "expected a later date", help);
            self.report(problem.also(start_at, "starts here"), "time.end");
        } else if let Some((from, at)) = self.month("time.report_from")
            && (from < start || from >= end)
        {
            let title = format!("`time.report_from` {:04}-{:02} is outside the simulated time", from.0, from.1);
            let help = "set it to `start` or later, and before `end`";
            self.report(
                Problem::error("E0309", title, at, "expected a date from `start` to `end`", help),
                "time.report_from",
            );
        }
    }

    /// The ways of retired packs sum to 1, in each region and for each segment that has its own.
    fn collection(&mut self) {
        let Some(regions) = self.tree.get("collection").and_then(Node::table) else { return };
        let mut groups: Vec<(String, Origin)> = Vec::new();
        for (region, node) in regions {
            groups.push((format!("collection.{region}"), node.origin));
            for (segment, node) in node.get("by_segment").and_then(Node::table).into_iter().flatten() {
                groups.push((format!("collection.{region}.by_segment.{segment}"), node.origin));
            }
        }
        for (group, header) in groups {
            self.group(&group, header);
        }
    }

    fn group(&mut self, group: &str, header: Origin) {
        let Some(table) = self.tree.at(group.split('.')).and_then(Node::table) else { return };
        let mut shares = Vec::new();
        for way in WAYS.iter().filter(|way| table.contains_key(**way)) {
            match self.values.get(&format!("{group}.{way}")) {
                Some(Parsed::Rest(_)) => shares.push(((*way).to_owned(), Share::Rest)),
                Some(Parsed::Series(series)) => shares.push(((*way).to_owned(), Share::Given(series.clone()))),
                // Reported already; a sum without it would only mislead.
                _ => return,
            }
        }
        if shares.is_empty() {
            return;
        }
        let given: Vec<bool> = shares.iter().map(|(_, s)| matches!(s, Share::Given(_))).collect();
        let Some(mix) = self.close(shares, header, group) else { return };
        for ((way, series), given) in mix.shares().iter().zip(given) {
            let series = series.clone();
            let parsed = if given { Parsed::Series(series) } else { Parsed::Rest(Some(series)) };
            self.values.insert(format!("{group}.{way}"), parsed);
        }
    }

    fn lifetimes(&mut self) {
        let mut tables: Vec<(String, &Node)> = Vec::new();
        for (segment, node) in self.tree.get("use").and_then(Node::table).into_iter().flatten() {
            for what in ["vehicle", "battery"] {
                tables.extend(node.get(what).map(|n| (format!("use.{segment}.{what}"), n)));
            }
        }
        tables.extend(self.tree.at(["second_life", "lifetime"]).map(|n| ("second_life.lifetime".to_owned(), n)));
        for (key, node) in tables {
            let (Some(table), Some(Parsed::Text(name))) =
                (node.table(), self.values.get(&format!("{key}.distribution")))
            else {
                continue;
            };
            let name = name.clone();
            let Some((_, wanted)) = DISTRIBUTIONS.iter().find(|(d, _)| *d == name) else { continue };
            let spelled = wanted.iter().map(|one| one.join(" or ")).collect::<Vec<_>>().join(" and ");
            let help = format!("a {name} distribution takes {spelled}");
            for one in *wanted {
                let given: Vec<&str> = one.iter().copied().filter(|p| table.contains_key(*p)).collect();
                let (code, title) = match given.as_slice() {
                    [] => ("E0202", format!("`{key}` has no {}", one.join(" or "))),
                    [_] => continue,
                    _ => ("E0203", format!("`{key}` has both {}", given.join(" and "))),
                };
                self.report(Problem::error(code, title, node.origin, format!("expected {spelled}"), &help), &key);
            }
            for (parameter, value) in table {
                let known = parameter == "distribution" || wanted.iter().any(|one| one.contains(&parameter.as_str()));
                let exists = ["mean", "scale", "life", "sd", "shape"].contains(&parameter.as_str());
                if exists && !known {
                    let title = format!("`{key}.{parameter}` means nothing for a {name} distribution");
                    self.report(Problem::error("E0204", title, value.key, "not a parameter of it", &help), &key);
                }
            }
        }
    }

    /// The plants and units of a scenario are counted, because later steps make tables of them.
    fn few(&mut self, what: &str, number: usize, most: usize, origin: Origin, key: &str) {
        if number > most {
            let title = format!("{number} {what} in `{key}`, at most {most} are allowed");
            let help = "join those that work alike";
            self.report(Problem::error("E0506", title, origin, "too many", help), key);
        }
    }

    fn plants(&mut self) {
        if let Some(plants) = self.tree.get("plant") {
            self.few("plants", plants.table().map_or(0, indexmap::IndexMap::len), 64, plants.origin, "plant");
        }
        for (name, plant) in self.tree.get("plant").and_then(Node::table).into_iter().flatten() {
            let key = format!("plant.{name}");
            self.not_zero(&format!("{key}.capacity"));
            for (line, _) in plant.get("line").and_then(Node::table).into_iter().flatten() {
                self.not_zero(&format!("{key}.line.{line}.capacity"));
            }
            let units = plant.get("unit").and_then(Node::table);
            let route = format!("{key}.route");
            if self.loader.problems.iter().any(|p| p.key.as_deref() == Some(&route)) {
                // The units are in the file that could not be read.
                continue;
            }
            if units.is_none_or(indexmap::IndexMap::is_empty) {
                let title = format!("plant `{name}` has no units");
                let help = format!("name a `route`, or write a section `[{key}.unit.<name>]` for each unit");
                self.report(Problem::error("E0202", title, plant.origin, "expected at least one unit", help), &key);
            } else if plant.get("feed").is_none() {
                let title = format!("`{key}.feed` is missing");
                let help = format!(
                    "write e.g. `feed = {{ pack = \"{}\" }}`",
                    units.and_then(|u| u.keys().next()).map_or("", |n| n)
                );
                self.report(Problem::error("E0202", title, plant.origin, "needs `feed`", help), &key);
            }
            self.few("units", units.map_or(0, indexmap::IndexMap::len), 256, plant.origin, &key);
            for (unit, node) in units.into_iter().flatten() {
                let key = format!("{key}.unit.{unit}");
                self.not_zero(&format!("{key}.capacity"));
                for (part, example) in [
                    ("outlets", "outlets = { black_mass = \"leaching\", casing = \"product:steel\" }"),
                    ("transfer", "transfer = { default = { black_mass = 0.9, casing = \"rest\" } }"),
                ] {
                    if node.get(part).is_none() {
                        let title = format!("`{key}.{part}` is missing");
                        let help = format!("write e.g. `{example}`");
                        let problem = Problem::error("E0202", title, node.origin, format!("needs `{part}`"), help);
                        self.report(problem, &format!("{key}.{part}"));
                    }
                }
            }
        }
    }

    fn not_zero(&mut self, key: &str) {
        let zero = match self.values.get(key) {
            Some(Parsed::Number(x)) => *x == 0.0,
            Some(Parsed::Series(series)) => series.points().iter().all(|(_, x)| *x == 0.0),
            _ => false,
        };
        if let Some(origin) = self.origin_of(key).filter(|_| zero) {
            let title = format!("`{key}` is zero");
            let help = "leave the plant out of the scenario, or let it start later with `construction`";
            self.report(Problem::error("E0310", title, origin, "expected more than zero", help), key);
        }
    }

    /// The loop needs no iteration only because what returns is used in a later step.
    fn lags(&mut self) {
        let (length, step) = match self.values.get("time.step") {
            Some(Parsed::Text(step)) if step == "1 year" => (1.0, "1 year"),
            Some(Parsed::Text(step)) if step == "1 quarter" => (0.25, "1 quarter"),
            _ => (1.0 / 12.0, "1 month"),
        };
        for (plant, _) in self.tree.get("return").and_then(Node::table).into_iter().flatten() {
            let key = format!("return.{plant}.lag");
            if let (Some(Parsed::Number(lag)), Some(origin)) = (self.values.get(&key), self.origin_of(&key))
                && *lag < length * (1.0 - 1e-9)
            {
                let title = format!("`{key}` is shorter than a step");
                let label = format!("expected at least {step}");
                let help = "what returns is used in a later step; set a longer lag or a shorter `time.step`";
                self.report(Problem::error("E0203", title, origin, label, help), &key);
            }
        }
    }
}
