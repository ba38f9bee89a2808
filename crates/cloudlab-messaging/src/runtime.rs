//! The consumers at work: order per key, retries that hold up their own key only, parking, replay.

use crate::broker::{Broker, Delivery, Error, Subscription};
use crate::consumer::{Consumer, HandleError};
use crate::dead_letter::storable;
use crate::{CloudEvent, DeadLetter};
use cloudlab_core::store;
use cloudlab_core::{Clock, Commit, Ids, InboxKey, Principal, RequestContext, Store};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The longest pause while the store is away: events should follow soon after it is back.
const LONGEST_OUTAGE_PAUSE: Duration = Duration::from_secs(1);

/// All consumers of a service.
pub struct Consumers {
    service: Arc<str>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    consumers: Vec<Consumer>,
}

/// What became of a replayed dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// It has had its effect now.
    Handled,
    /// It had had its effect before.
    HandledBefore,
}

impl Consumers {
    /// The consumers of this service, with what their runtime needs.
    #[must_use]
    pub fn new(
        service: &str,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        consumers: Vec<Consumer>,
    ) -> Arc<Self> {
        Arc::new(Self { service: Arc::from(service), store, clock, ids, consumers })
    }

    /// Subscribes every consumer and handles what comes until it is told to stop. Events under way are finished;
    /// the others are not acknowledged and come again.
    ///
    /// # Errors
    /// When the broker refuses a subscription.
    pub async fn start(
        self: &Arc<Self>,
        broker: &dyn Broker,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        for consumer in &self.consumers {
            let group = format!("{}.{}", self.service, consumer.name);
            let mut deliveries =
                broker.subscribe(Subscription { group, topics: consumer.topics.clone() }).await?;
            let lanes = Arc::new(Lanes {
                consumers: self.clone(),
                consumer: consumer.clone(),
                permits: Semaphore::new(consumer.limits.concurrency),
                waiting: Mutex::new(HashMap::new()),
                stop: stop.clone(),
                tasks: tasks.clone(),
            });
            let stop = stop.clone();
            tasks.spawn(async move {
                while let Some(Some(delivery)) = stop.run_until_cancelled(deliveries.next()).await {
                    lanes.take(delivery);
                }
            });
        }
        Ok(())
    }

