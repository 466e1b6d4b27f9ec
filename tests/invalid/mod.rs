//! One broken scenario for each way to be wrong, and what the program says about it, word for word.
//!
//! The words stand in `snapshots/`. After a change of words that was meant: `INSTA_UPDATE=always cargo test invalid`,
//! then read the diff. On a machine that sets `CI` nothing is ever written.

mod accounts;
mod build;
mod corpus;
mod csv;
mod fuzz;
mod limits;
mod mutants;
mod read;
mod toml_suite;
mod uncertainty;
mod whole;

use crate::common::program::Project;

/// What the program says about a project whose `tiny.toml` is broken. Exit 2, nothing written, a place in the text;
/// `validate` says the same.
#[track_caller]
pub fn refused(project: &Project, code: &str) -> String {
    let before = project.files("");
    let run = project.say(&["run", "tiny.toml", "-o", "out"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert!(project.files("") == before && !project.path("out").exists(), "something was written");
    let validate = project.say(&["validate", "tiny.toml"]);
    assert_eq!((validate.code, validate.stdout.as_str()), (2, ""));
    assert_eq!(validate.stderr, run.stderr);
    assert!(run.stderr.contains(&format!("error[{code}]")), "no {code} in\n{}", run.stderr);
    assert!(run.stderr.contains("= help: "), "no way out in\n{}", run.stderr);
    for (at, _) in run.stderr.match_indices("--> ") {
        let place = run.stderr[at + 4..].lines().next().unwrap();
        let numbers: Vec<&str> = place.rsplit(':').take(2).collect();
        assert!(numbers.len() == 2 && numbers.iter().all(|n| n.parse::<usize>().is_ok_and(|n| n > 0)), "{place}");
    }
    assert!(run.stderr.contains("--> "), "no place in\n{}", run.stderr);
    run.stderr
}

/// Snapshots what is said about the base scenario with parts replaced.
macro_rules! broken {
    ($code:literal, $($from:expr => $to:expr),+ $(,)?) => {
        let project = $crate::common::program::Project::new(&$crate::common::patched(&[$(($from, $to)),+]));
        insta::assert_snapshot!($crate::invalid::refused(&project, $code));
    };
}

/// Snapshots what is said about the base project with a part of one of its files replaced.
macro_rules! broken_file {
    ($code:literal, $file:literal, $from:expr => $to:expr) => {
        let project = $crate::common::program::Project::new($crate::common::TINY);
        project.edit($file, $from, $to);
        insta::assert_snapshot!($crate::invalid::refused(&project, $code));
    };
}

pub(crate) use {broken, broken_file};
