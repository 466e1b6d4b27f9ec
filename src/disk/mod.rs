//! Floor 1: the one way onto the disk. A reader sees a whole file or none, a kill loses nothing that was finished, and
//! one directory has one writer.
//!
//! A [`Folder`] is a directory that this process alone may write in. Each file is written under a reserved name beside
//! its place, brought to disk and renamed; [`Folder::settle`] brings the names to disk. Whoever completes a directory
//! with a file that lists the others writes that file last, after `settle`. Nothing needs cleaning up after a crash:
//! what is left has the reserved name, is overwritten or swept by the next run, and nobody takes it for a result.

mod entry;
mod folder;
mod lock;
mod system;

pub use entry::{FileEntry, sha256, sha256_of_parts};
pub use folder::{Folder, is_empty, write_file, write_shared};
pub use lock::host;
pub use system::{Disk, System};

use std::io::{Error, ErrorKind};
use std::path::Path;

/// What every file of ours that is no result is called first.
pub const RESERVED: &str = ".urbanmine-";

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{action} {path}: {cause}")]
pub struct WriteError {
    /// What was tried.
    pub action: &'static str,
    /// On what.
    pub path: String,
    /// The system's reason.
    pub cause: Error,
}

impl WriteError {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self.cause.kind() {
            ErrorKind::ResourceBusy => "wait until it is done, or write to another directory",
            _ => "nothing half-written is left; free the place and run again",
        }
    }
}

/// Names what was tried and on what.
fn failed(action: &'static str, path: &Path) -> impl FnOnce(Error) -> WriteError {
    let path = path.display().to_string();
    move |cause| WriteError { action, path, cause }
}
