//! From the bytes of a body to a type.

use super::complaints;
use super::tree::Node;
use crate::problem::{Problem, codes};
use http::Method;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Refuses a body that is not said to be JSON, in a form that the method takes.
pub(super) fn check_media(parts: &Parts) -> Result<(), Problem> {
    let mut values = parts.headers.get_all(CONTENT_TYPE).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(Problem::new(&codes::MALFORMED_HEADER)
            .detail("The header Content-Type stands twice. Say once what the body is."));
    }
    let patch = parts.method == Method::PATCH;
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut pieces = text.split(';').map(str::trim);
    let essence = pieces.next().unwrap_or_default();
    let known = essence.eq_ignore_ascii_case(JSON) || (patch && essence.eq_ignore_ascii_case(MERGE_PATCH));
    if known && pieces.all(is_harmless) { Ok(()) } else { Err(unsupported(patch)) }
}

/// JSON is UTF-8, so no other charset can be meant; other parameters mean nothing.
fn is_harmless(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return true };
    !name.trim().eq_ignore_ascii_case("charset")
        || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
}

fn unsupported(patch: bool) -> Problem {
    let also = if patch { " or application/merge-patch+json" } else { "" };
    Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE)
        .detail(format!("This route reads {JSON}{also} in UTF-8. Say so in the header Content-Type."))
}

/// Parses a body that must not be empty.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Err(malformed("The body is empty. Send a JSON document.".to_owned()));
    }
    complaints::read(tree(bytes)?)
}

/// Parses a body; an empty one counts as `{}`.
pub(crate) fn parse_or_empty<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    complaints::read(if bytes.is_empty() { Node::Object(Vec::new()) } else { tree(bytes)? })
}

fn tree(bytes: &[u8]) -> Result<Node<'_>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        malformed(format!(
            "The body is not UTF-8: byte {} is wrong. Send JSON in UTF-8.",
            error.valid_up_to() + 1
        ))
    })?;
    // serde_json ends each message with "at line 3 column 7".
    serde_json::from_str(text)
        .map_err(|error| malformed(format!("The body is not valid JSON: {error}. Correct it there.")))
}

fn malformed(detail: String) -> Problem {
    Problem::new(&codes::MALFORMED_BODY).detail(detail)
}
