//! The identity in a path.

use crate::problem::{Problem, codes};
use axum::extract::{FromRequestParts, RawPathParams};
use cloudlab_core::Id;
use http::request::Parts;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// Extracts `{id}` of the route, or its last parameter where none has this name: `PathId(id): PathId<Parcel>`.
///
/// Text that is no UUID names nothing, so it is a 404 as any unknown identity is.
#[derive(Clone, Copy, Debug)]
pub struct PathId<T>(pub Id<T>);

impl<S: Send + Sync, T> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        let named = params.iter().find(|(name, _)| *name == "id");
        let (_, text) = named.or_else(|| params.iter().last()).ok_or_else(not_found)?;
        canonical(text).map(|uuid| Self(Id::new(uuid))).ok_or_else(not_found)
    }
}

/// A UUID has other spellings too; a resource has one path.
fn canonical(text: &str) -> Option<Uuid> {
    if text.len() == Hyphenated::LENGTH { Uuid::try_parse(text).ok() } else { None }
}

/// The 404 of an identity that is unknown or belongs to somebody else: both look alike, or identities could be
/// found out by asking.
#[must_use]
pub fn not_found() -> Problem {
    Problem::new(&codes::NOT_FOUND)
        .detail("There is no resource with this identity. Check the path and the tenant.")
}
