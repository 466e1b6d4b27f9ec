//! `urbanmine report RUN [-o FILE]`

use super::args::handover::Report;
use super::products::REPORT;
use super::{Terminal, exit};
use crate::base::words::Language;
use crate::disk::{self, write_file};
use crate::results::run_dir::amend;
use serde_json::json;

/// Makes the page of a finished run again.
pub fn run(arguments: &Report, language: Language, terminal: &Terminal) -> u8 {
    match write(arguments, language) {
        Ok(path) => {
            terminal.say(&path);
            if terminal.json {
                terminal.print(&json!({ "schema": "urbanmine.report/1", "ok": true, "files": [path] }).to_string());
            }
            exit::DONE
        }
        Err((code, text)) => terminal.refuse("report", code, &text),
    }
}

fn write(arguments: &Report, language: Language) -> Result<String, (u8, String)> {
    let archive = super::open(&arguments.run)?;
    let page = crate::report::run::page(&archive, language)
        .map_err(|error| (exit::INTERNAL, format!("error: the report cannot be made: {error}")))?;
    let io = |error: disk::WriteError| (exit::IO, format!("error: {error}"));
    if let Some(path) = &arguments.output {
        write_file(&disk::System, path, page.as_bytes()).map_err(io)?;
        return Ok(path.display().to_string());
    }
    amend(&disk::System, &arguments.run, archive.manifest, REPORT, page.as_bytes()).map_err(io)?;
    Ok(arguments.run.join(REPORT).display().to_string())
}
