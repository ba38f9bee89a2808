//! Why a value of the caller's is refused, in words for the caller.

use std::fmt;

/// One value that breaks a rule. The domain says which rule; the interface adds where the value stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Stable, snake case, such as `too_long`.
    pub code: &'static str,
    /// A sentence for the caller: the rule, and what was found.
    pub detail: String,
}

impl Invalid {
    /// A broken rule.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Invalid {}
