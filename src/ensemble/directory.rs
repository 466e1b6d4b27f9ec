//! An ensemble on disk: plan first, then blocks in any order, then the results of all of them, the manifest last.
//!
//! A block stands there whole or not at all, and its checksum says so. Whoever starts again, or computes another shard,
//! skips what is there; two who compute the same block write the same bytes.

use super::block::Block;
use super::plan::{Plan, SCHEMA};
use crate::disk::{Disk, FileEntry, Folder, RESERVED, WriteError, is_empty, write_shared};
use crate::results::run_dir::{self, MANIFEST, Manifest, RESOLVED, State, Writer};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the plan.
pub const PLAN: &str = "plan.json";
/// Name of the table of all draws.
pub const DRAWS: &str = "draws.csv";
const BLOCKS: &str = "blocks";
/// What the name of an ensemble directory ends with.
pub const ENDING: &str = ".ensemble";

/// The plan and what it was made from, as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    /// What is computed.
    #[serde(flatten)]
    pub plan: Plan,
    /// `--set` edits.
    pub set: Vec<String>,
    /// Files read.
    pub inputs: Vec<FileEntry>,
}

/// An ensemble directory.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
    filed: Filed,
}

/// Why an ensemble directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Something cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// There is no ensemble here.
    #[error("{0} holds no ensemble: there is no {PLAN} that this program can read")]
    NoPlan(String),
    /// Files of something else are in the way.
    #[error("{0} holds files that urbanmine did not write")]
    Foreign(String),
    /// An ensemble of another scenario is in the way.
    #[error("{path} holds an ensemble of `{other}`")]
    Other {
        /// Where.
        path: String,
        /// Of what.
        other: String,
    },
    /// Blocks are missing.
    #[error("{} of {of} blocks are missing: {}", missing.len(), listed(missing))]
    Gaps {
        /// Which.
        missing: Vec<u64>,
        /// Of how many.
        of: u64,
    },
}

