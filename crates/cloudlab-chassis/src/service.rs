//! What a service is made of.

use crate::system::SystemClock;
use cloudlab_core::{Clock, Ids};
use cloudlab_http::Code;
use cloudlab_messaging::Consumer;
use cloudlab_sql::{Database, Migration};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

type Routes<S> = Box<dyn FnOnce(&Resources<S>) -> OpenApiRouter + Send>;
type MakeConsumer<S> = Box<dyn FnOnce(&Resources<S>) -> Consumer + Send>;

/// What the settings of a service's own must be, so that they can be read and shown.
pub trait OwnSettings: DeserializeOwned + Serialize + Send + Sync + 'static {}

impl<S: DeserializeOwned + Serialize + Send + Sync + 'static> OwnSettings for S {}

/// The settings of a service that has none of its own.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// What the chassis gives to the parts of a service.
pub struct Resources<S = NoSettings> {
    /// The service's database.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New identities.
    pub ids: Arc<dyn Ids>,
    /// The service's name.
    pub service: &'static str,
    /// The service's own settings.
    pub settings: Arc<S>,
}

impl<S> Resources<S> {
    /// The topic of the events of one of the service's own aggregates.
    #[must_use]
    pub fn topic(&self, aggregate: &str) -> String {
        crate::publisher::topic(self.service, aggregate)
    }

    fn with<T>(&self, settings: Arc<T>) -> Resources<T> {
        let Self { database, clock, ids, service, .. } = self;
        let (database, clock, ids) = (database.clone(), clock.clone(), ids.clone());
        Resources { database, clock, ids, service, settings }
    }
}

impl<S> Clone for Resources<S> {
    fn clone(&self) -> Self {
        self.with(self.settings.clone())
    }
}

/// A service as the sum of its parts; `S` are the settings of its own.
pub struct Service<S = NoSettings> {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) migrations: &'static [Migration],
    pub(crate) routes: Option<Routes<S>>,
    pub(crate) consumers: Vec<MakeConsumer<S>>,
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

    /// Settings of its own, read from the section `[service]`. Like the others they are checked before anything
    /// starts, and a key that `T` does not have is refused.
    #[must_use]
    pub fn settings<T: OwnSettings>(self) -> Service<T> {
        self.seeing(|resources| resources.with(Arc::default()))
    }
}

impl<S: OwnSettings> Service<S> {
    /// The same service, whose settings have been read.
    pub(crate) fn configured(self, settings: Arc<S>) -> Service {
        self.seeing(move |resources| resources.with(settings.clone()))
    }

    /// The same service, whose parts get what `view` makes of the resources.
    fn seeing<T: OwnSettings>(
        self,
        view: impl Fn(&Resources<T>) -> Resources<S> + Clone + Send + 'static,
    ) -> Service<T> {
        let for_routes = view.clone();
        let consumers = self.consumers.into_iter().map(|make| {
            let view = view.clone();
            Box::new(move |resources: &Resources<T>| make(&view(resources))) as MakeConsumer<T>
        });
        Service {
            name: self.name,
            version: self.version,
            migrations: self.migrations,
            routes: self.routes.map(|routes| {
                Box::new(move |resources: &Resources<T>| routes(&for_routes(resources))) as Routes<T>
            }),
            consumers: consumers.collect(),
            codes: self.codes,
            clock: self.clock,
            first_request: self.first_request,
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
    pub fn routes(mut self, routes: impl FnOnce(&Resources<S>) -> OpenApiRouter + Send + 'static) -> Self {
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
    pub fn consumer(mut self, consumer: impl FnOnce(&Resources<S>) -> Consumer + Send + 'static) -> Self {
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
