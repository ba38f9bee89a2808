//! Reads a command: the body first, since the idempotency key stands for all that was asked.

use super::flights::Flights;
use crate::body::{parse, parse_or_empty, read};
use crate::edge::{Entered, Shared, visible_ascii};
use crate::problem::{Problem, codes, internal};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use cloudlab_core::{Idempotency, Presenter, RequestContext};
use http::HeaderName;
use http::header::IF_MATCH;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use utoipa::ToSchema;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const MAX_KEY_BYTES: usize = 255;

/// Extracts a command and its JSON body: `Command(ctx, body): Command<CreateParcel>`. For PATCH a merge patch, too.
#[derive(Clone, Debug)]
pub struct Command<T>(pub CommandContext, pub T);

/// Extracts a command whose body may be empty, which then counts as `{}`: `Action(ctx, _): Action`.
#[derive(Clone, Debug)]
pub struct Action<T = Nothing>(pub CommandContext, pub T);

/// The body of an action that takes no arguments: empty, or `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The context of a command, with its idempotency key; what [`command`](super::command) asks for.
///
/// It cannot be made but by reading the request, so no command runs without its key.
#[derive(Clone, Debug)]
pub struct CommandContext {
    context: RequestContext,
    presented: OnceLock<RequestContext>,
    shared: Arc<Shared>,
}

impl CommandContext {
    pub(super) fn flights(&self) -> &Flights {
        &self.shared.flights
    }

    /// The context with the presenter of its one command.
    pub(super) fn present(&self, presenter: Presenter) -> Result<&RequestContext, Problem> {
        let mut fresh = false;
        let presented = self.presented.get_or_init(|| {
            fresh = true;
            self.context.clone().with_presenter(presenter)
        });
        let twice =
            "a handler ran two commands for one request; one key cannot stand for both, so make them one";
        if fresh { Ok(presented) } else { Err(internal().cause(twice)) }
    }
}

impl Deref for CommandContext {
    type Target = RequestContext;

    fn deref(&self) -> &RequestContext {
        &self.context
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (context, bytes) = accept(request).await?;
        Ok(Self(context, parse(&bytes)?))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Action<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (context, bytes) = accept(request).await?;
        Ok(Self(context, parse_or_empty(&bytes)?))
    }
}

async fn accept(request: Request) -> Result<(CommandContext, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let entered = Arc::clone(Entered::of(&parts)?);
    let key = key(&parts)?;
    let bytes = read(&parts, body, &entered).await?;
    let mut context = entered.context()?;
    if let Some(key) = key {
        context = context.with_idempotency(Idempotency {
            operation: Arc::from(format!("{} {}", parts.method, entered.route().label)),
            key,
            request_hash: hash(&parts, &entered, &bytes),
            presenter: None,
        });
    }
    Ok((CommandContext { context, presented: OnceLock::new(), shared: Arc::clone(entered.shared()) }, bytes))
}

fn key(parts: &Parts) -> Result<Option<Arc<str>>, Problem> {
    let mut values = parts.headers.get_all(&IDEMPOTENCY_KEY).iter();
    let malformed = |detail| Err(Problem::new(&codes::MALFORMED_HEADER).detail(detail));
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => malformed("The header Idempotency-Key stands twice. Send one key."),
        (Some(value), None) => match visible_ascii(value, MAX_KEY_BYTES) {
            Some(text) => Ok(Some(Arc::from(text))),
            None => {
                malformed("The header Idempotency-Key is not 1 to 255 visible ASCII characters. Send a UUID.")
            }
        },
    }
}

/// A digest of all that was asked. The content type is left out: the same bytes mean the same.
fn hash(parts: &Parts, entered: &Entered, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    // The length in front of each piece keeps two requests apart whose pieces only meet elsewhere.
    let mut add = |piece: &[u8]| {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    };
    add(parts.method.as_str().as_bytes());
    add(entered.uri.path().as_bytes());
    add(entered.uri.query().unwrap_or_default().as_bytes());
    for value in parts.headers.get_all(IF_MATCH) {
        add(value.as_bytes());
    }
    add(body);
    hash.finalize().into()
}
