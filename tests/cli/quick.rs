//! The program answers quickly.

use crate::common::TINY;
use crate::common::program::Project;
use std::time::{Duration, Instant};

/// What a person takes for at once; a build that is not optimised gets five times as long.
const AT_ONCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 100 });

/// The shortest of some tries: what a busy machine adds is not the program's.
fn shortest(project: &Project, arguments: &[&str]) -> Duration {
    let once = || {
        let clock = Instant::now();
        let said = project.say(arguments);
        assert_eq!(said.code, 0, "{}", said.stderr);
        clock.elapsed()
    };
    (0..20).map(|_| once()).min().unwrap()
}

#[test]
fn answers_come_at_once() {
    let project = Project::new(TINY);
    for arguments in [
        &["--version"][..],
        &["--help"],
        &["explain", "plant.<plant>.capacity"],
        &["explain", "E0305"],
        &["validate", "tiny.toml"],
        &["show", "tiny.toml"],
        &["run", "tiny.toml", "-o", "out", "--dry-run"],
    ] {
        let took = shortest(&project, arguments);
        println!("P20 {arguments:?}: {} ms", took.as_millis());
        assert!(took < AT_ONCE, "{arguments:?}: {took:?}");
    }
}
