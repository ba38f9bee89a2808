//! Error replies that are no problems: axum's own rejections, and handlers that answer with a bare status.

use crate::problem::{Code, Problem, codes};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

/// Turns a reply with a bare error status, or with plain text, into a problem. Its other headers stay.
pub(super) fn into_problem(response: &mut Response) {
    if response.extensions().get::<Problem>().is_some() || !is_bare(response.headers().get(CONTENT_TYPE)) {
        return;
    }
    let Some(code) = code_of(response.status()) else { return };
    let (parts, body) = Problem::new(code).into_response().into_parts();
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().extend(parts.headers);
    response.extensions_mut().extend(parts.extensions);
    *response.status_mut() = parts.status;
    *response.body_mut() = body;
}

fn is_bare(content_type: Option<&HeaderValue>) -> bool {
    content_type.is_none_or(|value| value.as_bytes().starts_with(b"text/plain"))
}

/// The code of a bare status; a status without a code of its own stays as it is.
fn code_of(status: StatusCode) -> Option<&'static Code> {
    Some(match status.as_u16() {
        400 => &codes::MALFORMED_REQUEST,
        401 => &codes::UNAUTHENTICATED,
        403 => &codes::FORBIDDEN,
        404 => &codes::NOT_FOUND,
        405 => &codes::METHOD_NOT_ALLOWED,
        409 => &codes::CONFLICT,
        412 => &codes::STALE_VERSION,
        413 => &codes::BODY_TOO_LARGE,
        415 => &codes::UNSUPPORTED_MEDIA_TYPE,
        422 => &codes::INVALID_FIELDS,
        428 => &codes::PRECONDITION_REQUIRED,
        429 => &codes::TOO_MANY_REQUESTS,
        503 => &codes::UNAVAILABLE,
        504 => &codes::DEADLINE_EXCEEDED,
        500.. => &codes::INTERNAL,
        _ => return None,
    })
}
