//! Nothing outside a run's own directory is written or removed.

use crate::common::TINY;
use crate::common::program::Project;
use urbanmine::disk::{Folder, System};

#[cfg(unix)]
#[test]
fn links_in_a_run_directory_are_not_followed() {
    use std::os::unix::fs::symlink;
    for link in ["tables", "figures", "inputs"] {
        let project = Project::new(TINY);
        assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q"]).code, 0);
        project.write("precious/thesis.doc", "years of work");
        project.write("precious/flows.csv", "my own");
        std::fs::remove_dir_all(project.path(&format!("out/tiny/{link}"))).unwrap();
        symlink(project.path("precious"), project.path(&format!("out/tiny/{link}"))).unwrap();
        let before = project.files("precious");
        let said = project.say(&["run", "tiny.toml", "-o", "out", "--force"]);
        assert_eq!(said.code, 4, "{}", said.stderr);
        assert!(
            said.stderr.contains("a link is in the way") || said.stderr.contains("did not write"),
            "{}",
            said.stderr
        );
        assert!(project.files("precious") == before, "written through a link");
    }
    // Sweeping does not follow them either.
    let project = Project::new(TINY);
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q"]).code, 0);
    project.write("precious/thesis.doc", "years of work");
    symlink(project.path("precious"), project.path("out/tiny/tables/more")).unwrap();
    assert_eq!(project.say(&["run", "tiny.toml", "-o", "out", "-q", "--force"]).code, 0);
    assert_eq!(project.read("precious/thesis.doc"), "years of work");
    assert!(!project.path("out/tiny/tables/more").exists());
    println!("P15 4 links in a run directory: none followed");
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_empties_nothing() {
    let project = Project::new(TINY);
    project.write("precious.txt", "years of work");
    project.write("out/tiny/.keep", "");
    std::fs::remove_file(project.path("out/tiny/.keep")).unwrap();
    std::os::unix::fs::symlink(project.path("precious.txt"), project.path("out/tiny/.urbanmine-lock")).unwrap();
    let said = project.say(&["run", "tiny.toml", "-o", "out"]);
    assert_eq!(said.code, 4, "{}", said.stderr);
    assert_eq!(project.read("precious.txt"), "years of work");
}

#[test]
fn names_that_lead_out_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Folder::claim(&System, &folder.path().join("run")).unwrap();
    let names = ["", "..", "../x", "a/../../x", "/etc/x", "a/..", "./x"];
    for name in names {
        assert!(run.put(name, b"").is_err(), "{name:?}");
    }
    run.put("a/b/c", b"x").unwrap();
    drop(run);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    println!("P15 {} names that lead out of a run directory refused", names.len());
}
