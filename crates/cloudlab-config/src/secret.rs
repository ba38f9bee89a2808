use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use cloudlab_core::secrets::MASK;

/// The name under which [`Secret`] presents itself to serde, so that this crate's deserializer prints nothing of it.
pub(crate) const SERDE_NAME: &str = "$cloudlab_config::Secret";

/// Text that never prints: `Debug`, `Display` and `Serialize` show `***`. May be empty; whoever compares it with what a
/// caller sent must refuse the empty one.
///
/// Not `PartialEq`, because `==` takes a time that tells how much of a guess was right.
#[derive(Clone, Default, Deserialize)]
#[serde(rename = "$cloudlab_config::Secret")]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Every call of this is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}
