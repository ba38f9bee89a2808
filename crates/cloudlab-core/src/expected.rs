//! Which version of an aggregate a caller expects to change.

/// The versions that a caller's condition allows; `If-Match` in the words of HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Whatever there is.
    #[default]
    Any,
    /// One of these.
    Versions(Vec<i64>),
}

impl Expected {
    /// Whether the version is as expected.
    #[must_use]
    pub fn allows(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}
