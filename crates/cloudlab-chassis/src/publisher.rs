//! From the journal to the broker: the one reader through which integration events leave the service.

use crate::measures;
use cloudlab_core::RecordedEvent;
use cloudlab_messaging::{Broker, CloudEvent, Message};
use cloudlab_sql::journal::{Ack, Sink};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// The reader's name, and so the name of its lease.
pub(crate) const READER: &str = "publisher";

/// Publishes public events; internal ones count as delivered.
pub(crate) struct Publisher {
    service: String,
    broker: Arc<dyn Broker>,
    topics: Mutex<HashMap<String, Arc<str>>>,
}

impl Publisher {
    pub fn new(service: &str, broker: Arc<dyn Broker>) -> Self {
        Self { service: service.to_owned(), broker, topics: Mutex::new(HashMap::new()) }
    }

    fn topic(&self, aggregate: &str) -> Arc<str> {
        let mut topics = self.topics.lock();
        if let Some(topic) = topics.get(aggregate) {
            return topic.clone();
        }
        let topic: Arc<str> = Arc::from(topic(&self.service, aggregate));
        topics.insert(aggregate.to_owned(), topic.clone());
        topic
    }
}

/// The topic of a service's aggregate.
pub(crate) fn topic(service: &str, aggregate: &str) -> String {
    format!("cloudlab.{service}.{aggregate}")
}

impl Sink for Publisher {
    fn deliver(&self, event: RecordedEvent, ack: Ack) {
        if !event.public {
            return ack.done();
        }
        let cloud_event = match CloudEvent::of(&self.service, &event) {
            Ok(cloud_event) => cloud_event,
            Err(error) => {
                // Only a hand-written row can hold data that is no JSON; held back, it would stop its whole stream.
                tracing::error!(event_id = %event.event_id, %error, "an event cannot travel and is left out");
                metrics::counter!(measures::UNPUBLISHABLE).increment(1);
                return ack.done();
            }
        };
        let message = Message {
            topic: self.topic(&event.aggregate),
            key: Arc::from(event.stream.to_string()),
            event: Arc::new(cloud_event),
        };
        let published = self.broker.publish(message);
        tokio::spawn(async move {
            if published.await.is_ok() {
                ack.done();
            }
        });
    }
}
