//! The aggregate: every change goes through it, and raises its version.

use super::events::{AcmeGizmoActivated, AcmeGizmoArchived, AcmeGizmoCreated, AcmeGizmoRenamed};
use super::values::{Description, Name, Status};
use cloudlab_core::{Id, Timestamp};

/// An acme gizmo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeGizmo(Snapshot);

/// The state of an acme gizmo, for storage and for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub id: Id<AcmeGizmo>,
    pub name: Name,
    pub description: Description,
    pub status: Status,
    /// Raised by every change; starts at 1.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a revision changes; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    pub name: Option<Name>,
    pub description: Option<Description>,
}

/// The rules that a command can break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Another one of the tenant has the name.
    NameTaken,
    /// The names at these places of a batch are taken, or stand in it twice.
    NamesTaken(Vec<usize>),
    /// The status forbids it.
    WrongStatus(Status),
}

impl AcmeGizmo {
    /// A new one is a draft.
    pub fn create(
        id: Id<Self>,
        name: Name,
        description: Description,
        now: Timestamp,
    ) -> (Self, AcmeGizmoCreated) {
        let created = AcmeGizmoCreated {
            id: id.uuid(),
            name: name.as_str().to_owned(),
            description: description.as_str().to_owned(),
        };
        let status = Status::Draft;
        let state = Snapshot { id, name, description, status, version: 1, created_at: now, updated_at: now };
        (Self(state), created)
    }

    /// One that was stored.
    pub const fn restore(snapshot: Snapshot) -> Self {
        Self(snapshot)
    }

    pub const fn state(&self) -> &Snapshot {
        &self.0
    }

    /// Takes a new name or description. Whoever asks for what is there already changes nothing.
    pub fn revise(&mut self, revision: Revision, now: Timestamp) -> Option<AcmeGizmoRenamed> {
        let before = self.0.clone();
        self.0.name = revision.name.unwrap_or(before.name.clone());
        self.0.description = revision.description.unwrap_or(before.description.clone());
        if self.0 != before {
            self.touch(now);
        }
        let (from, to) = (before.name.as_str().to_owned(), self.0.name.as_str().to_owned());
        (from != to).then(|| AcmeGizmoRenamed { id: self.0.id.uuid(), from, to })
    }

    /// Takes a draft into use.
    pub fn activate(&mut self, now: Timestamp) -> Result<AcmeGizmoActivated, Rule> {
        if self.0.status != Status::Draft {
            return Err(Rule::WrongStatus(self.0.status));
        }
        self.0.status = Status::Active;
        self.touch(now);
        Ok(AcmeGizmoActivated { id: self.0.id.uuid() })
    }

    /// Takes it out of use, for good.
    pub fn archive(&mut self, now: Timestamp) -> Result<AcmeGizmoArchived, Rule> {
        let from = self.0.status;
        if from == Status::Archived {
            return Err(Rule::WrongStatus(from));
        }
        self.0.status = Status::Archived;
        self.touch(now);
        Ok(AcmeGizmoArchived { id: self.0.id.uuid(), from })
    }

    fn touch(&mut self, now: Timestamp) {
        self.0.version += 1;
        self.0.updated_at = now;
    }
}
