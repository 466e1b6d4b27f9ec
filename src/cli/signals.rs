//! Being asked to stop: an interrupt (Ctrl-C) or a termination lets the work end cleanly; a second one ends it at once.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a shell adds to the number of the signal that ended a program.
const BY_SIGNAL: u8 = 128;

/// Whether the program was asked to stop.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    stop: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Listens from now on. Where that cannot be done, a signal ends the program as ever.
    pub fn listen() -> Self {
        let signals = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let code = i32::from(BY_SIGNAL) + signal;
            // In this order: the first signal finds the flag down, the second one finds it up.
            let _ = flag::register_conditional_shutdown(signal, code, Arc::clone(&signals.stop));
            let _ = flag::register(signal, Arc::clone(&signals.stop));
            let _ = flag::register_usize(signal, Arc::clone(&signals.which), signal as usize);
        }
        signals
    }

    /// True once it was.
    pub fn stop(&self) -> &AtomicBool {
        &self.stop
    }

    /// The exit code of a program that was ended by the signal it got.
    pub fn code(&self) -> u8 {
        BY_SIGNAL + self.which.load(Ordering::Relaxed) as u8
    }
}
