//! Mutation testing of the engine in one build: a random sample of mutants is built in at once, each behind a switch, and
//! the tests run once for each with that one switched on.
//!
//! `cargo run --manifest-path mutants/Cargo.toml -- SEED COUNT FOLDER`: copies the package to FOLDER, builds a sample of
//! COUNT mutants of `src/model` into the copy, and writes what became of each to FOLDER/outcomes.txt. A run that was cut
//! short goes on where it was.

mod find;

use find::Mutant;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What is tried, quickest first: test binary (of the library or of `tests/main.rs`) and filters.
const TESTS: &[(&str, &[&str])] =
    &[("lib", &["model::"]), ("main", &["closed_forms"]), ("main", &["conservation", "stock::"])];
/// Generated scenarios for each test that generates some.
const SCENARIOS: &str = "30";

/// A mutant and the file it is in.
type Placed = (PathBuf, Mutant);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [seed, count, folder] = &arguments[..] else { panic!("usage: SEED COUNT FOLDER") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package").to_owned();
    let folder = PathBuf::from(folder);
    let mut all = Vec::new();
    for file in sources(&root.join("src/model")) {
        let source = fs::read_to_string(&file).expect("readable");
        let name = file.strip_prefix(&root).expect("inside").to_owned();
        all.extend(find::mutants(&source).into_iter().map(|mutant| (name.clone(), mutant)));
    }
    let total = all.len();
    let mut sample = sample(all, seed.parse().expect("a seed"), count.parse().expect("a count"));
    println!("{} of {total} mutants of src/model, seed {seed}", sample.len());
    copy(&root, &folder);
    let built = build(&root, &folder, &mut sample);
    println!("{} of them can be built", sample.len());
    judge(&folder, &built, &sample);
}

/// Files of the engine that are no tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if name.ends_with(".rs") && !["tests.rs", "tamper.rs"].contains(&name.as_str()) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Some of them, at random, none inside another.
fn sample(mut all: Vec<Placed>, seed: u64, count: usize) -> BTreeMap<usize, Placed> {
    let mut state = seed;
    let mut next = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    for i in (1..all.len()).rev() {
        all.swap(i, (next() % (i as u64 + 1)) as usize);
    }
    let mut taken: BTreeMap<usize, Placed> = BTreeMap::new();
    for (file, mutant) in all {
        let apart = |other: &Placed| {
            let (a, b) = (&other.1.range, &mutant.range);
            other.0 != file || a.end < b.start || b.end < a.start
        };
        if taken.len() < count && taken.values().all(apart) {
            taken.insert(taken.len() + 1, (file, mutant));
        }
    }
    taken
}

/// Copies what a build of the tests needs and what has changed since.
fn copy(root: &Path, folder: &Path) {
    for name in ["src", "tests", "scenarios", "assets", "benches", "docs", "build.rs", "Cargo.toml", "Cargo.lock"] {
        fs::create_dir_all(folder).expect("a folder");
        let done = Command::new("cp").arg("-rpu").arg(root.join(name)).arg(folder).status().expect("cp");
        assert!(done.success(), "{name} cannot be copied");
    }
}

/// Writes a file that is not what it should be; others need no new build.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return;
    }
    fs::write(path, text).expect("written");
}

