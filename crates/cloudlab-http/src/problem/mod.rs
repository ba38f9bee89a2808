//! What went wrong, for the caller (RFC 9457). The operator's words travel beside it and are never shown.

pub mod codes;
mod store;

pub(crate) use store::{deadline_exceeded, in_progress, internal};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use cloudlab_core::Invalid;
use http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The media type of every error reply.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A kind of problem: stable, documented, and known to the service that can answer with it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Snake case; callers compare it, so it never changes.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem in a few words, the same for each occurrence.
    pub title: &'static str,
    /// The page that `/docs/errors/<code>` shows, in Markdown: what it means and what to do.
    pub page: &'static str,
}

impl Code {
    /// The status; a number that HTTP does not have counts as 500.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// How many wrong fields a problem shows.
pub(crate) const MOST_ERRORS: usize = 100;
/// How much of what may be the caller's own text is quoted, in characters.
const MOST_QUOTED: usize = 200;
/// How long a detail may be, which is ours except for what it quotes.
const MOST_DETAIL: usize = 500;

/// A text of the caller's, short enough to be shown.
pub(crate) fn shortened(text: String) -> String {
    cut(text, MOST_QUOTED)
}

fn cut(mut text: String, most: usize) -> String {
    if text.len() > most
        && text.chars().count() > most
        && let Some((end, _)) = text.char_indices().nth(most - 1)
    {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// One wrong field of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it stands in the body, as a JSON pointer (RFC 6901).
    #[schema(example = "/name")]
    pub pointer: String,
    /// Which rule is broken, in snake case.
    #[schema(example = "too_long")]
    pub code: Cow<'static, str>,
    /// The rule and what was found, as a sentence.
    pub detail: String,
}

impl FieldError {
    /// A field that breaks a rule of the domain.
    #[must_use]
    pub fn new(pointer: impl Into<String>, invalid: Invalid) -> Self {
        Self { pointer: pointer.into(), code: Cow::Borrowed(invalid.code), detail: invalid.detail }
    }
}

/// An error reply before it is sent. The edge adds the request's path and identity, and logs the cause once.
#[derive(Clone)]
pub struct Problem(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: &'static Code,
    detail: Option<Cow<'static, str>>,
    instance: Option<String>,
    request_id: Option<String>,
    errors: Vec<FieldError>,
    /// Of which the first ones are kept.
    wrong_fields: usize,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl Problem {
    /// A problem of this kind.
    #[must_use]
    pub fn new(code: &'static Code) -> Self {
        Self(Box::new(Parts {
            code,
            detail: None,
            instance: None,
            request_id: None,
            errors: Vec::new(),
            wrong_fields: 0,
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// Says what is wrong this time, and what to do, in a sentence for the caller.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(match detail.into() {
            Cow::Owned(text) => Cow::Owned(cut(text, MOST_DETAIL)),
            ours => ours,
        });
        self
    }

    /// Adds the reason as the operator needs it; it goes to the log and never to the caller.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// Adds wrong fields. The first hundred are shown, with what they quote cut to a length: a reply must not be many
    /// times as long as the request.
    #[must_use]
    pub fn errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        for FieldError { pointer, code, detail } in errors {
            self.0.wrong_fields += 1;
            if self.0.errors.len() < MOST_ERRORS {
                let (pointer, detail) = (shortened(pointer), cut(detail, MOST_DETAIL));
                self.0.errors.push(FieldError { pointer, code, detail });
            }
        }
        self
    }

    /// Adds a header to the reply.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Says after how many seconds asking again makes sense.
    #[must_use]
    pub fn retry_after(self, seconds: u16) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Ends the connection after the reply: the rest of the request is not worth reading.
    #[must_use]
    pub fn closing(self) -> Self {
        self.header(CONNECTION, HeaderValue::from_static("close"))
    }

    /// The kind.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The operator's words.
    #[must_use]
    pub fn cause_text(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    pub(crate) fn locate(&mut self, instance: &str, request_id: String) {
        self.0.instance = Some(instance.to_owned());
        self.0.request_id = Some(request_id);
    }

    pub(crate) fn render(&self) -> Vec<u8> {
        let parts = &*self.0;
        let kind = format!("/docs/errors/{}", parts.code.code);
        let document = Document {
            title: parts.code.title,
            status: parts.code.status().as_u16(),
            code: parts.code.code,
            detail: &self.shown_detail(&kind),
            kind: &kind,
            instance: parts.instance.as_deref(),
            request_id: parts.request_id.as_deref(),
            errors: &parts.errors,
        };
        // Strings and numbers under fixed keys: there is nothing in it that could fail.
        serde_json::to_vec(&document).unwrap_or_default()
    }

    fn shown_detail(&self, page: &str) -> Cow<'_, str> {
        let Parts { code, detail, wrong_fields, .. } = &*self.0;
        let detail = match detail {
            Some(detail) => Cow::Borrowed(&**detail),
            None => Cow::Owned(format!("{}. See {page}.", code.title)),
        };
        if *wrong_fields <= MOST_ERRORS {
            return detail;
        }
        Cow::Owned(format!("{detail} Errors lists the first {MOST_ERRORS} of {wrong_fields}."))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.render()));
        *response.status_mut() = self.0.code.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { code, detail, errors, cause, .. } = &*self.0;
        f.debug_struct("Problem")
            .field("code", &code.code)
            .field("detail", detail)
            .field("errors", errors)
            .field("cause", cause)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.detail.as_deref().unwrap_or(self.0.code.title))
    }
}

impl std::error::Error for Problem {}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        Document::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((FieldError::name().into_owned(), FieldError::schema()));
        Document::schemas(schemas);
    }
}

/// What went wrong, and what to do about it (RFC 9457).
#[derive(Serialize, ToSchema)]
struct Document<'a> {
    /// The page of the code, relative to this service.
    #[serde(rename = "type")]
    #[schema(example = "/docs/errors/not_found")]
    kind: &'a str,
    /// The kind of problem in a few words.
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// The kind of problem, to compare with; stable.
    #[schema(example = "not_found")]
    code: &'a str,
    /// What is wrong this time.
    detail: &'a str,
    /// The path that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    /// The identity of the request, to quote when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    /// The wrong fields of the body, the first hundred of them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}
