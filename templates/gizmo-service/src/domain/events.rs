//! What others may learn about an acme gizmo. A field that is added is optional for readers; one that changes its
//! meaning needs a new version.

use super::values::Status;
use cloudlab_core::event;

event! {
    /// There is a new one, as a draft.
    pub struct AcmeGizmoCreated("acme_gizmo", "created") {
        pub name: String,
        pub description: String,
    }
}

event! {
    /// It has another name.
    pub struct AcmeGizmoRenamed("acme_gizmo", "renamed") {
        pub from: String,
        pub to: String,
    }
}

event! {
    /// A draft is in use now.
    pub struct AcmeGizmoActivated("acme_gizmo", "activated") {}
}

event! {
    /// It is no longer in use.
    pub struct AcmeGizmoArchived("acme_gizmo", "archived") {
        pub from: Status,
    }
}
