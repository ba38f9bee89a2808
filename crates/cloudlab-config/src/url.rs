use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::redaction;

/// A URL that may hold a password. `Debug`, `Display` and `Serialize` show where it leads, as far as that can be read
/// surely, and never how one gets in.
#[derive(Clone, Deserialize)]
pub struct Url(String);

impl Url {
    /// The whole text. Every call of this is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn shown(&self) -> String {
        redaction::shown("url", &self.0)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Serialize for Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shown())
    }
}
