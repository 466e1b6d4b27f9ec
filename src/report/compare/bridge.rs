//! Why two scenarios differ: what each group of inputs adds, whatever the order in which they are switched over.
//!
//! With a value `v(S)` for every set `S` of groups taken from the second scenario, a group's part is the Shapley value
//! `sum over S without it of |S|! (n - |S| - 1)! / n! (v(S and it) - v(S))`. The parts add up to the whole.

use crate::base::number::text;

/// Most groups: 2^10 runs.
pub const MOST_GROUPS: usize = 10;

/// A group of inputs and what it adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What the keys of the group begin with.
    pub group: String,
    /// How many keys differ in it.
    pub keys: usize,
    /// What it adds to the indicator.
    pub adds: f64,
}

/// The way from one scenario to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridge {
    /// The indicator, with dots.
    pub indicator: String,
    /// Its unit.
    pub unit: String,
    /// The baseline and its value.
    pub from: (String, f64),
    /// The other scenario and its value.
    pub to: (String, f64),
    /// What lies between, the largest first.
    pub parts: Vec<Part>,
}

/// The Shapley values of `n` groups from the value of every set of them; bit `k` of the set is group `k`.
pub fn shapley(n: usize, value: &[f64]) -> Vec<f64> {
    // |S|! (n - |S| - 1)! / n! by the recursion of binomials: 1 / (n binom(n - 1, |S|)).
    let mut weights = vec![1.0 / n.max(1) as f64];
    for size in 1..n {
        weights.push(weights[size - 1] * size as f64 / (n - size) as f64);
    }
    let part = |group: usize| {
        let without = (0..value.len()).filter(|set| set & (1 << group) == 0);
        without.map(|set| weights[set.count_ones() as usize] * (value[set | 1 << group] - value[set])).sum()
    };
    (0..n).map(part).collect()
}

/// What makes up the technology of a plant, and is right only as a whole.
const ROUTE: [&str; 10] =
    ["accepts", "black_mass", "counts", "emission", "feed", "line", "product", "residue", "route", "unit"];

/// Where a key stands among the groups, from the coarsest on. A plant's route with its lines is one thing: half of it
/// leads nowhere. Data files are another.
fn path(key: &str) -> Vec<&str> {
    if key.starts_with("file:") {
        return vec!["data files"];
    }
    let parts: Vec<&str> = key.split('.').collect();
    match parts.as_slice() {
        ["plant", plant, part, ..] if ROUTE.contains(part) => vec!["plant", *plant, "route"],
        _ => parts,
    }
}

/// The stem of a group, and its keys with their paths.
type Group<'k> = (Vec<&'k str>, Vec<(Vec<&'k str>, &'k String)>);

/// A group's keys by one part more of their paths.
fn apart<'k>((stem, keys): &Group<'k>) -> Vec<Group<'k>> {
    let mut parts: indexmap::IndexMap<Vec<&'k str>, Vec<(Vec<&'k str>, &'k String)>> = indexmap::IndexMap::new();
    for (path, key) in keys {
        let stem = path[..path.len().min(stem.len() + 1)].to_vec();
        parts.entry(stem).or_default().push((path.clone(), *key));
    }
    parts.into_iter().collect()
}

/// Groups of keys, the coarsest taken apart as long as there are not too many; the first scenario's order is kept.
pub fn groups(keys: &[String]) -> Vec<(String, Vec<String>)> {
    let all: Group<'_> = (Vec::new(), keys.iter().map(|key| (path(key), key)).collect());
    let mut groups = apart(&all);
    loop {
        let fitting = groups.iter().enumerate().filter_map(|(at, group)| {
            let parts = apart(group);
            let finer = parts[0].0.len() > group.0.len() || parts.len() > 1;
            (finer && groups.len() - 1 + parts.len() <= MOST_GROUPS).then_some((group.0.len(), at, parts))
        });
        let Some((_, at, parts)) = fitting.min_by_key(|(depth, at, _)| (*depth, *at)) else { break };
        groups.splice(at..=at, parts);
    }
    // What does not fit at the coarsest is taken together.
    let mut named: Vec<(String, Vec<String>)> = groups
        .into_iter()
        .map(|(stem, keys)| (stem.join("."), keys.into_iter().map(|(_, key)| key.clone()).collect()))
        .collect();
    if named.len() > MOST_GROUPS {
        let rest = named.split_off(MOST_GROUPS - 1);
        let name = format!("{} and {} others", rest[0].0, rest.len() - 1);
        named.push((name, rest.into_iter().flat_map(|(_, keys)| keys).collect()));
    }
    named
}

