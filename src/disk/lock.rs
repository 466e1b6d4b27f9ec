//! One writer per directory: a lock of the system, which dies with the process that holds it.
//!
//! The holder removes the file while it still holds the lock, so a directory that is done has no trace of it. Whoever
//! gets the lock of a file therefore looks whether that file still bears the name; a name that is gone is tried again.
//! A killed holder leaves the file but no lock.

use super::system::Disk;
use super::{RESERVED, WriteError, failed};
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Tries before giving up on a name that others keep making and removing.
const TRIES: usize = 100;

/// The lock of a directory.
pub struct Lock {
    /// Closing it ends the lock.
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Locks a directory; `None` if it is gone.
    pub fn take(disk: &dyn Disk, folder: &Path) -> Result<Option<Self>, WriteError> {
        let path = folder.join(format!("{RESERVED}lock"));
        for _ in 0..TRIES {
            let mut file = match disk.open_lock(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::NotFound && !folder.exists() => return Ok(None),
                Err(error) => return Err(failed("cannot write in", folder)(error)),
            };
            if !disk.lock(&file).map_err(failed("cannot lock", folder))? {
                let mut holder = String::new();
                let _ = (&file).take(200).read_to_string(&mut holder);
                let holder = if holder.is_empty() { "another process".to_owned() } else { holder };
                let cause = Error::new(ErrorKind::ResourceBusy, format!("{} is writing there", holder.trim_end()));
                return Err(failed("cannot write in", folder)(cause));
            }
            match bears_name(&file, &path) {
                Ok(true) => {
                    let holder = format!("process {} on `{}`\n", std::process::id(), host());
                    // Who holds it is only a courtesy: a full disk must not forbid to try.
                    let _ = file.set_len(0).and_then(|()| file.write_all(holder.as_bytes()));
                    return Ok(Some(Self { _file: file, path }));
                }
                Ok(false) => {}
                Err(error) => return Err(failed("cannot lock", folder)(error)),
            }
        }
        Err(failed("cannot lock", folder)(Error::new(ErrorKind::ResourceBusy, "others keep taking it")))
    }

    /// Removes the file and, by closing it, the lock.
    pub fn release(self, disk: &dyn Disk) {
        let _ = disk.remove(&self.path);
    }
}

/// True if an open file is what bears the name; a link that leads elsewhere is refused, for its target would be emptied.
fn bears_name(file: &File, path: &Path) -> Result<bool, Error> {
    let named = match fs::symlink_metadata(path) {
        Ok(named) => named,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if !named.is_file() {
        return Err(Error::new(ErrorKind::AlreadyExists, format!("{} is not a file of ours", path.display())));
    }
    Ok(same_file(&file.metadata()?, &named))
}

#[cfg(unix)]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere the name of a file that is open cannot be given to another one.
#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// The machine's name, as far as it is known.
pub fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    name.map_or_else(|| "unknown".to_owned(), |name| name.trim().to_owned())
}
