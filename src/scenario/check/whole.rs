//! What only shows in the whole: dates in order, groups of shares, lifetimes, plants.

use super::Checker;
use super::mix::Share;
use crate::scenario::document::Node;
use crate::scenario::problem::Problem;
use crate::scenario::schema::Dim;
use crate::scenario::source::Origin;
use crate::scenario::value::Parsed;

/// Shortest time between two planned shutdowns: a day (yr), less its rounding.
const SHORTEST_BETWEEN_OUTAGES: f64 = (1.0 - 1e-9) / 366.0;

/// The five ways of a retired pack.
pub const WAYS: [&str; 5] = ["formal", "informal", "used_export", "hibernating", "landfill"];

impl Checker<'_> {
    /// Runs all of them.
    pub fn whole(&mut self) {
        self.version();
        self.dates();
        self.collection();
        self.market();
        self.modes();
        self.lifetimes();
        self.hazard_policies();
        self.plants();
        self.lags();
        self.outages();
        self.uncertain();
    }

    pub fn origin_of(&self, key: &str) -> Option<Origin> {
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

    /// Each segment of a region has sales, or a fleet from which they follow.
    fn market(&mut self) {
        for (region, segments) in self.tree.get("market").and_then(Node::table).into_iter().flatten() {
            for (segment, node) in segments.table().into_iter().flatten() {
                // The other keys of a region are no sections.
                let Some(table) = node.table().filter(|_| self.names.has(Dim::Segment, segment)) else { continue };
                let key = format!("market.{region}.{segment}");
                let way_out = "give `sales`, or the `fleet` from which they follow";
                if !table.contains_key("sales") && !table.contains_key("fleet") {
                    let title = format!("`{key}.sales` is missing");
                    let label = "needs `sales` or `fleet`";
                    self.report(Problem::error("E0202", title, node.origin, label, way_out), &key);
                }
                let (with, not): (&str, &[&str]) = if table.contains_key("fleet") {
                    ("fleet", &["sales", "electric_share"])
                } else {
                    ("sales", &["on_shortfall"])
                };
                for name in not {
                    if let (Some(value), Some(other)) = (table.get(*name), table.get(with)) {
                        let title = format!("`{key}.{name}` means nothing beside `{with}`");
                        let problem = Problem::error("E0203", title, value.key, "one of them is too much", way_out);
                        self.report(problem.also(other.key, format!("`{with}` is here")), &key);
                    }
                }
            }
        }
    }

    /// A share of packs used again needs a mode that uses them again.
    fn modes(&mut self) {
        let (Some(share), mode) = (self.tree.at(["use", "reuse_share"]), self.values.get("use.mode")) else { return };
        let mode = if let Some(Parsed::Text(mode)) = mode { mode.clone() } else { "replacement".to_owned() };
        if !matches!(mode.as_str(), "reuse" | "both") {
            let title = format!("`use.reuse_share` means nothing with `use.mode` {mode}");
            let help = "write `mode = \"reuse\"` or \"both\", or leave the share out";
            self.report(Problem::error("E0203", title, share.key, "no pack is used again", help), "use.reuse_share");
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

    /// A step goes through its shutdowns one by one.
    fn outages(&mut self) {
        for (plant, _) in self.tree.get("plant").and_then(Node::table).into_iter().flatten() {
            let key = format!("plant.{plant}.planned_outage.every");
            if let (Some(Parsed::Number(every)), Some(origin)) = (self.values.get(&key), self.origin_of(&key))
                && *every < SHORTEST_BETWEEN_OUTAGES
            {
                let title = format!("`{key}` is shorter than a day");
                let help = "plan shutdowns at least a day apart; failures belong in `unplanned_outage`";
                self.report(Problem::error("E0509", title, origin, "expected at least 1 day", help), &key);
            }
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
