//! An engine may panic inside its own code on a damaged file; here that becomes an error.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// A panic was caught; its message stays untold, for it may quote what was read.
pub(super) struct Panicked;

/// Runs `work`; a panic inside it is caught and prints nothing.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    quieten();
    let outer = GUARDED.replace(true);
    // Every caller gives the database up after a panic, so a broken state is never looked at.
    let result = panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked);
    GUARDED.set(outer);
    result
}

/// Panics outside guarded work are reported as ever.
fn quieten() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let ours = std::thread::current()
                .name()
                .is_some_and(|name| name.starts_with("sled-"));
            if !ours && !GUARDED.get() {
                usual(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "the panic is what is tested")]
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        assert!(guarded(|| panic!("inside")).is_err());
        assert!(matches!(guarded(|| 7), Ok(7)));
    }
}
