//! Who asks, for whom, until when, and under which key: the first argument of every use case.

use crate::{Presenter, TenantId};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The principal on whose behalf a request runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal(Arc<str>);

impl Principal {
    /// The principal of a request that has not proven who it is.
    #[must_use]
    pub fn anonymous() -> Self {
        Self(Arc::from("anonymous"))
    }

    /// The principal of this name; `service:NAME` for a service's own work.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The W3C trace context of a request, checked for its form where it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceParent(Arc<str>);

impl TraceParent {
    /// Takes a `traceparent` header; nothing when it is malformed or all zero. A version that comes after 00 may add
    /// fields: what 00 knows of it is taken and passed on as 00.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let mut hex = |length: usize| {
            let is_hex = |field: &&str| field.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            fields.next().filter(|field| field.len() == length).filter(is_hex)
        };
        let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        let zero = [trace, span].iter().any(|field| field.bytes().all(|b| b == b'0'));
        let sane = version != "ff" && (version != "00" || fields.next().is_none());
        (sane && !zero).then(|| Self(Arc::from(format!("00-{trace}-{span}-{flags}"))))
    }

    /// The header's value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 32 hexadecimal digits of the trace.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.0[3..35]
    }
}

/// The instant after which nobody waits for the answer any more. Monotonic: a stepping clock does not move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline at this instant.
    #[must_use]
    pub const fn at(instant: Instant) -> Self {
        Self(instant)
    }

    /// The instant.
    #[must_use]
    pub const fn instant(self) -> Instant {
        self.0
    }

    /// What is left, zero when it has passed.
    #[must_use]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// The key under which a command is executed once.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The operation that the key belongs to: for HTTP method and route.
    pub operation: Arc<str>,
    /// The caller's key.
    pub key: Arc<str>,
    /// A digest of all that the caller asked; another request under the same key is refused.
    pub request_hash: [u8; 32],
    /// How the reply looks that is kept.
    pub presenter: Option<Presenter>,
}

/// Tenant, principal, trace and deadline of one request.
#[derive(Clone, Debug)]
pub struct RequestContext {
    tenant: TenantId,
    principal: Principal,
    request_id: Arc<str>,
    trace: Option<TraceParent>,
    deadline: Option<Deadline>,
    idempotency: Option<Arc<Idempotency>>,
}

impl RequestContext {
    /// The context of a request of this tenant; the rest is added with the `with_` functions.
    #[must_use]
    pub fn new(tenant: TenantId, principal: Principal, request_id: impl Into<Arc<str>>) -> Self {
        Self {
            tenant,
            principal,
            request_id: request_id.into(),
            trace: None,
            deadline: None,
            idempotency: None,
        }
    }

    /// The same with a trace.
    #[must_use]
    pub fn with_trace(mut self, trace: Option<TraceParent>) -> Self {
        self.trace = trace;
        self
    }

    /// The same with a deadline.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The same under an idempotency key.
    #[must_use]
    pub fn with_idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = Some(Arc::new(idempotency));
        self
    }

    /// The same with the presenter of the interface that asks; nothing changes when there is no key.
    #[must_use]
    pub fn with_presenter(mut self, presenter: Presenter) -> Self {
        if let Some(idempotency) = self.idempotency.as_deref() {
            self.idempotency =
                Some(Arc::new(Idempotency { presenter: Some(presenter), ..idempotency.clone() }));
        }
        self
    }

    /// Whose data is meant.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who asks.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The request's identity in logs, problems and events.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The trace, when the caller sent one.
    #[must_use]
    pub const fn trace(&self) -> Option<&TraceParent> {
        self.trace.as_ref()
    }

    /// Until when the caller waits.
    #[must_use]
    pub const fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// The idempotency key.
    #[must_use]
    pub fn idempotency(&self) -> Option<&Arc<Idempotency>> {
        self.idempotency.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::TraceParent;

    const ZERO: &str = "00000000000000000000000000000000";
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn a_trace_of_a_later_version_is_passed_on_as_the_first() {
        let first = format!("00-{TRACE}-{SPAN}-01");
        for text in
            [first.clone(), format!("01-{TRACE}-{SPAN}-01"), format!("cc-{TRACE}-{SPAN}-01-more-and-more")]
        {
            let parsed = TraceParent::parse(&text).unwrap();
            assert_eq!((parsed.as_str(), parsed.trace_id()), (first.as_str(), TRACE), "{text}");
        }
    }

    #[test]
    fn a_malformed_trace_is_none() {
        for text in [
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("1-{TRACE}-{SPAN}-01"),
            format!("01-{TRACE}-{SPAN}-01more"),
            format!("00-{ZERO}-{SPAN}-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{SPAN}"),
            String::new(),
        ] {
            assert_eq!(TraceParent::parse(&text), None, "{text}");
        }
    }
}
