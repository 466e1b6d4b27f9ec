//! `urbanmine example list|show|copy|run` and `urbanmine new DIR`: the shipped scenarios, which the program carries.

use super::args::handover::{Example, ExampleAction, New};
use super::{Terminal, args, exit};
use crate::base::words::Language;
use crate::disk::{self, Disk, write_file};
use crate::scenario::Scenario;
use crate::scenario::schema::json::{FILE, schema};
use serde_json::json;
use std::path::Path;

/// Every file below `scenarios`, by its name there.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// Exit code and message.
type Refusal = (u8, String);

/// What `new` writes for the analyst to change.
const MINE: &str = "mine.toml";

/// `example`.
pub fn example(arguments: &Example, language: Language, terminal: &Terminal, disk: &dyn Disk) -> u8 {
    let done = match &arguments.action {
        ExampleAction::List => list(language, terminal),
        ExampleAction::Show { name } => file(name).map(|text| terminal.print(&text)),
        ExampleAction::Copy { name, directory } => copy(name, directory).map(|files| tell(&files, terminal)),
        ExampleAction::Run { name, output } => match run(name, output, language, terminal, disk) {
            Ok(exit::DONE) => Ok(()),
            Ok(code) => return code,
            Err(refusal) => Err(refusal),
        },
    };
    match done {
        Ok(()) => exit::DONE,
        Err((code, text)) => terminal.refuse("example", code, &text),
    }
}

/// `new`.
pub fn new(arguments: &New, terminal: &Terminal) -> u8 {
    match begin(arguments) {
        Ok(files) => {
            tell(&files, terminal);
            let place = arguments.directory.display();
            terminal
                .say(&format!("Next: change {place}/{MINE}, then `urbanmine run {place}/{MINE} -o {place}/output`"));
            exit::DONE
        }
        Err((code, text)) => terminal.refuse("new", code, &text),
    }
}

fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        FILES.iter().filter_map(|(name, _)| name.strip_suffix(".toml").filter(|name| !name.contains('/'))).collect();
    names.sort_unstable();
    names
}

fn file(name: &str) -> Result<String, Refusal> {
    let known = FILES.iter().find(|(file, _)| file.strip_suffix(".toml") == Some(name) && !file.contains('/'));
    let Some((_, bytes)) = known else {
        let help = crate::scenario::suggestion(name, names());
        return Err((exit::INPUT, format!("error: no example `{name}`\n  = help: {help}")));
    };
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn list(language: Language, terminal: &Terminal) -> Result<(), Refusal> {
    let folder = unpacked()?;
    let mut listed = Vec::new();
    for name in names() {
        let scenario = load(folder.path(), name)?;
        listed.push((name, scenario.title_in(language.tag()).to_owned()));
    }
    if terminal.json {
        let examples: Vec<_> = listed.iter().map(|(name, title)| json!({ "name": name, "title": title })).collect();
        terminal.print(&json!({ "schema": "urbanmine.example/1", "ok": true, "examples": examples }).to_string());
    } else {
        let lines: Vec<String> = listed.iter().map(|(name, title)| format!("{name:<24}{title}")).collect();
        terminal.print(&lines.join("\n"));
    }
    Ok(())
}

/// Runs an example where nothing is left of it but the run.
fn run(name: &str, output: &Path, language: Language, terminal: &Terminal, disk: &dyn Disk) -> Result<u8, Refusal> {
    file(name)?;
    let folder = unpacked()?;
    let run = args::Run {
        files: vec![folder.path().join(format!("{name}.toml"))],
        output: output.to_owned(),
        set: Vec::new(),
        keep_going: false,
        force: false,
        replace: false,
        dry_run: false,
        require_targets: false,
        allow_large: false,
    };
    Ok(super::run::run(&run, language, terminal, disk))
}

/// A copy of an example with all files it reads.
fn copy(name: &str, directory: &Path) -> Result<Vec<String>, Refusal> {
    file(name)?;
    let folder = unpacked()?;
    let scenario = load(folder.path(), name)?;
    empty(directory)?;
    let mut written = Vec::new();
    for file in scenario.data_files() {
        written.push(put(directory, &file.path, &file.bytes)?);
    }
    written.push(put(directory, FILE, &schema_text())?);
    Ok(written)
}

fn begin(arguments: &New) -> Result<Vec<String>, Refusal> {
    let template = &arguments.template;
    let mut written = copy(template, &arguments.directory)?;
    let text = format!(
        "#:schema ./{FILE}
# What differs from {template}.toml goes here; everything else comes from there.
#   urbanmine show {MINE} --origin      lists all that holds and where it was said
#   urbanmine explain plant.p1.capacity says what a key means
schema = 1
extends = \"{template}.toml\"

[scenario]
id = \"mine\"
title = {{ en = \"My scenario\", zh-CN = \"我的情景\" }}

# [plant.p1]
# capacity = \"50 kt/yr\"
"
    );
    written.push(put(&arguments.directory, MINE, text.as_bytes())?);
    Ok(written)
}

/// The schema as it is written beside a scenario.
pub fn schema_text() -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(&schema()).unwrap_or_default();
    text.push(b'\n');
    text
}

fn load(root: &Path, name: &str) -> Result<Scenario, Refusal> {
    let loaded = Scenario::load(&root.join(format!("{name}.toml")), &[]);
    loaded.map_err(|problems| (exit::INTERNAL, problems.render(false)))
}

/// All examples in a directory that goes with the process.
fn unpacked() -> Result<tempfile::TempDir, Refusal> {
    let folder = tempfile::tempdir().map_err(|error| (exit::IO, format!("error: {error}")))?;
    for (name, bytes) in FILES {
        let path = folder.path().join(name);
        let above = path.parent().unwrap_or(folder.path());
        let written = std::fs::create_dir_all(above).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| (exit::IO, format!("error: {}: {error}", path.display())))?;
    }
    Ok(folder)
}

fn empty(directory: &Path) -> Result<(), Refusal> {
    let free = std::fs::read_dir(directory).map_or(!directory.exists(), |mut entries| entries.next().is_none());
    if free {
        return Ok(());
    }
    let place = directory.display();
    Err((exit::IO, format!("error: {place} is not empty\n  = help: name a directory that does not exist yet")))
}

fn put(directory: &Path, name: &str, bytes: &[u8]) -> Result<String, Refusal> {
    let path = directory.join(name);
    write_file(&disk::System, &path, bytes).map_err(|error| (exit::IO, format!("error: {error}")))?;
    Ok(path.display().to_string())
}

fn tell(files: &[String], terminal: &Terminal) {
    if terminal.json {
        terminal.print(&json!({ "schema": "urbanmine.new/1", "ok": true, "files": files }).to_string());
    } else {
        terminal.say(&files.join("\n"));
    }
}