    /// Handles a dead letter once more; any number of times has one effect.
    ///
    /// # Errors
    /// When the handler or the store refuses again; the letter stays parked.
    pub async fn replay(&self, letter: &DeadLetter) -> Result<Replay, HandleError> {
        let Some(consumer) = self.consumers.iter().find(|consumer| consumer.name == letter.consumer) else {
            return Err(HandleError::Park(format!("this build has no consumer `{}`", letter.consumer)));
        };
        let mark = letter.replayed(self.clock.now());
        let event = Arc::new(letter.message.clone());
        let commit = self.attempt(consumer, &event).await?.write(mark.clone());
        match self.store.commit(commit).await {
            Ok(()) => Ok(Replay::Handled),
            Err(store::Error::AlreadyHandled) => {
                self.store.commit(Commit::new(&self.context(&event)).write(mark)).await?;
                Ok(Replay::HandledBefore)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Runs the handler once; its commit gets the inbox row that makes it the only effect.
    async fn attempt(&self, consumer: &Consumer, event: &Arc<CloudEvent>) -> Result<Commit, HandleError> {
        let (handler, ctx, event_of_task) = (consumer.handler.clone(), self.context(event), event.clone());
        // A task of its own turns a panic, also one before the first await, into an error of this event.
        let task = tokio::spawn(async move { handler(ctx, event_of_task).await });
        let abort = task.abort_handle();
        let commit = match tokio::time::timeout(consumer.limits.timeout, task).await {
            Ok(Ok(outcome)) => outcome?,
            Ok(Err(panic)) => return Err(HandleError::Retry(format!("the handler ended: {panic}"))),
            Err(_) => {
                abort.abort();
                return Err(HandleError::Retry(format!("no answer within {:?}", consumer.limits.timeout)));
            }
        };
        Ok(commit.handling(InboxKey { consumer: consumer.name.clone(), event_id: event.id }))
    }

    fn context(&self, event: &CloudEvent) -> RequestContext {
        let principal = Principal::new(format!("service:{}", self.service));
        RequestContext::new(event.tenantid, principal, event.id.to_string()).with_trace(event.trace())
    }

    fn jitter(&self, pause: Duration) -> Duration {
        let noise = self.ids.next().as_u128() as u32 % 512;
        pause.mul_f64(0.5 + f64::from(noise) / 1024.0)
    }
}

/// The lanes of one consumer: one a key, in which events follow each other.
struct Lanes {
    consumers: Arc<Consumers>,
    consumer: Consumer,
    permits: Semaphore,
    waiting: Mutex<HashMap<Arc<str>, VecDeque<Delivery>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Lanes {
    /// Puts a delivery into the lane of its key, and starts the lane when it is the first.
    fn take(self: &Arc<Self>, delivery: Delivery) {
        let key = delivery.message.key.clone();
        let mut waiting = self.waiting.lock();
        if let Some(lane) = waiting.get_mut(&key) {
            lane.push_back(delivery);
            return;
        }
        waiting.insert(key.clone(), VecDeque::new());
        drop(waiting);
        let lanes = self.clone();
        self.tasks.spawn(async move { lanes.follow(key, delivery).await });
    }

    async fn follow(&self, key: Arc<str>, first: Delivery) {
        // However it ends, what waits behind must not overtake, nor wait for ever: the whole lane goes back.
        let mut lane = Lane { lanes: self, key: &key, is_open: true };
        let mut next = Some(first);
        while let Some(delivery) = next {
            if !self.handle(&delivery.message.event, &delivery.message.topic).await {
                return;
            }
            delivery.acknowledge();
            let mut waiting = self.waiting.lock();
            next = waiting.get_mut(&key).and_then(VecDeque::pop_front);
            if next.is_none() {
                waiting.remove(&key);
                // Under the lock: from here on the key's lane may be somebody else's.
                lane.is_open = false;
            }
        }
    }

    /// Brings one event to its end: its effect, or the dead letters. False when the consumer stops before.
    async fn handle(&self, event: &Arc<CloudEvent>, topic: &str) -> bool {
        let mut attempts = 0;
        let mut pause = self.consumer.limits.first_pause;
        let mut letter: Option<DeadLetter> = None;
        loop {
            if self.stop.is_cancelled() {
                return false;
            }
            let outcome = match &letter {
                None => self.try_once(event).await,
                Some(letter) => self.park(letter).await,
            };
            let Err(error) = outcome else {
                self.count(event, if letter.is_some() { "parked" } else { "handled" });
                return true;
            };
            if letter.is_none() && self.counts(&error) {
                attempts += 1;
                if matches!(error, HandleError::Park(_)) || attempts >= self.consumer.limits.most_attempts {
                    letter = Some(self.letter(event, topic, &error, attempts));
                    continue;
                }
            }
            self.report(event, &error, attempts);
            tokio::select! {
                () = tokio::time::sleep(self.consumers.jitter(pause)) => {}
                () = self.stop.cancelled() => return false,
            }
            let longest = self.consumer.limits.longest_pause;
            pause = (pause * 2).min(if self.counts(&error) {
                longest
            } else {
                longest.min(LONGEST_OUTAGE_PAUSE)
            });
        }
    }

    /// Whether a failure is the event's own: a store that is away says nothing about the event.
    fn counts(&self, error: &HandleError) -> bool {
        !matches!(error, HandleError::Store(error) if error.is_outage())
    }

    async fn try_once(&self, event: &Arc<CloudEvent>) -> Result<(), HandleError> {
        // The permit is held for the attempt only: an event that waits for its next try holds up nobody else.
        let Ok(_permit) = self.permits.acquire().await else {
            return Err(HandleError::Retry("the consumer is closed".into()));
        };
        let commit = self.consumers.attempt(&self.consumer, event).await?;
        match self.consumers.store.commit(commit).await {
            Ok(()) | Err(store::Error::AlreadyHandled) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn letter(&self, event: &CloudEvent, topic: &str, error: &HandleError, attempts: u32) -> DeadLetter {
        let (consumer, kind, cause) = (&self.consumer.name, &event.kind, storable(&error.to_string()));
        tracing::error!(consumer, event_id = %event.id, kind, attempts, cause, "event parked");
        let now = self.consumers.clock.now();
        let letter = DeadLetter::new(self.consumers.ids.as_ref(), now, consumer, topic, event);
        DeadLetter { cause, attempts, ..letter }
    }

    async fn park(&self, letter: &DeadLetter) -> Result<(), HandleError> {
        let commit = letter.park(&self.consumers.context(&letter.message))?;
        match self.consumers.store.commit(commit).await {
            // Parked before a crash and delivered again: one letter is enough.
            Ok(()) | Err(store::Error::Duplicate { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn report(&self, event: &CloudEvent, error: &HandleError, attempts: u32) {
        let (consumer, cause) = (&self.consumer.name, error.to_string());
        tracing::warn!(consumer, event_id = %event.id, attempts, cause, "event will be tried again");
        metrics::counter!("consumer_retries_total", "consumer" => self.consumer.name.clone()).increment(1);
    }

    fn count(&self, event: &CloudEvent, outcome: &'static str) {
        let consumer = self.consumer.name.clone();
        metrics::counter!("consumer_events_total", "consumer" => consumer.clone(), "outcome" => outcome)
            .increment(1);
        let age = self.consumers.clock.now().as_micros() - event.time.as_micros();
        metrics::histogram!("consumer_delay_seconds", "consumer" => consumer).record(age as f64 / 1e6);
    }
}

/// The lane of a key while it is followed.
struct Lane<'a> {
    lanes: &'a Lanes,
    key: &'a Arc<str>,
    is_open: bool,
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.lanes.waiting.lock().remove(self.key);
        }
    }
}
