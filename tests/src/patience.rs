//! Waiting for what others do by themselves.

use std::time::{Duration, Instant};

/// How long on busy machines; the bars are some seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so; yields how long it took.
#[track_caller]
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}
