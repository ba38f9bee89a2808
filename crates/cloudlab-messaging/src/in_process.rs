//! The broker without a broker: groups in the same process, nothing stored.
//!
//! It is safe because a message counts as published only when every group has acknowledged it: until then it stays
//! open in the journal and is published again after a crash.

use crate::broker::{Broker, Deliveries, Delivery, Error, Message, Subscription};
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use parking_lot::RwLock;
use std::collections::HashMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A broker inside the process.
#[derive(Debug, Default)]
pub struct InProcess {
    groups: RwLock<HashMap<String, Vec<UnboundedSender<Delivery>>>>,
}

#[async_trait]
impl Broker for InProcess {
    fn name(&self) -> &'static str {
        "in-process"
    }

    fn publish(&self, message: Message) -> BoxFuture<'static, Result<(), Error>> {
        let groups = self.groups.read();
        let mut heard = Vec::new();
        for group in groups.get(message.topic.as_ref()).into_iter().flatten() {
            let (delivery, acknowledged) = Delivery::new(message.clone());
            // A group that is shutting down drops the delivery, which is heard as "not acknowledged".
            let _ = group.send(delivery);
            heard.push(acknowledged);
        }
        drop(groups);
        async move {
            let all = join_all(heard).await.into_iter().collect::<Result<Vec<()>, _>>();
            all.map(|_| ())
                .map_err(|_| Error::Unavailable("a consumer stopped before it acknowledged".into()))
        }
        .boxed()
    }

    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Deliveries>, Error> {
        let (sender, receiver) = unbounded_channel();
        let mut groups = self.groups.write();
        for topic in subscription.topics {
            groups.entry(topic).or_default().push(sender.clone());
        }
        Ok(Box::new(Received(receiver)))
    }

    async fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

struct Received(UnboundedReceiver<Delivery>);

#[async_trait]
impl Deliveries for Received {
    async fn next(&mut self) -> Option<Delivery> {
        self.0.recv().await
    }
}
