//! A wish to stop, as from a signal: expressed once, looked at between pieces of work.

use std::sync::atomic::{AtomicU8, Ordering};

static CODE: AtomicU8 = AtomicU8::new(0);

/// Asks all work of the process to come to an end; `code` is what the process is to return. True if it was asked before.
pub fn ask(code: u8) -> bool {
    CODE.swap(code, Ordering::SeqCst) != 0
}

/// What the process is to return, if it was asked to stop.
pub fn asked() -> Option<u8> {
    Some(CODE.load(Ordering::SeqCst)).filter(|code| *code != 0)
}
