//! Right scenarios with one edit: each is accepted or refused at a place, never a panic, in little time and memory.

use crate::common::{TINY, data, run_built};
use crate::disk::own_process;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use urbanmine::model::RunError;
use urbanmine::results::Every;
use urbanmine::scenario::build::build;
use urbanmine::scenario::{Problems, Scenario};

/// Random numbers (`SplitMix64`).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % limit.max(1) as u64) as usize
    }

    pub fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

pub const CHARACTERS: &[&str] =
    &["\"", "'", "[", "]", "{", "}", "=", ".", ",", "#", "\n", " ", "0", "-", "e", "x", "\\", "\u{0}", "é", "\u{202e}"];
pub const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "1e15",
    "1e16",
    "1e-300",
    "nan",
    "inf",
    "-0.0",
    "9999999999999999999",
    "0.1",
    "2020",
    "true",
    "\"rest\"",
    "[]",
    "{}",
    "1979-05-27",
];
pub const WORDS: &[&str] = &[
    "\"rest\"",
    "\"\"",
    "\"t/yr\"",
    "\"1 yr\"",
    "\"0 yr\"",
    "\"1e12 yr\"",
    "\"1e-12 yr\"",
    "\"../x\"",
    "\"lfp\"",
    "\"p1\"",
    "\"month\"",
    "\"1e15 t/yr\"",
    "1",
    "{ value = 1 }",
];

/// A text with one edit.
pub fn mutant(text: &str, random: &mut Random) -> String {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (at, c) = chars[random.below(chars.len())];
    let end = at + c.len_utf8();
    let line = random.below(lines.len());
    let joined = |parts: &[&[&str]]| parts.concat().concat();
    match random.below(10) {
        0 => format!("{}{}", &text[..at], &text[end..]),
        1 => format!("{}{}{}", &text[..at], random.one_of(CHARACTERS), &text[at..]),
        2 => format!("{}{}{}", &text[..at], random.one_of(CHARACTERS), &text[end..]),
        3 => joined(&[&lines[..line], &lines[line + 1..]]),
        4 => joined(&[&lines[..=line], &lines[line..]]),
        5 => {
            let other = random.below(lines.len());
            let mut lines = lines;
            lines.swap(line, other);
            lines.concat()
        }
        6 | 7 => replaced(text, at, |c| c.is_ascii_digit() || c == '.', random.one_of(NUMBERS)),
        8 => {
            // A word in quotes.
            let from = text[at..].find('"').map(|found| at + found);
            let to = from.and_then(|from| text[from + 1..].find(['"', '\n']).map(|found| from + found + 2));
            match from.zip(to) {
                Some((from, to)) => format!("{}{}{}", &text[..from], random.one_of(WORDS), &text[to..]),
                None => text[..at].to_owned(),
            }
        }
        _ => replaced(
            text,
            at,
            |c| c.is_alphanumeric() || c == '_',
            random.one_of(&["x", "rest", "default", "unit", "file", "city", "value"]),
        ),
    }
}

/// Replaces the first run of such characters after a place.
fn replaced(text: &str, at: usize, is: impl Fn(char) -> bool, by: &str) -> String {
    let Some(from) = text[at..].find(&is).map(|found| at + found) else { return text[..at].to_owned() };
    let to = text[from..].find(|c| !is(c)).map_or(text.len(), |found| from + found);
    format!("{}{by}{}", &text[..from], &text[to..])
}

/// All that is wrong, or nothing.
fn judge(text: &str, name: &str, root: &Path, runs: bool) -> Result<(), Problems> {
    let scenario = Scenario::parse(text, name, root, &[])?;
    scenario.within_limits()?;
    let built = build(&scenario)?;
    if runs {
        // What was accepted runs, and its books close.
        match run_built(built, Every::Year) {
            Ok(_) | Err(RunError::Shortfall { .. }) => {}
            Err(RunError::Audit(error)) => panic!("{error:?}\n{text}"),
        }
    }
    Ok(())
}

