//! Floor 5: the command line. One file per verb; data on stdout, messages on stderr.

pub mod args;
mod bridge;
mod cohort;
mod compare;
mod ensemble;
mod example;
mod explain;
mod export;
mod graph;
mod headline;
mod products;
mod reference;
mod report;
mod run;
mod sensitivity;
mod shell;
mod show;
mod signals;
mod validate;

use crate::disk::{self, Disk};
use crate::results::archive::{Archive, ArchiveError};
use args::{Command, Options};
use clap::Parser;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};

/// What a process returns.
pub mod exit {
    /// Done, or up to date.
    pub const DONE: u8 = 0;
    /// A fault of the program.
    pub const INTERNAL: u8 = 1;
    /// Command line, scenario or data refused.
    pub const INPUT: u8 = 2;
    /// Result refused: balance, negative, not a number, a pool's target out of reach.
    pub const RESULT: u8 = 3;
    /// Reading or writing failed.
    pub const IO: u8 = 4;
    /// Some scenarios failed, the others are complete.
    pub const SOME_FAILED: u8 = 5;
    /// Targets missed, where they are required.
    pub const TARGETS: u8 = 7;
}

/// Runs the command given to the process and returns its exit code, whatever happens.
pub fn run() -> u8 {
    guarded(|| call(std::env::args_os(), &disk::System))
}

/// A panic is a fault of the program, never of the input: it must not look like anything else.
pub fn guarded(work: impl FnOnce() -> u8 + std::panic::UnwindSafe) -> u8 {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let note = "urbanmine: internal error, a fault of the program; please report it with the command line:";
        // Nobody listening on stderr must not turn one panic into two.
        if writeln!(std::io::stderr(), "{note}").is_ok() {
            report(info);
        }
    }));
    std::panic::catch_unwind(work).unwrap_or(exit::INTERNAL)
}

/// Runs a command, the program's name first, that writes to a disk.
pub fn call(arguments: impl IntoIterator<Item = OsString>, disk: &dyn Disk) -> u8 {
    let options = match Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(error) => {
            // Help and version are asked for; everything else is a mistake.
            let code = if error.use_stderr() { exit::INPUT } else { exit::DONE };
            let _ = error.print();
            return code;
        }
    };
    let terminal = Terminal::new(&options);
    match &options.command {
        Command::Run(arguments) => run::run(arguments, options.lang.into(), &terminal, disk),
        Command::Report(arguments) => report::run(arguments, options.lang.into(), &terminal),
        Command::Compare(arguments) => compare::run(arguments, options.lang.into(), &terminal),
        Command::New(arguments) => example::new(arguments, &terminal),
        Command::Example(arguments) => example::example(arguments, options.lang.into(), &terminal, disk),
        Command::Schema(arguments) => shell::schema(arguments, &terminal),
        Command::Completions(arguments) => shell::completions(arguments, &terminal),
        Command::Man(arguments) => shell::man(arguments, &terminal),
        Command::Ensemble(arguments) => ensemble::run(arguments, &terminal, disk),
        Command::Sensitivity(arguments) => sensitivity::run(arguments, &terminal, disk),
        Command::Validate(arguments) => validate::run(arguments, &terminal),
        Command::Show(arguments) => show::run(arguments, &terminal),
        Command::Export(arguments) => export::run(arguments, options.lang.into(), &terminal),
        Command::Explain(arguments) => explain::run(arguments, &terminal),
        Command::Graph(arguments) => graph::run(arguments, &terminal),
        Command::Cohort(arguments) => cohort::run(arguments, &terminal, disk),
    }
}

/// How to talk to whoever called.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Nothing but errors.
    pub quiet: bool,
    /// One JSON document on stdout.
    pub json: bool,
    /// Colours on stderr.
    pub styled: bool,
    /// Progress bars on stderr.
    pub progress: bool,
}

impl Terminal {
    fn new(options: &Options) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let styled = match options.color {
            args::Color::Always => true,
            args::Color::Never => false,
            args::Color::Auto => terminal && !plain,
        };
        let progress = terminal && !options.quiet && !options.json;
        Self { quiet: options.quiet, json: options.json, styled, progress }
    }

    /// A message for a person.
    pub fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            to_stderr(text);
        }
    }

    /// An error: always shown, except where the JSON document holds it.
    pub fn complain(&self, text: &str) {
        if !self.json {
            to_stderr(text);
        }
    }

    /// An error of a verb that has one: on stderr, or in its JSON document. Returns the code.
    pub fn refuse(&self, verb: &str, code: u8, text: &str) -> u8 {
        self.complain(text);
        if self.json {
            let diagnostics = serde_json::json!([{ "level": "error", "message": text }]);
            let document = serde_json::json!({
                "schema": format!("urbanmine.{verb}/1"), "ok": false, "exit_code": code, "diagnostics": diagnostics,
            });
            self.print(&document.to_string());
        }
        code
    }

    /// Data on stdout. A reader that has seen enough (a closed pipe) is no error.
    pub fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
    }
}

/// A message. Nobody listening is no error.
fn to_stderr(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

/// Opens a finished run.
fn open(directory: &std::path::Path) -> Result<Archive<'static>, (u8, String)> {
    Archive::open(directory).map_err(|error| {
        let code = if matches!(error, ArchiveError::Read { .. }) { exit::IO } else { exit::INPUT };
        (
            code,
            format!(
                "error: {error}\n  = help: name the directory that `urbanmine run` wrote, the one with `manifest.json`"
            ),
        )
    })
}
