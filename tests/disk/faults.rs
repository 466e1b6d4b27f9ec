//! The k-th file operation fails, for every k; a disk is full; a disk cannot be written.

use super::{ended, own_process, results, verified};
use crate::common::TINY;
use crate::common::program::Project;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use urbanmine::cli;
use urbanmine::disk::{Disk, Folder, System, WriteError};
use urbanmine::results::run_dir::{Manifest, State, Writer, state};

/// A disk on which one operation fails, and which remembers what was asked of it.
struct Faulty {
    /// Which operation, from 0.
    fails: usize,
    error: fn() -> Error,
    count: AtomicUsize,
    failed: Mutex<Option<(&'static str, PathBuf)>>,
}

fn input_output_error() -> Error {
    Error::from_raw_os_error(5)
}

impl Faulty {
    fn new(fails: usize, error: fn() -> Error) -> Self {
        Self { fails, error, count: AtomicUsize::new(0), failed: Mutex::new(None) }
    }

    fn ask(&self, what: &'static str, path: &Path) -> Result<()> {
        if self.count.fetch_add(1, Ordering::SeqCst) != self.fails {
            return Ok(());
        }
        *self.failed.lock().unwrap() = Some((what, path.to_owned()));
        Err((self.error)())
    }

    fn failed(&self) -> Option<(&'static str, PathBuf)> {
        self.failed.lock().unwrap().clone()
    }
}

impl Disk for Faulty {
    fn create_folder(&self, path: &Path) -> Result<()> {
        self.ask("create_folder", path).and_then(|()| System.create_folder(path))
    }

    fn create(&self, path: &Path) -> Result<File> {
        self.ask("create", path).and_then(|()| System.create(path))
    }

    fn write(&self, file: &File, bytes: &[u8]) -> Result<()> {
        self.ask("write", Path::new("")).inspect_err(|_| {
            // As on a disk that fills up: a part is written.
            let _ = System.write(file, &bytes[..bytes.len() / 2]);
        })?;
        System.write(file, bytes)
    }

