//! `urbanmine`: reads the command line, runs the command, returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic is a fault of the program, never of the input: it must not look like anything else.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        report(info);
        eprintln!(
            "\nurbanmine: internal error. This is a fault of the program; please report it with the command line."
        );
    }));
    match std::panic::catch_unwind(urbanmine::cli::run) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(urbanmine::cli::exit::INTERNAL),
    }
}
