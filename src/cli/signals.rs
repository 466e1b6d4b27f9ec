//! Ctrl-C and requests to end: what is finished stays, what is under way is dropped, and the exit code says which it was.
//!
//! Work that looks at [`crate::base::stop`] ends by itself. Whatever does not is ended after [`GRACE`], or by a second signal
//! at once. Nothing is lost by that: a file has its name only when it is whole.

use std::time::Duration;

/// Time for work under way to come to an end.
const GRACE: Duration = Duration::from_secs(1);

/// From now on a signal is a wish to stop.
#[cfg(unix)]
pub fn listen() {
    use crate::base::stop;
    use signal_hook::consts::{SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    let end = |code: u8| std::process::exit(i32::from(code));
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let code = 128 + signal as u8;
            if stop::ask(code) {
                end(code);
            }
            std::thread::spawn(move || {
                std::thread::sleep(GRACE);
                end(code)
            });
        }
    });
}

/// Elsewhere the system ends the process.
#[cfg(not(unix))]
pub fn listen() {}
