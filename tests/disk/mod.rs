//! What gets onto the disk: whole or not at all, by one writer, whatever fails and whoever kills it.

mod faults;
mod kills;
mod locks;
mod places;

use crate::common::program::files;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use urbanmine::disk::{FileEntry, RESERVED};
use urbanmine::results::run_dir::{EXECUTION, MANIFEST, Manifest};

/// Number of cases: a small one by default, the large one where the environment asks for it.
pub fn cases(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The manifest of a directory, if it has one, with every file it lists read and hashed again.
fn verified(directory: &Path) -> Option<Manifest> {
    let text = std::fs::read(directory.join(MANIFEST)).ok()?;
    let manifest: Manifest = serde_json::from_slice(&text).expect("a manifest is whole or not there");
    for listed in &manifest.outputs {
        let bytes =
            std::fs::read(directory.join(&listed.path)).unwrap_or_else(|error| panic!("{}: {error}", listed.path));
        assert_eq!(*listed, FileEntry::of(&listed.path, &bytes), "in {}", directory.display());
    }
    Some(manifest)
}

/// Files under a final name, the volatile one and the manifest left out.
fn results(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = files(directory);
    all.retain(|name, _| {
        let last = name.rsplit('/').next().unwrap_or(name);
        !last.starts_with(RESERVED) && last != EXECUTION && last != MANIFEST
    });
    all
}

/// Starts a test of this program that is only meant to be started like this, as a process of its own.
pub fn own_process(test: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command.envs(settings.iter().copied()).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Exit code and messages.
fn ended(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
