//! What an error of the store means to the caller.

use super::{Problem, codes};
use cloudlab_core::store;

/// The seconds after which a caller may try again when the store was away or busy.
const RETRY_AFTER_S: u16 = 1;

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        let problem = match &error {
            store::Error::Stale { .. } => Self::new(&codes::CONFLICT).detail(
                "The resource was changed by another request at the same time. Read it again and repeat the request.",
            ),
            store::Error::Duplicate { .. } => {
                Self::new(&codes::CONFLICT).detail("Another resource has a value that must be unique. Choose another value.")
            }
            store::Error::KeyReused => Self::new(&codes::IDEMPOTENCY_KEY_REUSED).detail(
                "This Idempotency-Key was used for another request. Send each new request under a new key.",
            ),
            store::Error::InProgress => in_progress(),
            store::Error::Unavailable(_) => Self::new(&codes::UNAVAILABLE)
                .detail("The service cannot reach its store; nothing was changed. Try again.")
                .retry_after(RETRY_AFTER_S),
            store::Error::Slow(_) => Self::new(&codes::UNAVAILABLE)
                .detail("The store took too long; nothing was changed. Try again.")
                .retry_after(RETRY_AFTER_S),
            store::Error::Unknown(_) => Self::new(&codes::UNAVAILABLE)
                .detail(
                    "The connection to the store was lost and the outcome is not known. Try again under the same \
                     Idempotency-Key, or read the resource first.",
                )
                .retry_after(RETRY_AFTER_S),
            store::Error::Full(_) => Self::new(&codes::STORAGE_FULL)
                .detail("The store has no room left; nothing was changed. The operator must make room.")
                .retry_after(60),
            store::Error::Deadline => deadline_exceeded(),
            // The last three cannot be meant for this caller: they are answered before, or a defect.
            store::Error::Replayed(_) | store::Error::AlreadyHandled | store::Error::Defect(_) => internal(),
        };
        problem.cause(error)
    }
}

/// A defect of the service, with nothing of the inside in it.
pub fn internal() -> Problem {
    Problem::new(&codes::INTERNAL).detail(
        "The service made a mistake. Report it with the request_id; repeating the request may not help.",
    )
}

/// The same key is being executed.
pub fn in_progress() -> Problem {
    Problem::new(&codes::REQUEST_IN_PROGRESS)
        .detail(
            "A request with this Idempotency-Key is still running. Ask again a little later for its reply.",
        )
        .retry_after(RETRY_AFTER_S)
}

/// Nobody waits any more.
pub fn deadline_exceeded() -> Problem {
    Problem::new(&codes::DEADLINE_EXCEEDED).detail(
        "The request took longer than it may. A change may still take effect: repeat it under the same \
         Idempotency-Key, or read the resource first.",
    )
}
