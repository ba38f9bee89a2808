//! Switches that bring a known defect back, so that a test can show that it would be noticed.
//!
//! They exist in builds with the feature `sabotage` only, and there in debug builds and in programs that [`allow`] them:
//! a build of the whole workspace has the feature everywhere, and a released service must not obey the variable.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static ALLOWED: AtomicBool = AtomicBool::new(cfg!(debug_assertions));

static DEFECTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let named = if ALLOWED.load(Relaxed) { environment() } else { String::new() };
    named.split(',').map(str::to_owned).collect()
});

#[expect(clippy::disallowed_methods, reason = "a test build's switch, not configuration")]
fn environment() -> String {
    std::env::var("CLOUDLAB_SABOTAGE").unwrap_or_default()
}

/// Lets a release build obey the variable, too. Call it before the first commit.
pub fn allow() {
    ALLOWED.store(true, Relaxed);
}

/// Whether the environment names this defect in `CLOUDLAB_SABOTAGE` (a comma-separated list).
pub(crate) fn on(defect: &str) -> bool {
    DEFECTS.iter().any(|named| named == defect)
}
