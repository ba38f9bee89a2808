//! Start, run, stop, in an order that loses nothing.

use crate::admin::{self, Admin, Gate};
use crate::publisher::{Publisher, READER};
use crate::readiness::Readiness;
use crate::service::{Resources, Service};
use crate::settings::Settings;
use crate::system::SystemIds;
use crate::{configuration, health, upkeep};
use cloudlab_config::{Loaded, Profile, Sources};
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

/// Pause between two tries to reach a database that is away at the start.
const RETRY: Duration = Duration::from_millis(500);
/// How long consumers and readers may take to finish, once no request is in flight.
const FINISH: Duration = Duration::from_secs(10);

/// Serves until a signal ends it.
pub(crate) async fn serve(service: Service, sources: Sources, loaded: Loaded<Settings>) -> Result<(), String> {
    let started = Instant::now();
    let telemetry = configuration::telemetry(&loaded).map_err(|error| error.to_string())?;
    let _flush = telemetry.flush_on_drop(Duration::from_secs(2));
    let (name, version) = (service.name, service.version);
    let servers = Servers::bind(&loaded.value).await?;
    let running = assemble(service, sources, &loaded, telemetry, servers).await?;
    announce(name, version, &loaded, &running, started);
    signal().await;
    tracing::info!("stopping");
    running.stop(Duration::from_secs(loaded.value.http.drain_seconds)).await;
    tracing::info!("stopped");
    Ok(())
}

struct Servers {
    public: Server,
    admin: Server,
}

impl Servers {
    async fn bind(settings: &Settings) -> Result<Self, String> {
        let drain_timeout = Duration::from_secs(settings.http.drain_seconds);
        let limits = |setting| Limits { setting, drain_timeout, ..Limits::default() };
        let public = Server::bind(settings.http.address, limits("http.address")).await;
        let admin = Server::bind(settings.admin.address, limits("admin.address")).await;
        let sentence = |error: cloudlab_http::BindError| error.to_string();
        Ok(Self { public: public.map_err(sentence)?, admin: admin.map_err(sentence)? })
    }
}

/// A service that runs.
struct Running {
    public: std::net::SocketAddr,
    admin: std::net::SocketAddr,
    readiness: Arc<Readiness>,
    database: Database,
    listeners: TaskTracker,
    workers: TaskTracker,
    stop_listening: CancellationToken,
    stop_working: CancellationToken,
}

async fn assemble(
    mut service: Service,
    sources: Sources,
    loaded: &Loaded<Settings>,
    telemetry: Telemetry,
    servers: Servers,
) -> Result<Running, String> {
    let settings = &loaded.value;
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (service.clock.clone(), Arc::new(SystemIds));
    let url = settings.database_url(service.name);
    let database = Database::open(&url, settings.sql(), clock.clone(), ids.clone()).await;
    let database = database.map_err(|error| loaded.reject("database.url", &error.to_string()).to_string())?;
    let broker: Arc<dyn Broker> = Arc::new(InProcess::default());
    let resources = Resources { database: database.clone(), clock: clock.clone(), ids: ids.clone(), service: service.name };
    let limits = settings.consumer_limits();
    let consumers = std::mem::take(&mut service.consumers);
    let consumers = consumers.into_iter().map(|make| make(&resources).with_limits(limits.clone())).collect();
    let consumers = Consumers::new(service.name, Arc::new(database.clone()), clock, ids.clone(), consumers);
    let publisher = Arc::new(Publisher::new(service.name, broker.clone()));
    let reader = Reader::new(READER, database.clone(), publisher);
    let status = reader.status();
    let readiness = Readiness::new(&service, database.clone(), broker.clone(), status.clone());

    let (listeners, workers) = (TaskTracker::new(), TaskTracker::new());
    let (stop_listening, stop_working) = (CancellationToken::new(), CancellationToken::new());
    let (public, admin_address) = (servers.public.local_addr(), servers.admin.local_addr());
    let admin = Admin {
        database: database.clone(),
        reader: status,
        consumers: consumers.clone(),
        telemetry: telemetry.clone(),
        configuration: Arc::new(loaded.report()),
    };
    let migrations = service.migrations;
    let name = service.name;
    let api = public_routes(service, &resources, readiness.clone());
    let api = edge(settings, tenancy(loaded.profile), &ids).around(api);
    let operators = health::routes(readiness.clone()).merge(admin::routes(admin, gate(loaded)));
    let operators = edge(settings, Tenancy::Absent, &ids).around(operators);
    listeners.spawn(servers.public.serve(api, stop_listening.clone().cancelled_owned()));
    listeners.spawn(servers.admin.serve(operators, stop_listening.clone().cancelled_owned()));
    workers.spawn(configuration::follow(sources, telemetry, stop_working.clone()));

    if loaded.profile == Profile::Development || settings.database.migrate {
        migrate(&database, name, migrations).await?;
    }
    consumers.start(broker.as_ref(), &workers, &stop_working).await.map_err(|error| error.to_string())?;
    workers.spawn(reader.run(stop_working.clone()));
    workers.spawn(upkeep::run(database.clone(), READER, stop_working.clone()));
    Ok(Running {
        public,
        admin: admin_address,
        readiness,
        database,
        listeners,
        workers,
        stop_listening,
        stop_working,
    })
}

fn public_routes(mut service: Service, resources: &Resources, readiness: Arc<Readiness>) -> axum::Router {
    let routes = service.routes.take().map(|routes| routes(resources)).unwrap_or_default();
    let (router, mut openapi) = routes.split_for_parts();
    openapi.info = utoipa::openapi::Info::new(service.name, service.version);
    let openapi = cloudlab_http::complete(openapi);
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
    loop {
        match database.migrate_up(name, migrations).await {
            Ok(done) => {
                done.iter().for_each(|migration| tracing::info!(migration, "applied"));
                return Ok(());
            }
            Err(Error::Defect(cause)) => return Err(cause),
            Err(error) => {
                tracing::warn!(%error, "the database is away; migrations wait");
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => {}
                    () = signal() => return Err("stopped while the database was away".into()),
                }
            }
        }
    }
}

fn announce(name: &str, version: &str, loaded: &Loaded<Settings>, running: &Running, started: Instant) {
    let (public, admin) = (running.public, running.admin);
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let profile = loaded.profile.to_string();
    tracing::info!(service = name, version, profile, %public, %admin, took_ms, "serving");
    if loaded.profile == Profile::Development {
        tracing::warn!("development: a request without x-tenant-id belongs to the default tenant");
        println!("\n  {name} is up · http://{public} · {took_ms} ms");
        println!("    see   http://{public}/docs          the API");
        println!("          http://{admin}               health, metrics, outbox, dead letters\n");
    }
}

/// Waits for SIGTERM or SIGINT.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

impl Running {
    /// Readiness off, requests finished, consumers and readers finished, the database closed: in that order, since
    /// each needs the next.
    async fn stop(self, drain: Duration) {
        self.readiness.stop();
        self.stop_listening.cancel();
        self.listeners.close();
        // The listeners end by their own drain limit; this bound only guards against their never ending.
        if tokio::time::timeout(drain + FINISH, self.listeners.wait()).await.is_err() {
            tracing::warn!("requests were still running when the drain limit passed");
        }
        self.stop_working.cancel();
        self.workers.close();
        if tokio::time::timeout(FINISH, self.workers.wait()).await.is_err() {
            tracing::warn!("consumers were still working when the limit passed; their events come again");
        }
        if tokio::time::timeout(FINISH, self.database.close()).await.is_err() {
            tracing::warn!("commits were still under way when the limit passed");
        }
    }
}
