//! One writer per directory.

use super::{cases, own_process, results, verified};
use crate::common::TINY;
use crate::common::program::Project;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use urbanmine::disk::{Folder, System, host, is_empty};

#[test]
fn who_comes_second_is_told_who_came_first() {
    let project = Project::new(TINY);
    let held = Folder::claim(&System, &project.path("out/tiny")).unwrap();
    let before = project.files("");
    let said = project.say(&["run", "tiny.toml", "-o", "out"]);
    assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{}", said.stderr);
    let holder = format!("cannot write in out/tiny: process {} on `{}` is writing there", std::process::id(), host());
    assert!(said.stderr.contains(&holder) && said.stderr.contains("wait until it is done"), "{}", said.stderr);
    assert!(project.files("") == before);
    drop(held);
    assert!(!project.path("out").exists(), "a claim without a result leaves nothing");
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q"]).code, 0);
    println!("P13 the second of two exits 4 and names the holder");
}

#[test]
fn of_many_at_once_one_writes() {
    let project = Project::new(TINY);
    let start = || project.process(&["run", "tiny.toml", "-o", "out"]).stderr(Stdio::piped()).spawn().unwrap();
    let started: Vec<_> = (0..8).map(|_| start()).collect();
    let (mut wrote, mut refused, mut came_late) = (0, 0, 0);
    for child in started {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) if said.contains("up to date") => came_late += 1,
            Some(0) => wrote += 1,
            Some(4) if said.contains("is writing there") => refused += 1,
            code => panic!("{code:?}: {said}"),
        }
    }
    assert_eq!(wrote, 1, "{refused} refused, {came_late} late");
    verified(&project.path("out/tiny")).expect("complete");
    println!("P13 of 8 started together {wrote} wrote, {refused} exited 4, {came_late} found it up to date");
}

/// Holds a directory until it is killed; only meant to be started by another test.
#[test]
#[ignore = "started by another test as a process of its own"]
fn holder() {
    let Some(place) = std::env::var_os("URBANMINE_TEST_HOLDS") else { return };
    let mut held = Folder::claim(&System, &PathBuf::from(place)).unwrap();
    held.put("tables/half.csv", b"a\n").unwrap();
    println!("holding");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_killed_holder_leaves_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    let kills = cases("URBANMINE_TEST_KILLS", 100);
    for _ in 0..kills {
        let mut command = own_process("disk::locks::holder", &[("URBANMINE_TEST_HOLDS", place.to_str().unwrap())]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.contains("holding")));
        assert!(Folder::claim(&System, &place).is_err(), "it is held");
        child.kill().unwrap();
        child.wait().unwrap();
        drop(Folder::claim(&System, &place).expect("no stale lock"));
        assert!(!results(&place).is_empty());
    }
    println!("P13 0 stale locks after {kills} kills");
}

#[test]
fn a_lock_is_never_held_twice_however_often_it_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("deep/run");
    let (held, rounds, won) = (AtomicBool::new(false), 300, AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..rounds {
                    let Ok(claim) = Folder::claim(&System, &place) else { continue };
                    assert!(!held.swap(true, Ordering::SeqCst), "held twice");
                    won.fetch_add(1, Ordering::SeqCst);
                    std::thread::yield_now();
                    held.store(false, Ordering::SeqCst);
                    drop(claim);
                }
            });
        }
    });
    let won = won.into_inner();
    assert!(won > 8, "claimed only {won} times");
    assert!(is_empty(&place), "a lock is left");
    println!("P13 claimed {won} times in {} tries by 8 threads, never twice at once", 8 * rounds);
}
