//! Reads from the headers of a request who asks, for whom and under which identity.

use super::Tenancy;
use super::route::Kind;
use crate::problem::{Problem, codes};
use cloudlab_core::{Ids, TenantId, TraceParent, Uuid};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use uuid::fmt::Hyphenated;

pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static TENANT_ID: HeaderName = HeaderName::from_static("x-tenant-id");
static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const MAX_REQUEST_ID_BYTES: usize = 128;

/// The headers that the edge reads, found in one pass: to look each up by its hash costs more.
#[derive(Default)]
pub(super) struct EdgeHeaders<'h> {
    request_id: Option<&'h HeaderValue>,
    tenant: Option<&'h HeaderValue>,
    other_tenant: bool,
    trace: Option<&'h HeaderValue>,
}

impl<'h> EdgeHeaders<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> Self {
        let mut found = Self::default();
        for (name, value) in headers {
            if *name == REQUEST_ID {
                found.request_id.get_or_insert(value);
            } else if *name == TENANT_ID {
                found.other_tenant = found.tenant.replace(value).is_some();
            } else if *name == TRACEPARENT {
                found.trace.get_or_insert(value);
            }
        }
        found
    }

    /// The caller's identity of the request when it is sane, else a new one.
    pub(super) fn request_id(&self, ids: &dyn Ids) -> RequestId {
        match self.request_id {
            Some(value) if visible_ascii(value, MAX_REQUEST_ID_BYTES).is_some() => {
                RequestId::Callers(value.clone())
            }
            _ => RequestId::Own(ids.next()),
        }
    }

    /// The caller's trace; a malformed one is as good as none, since tracing must not break a request.
    pub(super) fn trace(&self) -> Option<TraceParent> {
        TraceParent::parse(self.trace?.to_str().ok()?)
    }

    /// The tenant of a request to a route of this kind; nothing where none is needed.
    pub(super) fn tenant(&self, tenancy: Tenancy, kind: Kind) -> Result<Option<TenantId>, Problem> {
        if kind != Kind::Api || tenancy == Tenancy::Absent {
            return Ok(None);
        }
        let Some(value) = self.tenant else { return without_tenant(tenancy) };
        if self.other_tenant {
            return Err(malformed("The header x-tenant-id stands twice. Send the UUID of one tenant."));
        }
        let tenant = value.to_str().ok().and_then(|text| text.parse().ok());
        tenant
            .map(Some)
            .ok_or_else(|| malformed("The header x-tenant-id is not a UUID. Send the UUID of the tenant."))
    }
}

fn without_tenant(tenancy: Tenancy) -> Result<Option<TenantId>, Problem> {
    if tenancy == Tenancy::Development {
        return Ok(Some(TenantId::DEVELOPMENT));
    }
    Err(Problem::new(&codes::TENANT_REQUIRED)
        .detail("The request does not say for which tenant it is. Send the tenant's UUID in the header x-tenant-id.")
        // RFC 9110 wants a challenge with each 401; no registered scheme means a header of one's own.
        .header(WWW_AUTHENTICATE, HeaderValue::from_static("Tenant header=\"x-tenant-id\"")))
}

/// The identity of a request. Most are our own, and few of them are ever written as text but in the reply.
pub(super) enum RequestId {
    Own(Uuid),
    Callers(HeaderValue),
}

impl RequestId {
    pub(super) fn header(&self) -> HeaderValue {
        match self {
            Self::Callers(value) => value.clone(),
            Self::Own(id) => {
                HeaderValue::from_str(id.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]))
                    .unwrap_or_else(|_| HeaderValue::from_static("unknown"))
            }
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callers(value) => f.write_str(value.to_str().unwrap_or_default()),
            Self::Own(id) => id.hyphenated().fmt(f),
        }
    }
}

/// The text of a header of 1 to `max_bytes` visible ASCII characters.
pub(crate) fn visible_ascii(value: &HeaderValue, max_bytes: usize) -> Option<&str> {
    let bytes = value.as_bytes();
    let sane = (1..=max_bytes).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    if sane { std::str::from_utf8(bytes).ok() } else { None }
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(&codes::MALFORMED_HEADER).detail(detail)
}
