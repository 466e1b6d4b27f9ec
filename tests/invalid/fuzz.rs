//! The functions of the fuzz targets on inputs drawn from a seed: a bounded run on a stable compiler.
//!
//! `URBANMINE_TEST_INPUTS` sets how many for each target, `URBANMINE_TEST_SEED` from which on.

use super::mutants::{CHARACTERS, NUMBERS, Random, WORDS, mutant};
use crate::common::TINY;
use crate::disk::cases;

#[path = "../../fuzz/judge.rs"]
mod judge;

/// Inputs of one target, each from a seed of its own.
fn fuzzed(target: &str, default: usize, judged: fn(&[u8]) -> bool, input: impl Fn(&mut Random) -> String) {
    let (count, first) = (cases("URBANMINE_TEST_INPUTS", default), cases("URBANMINE_TEST_SEED", 0));
    let mut accepted = 0;
    for seed in first..first + count {
        let text = input(&mut Random(seed as u64));
        let verdict = std::panic::catch_unwind(|| judged(text.as_bytes()));
        accepted += usize::from(verdict.unwrap_or_else(|_| panic!("{target} from seed {seed}: {text:?}")));
    }
    assert!(accepted > 0 && accepted < count, "{accepted} of {count} accepted");
    println!("P17 {target}: {count} inputs, {accepted} accepted, the others told with place and way out, 0 panics");
}

/// A text with a few edits.
fn edited(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(6) {
        if !text.is_empty() {
            text = mutant(&text, random);
        }
    }
    text
}

#[test]
fn scenarios() {
    fuzzed("scenario", 1_000, judge::scenario, |random| edited(TINY, random));
}

#[test]
fn tables() {
    let sales = std::fs::read_to_string(crate::common::data().join("sales.csv")).unwrap();
    fuzzed("table", 1_000, judge::table, |random| edited(&sales, random));
}

#[test]
fn units() {
    const PARTS: &[&str] = &[
        "1", "800", "-1e3", "1e400", "0.5", ".5", " ", "\u{a0}", "t", "kt", "kWh", "yr", "month", "vehicle",
        "CNY_2025", "%", "/", "*", "·", "^2", "²", "(", ")", "µ", "kk", "1/yr", "_",
    ];
    fuzzed("unit", 20_000, judge::unit, |random| {
        (0..=random.below(6))
            .map(|_| if random.below(12) == 0 { random.one_of(CHARACTERS) } else { random.one_of(PARTS) })
            .collect()
    });
}

#[test]
fn sets() {
    let keys: Vec<&str> = urbanmine::scenario::schema::keys().map(|key| key.path).collect();
    let names = ["city", "rest", "outside", "car", "bus", "lfp", "p1", "Li", "default", "2025", "x", "shredding"];
    fuzzed("set", 1_000, judge::set, |random| {
        let pattern = keys[random.below(keys.len())];
        let key: Vec<&str> =
            pattern.split('.').map(|part| if part.starts_with('<') { random.one_of(&names) } else { part }).collect();
        let value = {
            let kind = random.below(3);
            random.one_of([WORDS, NUMBERS, CHARACTERS][kind])
        };
        let text = format!("{}={value}", key.join("."));
        if random.below(4) == 0 { mutant(&text, random) } else { text }
    });
}
