//! Start, run, stop, in an order that loses nothing.

use crate::admin::{self, Admin, Gate};
use crate::announcement::{Addresses, Announcement};
use crate::configuration::Origin;
use crate::output::Failure;
use crate::publisher::{Publisher, READER};
use crate::readiness::Readiness;
use crate::running::{Listener, Running};
use crate::service::{Resources, Service};
use crate::settings::Settings;
use crate::signals::Signals;
use crate::system::SystemIds;
use crate::{configuration, health, measures, upkeep};
use cloudlab_config::{Loaded, Profile};
use cloudlab_core::store::Error;
use cloudlab_core::{Clock, Ids};
use cloudlab_http::{Edge, Limits, Server, Tenancy};
use cloudlab_messaging::{Broker, Consumers, InProcess};
use cloudlab_sql::journal::Reader;
use cloudlab_sql::{Database, Migration};
use cloudlab_telemetry::Telemetry;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Pause between two looks at a database that is away, or whose schema waits for an operator.
const RETRY: Duration = Duration::from_millis(500);
/// How often a wait is mentioned in the log.
const REMIND: Duration = Duration::from_secs(30);
/// The part of the drain limit that requests may use; the rest is for consumers, readers and the database.
const REQUESTS_SHARE: f64 = 0.75;

/// How long requests of operators may go on when all else has ended.
const OPERATORS_DRAIN: Duration = Duration::from_secs(1);

/// Serves until a signal ends it.
pub(crate) async fn serve(service: Service, origin: Origin, loaded: Loaded<Settings>) -> Result<(), Failure> {
    let started = Instant::now();
    let telemetry = configuration::telemetry(&loaded).map_err(|error| error.to_string())?;
    let _flush = telemetry.flush_on_drop(Duration::from_secs(2));
    // Before anything that takes time: a signal that comes early must end the service, too.
    let mut signals = Signals::listen()?;
    let servers = Servers::bind(&loaded.value).await?;
    let announcement = Announcement::new(&service, &loaded, servers.addresses(), started);
    let (running, start) = assemble(service, origin, &loaded, telemetry.clone(), servers).await?;
    // A schema that an operator changes may stay away for long; what the service can do meanwhile, it does.
    let migrates = start.migrates;
    if !migrates {
        announcement.make(&telemetry);
    }
    let signal = tokio::select! {
        outcome = start.run(&running) => {
            outcome?;
            if migrates {
                announcement.make(&telemetry);
            }
            signals.next().await
        }
        signal = signals.next() => signal,
    };
    tracing::info!(signal = signal.name, "stopping");
    tokio::select! {
        () = running.stop(&loaded.value.http) => {
            tracing::info!("stopped");
            Ok(())
        }
        signal = signals.again() => {
            let (signal, number) = (signal.name, signal.number);
            let exit_code = 128 + u32::from(number);
            tracing::warn!(signal, exit_code, "a second signal: the process ends at once, without what was to be finished");
            Err(Failure::Signalled(number))
        }
    }
}

struct Servers {
    public: Server,
    admin: Server,
}

impl Servers {
    async fn bind(settings: &Settings) -> Result<Self, String> {
        let http = &settings.http;
        let idle_timeout = Duration::from_secs(http.keep_alive_seconds);
        let drain = Duration::from_secs(http.drain_seconds).mul_f64(REQUESTS_SHARE);
        let limits =
            |setting, drain_timeout| Limits { setting, drain_timeout, idle_timeout, ..Limits::default() };
        let public = Server::bind(http.address, limits("http.address", drain)).await;
        let operators = limits("admin.address", OPERATORS_DRAIN.min(drain));
        let admin = Server::bind(settings.admin.address, operators).await;
        Ok(Self {
            public: public.map_err(|error| error.to_string())?,
            admin: admin.map_err(|error| error.to_string())?,
        })
    }

    fn addresses(&self) -> Addresses {
        Addresses { public: self.public.local_addr(), admin: self.admin.local_addr() }
    }
}

