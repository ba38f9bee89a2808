//! The port behind which brokers stand.

use crate::CloudEvent;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::oneshot;

/// A message: an event on its way to whoever subscribes to the topic.
#[derive(Clone, Debug)]
pub struct Message {
    /// `cloudlab.<service>.<aggregate>`.
    pub topic: Arc<str>,
    /// What must stay in order among itself: the aggregate's identity.
    pub key: Arc<str>,
    /// The event.
    pub event: Arc<CloudEvent>,
}

/// A group of consumers that shares the messages of some topics.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The group; every group gets every message.
    pub group: String,
    /// The topics.
    pub topics: Vec<String>,
}

/// Why a broker did not take or give messages.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or has lost what it was given: try again.
    #[error("the broker is unavailable: {0}")]
    Unavailable(String),
}

/// A message with the duty to acknowledge it.
#[derive(Debug)]
pub struct Delivery {
    /// The message.
    pub message: Message,
    acknowledgement: oneshot::Sender<()>,
}

impl Delivery {
    /// A delivery; the receiver hears the acknowledgement, or that it will never come.
    #[must_use]
    pub fn new(message: Message) -> (Self, oneshot::Receiver<()>) {
        let (acknowledgement, heard) = oneshot::channel();
        (Self { message, acknowledgement }, heard)
    }

    /// Says that the message has had its effect or is parked. Dropped without, it is delivered again.
    pub fn acknowledge(self) {
        // Whoever published may be gone: then it publishes again, and the inbox knows.
        let _ = self.acknowledgement.send(());
    }
}

/// Where messages of a subscription come from.
#[async_trait]
pub trait Deliveries: Send {
    /// The next message; nothing when the broker is closed.
    async fn next(&mut self) -> Option<Delivery>;
}

/// A broker: takes messages in order, gives them to every group at least once and in order per key.
#[async_trait]
pub trait Broker: Send + Sync {
    /// Its name as operators know it.
    fn name(&self) -> &'static str;

    /// Hands a message over at once, in the order of the calls; the answer comes when the broker has taken it for
    /// good. What that means is the broker's: the in-process one answers when every group has acknowledged.
    fn publish(&self, message: Message) -> BoxFuture<'static, Result<(), Error>>;

    /// Joins a group.
    ///
    /// # Errors
    /// When the broker cannot be reached.
    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Deliveries>, Error>;

    /// Whether it can be reached now.
    ///
    /// # Errors
    /// Why not.
    async fn check(&self) -> Result<(), Error>;
}
