//! All that one decision changes, as one value.
//!
//! A use case reads, decides in pure code and hands over one [`Commit`]; the engine writes it all or nothing,
//! in the written order, in one round trip. Nothing in a service opens a transaction: this is where outbox,
//! idempotency, optimistic concurrency, the inbox and retries come from.

use crate::{
    Event, Expect, Idempotency, Principal, Reply, RequestContext, TenantId, TraceParent, Write,
    context::Deadline,
};
use bytes::Bytes;
use std::any::Any;
use std::sync::Arc;
use uuid::Uuid;

/// Everything that one decision changes.
#[derive(Clone, Debug)]
pub struct Commit {
    parts: Parts,
}

/// The parts of a [`Commit`], as an engine takes them.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Whose rows these are; the engine puts it in front of every key.
    pub tenant: TenantId,
    /// Who asked.
    pub principal: Principal,
    /// The request that asked.
    pub request_id: String,
    /// The trace of the request.
    pub trace: Option<TraceParent>,
    /// Until when somebody waits.
    pub deadline: Option<Deadline>,
    /// The key under which this happens once.
    pub idempotency: Option<Arc<Idempotency>>,
    /// The reply that is kept under the key.
    pub reply: Option<Reply>,
    /// The message whose effect this is.
    pub inbox: Option<InboxKey>,
    /// The rows that the decision relied on.
    pub expects: Vec<Expect>,
    /// The rows to write, in order.
    pub writes: Vec<Write>,
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// Why this commit cannot be right, found while it was built: a bug that must not be half done.
    pub defect: Option<String>,
}

/// An event before it is recorded; the engine adds identity, position and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The aggregate's kind in snake case.
    pub aggregate: &'static str,
    /// The aggregate's identity.
    pub stream: Uuid,
    /// What happened, in snake case.
    pub what: &'static str,
    /// The version of the data's schema.
    pub version: u16,
    /// Whether it may leave the service.
    pub public: bool,
    /// The data as JSON.
    pub data: Bytes,
}

/// Names the effect of one message on one consumer, which happens once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InboxKey {
    /// The consumer's name.
    pub consumer: String,
    /// The event's identity.
    pub event_id: Uuid,
}

impl Commit {
    /// An empty commit of this request.
    #[must_use]
    pub fn new(ctx: &RequestContext) -> Self {
        Self {
            parts: Parts {
                tenant: ctx.tenant(),
                principal: ctx.principal().clone(),
                request_id: ctx.request_id().to_owned(),
                trace: ctx.trace().cloned(),
                deadline: ctx.deadline(),
                idempotency: ctx.idempotency().cloned(),
                reply: None,
                inbox: None,
                expects: Vec::new(),
                writes: Vec::new(),
                events: Vec::new(),
                defect: None,
            },
        }
    }

    /// Adds a row to write.
    #[must_use]
    pub fn write(mut self, write: Write) -> Self {
        self.parts.writes.push(write);
        self
    }

    /// Adds rows to write, in order.
    #[must_use]
    pub fn write_all(mut self, writes: impl IntoIterator<Item = Write>) -> Self {
        self.parts.writes.extend(writes);
        self
    }

    /// Adds a row that the decision relied on: locked, and checked to be as it was read.
    #[must_use]
    pub fn expect(mut self, expect: Expect) -> Self {
        self.parts.expects.push(expect);
        self
    }

    /// Publishes an integration event: it leaves the service, at least once, after the commit and only then.
    #[must_use]
    pub fn publish<E: Event>(self, event: E) -> Self {
        self.event(&event, true)
    }

    /// Publishes several events of one type, in order.
    #[must_use]
    pub fn publish_all<E: Event>(self, events: impl IntoIterator<Item = E>) -> Self {
        events.into_iter().fold(self, Self::publish)
    }

    /// Records a domain event that stays inside the service.
    #[must_use]
    pub fn record<E: Event>(self, event: E) -> Self {
        self.event(&event, false)
    }

    /// Keeps the result under the idempotency key of the request, as the interface that asked shows it. Without
    /// a key nothing is kept.
    #[must_use]
    pub fn reply<T: Any>(mut self, result: &T) -> Self {
        let Some(idempotency) = &self.parts.idempotency else { return self };
        match idempotency.presenter.as_ref().and_then(|presenter| presenter.present(result)) {
            Some(reply) => self.parts.reply = Some(reply),
            None => self.defect(format!("no presenter shows a {}", std::any::type_name::<T>())),
        }
        self
    }

    /// Makes this the one effect of a message on a consumer.
    #[must_use]
    pub fn handling(mut self, inbox: InboxKey) -> Self {
        self.parts.inbox = Some(inbox);
        self
    }

    /// Until when somebody waits for it.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.parts.deadline
    }

    /// Takes the commit apart, for an engine.
    #[must_use]
    pub fn into_parts(self) -> Parts {
        self.parts
    }

    fn event<E: Event>(mut self, event: &E, public: bool) -> Self {
        let data = match serde_json::to_vec(event) {
            Ok(data) => Bytes::from(data),
            Err(error) => {
                self.defect(format!("{}.{} cannot be written as JSON: {error}", E::AGGREGATE, E::WHAT));
                Bytes::new()
            }
        };
        self.parts.events.push(NewEvent {
            aggregate: E::AGGREGATE,
            stream: event.aggregate_id(),
            what: E::WHAT,
            version: E::VERSION,
            public,
            data,
        });
        self
    }

    fn defect(&mut self, defect: String) {
        self.parts.defect.get_or_insert(defect);
    }
}
