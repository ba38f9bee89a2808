//! CloudEvents 1.0, the form in which events travel.

use cloudlab_core::{RecordedEvent, TenantId, Timestamp, TraceParent, Uuid};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An event on the wire: the attributes of CloudEvents 1.0 with our extensions, and JSON data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: String,
    /// The identity that inboxes know it by.
    pub id: Uuid,
    /// Who published it, such as `/parcel-service`.
    pub source: String,
    /// What happened, such as `parcel.activated.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The aggregate's identity.
    pub subject: Uuid,
    /// When it was recorded.
    pub time: Timestamp,
    /// The media type of the data.
    pub datacontenttype: String,
    /// Whose event it is.
    pub tenantid: TenantId,
    /// The position in the aggregate's stream: 1, 2, 3, without gaps.
    pub sequence: i64,
    /// The trace that caused it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub traceparent: Option<String>,
    /// The data.
    pub data: Box<serde_json::value::RawValue>,
}

impl CloudEvent {
    /// The event of this service as it travels.
    ///
    /// # Errors
    /// When the recorded data is no JSON.
    pub fn of(service: &str, event: &RecordedEvent) -> Result<Self, serde_json::Error> {
        Ok(Self {
            specversion: "1.0".into(),
            id: event.event_id,
            source: format!("/{service}"),
            kind: event.type_name(),
            subject: event.stream,
            time: event.time,
            datacontenttype: "application/json".into(),
            tenantid: event.tenant,
            sequence: event.sequence,
            traceparent: event.trace.as_ref().map(|trace| trace.as_str().to_owned()),
            data: serde_json::from_slice(&event.data)?,
        })
    }

    /// The trace, when it is well formed.
    #[must_use]
    pub fn trace(&self) -> Option<TraceParent> {
        self.traceparent.as_deref().and_then(TraceParent::parse)
    }

    /// The data as a `T`; unknown fields are ignored, since a newer publisher may add some.
    ///
    /// # Errors
    /// When a field is missing or of another type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data.get())
    }
}