/// The texts that are edited: name, text, root, whether what is accepted is run.
fn originals(shipped: bool) -> Vec<(String, String, PathBuf, bool)> {
    if !shipped {
        return vec![("tiny.toml".to_owned(), TINY.to_owned(), data(), true)];
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut names: Vec<String> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|kind| kind == "toml"));
    names.sort();
    names
        .into_iter()
        .map(|name| (name.clone(), fs::read_to_string(root.join(name)).unwrap(), root.clone(), false))
        .collect()
}

/// Judges mutants; only meant to be started by other tests, so that its memory is its own.
#[test]
#[ignore = "started by other tests as a process of its own"]
fn worker() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let (Some(shipped), Some(from), Some(to)) =
        (setting("URBANMINE_TEST_SHIPPED"), setting("URBANMINE_TEST_FROM"), setting("URBANMINE_TEST_TO"))
    else {
        return;
    };
    let originals = originals(shipped == 1);
    let (mut accepted, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for seed in from..to {
        let mut random = Random(seed as u64);
        let (name, text, root, runs) = &originals[random.below(originals.len())];
        let text = mutant(text, &mut random);
        let clock = Instant::now();
        let verdict = std::panic::catch_unwind(|| judge(&text, name, root, *runs))
            .unwrap_or_else(|_| panic!("mutant {seed} of {name} panics"));
        match verdict {
            Ok(()) => accepted += 1,
            Err(problems) => {
                refused += 1;
                let said = problems.render(false);
                for found in problems.list() {
                    assert!(
                        !found.labels.is_empty() && found.code.starts_with('E') || found.code.starts_with('W'),
                        "mutant {seed}: {said}"
                    );
                    assert!(!found.help.is_empty(), "mutant {seed}: {said}");
                }
                assert!(said.contains("--> "), "mutant {seed}: {said}");
                assert!(said.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "mutant {seed}: {said:?}");
            }
        }
        slowest = slowest.max(clock.elapsed());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB").trim().to_owned();
    println!("counted {accepted} {refused} {} {}", slowest.as_millis(), peak.split(' ').next().unwrap_or("0"));
}

/// Judges mutants in two processes at a time and prints what was seen.
fn mutants(shipped: bool, count: usize) {
    let parts = 2;
    let started: Vec<_> = (0..parts)
        .map(|part| {
            let settings = [
                ("URBANMINE_TEST_SHIPPED", usize::from(shipped).to_string()),
                ("URBANMINE_TEST_FROM", (count * part / parts).to_string()),
                ("URBANMINE_TEST_TO", (count * (part + 1) / parts).to_string()),
            ];
            let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut command = own_process("invalid::mutants::worker", &settings);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut sums = [0_u64; 4];
    for child in started {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let line = said.split("counted ").nth(1).unwrap().lines().next().unwrap();
        let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
        sums = [sums[0] + numbers[0], sums[1] + numbers[1], sums[2].max(numbers[2]), sums[3].max(numbers[3])];
    }
    let [accepted, refused, slowest, peak] = sums;
    assert_eq!(accepted + refused, count as u64);
    // A generator that breaks nothing, or everything, proves little.
    assert!(accepted * 50 > count as u64 && refused * 5 > count as u64, "{accepted} accepted, {refused} refused");
    let peak = peak / 1024;
    assert!(peak <= 128, "{peak} MiB");
    let what = if shipped { "shipped scenarios" } else { "the small scenario, the accepted ones run" };
    println!(
        "P7 {count} single-edit mutants of {what}: {accepted} accepted, {refused} refused at a place, 0 panics; slowest {slowest} ms, peak {peak} MiB"
    );
}

#[test]
fn mutants_of_the_small_scenario() {
    mutants(false, 3_000);
}

#[test]
fn mutants_of_shipped_scenarios() {
    mutants(true, 200);
}

#[test]
#[ignore = "a quarter of an hour: cargo test --test main -- invalid::mutants::ten --ignored --nocapture"]
fn ten_thousand_mutants_of_shipped_scenarios() {
    mutants(true, 10_000);
}