    fn sync(&self, file: &File) -> Result<()> {
        self.ask("sync", Path::new("")).and_then(|()| System.sync(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.ask("rename", to).and_then(|()| System.rename(from, to))
    }

    fn sync_folder(&self, path: &Path) -> Result<()> {
        self.ask("sync_folder", path).and_then(|()| System.sync_folder(path))
    }

    fn remove(&self, path: &Path) -> Result<()> {
        self.ask("remove", path).and_then(|()| System.remove(path))
    }

    fn open_lock(&self, path: &Path) -> Result<File> {
        self.ask("open_lock", path).and_then(|()| System.open_lock(path))
    }

    fn lock(&self, file: &File) -> Result<bool> {
        self.ask("lock", Path::new("")).and_then(|()| System.lock(file))
    }
}

fn manifest() -> Manifest {
    Manifest {
        schema: String::new(),
        id: "a".into(),
        title: "A".into(),
        version: "0".into(),
        commit: "c".into(),
        results_key: "k".into(),
        seed: None,
        set: Vec::new(),
        max_relative_error: 0.0,
        inputs: Vec::new(),
        outputs: Vec::new(),
    }
}

/// Writes a run of a few files, all of which hold `content`.
fn write_run(disk: &dyn Disk, directory: &Path, content: &[u8]) -> std::result::Result<(), WriteError> {
    let mut writer = Writer::open(Folder::claim(disk, directory)?, content)?;
    for name in ["inputs/a.toml", "inputs/data/b.csv", "tables/flows.csv", "figures/x.svg", "summary.json"] {
        writer.put(name, content)?;
    }
    writer.complete(manifest(), b"{}").map(|_| ())
}

/// Lets each operation of a write fail in turn; `before` is what stands there. Returns how many failed and how many of
/// them did no harm.
fn each_operation_fails(before: Option<&[u8]>, error: fn() -> Error) -> (usize, usize) {
    let mut harmless = 0;
    for fails in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("out/deep/run");
        if let Some(content) = before {
            write_run(&System, &directory, content).unwrap();
        }
        let disk = Faulty::new(fails, error);
        let outcome = write_run(&disk, &directory, b"new content, longer");
        let Some((operation, path)) = disk.failed() else {
            outcome.unwrap();
            assert!(fails > 20, "only {fails} operations");
            return (fails, harmless);
        };
        if let Err(failed) = outcome {
            let text = failed.to_string();
            let cause = error().to_string();
            assert!(text.contains(&cause), "{operation} {}: {text}", path.display());
            assert!(text.contains("out/deep") || text.contains(&*folder.path().to_string_lossy()), "{text}");
            assert!(!failed.help().is_empty());
            if verified(&directory).is_some() {
                assert!(results(&directory).values().all(|bytes| Some(&**bytes) == before), "{operation}");
            } else {
                assert!(matches!(state(&directory), State::Partial | State::Empty), "{operation}");
            }
        } else {
            // Tidying up may fail without harm.
            assert_eq!(operation, "remove", "{}", path.display());
            harmless += 1;
            verified(&directory).expect("complete");
        }
        // Files under a final name are whole, old or new.
        for (name, bytes) in results(&directory) {
            assert!(bytes == b"new content, longer" || Some(&*bytes) == before, "{name} after {operation}");
        }
        write_run(&System, &directory, b"new content, longer").expect("a retry works");
        verified(&directory).expect("complete");
        assert!(results(&directory).values().all(|bytes| bytes == b"new content, longer"));
    }
    unreachable!()
}

#[test]
fn any_operation_may_fail() {
    let (mut all, mut harmless) = (0, 0);
    for error in
        [input_output_error, || Error::from(ErrorKind::StorageFull), || Error::from(ErrorKind::PermissionDenied)]
    {
        for before in [None, Some(&b"old"[..])] {
            let (failed, without_harm) = each_operation_fails(before, error);
            (all, harmless) = (all + failed, harmless + without_harm);
        }
    }
    println!(
        "P6 {all} of {all} failed operations: told with path and cause, nothing half-written, retry works ({harmless} were tidying up)"
    );
}

/// The program on a disk whose k-th operation fails, or whose disk panics; only meant to be started by other tests.
#[test]
#[ignore = "started by other tests as a process of its own"]
fn program_on_a_faulty_disk() {
    let Ok(fails) = std::env::var("URBANMINE_TEST_FAILS") else { return };
    let disk = Faulty::new(
        fails.parse().unwrap_or(0),
        if fails == "panic" { || panic!("as asked") } else { input_output_error },
    );
    let arguments = ["urbanmine", "run", "tiny.toml", "-o", "out", "-q"].map(OsString::from);
    let code = cli::guarded(std::panic::AssertUnwindSafe(|| cli::call(arguments, &disk)));
    eprintln!("operations {}", disk.count.load(Ordering::SeqCst));
    std::process::exit(i32::from(code));
}

fn on_faulty_disk(project: &Project, fails: &str) -> (Option<i32>, String) {
    let mut command = own_process("disk::faults::program_on_a_faulty_disk", &[("URBANMINE_TEST_FAILS", fails)]);
    ended(&command.current_dir(project.path("")).output().unwrap())
}

/// The whole program with every k: `cargo test --test main -- disk::faults --ignored`.
fn the_program_tells(step: impl Fn(usize) -> usize) {
    let project = Project::new(TINY);
    let (code, said) = on_faulty_disk(&project, "1000000");
    assert_eq!(code, Some(0), "{said}");
    let operations: usize = said.rsplit("operations ").next().unwrap().trim().parse().unwrap();
    let reference = results(&project.path("out/tiny"));
    let mut tried = 0;
    for fails in (0..operations).step_by(step(operations)) {
        let project = Project::new(TINY);
        let (code, said) = on_faulty_disk(&project, &fails.to_string());
        tried += 1;
        if code == Some(0) {
            verified(&project.path("out/tiny")).expect("complete");
            continue;
        }
        assert_eq!(code, Some(4), "operation {fails}: {said}");
        assert!(said.contains("out") && said.contains("Input/output error") && said.contains("= help: "), "{said}");
        assert!(!project.path("out/tiny/manifest.json").exists() || verified(&project.path("out/tiny")).is_some());
        let again = project.say(&["run", "tiny.toml", "-o", "out", "-q"]);
        assert_eq!(again.code, 0, "{}", again.stderr);
        assert!(results(&project.path("out/tiny")) == reference);
    }
    println!(
        "P6 program: {tried} of {operations} operations failed in turn: exit 4 and path, or without harm; retry works"
    );
}

#[test]
fn the_program_tells_which_operation_failed() {
    the_program_tells(|operations| operations / 8);
}

#[test]
#[ignore = "four minutes: every operation; cargo test --test main -- disk::faults::the_program --ignored"]
fn the_program_tells_which_operation_failed_for_all() {
    the_program_tells(|_| 1);
}

#[test]
fn a_panic_is_exit_1_and_never_101() {
    let project = Project::new(TINY);
    let (code, said) = on_faulty_disk(&project, "panic");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("internal error, a fault of the program") && said.contains("as asked"), "{said}");
    assert!(!project.path("out/tiny/manifest.json").exists());
    println!("P17 a panic ends in exit 1");
}

/// Runs a script with mounts of its own; `None` where that is not allowed.
fn with_mounts(project: &Project, script: &str) -> Option<String> {
    for unshare in [&["-m"][..], &["-U", "-r", "-m"]] {
        let allowed = Command::new("unshare").args(unshare).args(["sh", "-c", "mount -t tmpfs tmpfs /mnt"]).output();
        if !allowed.is_ok_and(|output| output.status.success()) {
            continue;
        }
        let mut command = Command::new("unshare");
        command.args(unshare).args(["sh", "-c", script]).current_dir(project.path(""));
        command.env("URBANMINE", env!("CARGO_BIN_EXE_urbanmine")).env("NO_COLOR", "1");
        let output = command.output().unwrap();
        return Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned());
    }
    println!("P6 mounts are not allowed here: the disk with faults stands for them");
    None
}

