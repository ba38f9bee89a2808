//! A consumer: a name, topics, and a handler that turns an event into a commit.

use crate::CloudEvent;
use cloudlab_core::store;
use cloudlab_core::{Commit, RequestContext};
use futures_util::future::BoxFuture;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Why an event had no effect.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HandleError {
    /// It will never have one (undecodable, of an unknown type or version): park it now.
    #[error("{0}")]
    Park(String),
    /// It may have one later: try again, and park it when it keeps failing.
    #[error("{0}")]
    Retry(String),
    /// The store did not answer or the decision was outrun.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl HandleError {
    /// For an event whose type or version this consumer does not know.
    #[must_use]
    pub fn unknown(event: &CloudEvent) -> Self {
        Self::Park(format!("the type {} is unknown to this consumer", event.kind))
    }
}

impl From<serde_json::Error> for HandleError {
    fn from(error: serde_json::Error) -> Self {
        Self::Park(format!("the data cannot be decoded: {error}"))
    }
}

/// What an event does: reads what it needs and answers with one commit, to which the runtime adds the inbox row.
pub type Handler = Arc<
    dyn Fn(RequestContext, Arc<CloudEvent>) -> BoxFuture<'static, Result<Commit, HandleError>> + Send + Sync,
>;

/// How a consumer works and how long it is patient.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Events handled at one time, of different aggregates.
    pub concurrency: usize,
    /// Failures after which an event is parked.
    pub most_attempts: u32,
    /// The pause after the first failure; doubled after each, with jitter.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            most_attempts: 8,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
        }
    }
}

/// A consumer of events.
#[derive(Clone)]
pub struct Consumer {
    pub(crate) name: String,
    pub(crate) topics: Vec<String>,
    pub(crate) handler: Handler,
    pub(crate) limits: Limits,
}

impl Consumer {
    /// A consumer of these topics. Its name is its identity in the inbox: renamed, it handles everything again.
    pub fn new<H, F>(name: &str, topics: impl IntoIterator<Item = String>, handler: H) -> Self
    where
        H: Fn(RequestContext, Arc<CloudEvent>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Commit, HandleError>> + Send + 'static,
    {
        Self {
            name: name.to_owned(),
            topics: topics.into_iter().collect(),
            handler: Arc::new(move |ctx, event| Box::pin(handler(ctx, event))),
            limits: Limits::default(),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
