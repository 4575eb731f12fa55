use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A run shorter than this says nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a line stands at least.
const PAUSE: Duration = Duration::from_millis(150);

/// Tells a waiting person how far a long run has come, on the standard error, when that is a
/// terminal.
pub(super) struct Progress {
    total: usize,
    done: AtomicUsize,
    started: Instant,
    last: Mutex<Option<Instant>>,
    silent: bool,
}

impl Progress {
    /// Progress over `total` units.
    pub(super) fn new(total: usize, quiet: bool) -> Self {
        Self {
            total,
            done: AtomicUsize::new(0),
            started: Instant::now(),
            last: Mutex::new(None),
            silent: quiet || !io::stderr().is_terminal(),
        }
    }

    /// One more unit is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.silent || self.started.elapsed() < PATIENCE {
            return;
        }
        // Whoever cannot have the line at once leaves it to the next one.
        let Ok(mut last) = self.last.try_lock() else {
            return;
        };
        if last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        *last = Some(Instant::now());
        let _ = write!(io::stderr(), "\rjudged {done} of {} units", self.total);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let spoke = self.last.get_mut().is_ok_and(|last| last.is_some());
        if spoke {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
