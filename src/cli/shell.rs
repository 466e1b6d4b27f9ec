//! `schema`, `completions` and `man`: what editors, shells and readers of manuals ask for.

use super::args::Options;
use super::args::handover::{Completions, Man, Schema, SchemaOf};
use super::{Terminal, example, exit};
use clap::CommandFactory;

/// Prints a schema.
pub fn schema(arguments: &Schema, terminal: &Terminal) -> u8 {
    match arguments.of {
        SchemaOf::Scenario => terminal.print(&String::from_utf8_lossy(&example::schema_text())),
    }
    exit::DONE
}

/// Prints the completions for a shell.
pub fn completions(arguments: &Completions, terminal: &Terminal) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Options::command(), "urbanmine", &mut text);
    terminal.print(&String::from_utf8_lossy(&text));
    exit::DONE
}

/// Writes a manual page for the program and each verb.
pub fn man(arguments: &Man, terminal: &Terminal) -> u8 {
    let directory = &arguments.directory;
    let written =
        std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(Options::command(), directory));
    match written {
        Ok(()) => {
            terminal.say(&directory.display().to_string());
            exit::DONE
        }
        Err(error) => terminal.refuse("man", exit::IO, &format!("error: {}: {error}", directory.display())),
    }
}
