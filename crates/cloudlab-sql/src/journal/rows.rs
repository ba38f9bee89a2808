//! The rows of the journal's tables, read the same way from every engine.

use crate::Row;
use crate::journal::Position;
use crate::journal::store::{Identity, ReaderRow};
use cloudlab_core::store::Error;
use cloudlab_core::{Bytes, Principal, RecordedEvent, TraceParent};

/// The columns that [`event`] reads.
pub(crate) const COLUMNS: &str = "id, tenant_id, event_id, aggregate, stream, sequence, what, version, public, data, at, \
    principal, request_id, trace";

/// A reader's row.
pub(crate) fn reader(rows: &[Row]) -> Result<ReaderRow, Error> {
    let row = rows.first().ok_or_else(|| Error::Defect("the reader is not registered".into()))?;
    let gaps: String = row.get("gaps")?;
    let open = serde_json::from_str(&gaps).map_err(|error| Error::Defect(format!("stored gaps: {error}")))?;
    Ok(ReaderRow {
        position: Position { high: row.get("high")?, open },
        incarnation: row.get("incarnation")?,
        halted: row.get("halted")?,
    })
}

/// The journal's identity.
pub(crate) fn identity(rows: &[Row]) -> Result<Identity, Error> {
    let row = rows.first().ok_or_else(|| Error::Defect("the journal has no identity".into()))?;
    Ok(Identity { incarnation: row.get("incarnation")?, last_drawn: row.get("last_drawn")? })
}

/// An event with its id.
pub(crate) fn event(row: &Row) -> Result<(i64, RecordedEvent), Error> {
    let data: String = row.get("data")?;
    let principal: String = row.get("principal")?;
    let trace: Option<String> = row.get("trace")?;
    let event = RecordedEvent {
        event_id: row.get("event_id")?,
        tenant: row.get("tenant_id")?,
        aggregate: row.get("aggregate")?,
        stream: row.get("stream")?,
        sequence: row.get("sequence")?,
        what: row.get("what")?,
        version: row.get("version")?,
        public: row.get("public")?,
        data: Bytes::from(data),
        time: row.get("at")?,
        principal: Principal::new(principal),
        request_id: row.get("request_id")?,
        trace: trace.as_deref().and_then(TraceParent::parse),
    };
    Ok((row.get("id")?, event))
}
