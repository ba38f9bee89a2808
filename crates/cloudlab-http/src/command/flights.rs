//! Equal keys that are being executed in this process, so that only the first one takes a connection.

use cloudlab_core::{Idempotency, Principal, Reply, RequestContext, TenantId};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// The commands under a key that are being executed.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<Mutex<HashMap<Scope, Flight>>>);

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flights({})", self.0.lock().len())
    }
}

/// What a key belongs to: the same as in the store.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Scope {
    tenant: TenantId,
    principal: Principal,
    operation: Arc<str>,
    key: Arc<str>,
}

#[derive(Clone)]
struct Flight {
    request_hash: [u8; 32],
    landed: watch::Receiver<Option<Reply>>,
}

/// Whether a command is the first of its key.
pub(super) enum Boarding {
    /// It is, and must be executed.
    First(Pilot),
    /// Another is, and may succeed for both.
    Waiting(Passenger),
}

/// The right to execute a key. Dropped without [`land`](Pilot::land), as when the caller hangs up or the command
/// fails, it goes to one of those who wait.
pub(super) struct Pilot {
    flights: Flights,
    scope: Scope,
    landed: watch::Sender<Option<Reply>>,
}

/// Waits for the first of its key.
pub(super) struct Passenger {
    flight: Flight,
    request_hash: [u8; 32],
}

/// How the first of a key ended, for those who waited.
pub(super) enum Landing {
    /// It succeeded, with this reply.
    Reply(Reply),
    /// It succeeded, and was another request.
    OtherRequest,
    /// It failed: somebody else has to try.
    Failed,
}

impl Flights {
    pub(super) fn board(&self, context: &RequestContext, idempotency: &Idempotency) -> Boarding {
        let scope = Scope {
            tenant: context.tenant(),
            principal: context.principal().clone(),
            operation: Arc::clone(&idempotency.operation),
            key: Arc::clone(&idempotency.key),
        };
        let request_hash = idempotency.request_hash;
        let mut flights = self.0.lock();
        if let Some(flight) = flights.get(&scope) {
            return Boarding::Waiting(Passenger { flight: flight.clone(), request_hash });
        }
        let (sender, landed) = watch::channel(None);
        flights.insert(scope.clone(), Flight { request_hash, landed });
        Boarding::First(Pilot { flights: self.clone(), scope, landed: sender })
    }
}

impl Pilot {
    /// Gives the reply to all who wait.
    pub(super) fn land(self, reply: &Reply) {
        self.landed.send_if_modified(|landed| {
            *landed = Some(reply.clone());
            true
        });
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        // Before the channel closes, or one who then finds it closed would find it still here, again and again.
        self.flights.0.lock().remove(&self.scope);
    }
}

impl Passenger {
    pub(super) async fn wait(mut self) -> Landing {
        let landed = self.flight.landed.wait_for(Option::is_some).await;
        match landed.ok().and_then(|reply| reply.clone()) {
            None => Landing::Failed,
            Some(reply) if self.flight.request_hash == self.request_hash => Landing::Reply(reply),
            Some(_) => Landing::OtherRequest,
        }
    }
}
