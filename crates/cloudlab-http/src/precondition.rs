//! Conditional requests (RFC 9110): versions of a resource as strong entity tags.

use crate::answer::Answer;
use crate::problem::{Problem, codes};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use cloudlab_core::Expected;
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::borrow::Cow;

/// The strong entity tag of a version: `"3"`.
#[must_use]
pub fn etag(version: i64) -> HeaderValue {
    // Digits and quotes are always a valid header.
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Extracts `If-Match`: for which versions a change is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(Option<Tags>);

/// Extracts `If-None-Match`: which versions the caller has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfNoneMatch(Option<Tags>);

impl IfMatch {
    /// The same, or 428 when the caller gave none: for a change that would else undo somebody's.
    ///
    /// # Errors
    /// 428 `precondition_required`.
    pub fn required(self) -> Result<Self, Problem> {
        if self.0.is_some() {
            return Ok(self);
        }
        Err(Problem::new(&codes::PRECONDITION_REQUIRED)
            .detail("The request must say which version it is meant for. Read the resource and send its ETag in If-Match."))
    }

    /// Whether the change is meant for this version. Without the header it is meant for each.
    #[must_use]
    pub fn allows(&self, version: i64) -> bool {
        self.0.as_ref().is_none_or(|tags| tags.matches(version, Comparison::Strong))
    }

    /// The versions for which the change is meant, in words that a use case knows.
    #[must_use]
    pub fn expected(&self) -> Expected {
        match &self.0 {
            None | Some(Tags::Any) => Expected::Any,
            Some(Tags::List(tags)) => Expected::Versions(tags.iter().filter_map(Tag::version).collect()),
        }
    }
}

/// The 412 of a change that was meant for another version.
#[must_use]
pub fn stale_version() -> Problem {
    Problem::new(&codes::STALE_VERSION).detail(
        "The resource has another version than If-Match names. Read it again and apply the change to what it is now.",
    )
}

impl IfNoneMatch {
    /// The resource, or 304 when the caller has this version already.
    pub fn unless_known(&self, version: i64, show: impl FnOnce() -> Answer) -> Response {
        if self.0.as_ref().is_some_and(|tags| tags.matches(version, Comparison::Weak)) {
            return (StatusCode::NOT_MODIFIED, [(ETAG, etag(version))]).into_response();
        }
        show().version(version).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Tags::of(&parts.headers, &IF_MATCH).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Tags::of(&parts.headers, &IF_NONE_MATCH).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    Any,
    List(Vec<Tag>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    opaque: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

impl Tags {
    fn of(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, Problem> {
        let mut lines = headers.get_all(name).iter().peekable();
        if lines.peek().is_none() {
            return Ok(None);
        }
        let lines: Option<Vec<&str>> = lines.map(|line| line.to_str().ok()).collect();
        // A list may be spread over several lines.
        let text = lines.ok_or_else(|| malformed(name))?.join(",");
        Self::parse(text.trim()).map(Some).ok_or_else(|| malformed(name))
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let (tag, after) = Tag::parse(rest)?;
            tags.push(tag);
            rest = after.trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(',') {
                return None;
            }
        }
        (!tags.is_empty()).then_some(Self::List(tags))
    }

    fn matches(&self, version: i64, comparison: Comparison) -> bool {
        match self {
            Self::Any => true,
            Self::List(tags) => tags.iter().any(|tag| tag.matches(version, comparison)),
        }
    }
}

impl Tag {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let (weak, quoted) = text.strip_prefix("W/").map_or((false, text), |rest| (true, rest));
        let (opaque, rest) = quoted.strip_prefix('"')?.split_once('"')?;
        let sane = opaque.bytes().all(|byte| byte.is_ascii_graphic());
        sane.then(|| (Self { weak, opaque: opaque.to_owned() }, rest))
    }

    fn version(&self) -> Option<i64> {
        let version = self.opaque.parse().ok()?;
        (!self.weak && self.opaque == i64::to_string(&version)).then_some(version)
    }

    /// A weak tag says that two representations mean the same, which is not enough to change one.
    fn matches(&self, version: i64, comparison: Comparison) -> bool {
        !(self.weak && comparison == Comparison::Strong) && self.opaque == version.to_string()
    }
}

fn malformed(name: &HeaderName) -> Problem {
    let shown: Cow<'static, str> = if name == IF_MATCH { "If-Match".into() } else { "If-None-Match".into() };
    Problem::new(&codes::MALFORMED_HEADER).detail(format!(
        "The header {shown} is not a list of entity tags. Send the ETag with its quotes, such as \"3\"."
    ))
}
