//! A directory that this process alone may write in.

use super::lock::{Lock, host};
use super::system::Disk;
use super::{FileEntry, RESERVED, WriteError, failed};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tries to make a directory that others keep removing.
const TRIES: usize = 100;

/// A directory that this process alone may write in, until the value is dropped.
pub struct Folder<'a> {
    disk: &'a dyn Disk,
    path: PathBuf,
    lock: Option<Lock>,
    /// Directories whose names are not known to be on disk.
    unsettled: BTreeSet<PathBuf>,
    /// Directories made to get here, from the top.
    made: Vec<PathBuf>,
}

impl std::fmt::Debug for Folder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folder").field("path", &self.path).finish_non_exhaustive()
    }
}

impl<'a> Folder<'a> {
    /// Makes a directory if need be and locks it. Another process that has it is named.
    pub fn claim(disk: &'a dyn Disk, path: &Path) -> Result<Self, WriteError> {
        let mut folder = Self { disk, path: path.to_owned(), lock: None, unsettled: BTreeSet::new(), made: Vec::new() };
        for _ in 0..TRIES {
            make(disk, path, &mut folder.made)?;
            if let Some(lock) = Lock::take(disk, path)? {
                folder.lock = Some(lock);
                folder.unsettled = folder.made.iter().filter_map(|made| parent(made)).collect();
                return Ok(folder);
            }
        }
        Err(failed("cannot create", path)(Error::new(ErrorKind::ResourceBusy, "others keep removing it")))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file, named by its `/`-separated path below the directory: whole or not at all. Its name is sure to
    /// outlast a power cut only after [`Folder::settle`].
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<FileEntry, WriteError> {
        let path = self.place(name)?;
        let within = path.parent().unwrap_or(&self.path).to_owned();
        whole(self.disk, &within.join(format!("{RESERVED}new")), &path, bytes)?;
        self.unsettled.insert(within);
        Ok(FileEntry::of(name, bytes))
    }

    /// Removes a file if it is there, for good: nothing that is written later can outlast a power cut without this.
    pub fn remove(&mut self, name: &str) -> Result<(), WriteError> {
        let path = self.path.join(name);
        match self.disk.remove(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("cannot remove", &path)(error)),
        }
        self.unsettled.insert(self.path.clone());
        self.settle()
    }

    /// Brings all names that were given to disk.
    pub fn settle(&mut self) -> Result<(), WriteError> {
        while let Some(folder) = self.unsettled.last() {
            self.disk.sync_folder(folder).map_err(failed("cannot write in", folder))?;
            self.unsettled.pop_last();
        }
        Ok(())
    }

    /// Removes every file below some folders that is not in a list, and what a killed process left under a reserved
    /// name. Links are not followed. A file that cannot be removed stays: it is in no list.
    pub fn sweep(&mut self, folders: &[&str], keep: &BTreeSet<String>) {
        let keep: BTreeSet<PathBuf> = keep.iter().map(|name| self.path.join(name)).collect();
        let _ = self.disk.remove(&self.path.join(format!("{RESERVED}new")));
        let mut open: Vec<PathBuf> = folders.iter().map(|folder| self.path.join(folder)).collect();
        while let Some(folder) = open.pop() {
            if !is_folder(&folder) {
                continue;
            }
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if is_folder(&path) {
                    open.push(path);
                } else if !keep.contains(&path) {
                    let _ = self.disk.remove(&path);
                }
            }
        }
    }

    /// The place of a file, with the folders on the way made. What leads out of the directory, by name or by link, is
    /// refused.
    fn place(&mut self, name: &str) -> Result<PathBuf, WriteError> {
        let path = self.path.join(name);
        if name.is_empty() || !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
            let cause = Error::new(ErrorKind::InvalidInput, "a name that leads out of the directory");
            return Err(failed("cannot write", &path)(cause));
        }
        let mut within = self.path.clone();
        let folders = name.rsplit_once('/').map_or("", |(folders, _)| folders);
        for part in folders.split('/').filter(|part| !part.is_empty()) {
            let above = within.clone();
            within.push(part);
            match fs::symlink_metadata(&within) {
                Ok(found) if found.is_dir() => {}
                Ok(found) => {
                    let what = if found.is_symlink() { "a link is in the way" } else { "a file is in the way" };
                    return Err(failed("cannot create", &within)(Error::new(ErrorKind::AlreadyExists, what)));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    self.disk.create_folder(&within).map_err(failed("cannot create", &within))?;
                    self.unsettled.insert(above);
                }
                Err(error) => return Err(failed("cannot create", &within)(error)),
            }
        }
        Ok(path)
    }
}

impl Drop for Folder<'_> {
    /// Gives the directory free; what was made and is still empty goes again.
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            lock.release(self.disk);
        }
        for made in self.made.iter().rev() {
            let _ = fs::remove_dir(made);
        }
    }
}

/// Writes one file, whole or not at all, in a directory that is not only ours.
pub fn write_file(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let within = parent(path).unwrap_or_default();
    make(disk, &within, &mut Vec::new())?;
    whole(disk, &within.join(format!("{RESERVED}{}", std::process::id())), path, bytes)?;
    disk.sync_folder(&within).map_err(failed("cannot write in", &within))
}

/// Writes under a fresh name, brings the content to disk, and gives it its name.
fn whole(disk: &dyn Disk, fresh: &Path, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let write = || {
        let file = match disk.create(fresh) {
            // A killed process left it.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                disk.remove(fresh)?;
                disk.create(fresh)?
            }
            other => other?,
        };
        disk.write(&file, bytes)?;
        disk.sync(&file)?;
        drop(file);
        disk.rename(fresh, path)
    };
    write().map_err(|cause| {
        let _ = disk.remove(fresh);
        failed("cannot write", path)(cause)
    })
}

/// Makes a directory and those above it, and keeps in mind which, from the top.
fn make(disk: &dyn Disk, path: &Path, made: &mut Vec<PathBuf>) -> Result<(), WriteError> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()).collect();
    for folder in missing.into_iter().rev() {
        match disk.create_folder(folder) {
            Ok(()) => made.push(folder.to_owned()),
            // Another process was quicker.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(error) => return Err(failed("cannot create", folder)(error)),
        }
    }
    Ok(())
}

/// The directory above, `.` for a lone name.
fn parent(path: &Path) -> Option<PathBuf> {
    let above = path.parent()?;
    Some(if above.as_os_str().is_empty() { PathBuf::from(".") } else { above.to_owned() })
}

/// Writes one file, whole or not at all, in a directory in which other processes, on other machines too, may write the
/// same file at the same time. The directory is made if need be.
pub fn write_shared(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let within = parent(path).unwrap_or_default();
    make(disk, &within, &mut Vec::new())?;
    let own = format!("{}-{}-{}", host(), std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    whole(disk, &within.join(format!("{RESERVED}{own}")), path, bytes)?;
    disk.sync_folder(&within).map_err(failed("cannot write in", &within))
}

/// True if there is nothing at this place: no file but those that a killed process left under a reserved name.
pub fn is_empty(path: &Path) -> bool {
    let Ok(entries) = fs::read_dir(path) else { return fs::symlink_metadata(path).is_err() };
    entries.flatten().all(|entry| {
        let inner = entry.path();
        if is_folder(&inner) { is_empty(&inner) } else { entry.file_name().to_string_lossy().starts_with(RESERVED) }
    })
}

/// True for a directory that is no link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}
