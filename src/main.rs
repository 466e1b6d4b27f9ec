//! `urbanmine`: reads the command line, runs the command, returns its exit code.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic is a fault of the program, never of the input: it must not look like anything else. Nobody listening on
    // stderr must not turn one panic into two.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let note = "urbanmine: internal error, a fault of the program; please report it with the command line:";
        if writeln!(std::io::stderr(), "{note}").is_ok() {
            report(info);
        }
    }));
    match std::panic::catch_unwind(urbanmine::cli::run) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(urbanmine::cli::exit::INTERNAL),
    }
}
