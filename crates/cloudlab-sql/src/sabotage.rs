//! Switches that bring a known defect back, so that a test can show that it would be noticed.
//!
//! They exist in builds with the feature `sabotage` only, which nothing but tests enables; everywhere else
//! [`on`] is the constant `false` and the compiler removes the branches.

/// Whether the environment names this defect in `CLOUDLAB_SABOTAGE` (a comma-separated list).
#[cfg(feature = "sabotage")]
#[expect(clippy::disallowed_methods, reason = "a test build's switch, not configuration")]
pub(crate) fn on(defect: &str) -> bool {
    static DEFECTS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
        let named = std::env::var("CLOUDLAB_SABOTAGE").unwrap_or_default();
        named.split(',').map(str::to_owned).collect()
    });
    DEFECTS.iter().any(|named| named == defect)
}

/// Never: this build carries no defects.
#[cfg(not(feature = "sabotage"))]
#[inline(always)]
pub(crate) const fn on(_defect: &str) -> bool {
    false
}
