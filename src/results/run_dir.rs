//! The run directory. `manifest.json` is written last: it stands there exactly when the run is complete.
//!
//! How files get there is told in [`crate::disk`]. A directory that this program did not write is never touched.

use crate::disk::{self, FileEntry, Folder, WriteError};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Name of the file that makes a run complete.
pub const MANIFEST: &str = "manifest.json";
/// The one file that differs from run to run: clock, host, command line.
pub const EXECUTION: &str = "execution.json";
/// Written first: by it a directory is known as ours even when the run was interrupted.
pub const RESOLVED: &str = "inputs/resolved.toml";
const SCHEMA: &str = "urbanmine.manifest/1";

/// What a complete run says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of this file.
    pub schema: String,
    /// Scenario id.
    pub id: String,
    /// Scenario title.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// Commit it was built from.
    pub commit: String,
    /// Hash of everything the results depend on: sources of the program, resolved scenario, data files.
    pub results_key: String,
    /// Seed of random numbers; a deterministic run has none.
    pub seed: Option<u64>,
    /// `--set` edits.
    pub set: Vec<String>,
    /// Largest relative residual of the mass balance.
    pub max_relative_error: f64,
    /// Files read.
    pub inputs: Vec<FileEntry>,
    /// Files written, this one and `execution.json` apart.
    pub outputs: Vec<FileEntry>,
}

/// What stands where a run is to go.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Nothing, or an empty directory.
    Empty,
    /// A complete run.
    Complete(Box<Manifest>),
    /// A run of ours that was interrupted, or whose files were changed.
    Partial,
    /// Something this program did not write.
    Foreign,
}

/// Looks at a run directory.
pub fn state(directory: &Path) -> State {
    if disk::is_empty(directory) {
        return State::Empty;
    }
    let text = fs::read_to_string(directory.join(MANIFEST)).ok();
    let manifest = text.and_then(|text| serde_json::from_str::<Manifest>(&text).ok()).filter(|m| m.schema == SCHEMA);
    match manifest {
        Some(manifest) if manifest.outputs.iter().all(|file| has_size(directory, file)) => {
            State::Complete(Box::new(manifest))
        }
        Some(_) => State::Partial,
        None if directory.join(RESOLVED).is_file() => State::Partial,
        None => State::Foreign,
    }
}

fn has_size(directory: &Path, file: &FileEntry) -> bool {
    fs::metadata(directory.join(&file.path)).is_ok_and(|data| data.is_file() && data.len() == file.bytes)
}

/// A run being written.
#[derive(Debug)]
pub struct Writer<'a> {
    folder: Folder<'a>,
    outputs: Vec<FileEntry>,
}

impl<'a> Writer<'a> {
    /// Opens a run directory: what was complete no longer is, and `inputs/resolved.toml` marks it as ours.
    pub fn open(mut folder: Folder<'a>, resolved: &[u8]) -> Result<Self, WriteError> {
        folder.remove(MANIFEST)?;
        let mut writer = Self { folder, outputs: Vec::new() };
        writer.put(RESOLVED, resolved)?;
        Ok(writer)
    }

    /// Writes a file that the manifest will list.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.outputs.push(self.folder.put(path, bytes)?);
        Ok(())
    }

    /// Writes the volatile file, removes what an earlier run of this scenario left and this one did not write (it must
    /// not pass for one of this run), and completes the run.
    pub fn complete(mut self, mut manifest: Manifest, execution: &[u8]) -> Result<Manifest, WriteError> {
        self.folder.put(EXECUTION, execution)?;
        SCHEMA.clone_into(&mut manifest.schema);
        self.outputs.sort();
        self.folder
            .sweep(&["tables", "figures", "inputs"], &self.outputs.iter().map(|file| file.path.clone()).collect());
        self.folder.settle()?;
        manifest.outputs = self.outputs;
        let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        self.folder.put(MANIFEST, &text)?;
        // A run that is told to have failed must not stand there as complete.
        self.folder.settle().inspect_err(|_| drop(self.folder.remove(MANIFEST)))?;
        Ok(manifest)
    }
}

/// Lists the files read.
pub fn inputs<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<FileEntry> {
    let mut entries: Vec<FileEntry> = files.map(|(path, bytes)| FileEntry::of(path, bytes)).collect();
    entries.sort();
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn open<'a>(path: &Path, resolved: &[u8]) -> Writer<'a> {
        Writer::open(Folder::claim(&disk::System, path).unwrap(), resolved).unwrap()
    }

    #[test]
    fn a_run_is_complete_with_its_manifest_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        assert_eq!(state(&path), State::Empty);
        let mut writer = open(&path, b"x = 1");
        assert_eq!(state(&path), State::Partial);
        writer.put("tables/a.csv", b"a\n1\n").unwrap();
        let written = writer.complete(manifest(), b"{}").unwrap();
        assert_eq!(state(&path), State::Complete(Box::new(written)));
        fs::write(path.join("tables/a.csv"), b"a").unwrap();
        assert_eq!(state(&path), State::Partial);
    }

    #[test]
    fn what_we_did_not_write_is_foreign() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.doc"), b"years of work").unwrap();
        assert_eq!(state(folder.path()), State::Foreign);
    }

    #[test]
    fn an_old_figure_does_not_pass_for_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = open(folder.path(), b"");
        writer.put("figures/old.svg", b"<svg/>").unwrap();
        writer.complete(manifest(), b"{}").unwrap();
        open(folder.path(), b"").complete(manifest(), b"{}").unwrap();
        assert!(!folder.path().join("figures/old.svg").exists());
    }
}
