//! Killed at any time, a batch of runs loses nothing that was finished; asked to stop, it ends soon and says so.

use super::{cases, results, verified};
use crate::common::program::Project;
use crate::common::{TINY, patched};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A project of several scenarios, and their names.
fn many(count: usize) -> (Project, Vec<String>) {
    let project = Project::new(TINY);
    let names: Vec<String> = (0..count).map(|i| format!("s{i:02}")).collect();
    for (i, name) in names.iter().enumerate() {
        let capacity = format!("capacity = \"{} t/yr\"", 300 + 50 * i);
        let id = format!("id = \"{name}\"");
        project.write(
            &format!("{name}.toml"),
            patched(&[("id = \"tiny\"", &id), ("capacity = \"800 t/yr\"", &capacity), ("end = 2035", "end = 2024")]),
        );
    }
    (project, names)
}

fn run<'a>(names: &'a [String], out: &'a str) -> Vec<String> {
    let files = names.iter().map(|name| format!("{name}.toml"));
    ["run"].map(str::to_owned).into_iter().chain(files).chain(["-o", out, "-q"].map(str::to_owned)).collect()
}

/// Random numbers for times of death (`SplitMix64`).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Kills a batch again and again until nothing is left to be done, at times spread over what a run takes.
fn killed_until_done(kills_wanted: usize) {
    let (project, names) = many(20);
    let arguments = |out| run(&names, out);
    let strings = arguments("reference");
    let clock = Instant::now();
    let said = project.say(&strings.iter().map(String::as_str).collect::<Vec<_>>());
    let whole = clock.elapsed();
    assert_eq!(said.code, 0, "{}", said.stderr);
    let reference: BTreeMap<&str, _> =
        names.iter().map(|name| (name.as_str(), results(&project.path(&format!("reference/{name}"))))).collect();
    let seed = cases("URBANMINE_TEST_SEED", 0) as u64;
    let (mut state, mut kills, mut rounds) = (seed, 0, 0);
    while kills < kills_wanted {
        rounds += 1;
        let _ = std::fs::remove_dir_all(project.path("out"));
        let mut done: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        loop {
            let strings = arguments("out");
            let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
            let mut child = project.process(&strings).stderr(Stdio::null()).spawn().unwrap();
            // Most of a batch's time goes by in 20 scenarios: a fifth of it and less is where one is being written.
            let wait = whole.mul_f64(0.25 * (next(&mut state) % 10_000) as f64 / 1e4);
            std::thread::sleep(wait);
            let alive = child.try_wait().unwrap().is_none();
            child.kill().unwrap();
            let status = child.wait().unwrap();
            for name in &names {
                let directory = project.path(&format!("out/{name}"));
                for (file, bytes) in results(&directory) {
                    assert!(reference[name.as_str()].get(&file) == Some(&bytes), "{name}/{file}, seed {seed}");
                }
                let complete = verified(&directory).is_some();
                let execution = std::fs::read(directory.join("execution.json")).unwrap_or_default();
                match done.get(name) {
                    Some(before) => assert!(complete && *before == execution, "{name} was done and was touched"),
                    None if complete => drop(done.insert(name.clone(), execution)),
                    None => {}
                }
            }
            if !alive && status.success() {
                break;
            }
            kills += usize::from(alive);
        }
        for name in &names {
            let found = results(&project.path(&format!("out/{name}")));
            assert!(found == reference[name.as_str()] && done.contains_key(name), "{name} differs in the end");
        }
    }
    println!(
        "P4 {kills} kills in {rounds} batches of 20 runs, seed {seed}: 0 finished runs lost, 0 partial files, the end is the same"
    );
}

#[test]
fn a_kill_loses_nothing_that_was_finished() {
    killed_until_done(12);
}

#[test]
#[ignore = "long: cargo test --test main -- disk::kills --ignored"]
fn two_hundred_kills_lose_nothing_that_was_finished() {
    killed_until_done(200);
}

#[cfg(unix)]
#[test]
fn asked_to_stop_a_batch_ends_soon_and_says_so() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (project, names) = many(20);
        let strings = run(&names, "out");
        let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
        let child = project.process(&strings).stderr(Stdio::piped()).spawn().unwrap();
        let complete =
            || names.iter().filter(|name| project.path(&format!("out/{name}/manifest.json")).exists()).count();
        let clock = Instant::now();
        while complete() == 0 && clock.elapsed() < Duration::from_secs(100) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let clock = Instant::now();
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
        assert!(sent.success());
        let output = child.wait_with_output().unwrap();
        let after = clock.elapsed();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        // A build that is not optimised takes longer for the scenario it is at.
        assert!(after < Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 }), "{after:.2?}");
        let done = complete();
        assert!((1..20).contains(&done), "{done} complete");
        assert!(names.iter().all(|name| {
            let directory = project.path(&format!("out/{name}"));
            verified(&directory).is_some() || !directory.join("manifest.json").exists()
        }));
        println!("P20 SIG{signal}: exit {code} after {after:.2?}, {done} of 20 complete");
    }
}