/// Writes the sample into the copy and builds the tests; what does not compile leaves the sample.
fn build(root: &Path, folder: &Path, sample: &mut BTreeMap<usize, Placed>) -> BTreeMap<String, PathBuf> {
    loop {
        let mut by_file: BTreeMap<&Path, Vec<(usize, &Mutant)>> = BTreeMap::new();
        for (number, (file, mutant)) in &*sample {
            by_file.entry(file).or_default().push((*number, mutant));
        }
        for file in sources(&root.join("src/model")) {
            let name = file.strip_prefix(root).expect("inside");
            let mut text = fs::read_to_string(&file).expect("readable");
            let mut here = by_file.remove(name).unwrap_or_default();
            here.sort_by_key(|(_, mutant)| std::cmp::Reverse(mutant.range.start));
            for (number, mutant) in here {
                let switch = format!("crate::mutant::on({number})");
                text.replace_range(mutant.range.clone(), &mutant.text.replace('@', &switch));
            }
            write(&folder.join(name), &text);
        }
        let library = fs::read_to_string(root.join("src/lib.rs")).expect("readable");
        write(&folder.join("src/lib.rs"), &format!("{library}\n{SWITCH}"));
        let output = Command::new("cargo")
            .args(["test", "--locked", "--no-run", "--lib", "--test", "main", "--message-format=short"])
            .current_dir(folder)
            .envs([("CARGO_INCREMENTAL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "0"), ("RUSTFLAGS", "--cap-lints warn")])
            // Built once and run hundreds of times.
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .output()
            .expect("cargo");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            let path = |line: &str| Some(folder.join(line.split_once('(')?.1.trim_end_matches(')')));
            let find = |what: &str| {
                said.lines().find(|line| line.contains("Executable") && line.contains(what)).and_then(path)
            };
            return BTreeMap::from([
                ("lib".to_owned(), find("src/lib.rs").expect("tests of the library")),
                ("main".to_owned(), find("tests/main.rs").expect("tests")),
            ]);
        }
        let before = sample.len();
        for line in said.lines().filter(|line| line.contains(": error")) {
            let mut parts = line.split(':');
            let (Some(file), Some(row)) = (parts.next(), parts.next().and_then(|row| row.parse::<usize>().ok())) else {
                continue;
            };
            let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
            // The change may have begun on a line before.
            for line in text.lines().take(row).skip(row.saturating_sub(3)) {
                for (at, _) in line.match_indices("mutant::on(") {
                    let number = line[at + 11..].split(')').next().and_then(|number| number.parse::<usize>().ok());
                    sample.retain(|other, _| Some(*other) != number);
                }
            }
        }
        assert!(sample.len() < before, "no mutant is to blame:\n{said}");
        println!("{} do not compile", before - sample.len());
    }
}

const SWITCH: &str = "
/// Which mutant lives.
#[doc(hidden)]
pub mod mutant {
    /// True if this one does.
    #[inline]
    pub fn on(number: u32) -> bool {
        static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
        *ON.get_or_init(|| std::env::var(\"URBANMINE_MUTANT\").ok().and_then(|n| n.parse().ok()).unwrap_or(0)) == number
    }
}
";

/// What became of a run of the tests.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    Late,
}

fn run(folder: &Path, binary: &Path, filters: &[&str], mutant: usize, most: Duration) -> Outcome {
    let mut child = Command::new(binary)
        .args(filters)
        .current_dir(folder)
        .env("URBANMINE_MUTANT", mutant.to_string())
        .envs([("PROPTEST_CASES", SCENARIOS), ("PROPTEST_MAX_SHRINK_ITERS", "0"), ("INSTA_UPDATE", "no")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the tests start");
    let clock = Instant::now();
    loop {
        match child.try_wait().expect("a child") {
            Some(status) if status.success() => return Outcome::Passed,
            Some(_) => return Outcome::Failed,
            None if clock.elapsed() > most => {
                let _ = child.kill();
                let _ = child.wait();
                return Outcome::Late;
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Runs the tests for each mutant; a test that fails or hangs has caught it.
fn judge(folder: &Path, built: &BTreeMap<String, PathBuf>, sample: &BTreeMap<usize, Placed>) {
    let mut most = Vec::new();
    for (binary, filters) in TESTS {
        let clock = Instant::now();
        let outcome = run(folder, &built[*binary], filters, 0, Duration::from_secs(1_200));
        assert_eq!(outcome, Outcome::Passed, "{filters:?} without a mutant");
        println!("{filters:?} takes {:.1?}", clock.elapsed());
        most.push(5 * clock.elapsed() + Duration::from_secs(20));
    }
    let path = folder.join("outcomes.txt");
    let known = fs::read_to_string(&path).unwrap_or_default();
    let mut file = fs::OpenOptions::new().create(true).append(true).open(&path).expect("a file");
    let (mut caught, mut late, mut missed) = (0, 0, 0);
    for (number, (source, mutant)) in sample {
        let title = format!("{number} {}:{} {}", source.display(), mutant.line, mutant.what.replace('\n', " "));
        let mut outcome = Outcome::Passed;
        if let Some(line) = known.lines().find(|line| line.ends_with(&title)) {
            outcome = [("Failed", Outcome::Failed), ("Late", Outcome::Late)]
                .into_iter()
                .find_map(|(name, outcome)| line.starts_with(name).then_some(outcome))
                .unwrap_or(outcome);
        } else {
            for ((binary, filters), most) in TESTS.iter().zip(&most) {
                outcome = run(folder, &built[*binary], filters, *number, *most);
                if outcome != Outcome::Passed {
                    break;
                }
            }
            writeln!(file, "{outcome:?} {title}").expect("written");
        }
        match outcome {
            Outcome::Failed => caught += 1,
            Outcome::Late => late += 1,
            Outcome::Passed => missed += 1,
        }
    }
    let share = 100.0 * f64::from(caught + late) / f64::from(caught + late + missed);
    println!("P21 {caught} caught, {late} hung and so caught, {missed} missed: {share:.1} %");
}
