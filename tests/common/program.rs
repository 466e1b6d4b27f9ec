//! The program itself, in a directory of its own.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A project directory with the small scenario and its tables, gone when the test ends.
pub struct Project(tempfile::TempDir);

/// What a command said.
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Project {
    /// The shipped test data with `tiny.toml` replaced by a text.
    pub fn new(tiny: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(super::data()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        let project = Self(folder);
        project.write("tiny.toml", tiny);
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Replaces a part of a file.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = super::patch(&self.read(name), &[(from, to)]);
        self.write(name, text);
    }

    /// A command to be run in the directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_urbanmine"));
        command.current_dir(self.0.path()).args(arguments).env("NO_COLOR", "1").env_remove("URBANMINE_COLOR");
        command
    }

    /// The same as a process that can be started, watched and killed.
    pub fn process(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_urbanmine"));
        command.current_dir(self.0.path()).args(arguments).env("NO_COLOR", "1").env_remove("URBANMINE_COLOR");
        command.stdin(std::process::Stdio::null());
        command
    }

    /// Runs a command in the directory.
    pub fn say(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let said =
            Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
        said
    }

    /// Every file below a folder and its content.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.path(folder))
    }
}

/// Every file below a folder and its content.
pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}
