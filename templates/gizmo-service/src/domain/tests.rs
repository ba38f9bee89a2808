//! The rules of an acme gizmo.
