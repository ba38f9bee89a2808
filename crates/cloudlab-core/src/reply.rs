//! The reply of a command, kept under its idempotency key and given again byte for byte.

use bytes::Bytes;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A finished reply in the words of the protocol that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The protocol's status: for HTTP the status code.
    pub status: u16,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Bytes,
}

/// How the interface that asked shows the result of a use case.
///
/// A use case keeps its result with `commit.reply(&order)` and does not know whether REST or gRPC asked; the
/// interface has put its presenter into the request context, so the bytes that are kept are the bytes that
/// the caller was sent, also after a deployment has changed the representation.
#[derive(Clone)]
pub struct Presenter(Arc<Present>);

type Present = dyn Fn(&dyn Any) -> Option<Reply> + Send + Sync;

impl Presenter {
    /// Shows a `T` by this function.
    pub fn of<T: Any>(present: impl Fn(&T) -> Reply + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |value| value.downcast_ref::<T>().map(&present)))
    }

    /// The reply, or nothing when the value is of another type than the presenter shows.
    #[must_use]
    pub fn present(&self, value: &dyn Any) -> Option<Reply> {
        (self.0)(value)
    }
}

impl fmt::Debug for Presenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presenter")
    }
}
