//! Lists, page by page, by cursors that a change of the list does not confuse.

use crate::problem::{Problem, codes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// How many items a page has when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 20;
/// How many items a page has at most.
pub const MAX_LIMIT: u32 = 100;

/// Raised when the form of a cursor changes, so that an old one is refused and not misread.
const FORM: char = 'a';

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order that was asked for.
    pub items: Vec<T>,
    /// The place after this page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page with each item shown in another way.
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next_cursor: self.next_cursor }
    }

    /// Makes a page of what a query for one item more than `limit` gave: the surplus item says that there is a
    /// next page, which starts after the key of the last one shown.
    #[must_use]
    pub fn of<K: Serialize>(mut items: Vec<T>, limit: Limit, scope: &str, key: impl FnOnce(&T) -> K) -> Self {
        let more = items.len() > limit.rows();
        items.truncate(limit.rows());
        let last = if more { items.last() } else { None };
        let next_cursor = last.map(|last| Cursor::seal(scope, &key(last)));
        Self { items, next_cursor }
    }
}

/// How many items the caller wants: 1 to 100, 20 unless said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Limit(u32);

impl Limit {
    /// How many items to show.
    #[must_use]
    pub fn rows(self) -> usize {
        self.0 as usize
    }

    /// How many rows to ask the store for, so that [`Page::of`] can tell whether more follow.
    #[must_use]
    pub fn rows_to_read(self) -> usize {
        self.rows() + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(DEFAULT_LIMIT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u32::deserialize(deserializer)?;
        if (1..=MAX_LIMIT).contains(&limit) {
            return Ok(Self(limit));
        }
        Err(D::Error::custom(format_args!("{limit} is not from 1 to {MAX_LIMIT}")))
    }
}

impl PartialSchema for Limit {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()))
            .into()
    }
}

impl ToSchema for Limit {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Limit")
    }
}

/// A place in a list: opaque to the caller, safe in a URL. It holds the sort key and identity of the last item
/// shown, never a count of items, so an insert before it neither repeats nor skips one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// The place after the item with this key, in the list of this scope.
    ///
    /// The scope names order and filter, such as `created_at|status=draft`: under another the place means nothing.
    #[must_use]
    pub fn seal<K: Serialize>(scope: &str, key: &K) -> Self {
        // A key that is no JSON gives a cursor that opens nothing; the caller starts again.
        let json = serde_json::to_vec(&(mark(scope), key)).unwrap_or_default();
        let mut text = String::from(FORM);
        URL_SAFE_NO_PAD.encode_string(json, &mut text);
        Self(text)
    }

    /// The key after which the page starts.
    ///
    /// # Errors
    /// 400 `malformed_cursor` when it was changed or belongs to another scope.
    pub fn open<K: DeserializeOwned>(&self, scope: &str) -> Result<K, Problem> {
        let decoded = self.0.strip_prefix(FORM).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let value = decoded.and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok());
        let parsed =
            value.filter(is_storable).and_then(|value| serde_json::from_value::<(String, K)>(value).ok());
        match parsed {
            Some((of, key)) if of == mark(scope) => Ok(key),
            _ => Err(Problem::new(&codes::MALFORMED_CURSOR).detail(
                "The cursor was changed, or belongs to another sort or filter. Start again at the first page.",
            )),
        }
    }
}

/// Six bytes tell scopes apart that are mixed up by mistake; a caller who forges one sees nothing that a query
/// would not show anyway.
fn mark(scope: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(scope.as_bytes())[..6])
}

/// A caller can forge a key with a NUL, which a store would refuse as its own defect.
fn is_storable(key: &serde_json::Value) -> bool {
    match key {
        serde_json::Value::String(text) => !text.contains('\0'),
        serde_json::Value::Array(keys) => keys.iter().all(is_storable),
        serde_json::Value::Object(keys) => keys.values().all(is_storable),
        _ => true,
    }
}
