//! A finished run read back: the files of its directory, or those a run has just made, by name.
//!
//! Reports, exports and comparisons work from this alone, so that none of them needs the engine again.

use super::run_dir::{self, Manifest, RESOLVED, State};
use serde_json::Value;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Why a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is no run.
    #[error("{0} holds no run")]
    NotARun(String),
    /// The run is not complete, or its files were changed.
    #[error("the run in {0} is not complete, or its files were changed")]
    Incomplete(String),
    /// A file cannot be read.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        cause: String,
    },
}

/// Where the files are.
enum Files<'a> {
    Directory(PathBuf),
    Memory(&'a [(String, Vec<u8>)]),
}

/// A run's files and what its manifest says.
pub struct Archive<'a> {
    /// What the run says about itself; of a run just made its outputs are not listed yet.
    pub manifest: Manifest,
    files: Files<'a>,
}

impl Archive<'static> {
    /// Opens a complete run.
    ///
    /// # Errors
    /// If there is none.
    pub fn open(directory: &Path) -> Result<Self, ArchiveError> {
        match run_dir::state(directory) {
            State::Complete(manifest) => {
                Ok(Self { manifest: *manifest, files: Files::Directory(directory.to_owned()) })
            }
            State::Partial => Err(ArchiveError::Incomplete(directory.display().to_string())),
            State::Empty | State::Foreign => Err(ArchiveError::NotARun(directory.display().to_string())),
        }
    }
}

impl<'a> Archive<'a> {
    /// The files a run is about to write.
    pub fn of(manifest: Manifest, files: &'a [(String, Vec<u8>)]) -> Self {
        Self { manifest, files: Files::Memory(files) }
    }

    /// The names of all files below a folder that end like this.
    pub fn names(&self, folder: &str, ending: &str) -> Vec<String> {
        let fits = |name: &&str| name.starts_with(folder) && name.ends_with(ending);
        let mut names: Vec<String> = match &self.files {
            Files::Directory(_) => {
                self.manifest.outputs.iter().map(|file| file.path.as_str()).filter(fits).map(str::to_owned).collect()
            }
            Files::Memory(files) => {
                files.iter().map(|(name, _)| name.as_str()).filter(fits).map(str::to_owned).collect()
            }
        };
        names.sort();
        names
    }

    /// A file; nothing if the run has none of this name.
    ///
    /// # Errors
    /// If it is listed and cannot be read.
    pub fn bytes(&self, name: &str) -> Result<Option<Cow<'_, [u8]>>, ArchiveError> {
        match &self.files {
            Files::Memory(files) => {
                Ok(files.iter().find(|(known, _)| known == name).map(|(_, bytes)| Cow::Borrowed(bytes.as_slice())))
            }
            Files::Directory(directory) => {
                if !self.manifest.outputs.iter().any(|file| file.path == name) {
                    return Ok(None);
                }
                let path = directory.join(name);
                let failed = |cause: std::io::Error| ArchiveError::Read {
                    path: path.display().to_string(),
                    cause: cause.to_string(),
                };
                std::fs::read(&path).map(|bytes| Some(Cow::Owned(bytes))).map_err(failed)
            }
        }
    }

    /// A file's text; empty if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn text(&self, name: &str) -> Result<String, ArchiveError> {
        let bytes = self.bytes(name)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The resolved scenario.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn resolved(&self) -> Result<toml::Table, ArchiveError> {
        let unreadable = |cause: toml::de::Error| ArchiveError::Read {
            path: RESOLVED.to_owned(),
            cause: cause.message().to_owned(),
        };
        self.text(RESOLVED)?.parse::<toml::Table>().map_err(unreadable)
    }

    /// The summary.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn summary(&self) -> Result<Value, ArchiveError> {
        let unreadable =
            |cause: serde_json::Error| ArchiveError::Read { path: "summary.json".to_owned(), cause: cause.to_string() };
        serde_json::from_str(&self.text("summary.json")?).map_err(unreadable)
    }

    /// A table, such as `indicators`; nothing if the run has none of this name.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn table(&self, name: &str) -> Result<Option<Sheet>, ArchiveError> {
        let path = format!("tables/{name}.csv");
        let Some(bytes) = self.bytes(&path)? else { return Ok(None) };
        Sheet::read(&bytes).map(Some).map_err(|cause| ArchiveError::Read { path, cause: cause.to_string() })
    }
}

/// A table read back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Names of the columns.
    pub header: Vec<String>,
    /// The rows, as long as the header.
    pub rows: Vec<csv::StringRecord>,
}

impl Sheet {
    /// Reads a CSV table.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, csv::Error> {
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers()?.iter().map(str::to_owned).collect();
        Ok(Self { header, rows: reader.records().collect::<Result<_, _>>()? })
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// A cell by its column's name; empty where there is none.
    pub fn cell<'r>(&self, row: &'r csv::StringRecord, name: &str) -> &'r str {
        self.column(name).and_then(|at| row.get(at)).unwrap_or_default()
    }

    /// A number by its column's name.
    pub fn number(&self, row: &csv::StringRecord, name: &str) -> Option<f64> {
        self.cell(row, name).parse().ok()
    }
}

/// The calendar year a period begins in: `2030`, `2030-07`, `2030-07-01`.
pub fn year_of(time: &str) -> Option<i32> {
    time.get(..4)?.parse().ok()
}