/// `bridge.csv`.
pub fn table(bridges: &[Bridge]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and all rows have as many cells as the header.
    let _ = writer.write_record(["indicator", "from", "to", "part", "keys", "value", "unit"]);
    for bridge in bridges {
        let mut row = |part: &str, keys: usize, value: f64| {
            let cells =
                [&bridge.indicator, &bridge.from.0, &bridge.to.0, part, &keys.to_string(), &text(value), &bridge.unit];
            let _ = writer.write_record(cells);
        };
        row("baseline", 0, bridge.from.1);
        for part in &bridge.parts {
            row(&part.group, part.keys, part.adds);
        }
        row("result", 0, bridge.to.1);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_do_not_depend_on_the_order() {
        // v = a + 2 b + 4 a b, all from 0 to 1: the joint part is shared evenly.
        let value = |set: usize| {
            let (a, b) = (f64::from(u8::from(set & 1 != 0)), f64::from(u8::from(set & 2 != 0)));
            a + 2.0 * b + 4.0 * a * b
        };
        let values: Vec<f64> = (0..4).map(value).collect();
        assert_eq!(shapley(2, &values), [3.0, 4.0]);
        // A product of ten: each has a tenth of it.
        let values: Vec<f64> = (0..1024).map(|set| f64::from(u8::from(set == 1023))).collect();
        for part in shapley(10, &values) {
            assert!((part - 0.1).abs() < 1e-12, "{part}");
        }
        assert!(shapley(0, &[1.0]).is_empty());
    }

    #[test]
    fn what_a_dummy_adds_is_nothing() {
        let values: Vec<f64> = (0..8_usize).map(|set| f64::from(u8::from(set & 4 != 0)) * 5.0).collect();
        assert_eq!(shapley(3, &values), [0.0, 0.0, 5.0]);
    }

    #[test]
    fn keys_are_grouped_as_finely_as_ten_allow() {
        let keys = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let few =
            groups(&keys(&["plant.p1.construction.lead.value", "plant.p1.capacity", "file:data/a.csv", "file:b.csv"]));
        let names: Vec<&str> = few.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["plant.p1.construction.lead.value", "plant.p1.capacity", "data files"]);
        let many: Vec<String> = (0..30).map(|k| format!("market.r{}.s{k}.sales", k % 3)).collect();
        assert_eq!(groups(&many).len(), 3);
        let wide: Vec<String> = (0..30).map(|k| format!("t{k}.x")).collect();
        let wide = groups(&wide);
        assert_eq!((wide.len(), wide[9].1.len(), wide[9].0.as_str()), (10, 21, "t9 and 20 others"));
        // A section with few keys is told key by key beside one with many.
        let mixed: Vec<String> =
            (0..30).map(|k| format!("market.r.s{k}")).chain(["use.a".into(), "use.b".into()]).collect();
        let names: Vec<String> = groups(&mixed).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["market.r", "use.a", "use.b"]);
    }

    #[test]
    fn a_route_goes_over_as_a_whole() {
        let keys = [
            "plant.p1.unit.a.capacity",
            "plant.p1.capacity",
            "plant.p1.line.x.accepts",
            "plant.p1.feed.pack",
            "plant.p2.unit.a.capacity",
        ];
        let groups = groups(&keys.map(str::to_owned));
        let told: Vec<(&str, usize)> = groups.iter().map(|(name, keys)| (name.as_str(), keys.len())).collect();
        assert_eq!(told, [("plant.p1.route", 3), ("plant.p1.capacity", 1), ("plant.p2.route", 1)]);
    }
}
