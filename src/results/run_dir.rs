//! The run directory. `manifest.json` is written last: it stands there exactly when the run is complete.
//!
//! Every file is written under a temporary name in the same directory, brought to disk and renamed, so that a reader
//! sees a whole file or none. A directory that this program did not write is never touched.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Name of the file that makes a run complete.
pub const MANIFEST: &str = "manifest.json";
/// The one file that differs from run to run: clock, host, command line.
pub const EXECUTION: &str = "execution.json";
/// Written first: by it a directory is known as ours even when the run was interrupted.
pub const RESOLVED: &str = "inputs/resolved.toml";
const SCHEMA: &str = "urbanmine.manifest/1";

/// A file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Relative to the run directory, `/`-separated.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

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

/// Why a run could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{action} {path}: {cause}")]
pub struct WriteError {
    /// What was tried.
    pub action: &'static str,
    /// On what.
    pub path: String,
    /// The system's reason.
    pub cause: std::io::Error,
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> WriteError {
    let path = path.display().to_string();
    move |cause| WriteError { action, path, cause }
}

/// SHA-256 in hexadecimal.
pub fn sha256(parts: &[&[u8]]) -> String {
    use std::fmt::Write;
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps `ab` + `c` apart from `a` + `bc`.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn entry(path: &str, bytes: &[u8]) -> FileEntry {
    use std::fmt::Write;
    let mut hash = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(hash, "{byte:02x}");
    }
    FileEntry { path: path.to_owned(), bytes: bytes.len() as u64, sha256: hash }
}

/// Looks at a run directory.
pub fn state(directory: &Path) -> State {
    let Ok(mut entries) = fs::read_dir(directory) else {
        return if directory.exists() { State::Foreign } else { State::Empty };
    };
    if entries.next().is_none() {
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
pub struct Writer {
    directory: PathBuf,
    outputs: Vec<FileEntry>,
}

impl Writer {
    /// Opens a run directory: what was complete no longer is, and `inputs/resolved.toml` marks it as ours.
    pub fn open(directory: &Path, resolved: &[u8]) -> Result<Self, WriteError> {
        let manifest = directory.join(MANIFEST);
        if manifest.exists() {
            fs::remove_file(&manifest).map_err(failed("cannot remove", &manifest))?;
        }
        let mut writer = Self { directory: directory.to_owned(), outputs: Vec::new() };
        writer.put(RESOLVED, resolved)?;
        Ok(writer)
    }

    /// Writes a file that the manifest will list.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        write_whole(&self.directory.join(path), bytes)?;
        self.outputs.push(entry(path, bytes));
        Ok(())
    }

    /// Writes the volatile file, removes what an earlier run of this scenario left and this one did not write, and
    /// completes the run.
    pub fn complete(mut self, mut manifest: Manifest, execution: &[u8]) -> Result<Manifest, WriteError> {
        write_whole(&self.directory.join(EXECUTION), execution)?;
        SCHEMA.clone_into(&mut manifest.schema);
        self.outputs.sort_by(|a, b| a.path.cmp(&b.path));
        manifest.outputs = self.outputs;
        remove_leftovers(&self.directory, &manifest);
        let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        write_whole(&self.directory.join(MANIFEST), &text)?;
        Ok(manifest)
    }
}

/// Lists the files read.
pub fn inputs<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<FileEntry> {
    let mut entries: Vec<FileEntry> = files.map(|(path, bytes)| entry(path, bytes)).collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

/// A figure or table that an earlier run wrote here must not pass for one of this run. Only the folders of a run are
/// looked at.
fn remove_leftovers(directory: &Path, manifest: &Manifest) {
    let keep: BTreeSet<PathBuf> = manifest.outputs.iter().map(|file| directory.join(&file.path)).collect();
    for folder in ["tables", "figures", "inputs"] {
        let mut open = vec![directory.join(folder)];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if !keep.contains(&path) {
                    // A file that cannot be removed is not listed either: nobody takes it for a result.
                    let _ = fs::remove_file(&path);
                }
            }
        }
    }
}

/// The one way a file gets onto the disk: whole or not at all.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed("cannot create", folder))?;
    let mut file = tempfile::Builder::new()
        .prefix(".urbanmine-")
        .tempfile_in(folder)
        .map_err(failed("cannot write in", folder))?;
    file.write_all(bytes).map_err(failed("cannot write", path))?;
    readable_by_all(file.as_file());
    file.as_file().sync_all().map_err(failed("cannot write", path))?;
    file.persist(path).map_err(|error| failed("cannot write", path)(error.error))?;
    // The rename itself is safe once the folder is on disk; not every file system allows to ask for that.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Temporary files are private; results are for everyone the folder is for.
#[cfg(unix)]
fn readable_by_all(file: &fs::File) {
    use std::os::unix::fs::PermissionsExt;
    let _ = file.set_permissions(fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn readable_by_all(_: &fs::File) {}

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

    #[test]
    fn a_run_is_complete_with_its_manifest_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        assert_eq!(state(&path), State::Empty);
        let mut writer = Writer::open(&path, b"x = 1").unwrap();
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
        let mut writer = Writer::open(folder.path(), b"").unwrap();
        writer.put("figures/old.svg", b"<svg/>").unwrap();
        writer.complete(manifest(), b"{}").unwrap();
        Writer::open(folder.path(), b"").unwrap().complete(manifest(), b"{}").unwrap();
        assert!(!folder.path().join("figures/old.svg").exists());
    }
}
