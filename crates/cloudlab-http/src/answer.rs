//! The reply of a handler that went well, in a form that can be kept under an idempotency key.

use crate::precondition::etag;
use crate::problem::{MEDIA_TYPE, internal};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cloudlab_core::Reply;
use http::header::{CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

const JSON: &str = "application/json";

/// A reply that went well: `Answer::created("/v1/parcels/..", &view).version(1)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer(Reply);

impl Answer {
    /// 200 with a body.
    #[must_use]
    pub fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with a body and the path of what was created.
    #[must_use]
    pub fn created(location: impl Into<String>, body: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, body).header(LOCATION, location)
    }

    /// A status with a body.
    #[must_use]
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self(reply(status, JSON, body)),
            Err(error) => {
                tracing::error!(%error, "a reply cannot be written as JSON; its type has keys that are no strings");
                Self(reply(StatusCode::INTERNAL_SERVER_ERROR, MEDIA_TYPE, internal().render()))
            }
        }
    }

    /// The same with the strong entity tag of a version.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        let tag = etag(version);
        self.header(ETAG, tag.to_str().unwrap_or_default())
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name.as_str().to_owned(), value.into()));
        self
    }
}

fn reply(status: StatusCode, media_type: &str, body: Vec<u8>) -> Reply {
    let headers = vec![(CONTENT_TYPE.as_str().to_owned(), media_type.to_owned())];
    Reply { status: status.as_u16(), headers, body: Bytes::from(body) }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        answer.0
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        response(self.0)
    }
}

/// A reply as HTTP sends it. A header that HTTP cannot carry is left out and reported: a kept reply may be older
/// than this version of the service, and the rest of it is still right.
#[must_use]
pub fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &reply.headers {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                response.headers_mut().append(name, value);
            }
            _ => tracing::error!(name, "a reply has a header that HTTP cannot carry; it is left out"),
        }
    }
    response
}
