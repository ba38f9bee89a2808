//! What a service is made of.

use crate::system::SystemClock;
use cloudlab_core::{Clock, Ids};
use cloudlab_http::Code;
use cloudlab_messaging::Consumer;
use cloudlab_sql::{Database, Migration};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

type Routes = Box<dyn FnOnce(&Resources) -> OpenApiRouter + Send>;
type MakeConsumer = Box<dyn FnOnce(&Resources) -> Consumer + Send>;

/// What the chassis gives to the parts of a service.
#[derive(Clone)]
pub struct Resources {
    /// The service's database.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New identities.
    pub ids: Arc<dyn Ids>,
    /// The service's name.
    pub service: &'static str,
}

impl Resources {
    /// The topic of the events of one of the service's own aggregates.
    #[must_use]
    pub fn topic(&self, aggregate: &str) -> String {
        crate::topic(self.service, aggregate)
    }
}

/// A service as the sum of its parts.
pub struct Service {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) migrations: &'static [Migration],
    pub(crate) routes: Option<Routes>,
    pub(crate) consumers: Vec<MakeConsumer>,
    pub(crate) codes: &'static [&'static Code],
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) first_request: Option<(&'static str, &'static str)>,
}

impl Service {
    /// A service of this name and version that does nothing yet.
    #[must_use]
    pub fn new(name: &'static str, version: &'static str) -> Self {
        let clock = Arc::new(SystemClock);
        Self {
            name,
            version,
            migrations: &[],
            routes: None,
            consumers: Vec::new(),
            codes: &[],
            clock,
            first_request: None,
        }
    }

    /// Its tables.
    #[must_use]
    pub fn migrations(mut self, migrations: &'static [Migration]) -> Self {
        self.migrations = migrations;
        self
    }

    /// Its REST interface.
    #[must_use]
    pub fn routes(mut self, routes: impl FnOnce(&Resources) -> OpenApiRouter + Send + 'static) -> Self {
        self.routes = Some(Box::new(routes));
        self
    }

    /// A POST that newcomers are told to try when the service is up: its path and its JSON body.
    #[must_use]
    pub fn first_request(mut self, path: &'static str, body: &'static str) -> Self {
        self.first_request = Some((path, body));
        self
    }

    /// A consumer of events.
    #[must_use]
    pub fn consumer(mut self, consumer: impl FnOnce(&Resources) -> Consumer + Send + 'static) -> Self {
        self.consumers.push(Box::new(consumer));
        self
    }

    /// Another clock than the machine's: for tests of what a wrong clock may not break.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Its own problem codes, whose pages it serves beside those of the chassis.
    #[must_use]
    pub fn problems(mut self, codes: &'static [&'static Code]) -> Self {
        self.codes = codes;
        self
    }
}
