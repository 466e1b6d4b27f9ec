//! `urbanmine`: reads the command line, runs the command, returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(urbanmine::cli::run())
}