async fn assemble(
    mut service: Service,
    origin: Origin,
    loaded: &Loaded<Settings>,
    telemetry: Telemetry,
    servers: Servers,
) -> Result<(Running, Start), String> {
    let settings = &loaded.value;
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (service.clock.clone(), Arc::new(SystemIds));
    let url = settings.database_url(service.name);
    let database = Database::open(&url, settings.sql(), clock.clone(), ids.clone()).await;
    let database = database.map_err(|error| loaded.reject("database.url", &error.to_string()).to_string())?;
    let broker: Arc<dyn Broker> = Arc::new(InProcess::default());
    let resources = Resources {
        database: database.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        service: service.name,
        settings: Arc::default(),
    };
    let limits = settings.consumer_limits();
    let consumers = std::mem::take(&mut service.consumers);
    let consumers = consumers.into_iter().map(|make| make(&resources).with_limits(limits.clone()));
    let consumers: Vec<_> = consumers.collect();
    measures::register(&consumers);
    let consumers = Consumers::new(service.name, Arc::new(database.clone()), clock, ids.clone(), consumers);
    let publisher = Arc::new(Publisher::new(service.name, broker.clone()));
    let reader = Reader::new(READER, database.clone(), publisher);
    let status = reader.status();
    let readiness = Readiness::new(&service, database.clone(), broker.clone(), status.clone());

    let (workers, stop_working) = (TaskTracker::new(), CancellationToken::new());
    let api = edge(settings, tenancy(loaded.profile), &ids);
    let admin = Admin {
        database: database.clone(),
        api: api.clone(),
        reader: status,
        consumers: consumers.clone(),
        telemetry: telemetry.clone(),
        configuration: Arc::new(configuration::report(loaded, service.name)),
    };
    let (name, migrations) = (service.name, service.migrations);
    let migrates = loaded.profile == Profile::Development || settings.database.migrate;
    let api = api.around(public_routes(service, &resources, readiness.clone()));
    let operators = health::routes(readiness.clone()).merge(admin::routes(admin, gate(loaded)));
    let operators = edge(settings, Tenancy::Absent, &ids).around(operators);
    let public = Listener::spawn(servers.public, api);
    let operators = Listener::spawn(servers.admin, operators);
    workers.spawn(configuration::follow(origin, telemetry, stop_working.clone()));
    let running = Running { readiness, database, public, operators, workers, stop_working };
    Ok((running, Start { name, migrations, migrates, consumers, broker, reader }))
}

/// What begins when the schema is there.
struct Start {
    name: &'static str,
    migrations: &'static [Migration],
    migrates: bool,
    consumers: Arc<Consumers>,
    broker: Arc<dyn Broker>,
    reader: Reader,
}

impl Start {
    async fn run(self, running: &Running) -> Result<(), String> {
        if self.migrates {
            migrate(&running.database, self.name, self.migrations).await?;
        }
        until_migrated(&running.readiness).await;
        let (workers, stop) = (&running.workers, &running.stop_working);
        let started = self.consumers.start(self.broker.as_ref(), workers, stop).await;
        started.map_err(|error| error.to_string())?;
        workers.spawn(self.reader.run(stop.clone()));
        workers.spawn(upkeep::run(running.database.clone(), READER, stop.clone()));
        Ok(())
    }
}

fn public_routes(mut service: Service, resources: &Resources, readiness: Arc<Readiness>) -> axum::Router {
    let routes = service.routes.take().map(|routes| routes(resources)).unwrap_or_default();
    let (mut router, mut openapi) = routes.split_for_parts();
    openapi.info = utoipa::openapi::Info::new(service.name, service.version);
    let openapi = cloudlab_http::complete(openapi);
    if router.has_routes() {
        let gate = axum::middleware::from_fn_with_state(readiness.clone(), health::until_migrated);
        router = router.route_layer(gate);
    }
    router.merge(cloudlab_http::docs(&openapi, service.codes)).merge(health::routes(readiness))
}

fn edge(settings: &Settings, tenancy: Tenancy, ids: &Arc<dyn Ids>) -> Edge {
    let settings = cloudlab_http::Settings {
        request_timeout: Duration::from_millis(settings.http.timeout_ms),
        max_in_flight: settings.http.most_in_flight,
        max_body_bytes: settings.http.body_limit_bytes,
        access_log: settings.http.access_log,
        tenancy,
    };
    Edge::new(settings, ids.clone())
}

fn tenancy(profile: Profile) -> Tenancy {
    if profile == Profile::Development { Tenancy::Development } else { Tenancy::Required }
}

fn gate(loaded: &Loaded<Settings>) -> Gate {
    match &loaded.value.admin.token {
        Some(token) if !token.expose().is_empty() => Gate::Token(token.clone()),
        _ if loaded.profile == Profile::Development => Gate::Open,
        _ => Gate::Closed,
    }
}

/// Applies migrations; a database that is away is waited for, a script that fails ends the start.
async fn migrate(database: &Database, name: &str, migrations: &[Migration]) -> Result<(), String> {
    let mut reminder = Reminder::default();
    loop {
        match database.migrate_up(name, migrations).await {
            Ok(done) => {
                done.iter().for_each(|migration| tracing::info!(migration, "applied"));
                return Ok(());
            }
            Err(Error::Defect(cause)) => return Err(cause),
            Err(error) => {
                if reminder.is_due() {
                    tracing::warn!(%error, "the database is away; the service waits for it and answers health meanwhile");
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn until_migrated(readiness: &Readiness) {
    let mut reminder = Reminder::default();
    while let Err(reason) = readiness.schema().await {
        if reminder.is_due() {
            tracing::warn!(reason, "the schema is not ready; the service answers health meanwhile");
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Keeps a wait from filling the log.
#[derive(Default)]
struct Reminder(Option<Instant>);

impl Reminder {
    fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|at| at.elapsed() >= REMIND);
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}
