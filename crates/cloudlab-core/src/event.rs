//! What happened, as it is published and as it was recorded.

use crate::{Principal, TenantId, Timestamp, TraceParent};
use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

/// A fact about one aggregate, in the words of the business.
///
/// The wire type is `<aggregate>.<what>.v<version>`, the topic `cloudlab.<service>.<aggregate>`.
pub trait Event: Serialize {
    /// The aggregate in snake case, such as `purchase_order`.
    const AGGREGATE: &'static str;
    /// What happened, in snake case, such as `activated`.
    const WHAT: &'static str;
    /// The version of the data's schema; raised when old readers would misread it.
    const VERSION: u16 = 1;

    /// The identity of the aggregate: subject, partition key and stream of the event.
    fn aggregate_id(&self) -> Uuid;
}

/// An event as the journal keeps it and readers get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The identity on the wire and in every inbox.
    pub event_id: Uuid,
    /// Whose event it is.
    pub tenant: TenantId,
    /// The aggregate's kind in snake case.
    pub aggregate: String,
    /// The aggregate's identity.
    pub stream: Uuid,
    /// The position in the aggregate's stream: 1, 2, 3, without gaps.
    pub sequence: i64,
    /// What happened, in snake case.
    pub what: String,
    /// The version of the data's schema.
    pub version: u16,
    /// Whether it may leave the service.
    pub public: bool,
    /// The data as JSON.
    pub data: Bytes,
    /// When it was recorded.
    pub time: Timestamp,
    /// On whose behalf.
    pub principal: Principal,
    /// The request that caused it.
    pub request_id: String,
    /// The trace that caused it.
    pub trace: Option<TraceParent>,
}

impl RecordedEvent {
    /// The wire type, such as `parcel.activated.v1`.
    #[must_use]
    pub fn type_name(&self) -> String {
        format!("{}.{}.v{}", self.aggregate, self.what, self.version)
    }
}

/// Declares an event: a struct with the identity of its aggregate and its own fields, with serde and [`Event`].
///
/// ```
/// cloudlab_core::event! {
///     /// A parcel has left the counter.
///     pub struct ParcelSent("parcel", "sent") {
///         /// Where it goes.
///         pub to: String,
///     }
/// }
/// # use cloudlab_core::{Event, Uuid};
/// let sent = ParcelSent { id: Uuid::nil(), to: "Oslo".into() };
/// assert_eq!(sent.aggregate_id(), Uuid::nil());
/// ```
#[macro_export]
macro_rules! event {
    ($(#[$meta:meta])* pub struct $name:ident($aggregate:literal, $what:literal) { $($fields:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, $crate::serde::Serialize, $crate::serde::Deserialize)]
        #[serde(crate = "cloudlab_core::serde")]
        pub struct $name {
            /// The identity of the aggregate.
            pub id: $crate::Uuid,
            $($fields)*
        }

        impl $crate::Event for $name {
            const AGGREGATE: &'static str = $aggregate;
            const WHAT: &'static str = $what;

            fn aggregate_id(&self) -> $crate::Uuid {
                self.id
            }
        }
    };
}