/// Numbers as ranges: `3-7, 9`; of many, the first.
pub fn listed(numbers: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let more = if ranges.len() > 20 { ", ..." } else { "" };
    let range = |(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.iter().take(20).map(range).collect::<Vec<_>>().join(", ") + more
}

impl Directory {
    /// Opens a directory for a plan: as it is if it holds that plan, else emptied of the blocks of an older one. It is
    /// claimed for that; whoever computes a shard lets go of it, so that other shards can be computed at the same time.
    ///
    /// # Errors
    /// If it holds something else, or cannot be written.
    pub fn open<'d>(
        disk: &'d dyn Disk,
        path: &Path,
        filed: Filed,
        files: &[(String, Vec<u8>)],
        replace: bool,
    ) -> Result<(Self, Folder<'d>), Trouble> {
        let directory = Self { path: path.to_owned(), filed };
        let mut folder = claim(disk, path)?;
        let plan = directory.plan_bytes();
        match Self::at(path) {
            Ok(other) if other.plan_bytes() == plan => return Ok((directory, folder)),
            Ok(other) if other.filed.plan.id != directory.filed.plan.id && !replace => {
                let (path, other) = (path.display().to_string(), other.filed.plan.id);
                return Err(Trouble::Other { path, other });
            }
            Ok(_) => directory.clear(&mut folder)?,
            Err(_) if is_foreign(path) => return Err(Trouble::Foreign(path.display().to_string())),
            Err(_) => {}
        }
        for (name, bytes) in files {
            folder.put(name, bytes)?;
        }
        folder.put(PLAN, &plan)?;
        folder.settle()?;
        Ok((directory, folder))
    }

    /// The ensemble in a directory.
    ///
    /// # Errors
    /// If there is none.
    pub fn at(path: &Path) -> Result<Self, Trouble> {
        let text = fs::read(path.join(PLAN)).ok();
        let filed =
            text.and_then(|text| serde_json::from_slice::<Filed>(&text).ok()).filter(|f| f.plan.schema == SCHEMA);
        filed
            .map(|filed| Self { path: path.to_owned(), filed })
            .ok_or_else(|| Trouble::NoPlan(path.display().to_string()))
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.filed.plan
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn plan_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(&self.filed).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Forgets an older plan: its results are complete no more, and its blocks are not this plan's.
    fn clear(&self, folder: &mut Folder<'_>) -> Result<(), Trouble> {
        for name in [MANIFEST, PLAN] {
            folder.remove(name)?;
        }
        for entry in fs::read_dir(self.path.join(BLOCKS)).into_iter().flatten().flatten() {
            folder.remove(&format!("{BLOCKS}/{}", entry.file_name().to_string_lossy()))?;
        }
        Ok(())
    }

    fn block_name(index: u64) -> String {
        format!("{BLOCKS}/{index:06}.bin")
    }

    /// A block, if it is there and whole.
    pub fn block(&self, index: u64) -> Option<Block> {
        let bytes = fs::read(self.path.join(Self::block_name(index))).ok()?;
        Block::from_bytes(self.plan(), &bytes).ok().filter(|block| block.index == index)
    }

    /// Keeps a block.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put(&self, disk: &dyn Disk, block: &Block) -> Result<(), WriteError> {
        write_shared(disk, &self.path.join(Self::block_name(block.index)), &block.to_bytes())
    }

    /// The blocks of a shard that are not there: block `b` belongs to shard `b` modulo the number of shards.
    pub fn missing(&self, (shard, shards): (u64, u64)) -> Vec<u64> {
        let own = (0..self.plan().blocks()).filter(|block| block % shards == shard % shards);
        own.filter(|block| self.block(*block).is_none()).collect()
    }

    /// All blocks, in their order.
    pub fn blocks(&self) -> impl Iterator<Item = Result<Block, Trouble>> + '_ {
        (0..self.plan().blocks()).map(|index| {
            self.block(index).ok_or_else(|| Trouble::Gaps { missing: self.missing((0, 1)), of: self.plan().blocks() })
        })
    }

    /// The manifest of complete results; nothing if they are not, or of another plan.
    pub fn manifest(&self) -> Option<Manifest> {
        match run_dir::state(&self.path) {
            State::Complete(manifest) => Some(*manifest),
            _ => None,
        }
    }

    /// Writes the results of all blocks and completes the directory.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn complete(
        &self,
        mut folder: Folder<'_>,
        files: &[(String, Vec<u8>)],
        worst_residual: f64,
        execution: &[u8],
    ) -> Result<Manifest, Trouble> {
        let read = |name: &str| fs::read(self.path.join(name)).unwrap_or_default();
        // What killed processes left beside the blocks, and blocks of plans before this one.
        folder.sweep(&[BLOCKS], &(0..self.plan().blocks()).map(Self::block_name).collect());
        if files.iter().all(|(name, _)| name != DRAWS) {
            folder.remove(DRAWS)?;
        }
        let mut writer = Writer::open(folder, &read(RESOLVED))?;
        for input in &self.filed.inputs {
            let name = format!("inputs/{}", input.path);
            if name != RESOLVED {
                writer.put(&name, &read(&name))?;
            }
        }
        writer.put(PLAN, &self.plan_bytes())?;
        for (name, bytes) in files {
            writer.put(name, bytes)?;
        }
        let plan = self.plan();
        let manifest = Manifest {
            schema: String::new(),
            id: plan.id.clone(),
            title: plan.title.clone(),
            version: plan.version.clone(),
            commit: plan.commit.clone(),
            results_key: plan.results_key.clone(),
            seed: Some(plan.seed),
            set: self.filed.set.clone(),
            max_relative_error: worst_residual,
            inputs: self.filed.inputs.clone(),
            outputs: Vec::new(),
        };
        Ok(writer.complete(manifest, execution)?)
    }

    /// Removes the blocks: the results are complete without them.
    ///
    /// # Errors
    /// If one cannot be removed.
    pub fn prune(&self, folder: &mut Folder<'_>) -> Result<(), Trouble> {
        for index in 0..self.plan().blocks() {
            folder.remove(&Self::block_name(index))?;
        }
        Ok(())
    }
}

/// Tries to claim a directory that another shard is opening.
const TRIES: u32 = 100;

/// Claims a directory. Another shard has it for a moment only; whoever computes the whole keeps it.
pub fn claim<'d>(disk: &'d dyn Disk, path: &Path) -> Result<Folder<'d>, WriteError> {
    for _ in 0..TRIES {
        match Folder::claim(disk, path) {
            Err(error) if error.cause.kind() == ErrorKind::ResourceBusy => {
                std::thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
    Folder::claim(disk, path)
}

/// Whether a directory holds files that no ensemble wrote.
fn is_foreign(path: &Path) -> bool {
    let Ok(entries) = fs::read_dir(path) else { return path.exists() };
    // An interrupted start leaves inputs and nothing else.
    entries.flatten().any(|entry| entry.file_name() != "inputs" && !is_empty(&entry.path()) && !reserved(&entry))
}

fn reserved(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with(RESERVED)
}

/// Ensembles below a directory: it itself, or those in it.
pub fn below(path: &Path) -> Vec<PathBuf> {
    if path.join(PLAN).is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.join(PLAN).is_file()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn numbers_are_listed_as_ranges() {
        assert_eq!(listed(&[0, 1, 2, 5, 7, 8]), "0-2, 5, 7-8");
        assert!(listed(&(0..100).map(|n| n * 2).collect::<Vec<u64>>()).ends_with(", 38, ..."));
    }
}
