//! The values of an acme gizmo. A value that exists is right: each is parsed once, at the edge.

use cloudlab_core::{Invalid, text, words};

words! {
    /// Where an acme gizmo is in its life: draft, then active, then archived; a draft may be archived at once.
    pub enum Status {
        /// Not in use yet.
        Draft = "draft",
        /// In use.
        Active = "active",
        /// No longer in use.
        Archived = "archived",
    }
}

/// The name: 1 to 100 characters after trimming, unique in its tenant whatever the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.trim();
        text::check("name", name, 1..=100).map(|()| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is compared when names must differ.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// The description: up to 500 characters, perhaps none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::check("description", text, 0..=500).map(|()| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
