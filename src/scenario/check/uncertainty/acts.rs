//! What each uncertain parameter acts on, once all is read.

use super::{PREFIX, Said};
use crate::sampling::Copula;
use crate::scenario::check::whole::WAYS;
use crate::scenario::check::{Checker, YEARS};
use crate::scenario::draw::{Fault, Levers, schema_of};
use crate::scenario::problem::Problem;
use crate::scenario::source::Origin;
use crate::scenario::suggest;
use crate::scenario::uncertain::{GivesWay, Op, Parameter, Part, Target, Uncertainty};
use crate::scenario::value::Parsed;

/// Most parameters.
const MOST_PARAMETERS: usize = 256;
/// Most draws.
const MOST_DRAWS: i64 = 1_000_000_000;

impl Checker<'_> {
    /// What only shows when all is read.
    pub fn uncertain(&mut self) {
        self.settings();
        let said: Vec<Said> = self
            .values
            .values()
            .filter_map(|value| if let Parsed::Parameter(said) = value { Some((**said).clone()) } else { None })
            .collect();
        if said.len() > MOST_PARAMETERS {
            let title = format!("{} uncertain parameters, at most {MOST_PARAMETERS} are allowed", said.len());
            let help = "join those that move together with `also`";
            self.report(Problem::error("E0506", title, said[0].origin, "too many", help), "uncertainty.parameter");
            return;
        }
        let before = self.loader.problems.len();
        let mut parameters: Vec<(Parameter, Said)> = Vec::new();
        for said in said {
            let mut targets = Vec::new();
            for (key, at) in std::iter::once(&said.key).chain(&said.also) {
                targets.extend(self.target(key, *at, &said));
            }
            let (key, op, distribution) = (said.key.0.clone(), said.op, said.distribution.clone());
            parameters.push((Parameter { key, op, distribution, targets, origin: said.origin }, said));
        }
        parameters.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        self.twice(&parameters);
        let correlations = self.correlations(&parameters);
        if self.loader.problems.len() > before {
            return;
        }
        self.uncertainty = Uncertainty {
            parameters: parameters.into_iter().map(|(parameter, _)| parameter).collect(),
            correlations,
            expected_events: matches!(self.values.get("uncertainty.events"), Some(Parsed::Text(text)) if text == "expected"),
        };
        self.extremes();
    }

    fn settings(&mut self) {
        let integer = |checker: &Self, key: &str| match checker.values.get(key) {
            Some(Parsed::Integer(n)) => Some((*n, checker.origin_of(key)?)),
            _ => None,
        };
        let even = |n: i64| n % 2 == 0;
        let rules: [(&str, &str, &str, &str, &dyn Fn(i64) -> bool); 6] = [
            ("uncertainty.draws", "E0203", "expected at least 1", "write e.g. `draws = 1000`", &|n| n >= 1),
            ("uncertainty.draws", "E0505", "expected at most 1e9", "ask for fewer draws", &|n| n <= MOST_DRAWS),
            ("sensitivity.trajectories", "E0203", "expected 2 to 100,000", "write e.g. `trajectories = 20`", &|n| {
                (2..=100_000).contains(&n)
            }),
            ("sensitivity.levels", "E0203", "expected an even number from 2 to 100", "write e.g. `levels = 4`", &|n| {
                even(n) && (2..=100).contains(&n)
            }),
            (
                "sensitivity.base",
                "E0203",
                "expected a power of two from 2 to 1,048,576",
                "Sobol points are even in powers of two: write e.g. `base = 256`",
                &|n| (2..=1 << 20).contains(&n) && n & (n - 1) == 0,
            ),
            ("sensitivity.resamples", "E0203", "expected 1 to 100,000", "write e.g. `resamples = 1000`", &|n| {
                (1..=100_000).contains(&n)
            }),
        ];
        for (key, code, label, help, good) in rules {
            if let Some((n, at)) = integer(self, key).filter(|(n, _)| !good(*n)) {
                self.report(Problem::error(code, format!("`{key}` cannot be {n}"), at, label, help), key);
            }
        }
        let number = |checker: &Self, key: &str| match checker.values.get(key) {
            Some(Parsed::Number(x)) => Some(*x),
            _ => None,
        };
        let (low, high) = ("sensitivity.low", "sensitivity.high");
        let ends = (number(self, low).unwrap_or(0.05), number(self, high).unwrap_or(0.95));
        if let Some(at) = self.origin_of(low).or_else(|| self.origin_of(high))
            && !(0.0 < ends.0 && ends.0 < ends.1 && ends.1 < 1.0)
        {
            let help = "write e.g. `low = 0.05` and `high = 0.95`";
            let label = "expected 0 < low < high < 1";
            self.report(Problem::error("E0203", "`sensitivity` moves nothing".to_owned(), at, label, help), low);
        }
    }

    /// The numbers behind a key, or a report that there are none.
    fn target(&mut self, key: &str, at: Origin, said: &Said) -> Option<Target> {
        let report = |checker: &mut Self, code, title: String, label: &str, help: String| {
            checker.report(Problem::error(code, title, at, label, help), &format!("{PREFIX}{}", said.key.0));
            None
        };
        let (whole, part) = match self.find(key) {
            Ok(found) => found,
            Err(Some(other)) => {
                let title = format!("`{key}` is {other} in this scenario");
                let help = "name a key with a number; one share of several is named like `chemistry.lfp`".to_owned();
                return report(self, "E0201", title, "not a number", help);
            }
            Err(None) if schema_of(key).is_some() => {
                let title = format!("`{key}` is not given in this scenario");
                let help = "give it a value first, or name a key that has one".to_owned();
                return report(self, "E0401", title, "there is no number to be uncertain", help);
            }
            Err(None) => {
                let known: Vec<String> = self.values.keys().cloned().collect();
                let help = suggest::help(key, known.iter().map(String::as_str));
                return report(self, "E0204", format!("unknown key `{key}`"), "no such number in this scenario", help);
            }
        };
        if schema_of(key).is_some_and(|schema| schema.path.starts_with("policy.")) && said.op != Op::Multiply {
            let help = "write `op = \"*\"`".to_owned();
            return report(self, "E0203", format!("`{key}` can only be multiplied"), "its unit is free", help);
        }
        let others = self.shares_beside(&whole, &part);
        let Some((own, others, rest)) = others else {
            if let Some((_, at)) = &said.balance {
                let title = format!("`balance` means nothing for `{key}`");
                let help = "leave it out: the number is not one of several shares";
                let problem = Problem::error("E0203", title, *at, "no share to give way", help);
                self.report(problem, &format!("{PREFIX}{}", said.key.0));
            }
            return Some(Target { key: whole, part, gives_way: None });
        };
        let Some(balance) = said.balance.as_ref().map(|(name, _)| name.clone()).or(rest) else {
            let title = format!("`{key}` is one of several shares: say which gives way");
            let help = format!("write e.g. `balance = \"{}\"`", others.first().map_or("", String::as_str));
            return report(self, "E0202", title, "needs `balance`", help);
        };
        if balance == own || !others.contains(&balance) {
            let title = format!("`{balance}` cannot give way to `{key}`");
            let at = said.balance.as_ref().map_or(at, |(_, at)| *at);
            let help = suggest::help(&balance, others.iter().map(String::as_str));
            let problem = Problem::error("E0401", title, at, "not another share beside it", help);
            self.report(problem, &format!("{PREFIX}{}", said.key.0));
            return None;
        }
        let gives_way = match &part {
            Part::Name(_) | Part::NameInYear(..) => GivesWay::Name(balance),
            _ => GivesWay::Key(format!("{}.{balance}", whole.rsplit_once('.').map_or("", |(group, _)| group))),
        };
        Some(Target { key: whole, part, gives_way: Some(gives_way) })
    }

    /// The value of which a dotted key names the whole or a part. Else what stands there, if anything does.
    fn find(&self, key: &str) -> Result<(String, Part), Option<&'static str>> {
        let year = |text: &str| text.parse::<i32>().ok().filter(|year| YEARS.contains(year));
        let (above, last) = key.rsplit_once('.').unwrap_or(("", key));
        let (top, middle) = above.rsplit_once('.').unwrap_or(("", above));
        let mut candidates = vec![(key, Part::Whole), (above, Part::Name(last.to_owned()))];
        if let Some(year) = year(last) {
            candidates.push((above, Part::Year(year)));
            candidates.push((top, Part::NameInYear(middle.to_owned(), year)));
        }
        // A row of a table is named by all that its names and its year say.
        candidates.extend(key.match_indices('.').map(|(at, _)| (&key[..at], Part::Name(key[at + 1..].to_owned()))));
        for (whole, part) in candidates {
            if let Some(value) = self.values.get(whole)
                && value.clone().change(&part, &mut |x| x)
                && !matches!(value, Parsed::Rest(_))
            {
                return Ok((whole.to_owned(), part));
            }
        }
        match self.values.get(key) {
            None => Err(None),
            Some(Parsed::Rest(_)) => Err(Some("\"rest\", what the other shares leave,")),
            Some(Parsed::Mix(_)) => Err(Some("a set of shares")),
            Some(Parsed::Survival(_)) => Err(Some("a table of shares by age")),
            Some(Parsed::Integer(_)) => Err(Some("a count")),
            Some(Parsed::Month(..)) => Err(Some("a date")),
            Some(Parsed::Bool(_)) => Err(Some("true or false")),
            Some(Parsed::Parameter(_)) => Err(Some("a distribution")),
            Some(_) => Err(Some("text")),
        }
    }

    /// For one of several shares that sum to 1: its name, the others, and the one that is `"rest"`.
    fn shares_beside(&self, key: &str, part: &Part) -> Option<(String, Vec<String>, Option<String>)> {
        if let (Some(Parsed::Mix(mix)), Part::Name(name) | Part::NameInYear(name, _)) = (self.values.get(key), part) {
            let others = mix.names().filter(|other| other != name).map(str::to_owned).collect();
            Some((name.clone(), others, mix.rest().map(str::to_owned)))
        } else {
            let (group, own) = key.rsplit_once('.')?;
            if !group.starts_with("collection.") || !WAYS.contains(&own) {
                return None;
            }
            let given = |way: &str| self.values.get(&format!("{group}.{way}"));
            let ways = || WAYS.into_iter().filter(|way| *way != own && given(way).is_some());
            let rest = ways().find(|way| matches!(given(way), Some(Parsed::Rest(_))));
            Some((own.to_owned(), ways().map(str::to_owned).collect(), rest.map(str::to_owned)))
        }
    }

    /// No number takes two draws.
    fn twice(&mut self, parameters: &[(Parameter, Said)]) {
        let mut seen: Vec<(&Target, &str, Origin)> = Vec::new();
        for (parameter, said) in parameters {
            let places = std::iter::once(&said.key).chain(&said.also).map(|(_, at)| *at);
            for (target, at) in parameter.targets.iter().zip(places) {
                let other = seen.iter().find(|(other, ..)| other.key == target.key && other.part.meets(&target.part));
                if let Some((_, other, first)) = other {
                    let title = if *other == parameter.key {
                        format!("`{}` takes the draw of `{other}` twice", target.key)
                    } else {
                        format!("`{}` and `{other}` act on the same number", parameter.key)
                    };
                    let help = "keep one of the two; a draw can act on further keys by `also`";
                    let problem = Problem::error("E0311", title, at, "second parameter on one number", help);
                    self.report(problem.also(*first, "first here"), &format!("{PREFIX}{}", parameter.key));
                }
                seen.push((target, &parameter.key, at));
            }
        }
    }

    fn correlations(&mut self, parameters: &[(Parameter, Said)]) -> Vec<(usize, usize, f64)> {
        let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
        let mut first = None;
        for (place, (parameter, said)) in parameters.iter().enumerate() {
            let key = format!("{PREFIX}{}", parameter.key);
            for ((name, at), coefficient) in &said.correlation {
                let other = parameters.iter().position(|(other, _)| other.key == *name).filter(|other| *other != place);
                let Some(other) = other else {
                    let title = format!("`{name}` is no other uncertain parameter");
                    let help = suggest::help(name, parameters.iter().map(|(other, _)| other.key.as_str()));
                    self.report(Problem::error("E0401", title, *at, "cannot be correlated with it", help), &key);
                    continue;
                };
                let pair = (place.min(other), place.max(other));
                if let Some((.., known)) = pairs.iter().find(|(a, b, _)| (*a, *b) == pair) {
                    if known != coefficient {
                        let title =
                            format!("the correlation of `{}` and `{name}` is {known} and {coefficient}", parameter.key);
                        let help = "say it once";
                        self.report(Problem::error("E0311", title, *at, "said twice", help), &key);
                    }
                    continue;
                }
                first = first.or(Some((*at, key.clone())));
                pairs.push((pair.0, pair.1, *coefficient));
            }
        }
        if let (Err(refused), Some((at, key))) = (Copula::new(parameters.len(), &pairs), first) {
            let smallest = format!("smallest eigenvalue {:.3e}", refused.smallest_eigenvalue);
            let title = format!("the correlations contradict each other: {smallest}");
            let label = "no random numbers are correlated like this: the matrix is not positive definite";
            let help = "weaken the correlations, until all eigenvalues are above zero";
            self.report(Problem::error("E0203", title, at, label, help), &key);
        }
        pairs
    }

    /// A distribution with ends says that its ends are possible: a scenario must exist there.
    fn extremes(&mut self) {
        let uncertainty = std::mem::take(&mut self.uncertainty);
        let levers = Levers::new(&uncertainty, &self.values);
        for (place, parameter) in uncertainty.parameters.iter().enumerate() {
            let (low, high) = parameter.distribution.support();
            for (end, what) in [(low, "smallest"), (high, "largest")] {
                if !end.is_finite() {
                    continue;
                }
                let outcome = levers.set(&mut self.values, |other| (other == place).then_some(end));
                if let Err(Fault { code, message, .. }) = outcome {
                    let title = format!("{message}, at the {what} draw of `{}`", parameter.key);
                    let help = "narrow the distribution, or cut it with `at_least` and `at_most`";
                    let label = format!("the {what} draw makes no scenario");
                    self.report(Problem::error(code, title, parameter.origin, label, help), &parameter.key);
                    break;
                }
            }
        }
        let _ = levers.set(&mut self.values, |_| None);
        self.uncertainty = uncertainty;
    }
}
