//! The verbs that help to begin: examples, new projects, the editor's schema, shells and manuals.

use crate::common::TINY;
use crate::common::program::Project;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn examples_are_those_that_ship() {
    let project = Project::new(TINY);
    let listed = project.say(&["example", "list"]).stdout;
    let mut shipped: Vec<String> = fs::read_dir(root().join("scenarios"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_string_lossy().strip_suffix(".toml").map(str::to_owned))
        .collect();
    shipped.sort();
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, shipped);
    assert!(listed.contains("Hefei, 100 kt/yr hydrometallurgical plant"));
    let shown = project.say(&["example", "show", "hefei-late"]).stdout;
    assert_eq!(shown.trim_end(), fs::read_to_string(root().join("scenarios/hefei-late.toml")).unwrap().trim_end());
    let said = project.say(&["example", "show", "hefei-lat"]);
    assert!(said.code == 2 && said.stderr.contains("did you mean `hefei-late`"), "{}", said.stderr);
}

#[test]
fn a_new_project_is_valid_at_once() {
    let project = Project::new(TINY);
    let said = project.say(&["new", "study", "--template", "hefei-pyro"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let said = project.say(&["validate", "study/mine.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let mine = project.read("study/mine.toml");
    assert!(
        mine.starts_with("#:schema ./urbanmine-scenario.schema.json\n")
            && mine.contains("extends = \"hefei-pyro.toml\"")
    );
    let schema: serde_json::Value =
        serde_json::from_str(&project.read("study/urbanmine-scenario.schema.json")).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-04/schema#");
    assert_eq!(project.read("study/urbanmine-scenario.schema.json"), project.say(&["schema", "scenario"]).stdout);
    // Only what the template reads is copied, and nothing is ever overwritten.
    assert!(!project.path("study/china.toml").exists());
    let said = project.say(&["new", "study"]);
    assert!(said.code == 4 && said.stderr.contains("not empty"), "{}", said.stderr);
}

#[test]
fn an_example_is_copied_with_all_it_reads() {
    let project = Project::new(TINY);
    assert_eq!(project.say(&["example", "copy", "china", "copy"]).code, 0);
    assert_eq!(project.say(&["validate", "copy/china.toml"]).code, 0);
}

#[test]
fn codes_are_explained_and_none_is_missing() {
    let project = Project::new(TINY);
    let said = project.say(&["explain", "e0305"]);
    assert!(said.stdout.starts_with("E0305: shares that do not sum to 1"), "{}", said.stdout);
    let mut open = vec![root().join("src")];
    let mut used = std::collections::BTreeSet::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices(['E', 'W']) {
                let code = text.get(at..at + 5).unwrap_or_default();
                let before = text[..at].chars().next_back();
                if matches!(before, Some('"' | '['))
                    && code[1..].bytes().all(|byte| byte.is_ascii_digit())
                    && code.len() == 5
                {
                    used.insert(code.to_owned());
                }
            }
        }
    }
    assert!(used.len() > 20, "{used:?}");
    let known: Vec<&str> = urbanmine::scenario::codes::CODES.iter().map(|code| code.code).collect();
    let missing: Vec<&String> = used.iter().filter(|code| !known.contains(&code.as_str())).collect();
    assert!(missing.is_empty(), "not in src/scenario/codes.rs: {missing:?}");
    assert!(known.windows(2).all(|pair| pair[0] < pair[1]));
}

/// `docs/reference.md` is made by the program: `urbanmine explain --all > docs/reference.md`.
#[test]
fn the_reference_is_that_of_this_program() {
    let made = Project::new(TINY).say(&["explain", "--all"]).stdout;
    let kept = fs::read_to_string(root().join("docs/reference.md")).unwrap_or_default();
    assert!(made == kept, "write it anew: urbanmine explain --all > docs/reference.md");
}

#[test]
fn shells_and_manuals_know_every_verb() {
    let project = Project::new(TINY);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = project.say(&["completions", shell]);
        assert!(said.code == 0 && said.stdout.contains("compare"), "{shell}");
    }
    assert_eq!(project.say(&["man", "pages"]).code, 0);
    for page in ["urbanmine.1", "urbanmine-run.1", "urbanmine-compare.1", "urbanmine-example.1"] {
        assert!(project.read(&format!("pages/{page}")).contains("urbanmine"), "{page}");
    }
}
