use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a service runs; it decides which `service.<profile>.toml` is read. Development unless `CLOUDLAB__PROFILE` says
/// otherwise, and independent of the Cargo profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// On the machine of the person who writes the service: nothing needs to be installed.
    #[default]
    Development,
    /// As production, with other addresses.
    Staging,
    /// For users. A missing setting stops the start here instead of falling back.
    Production,
}

impl Profile {
    /// Every profile, in the order of their danger.
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    /// The name as it stands in `CLOUDLAB__PROFILE` and in file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        let found = Self::ALL.into_iter().find(|profile| profile.name() == name);
        found.ok_or_else(|| UnknownProfile(name.to_owned()))
    }
}

/// A word that names no [`Profile`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no profile; use development, staging or production")]
pub struct UnknownProfile(pub String);
