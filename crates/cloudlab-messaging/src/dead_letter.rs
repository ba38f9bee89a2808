//! An event that was set aside, with all that is needed to understand it and to try it again.

use crate::CloudEvent;
use cloudlab_core::{Commit, Ids, RequestContext, Timestamp, Uuid, Write};
use serde::Serialize;

/// Characters of a cause that are kept.
const MOST_CAUSE: usize = 4_000;

/// As much of a cause as every store takes: PostgreSQL has no NUL in a text, and the data of an event may hold one. A
/// letter that could not be written would hold up its key for ever.
pub(crate) fn storable(cause: &str) -> String {
    cause
        .chars()
        .take(MOST_CAUSE)
        .map(|character| if character == '\0' { '\u{fffd}' } else { character })
        .collect()
}

/// A parked event.
#[derive(Clone, Debug, Serialize)]
pub struct DeadLetter {
    /// Its own identity.
    pub id: Uuid,
    /// The consumer that could not handle it.
    pub consumer: String,
    /// Where it came from.
    pub topic: String,
    /// The event as it travelled.
    pub message: CloudEvent,
    /// Why it was parked.
    pub cause: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was parked.
    pub parked_at: Timestamp,
    /// When it was handled after all.
    pub replayed_at: Option<Timestamp>,
}

impl DeadLetter {
    /// A commit that parks it.
    pub(crate) fn park(&self, ctx: &RequestContext) -> Result<Commit, serde_json::Error> {
        let message = serde_json::to_string(&self.message)?;
        let row = Write::insert("dead_letters", [("id", self.id.into())])
            .set("consumer", self.consumer.as_str())
            .set("event_id", self.message.id)
            .set("topic", self.topic.as_str())
            .set("message", message)
            .set("cause", self.cause.as_str())
            .set("attempts", self.attempts)
            .set("parked_at", self.parked_at);
        Ok(Commit::new(ctx).write(row))
    }

    /// The change that marks it as handled.
    pub(crate) fn replayed(&self, now: Timestamp) -> Write {
        Write::update("dead_letters", [("id", self.id.into())]).set("replayed_at", now)
    }

    pub(crate) fn new(
        ids: &dyn Ids,
        now: Timestamp,
        consumer: &str,
        topic: &str,
        event: &CloudEvent,
    ) -> Self {
        Self {
            id: ids.next(),
            consumer: consumer.to_owned(),
            topic: topic.to_owned(),
            message: event.clone(),
            cause: String::new(),
            attempts: 0,
            parked_at: now,
            replayed_at: None,
        }
    }
}