#[test]
fn a_full_disk_is_told_and_more_room_is_all_it_takes() {
    let project = Project::new(TINY);
    project.write("out/.keep", "");
    let script = "mount -t tmpfs -o size=1m tmpfs out && \"$URBANMINE\" run tiny.toml -o out -q; echo exit $?;
        find out -name manifest.json; find out -name '.urbanmine-*';
        mount -o remount,size=16m out && \"$URBANMINE\" run tiny.toml -o out -q; echo exit $?; find out -name manifest.json";
    let Some(said) = with_mounts(&project, script) else { return };
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("exit") || line.starts_with("out/")).collect();
    assert_eq!(lines, ["exit 4", "exit 0", "out/tiny/manifest.json"], "{said}");
    assert!(said.contains("error: cannot write out/tiny/") && said.contains("No space left on device"), "{said}");
    println!("P6 a full file system of 1 MiB: exit 4, nothing left under a reserved name, retry works");
}

#[test]
fn a_disk_that_cannot_be_written_is_told() {
    let project = Project::new(TINY);
    project.write("out/.keep", "");
    let script = "mount -t tmpfs -o ro tmpfs out && \"$URBANMINE\" run tiny.toml -o out -q; echo exit $?; ls -A out;
        mount -o remount,rw out && \"$URBANMINE\" run tiny.toml -o out -q; echo exit $?;
        mount -o remount,ro out && \"$URBANMINE\" run tiny.toml -o out; echo exit $?;
        \"$URBANMINE\" run tiny.toml -o out -q --force; echo exit $?";
    let Some(said) = with_mounts(&project, script) else { return };
    let codes: Vec<&str> = said.lines().filter(|line| line.starts_with("exit")).collect();
    // Looking at a complete run needs no writing.
    assert_eq!(codes, ["exit 4", "exit 0", "exit 0", "exit 4"], "{said}");
    assert!(said.contains("error: cannot create out/tiny: Read-only file system"), "{said}");
    assert!(said.contains("up to date in out/tiny"), "{said}");
    println!("P6 a read-only file system: exit 4 with path and cause; an up-to-date run is told all the same");
}
