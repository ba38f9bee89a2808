//! Bodies: read up to a limit, checked to be JSON, and parsed with a pointer to each wrong field.

mod complaints;
mod fields;
mod parse;
mod read;
mod tree;
mod typed;
mod wrong;

pub use fields::{FieldErrors, Taken, not_null};
pub(crate) use parse::{parse, parse_or_empty};
pub(crate) use read::read;

use crate::edge::Entered;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

/// Extracts a JSON body where no command is given, such as a search: `async fn search(Json(search): Json<Search>)`.
///
/// A command takes [`Command`](crate::Command) or [`Action`](crate::Action) instead.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts, body, Entered::of(&parts)?).await?;
        parse(&bytes).map(Self)
    }
}
