//! The crates and paths that the rules know by name.
//!
//! A crate that is missing here is unknown to the rules of the outer layers; in the domain everything unknown is refused.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a crate is for, as far as a layer must not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Database,
    Broker,
    Cache,
    /// Serves HTTP, or describes what is served.
    Web,
    /// The words of HTTP, for either side.
    Http,
    /// Calls other services.
    Client,
    Chassis,
}

/// Names of crates as they stand in code. One that ends with `*` stands for all that begin so.
const KINDS: [(Kind, &str); 7] = [
    (
        Kind::Database,
        "sqlx sqlx_* tokio_postgres postgres postgres_* deadpool deadpool_postgres deadpool_sqlite \
         deadpool_diesel bb8 bb8_postgres r2d2 r2d2_* rusqlite tokio_rusqlite libsqlite3_sys sqlite \
         async_sqlite mysql mysql_async mysql_common diesel diesel_* sea_orm sea_orm_* sea_query \
         sea_query_* cornucopia refinery mongodb bson scylla cassandra_cpp tiberius oracle clickhouse \
         duckdb surrealdb sled redb rocksdb heed lmdb libsql turso neo4rs elasticsearch opensearch \
         meilisearch_sdk tantivy influxdb qdrant_client couchbase arangors rbatis \
         toasty welds mobc pgvector sea_schema aws_sdk_dynamodb aws_sdk_s3 object_store cloudlab_sql",
    ),
    (
        Kind::Broker,
        "async_nats nats rdkafka rdkafka_sys kafka rskafka lapin amqprs amqp deadpool_lapin pulsar \
         aws_sdk_sqs aws_sdk_sns aws_sdk_kinesis aws_sdk_eventbridge google_cloud_pubsub rumqttc \
         paho_mqtt zmq zeromq iggy fluvio stomp cloudlab_messaging cloudlab_nats cloudlab_kafka \
         cloudlab_rabbitmq cloudlab_sqs apalis apalis_* faktory",
    ),
    (
        Kind::Cache,
        "redis deadpool_redis bb8_redis fred rustis memcache memcached async_memcached cloudlab_cache",
    ),
    (
        Kind::Web,
        "axum axum_* actix actix_* rocket rocket_* warp tide poem poem_* salvo salvo_* gotham ntex \
         dropshot loco_rs tower_http tower_sessions utoipa utoipa_* aide async_graphql async_graphql_* \
         juniper juniper_* askama_axum cloudlab_http cloudlab_graphql cloudlab_grpc",
    ),
    (Kind::Http, "http http_body http_body_util httparse hyper hyper_* h2 h3 tower tower_* tonic tonic_*"),
    (
        Kind::Client,
        "reqwest reqwest_* ureq surf isahc awc attohttpc minreq curl lettre octocrab cloudlab_client \
         tokio_tungstenite tungstenite aws_config aws_sdk_* google_cloud_* gcloud_* azure_* graphql_client \
         jsonrpsee jsonrpsee_* stripe kube kube_* etcd_client ldap3 ssh2 slack_morphism teloxide",
    ),
    (
        Kind::Chassis,
        "cloudlab_chassis cloudlab_config cloudlab_telemetry cloudlab_testing cloudlab_auth \
         cloudlab_saga",
    ),
];

static KNOWN: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| all_kinds().collect());

/// What the crate is for; nothing when no rule knows it.
pub fn kind(name: &str) -> Option<Kind> {
    // `sqlx_core` is asked for as it is, then as `sqlx_*`.
    let begins = name.match_indices('_').map(|(at, _)| format!("{}*", &name[..=at]));
    KNOWN
        .get(name)
        .copied()
        .or_else(|| begins.into_iter().find_map(|begin| KNOWN.get(begin.as_str()).copied()))
}

fn all_kinds() -> impl Iterator<Item = (&'static str, Kind)> {
    KINDS.into_iter().flat_map(|(kind, names)| names.split_whitespace().map(move |name| (name, kind)))
}

/// What time and randomness are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The time of day.
    Clock,
    /// The time that has gone. Measuring decides nothing, so the outer layers may.
    Stopwatch,
    Sleep,
    /// Ticks that whoever answers a stream waits for.
    Heartbeat,
    Random,
}

/// Paths that draw time or randomness, with everything below them. `*` is one segment of any name.
const SOURCES: [(Source, &str); 5] = [
    (
        Source::Clock,
        "std::time::SystemTime::now std::time::SystemTime::elapsed chrono::Utc::now chrono::Local::now \
         chrono::Utc::today chrono::Local::today chrono::offset::Utc::now chrono::offset::Local::now \
         chrono::prelude::Utc::now chrono::prelude::Local::now time::OffsetDateTime::now_utc \
         time::OffsetDateTime::now_local time::UtcDateTime::now jiff::Timestamp::now jiff::Zoned::now \
         uuid::Timestamp::now uuid::timestamp::Timestamp::now cloudlab_chassis::SystemClock",
    ),
    (
        Source::Stopwatch,
        "std::time::Instant::now std::time::Instant::elapsed tokio::time::Instant::now \
         tokio::time::Instant::elapsed quanta::Instant::now minstant::Instant::now \
         coarsetime::Instant::now",
    ),
    (
        Source::Sleep,
        "std::thread::sleep std::thread::sleep_until std::thread::park_timeout tokio::time::sleep \
         tokio::time::sleep_until async_std::task::sleep \
         futures_timer::Delay smol::Timer async_io::Timer",
    ),
    (Source::Heartbeat, "tokio::time::interval tokio::time::interval_at"),
    (
        Source::Random,
        "rand rand_core rand_chacha rand_distr rand_pcg rand_xoshiro fastrand getrandom oorandom \
         nanorand nanoid cuid cuid2 ksuid svix_ksuid ulid::Ulid::new ulid::Ulid::from_datetime \
         ulid::Generator rusty_ulid uuid::Uuid::new_v4 uuid::Uuid::new_v7 uuid::Uuid::now_v1 \
         uuid::Uuid::now_v6 uuid::Uuid::now_v7 uuid::ContextV7 std::hash::RandomState \
         std::hash::random::RandomState std::collections::hash_map::RandomState std::random \
         cloudlab_chassis::SystemIds",
    ),
];

/// The same by the crate that a path begins with.
static DRAWN: LazyLock<HashMap<&str, Vec<(Source, &str)>>> = LazyLock::new(|| {
    let mut drawn: HashMap<&str, Vec<(Source, &str)>> = HashMap::new();
    for (source, names) in SOURCES {
        for name in names.split_whitespace() {
            let begin = name.split("::").next().unwrap_or_default();
            drawn.entry(begin).or_default().push((source, name));
        }
    }
    drawn
});

/// The source that a path draws from, and how many segments name it.
pub fn source(path: &[String]) -> Option<(Source, usize)> {
    let of_crate = DRAWN.get(path.first()?.as_str())?;
    of_crate.iter().find_map(|(source, name)| Some((*source, length_if_below(path, name)?)))
}

/// Whether a rule speaks about this crate.
pub fn is_known(name: &str) -> bool {
    kind(name).is_some() || DRAWN.contains_key(name)
}

/// What the domain may not take from the standard library. What `core::net` has too is plain data.
const IMPURE: &str = "std::fs std::net std::process std::env std::thread std::io std::os std::time::SystemTime \
         std::time::Instant std::time::UNIX_EPOCH std::print std::println std::eprint std::eprintln \
         std::dbg";

/// What a use case may not do either: it may run twice, so it has no effect besides its commit.
const EFFECTS: &str = "std::fs std::net std::process std::env std::os std::io::stdin std::io::stdout \
         std::io::stderr std::print std::println std::eprint std::eprintln std::dbg std::thread::spawn \
         std::thread::scope std::thread::Builder tokio::fs tokio::net tokio::process tokio::io tokio::signal \
         tokio::spawn tokio::runtime tokio::task::spawn tokio::task::spawn_blocking tokio::task::spawn_local \
         tokio::task::JoinSet async_std smol async_fs tempfile walkdir socket2 mio nix libc";

const PLAIN_NET: [&str; 8] = [
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "SocketAddrV4",
    "SocketAddrV6",
    "AddrParseError",
    "Ipv6MulticastScope",
];

/// How many segments name something that the domain may not take from the standard library.
pub fn impure(path: &[String]) -> Option<usize> {
    below_one_of(path, IMPURE)
}

/// How many segments name an effect that a use case may not have.
pub fn effect(path: &[String]) -> Option<usize> {
    below_one_of(path, EFFECTS)
}

fn below_one_of(path: &[String], names: &str) -> Option<usize> {
    let is_plain = match (path.get(1).map(String::as_str), path.get(2).map(String::as_str)) {
        (Some("net"), Some(name)) => PLAIN_NET.contains(&name),
        (Some("env"), Some("consts")) | (Some("process"), Some("ExitCode")) => true,
        _ => false,
    };
    if is_plain { None } else { names.split_whitespace().find_map(|name| length_if_below(path, name)) }
}

fn length_if_below(path: &[String], name: &str) -> Option<usize> {
    let mut given = path.iter();
    name.split("::")
        .all(|wanted| given.next().is_some_and(|given| given == wanted))
        .then(|| path.len() - given.len())
}

/// What a consumer needs of the messages; the rest of that crate publishes or carries them.
const CONSUMING: [&str; 5] = ["Consumer", "CloudEvent", "HandleError", "Handler", "Limits"];

/// The functions of `cloudlab_core::Write` that begin one.
pub fn makes_a_write(name: &str) -> bool {
    matches!(name, "insert" | "update" | "delete" | "add" | "count" | "*")
}

pub fn is_for_consumers(name: &str) -> bool {
    CONSUMING.contains(&name)
}

/// One thing has one path: what crates give away under a second name is put back under its first.
pub fn canonical(path: &[String]) -> Vec<String> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let (begin, rest): (&[&str], &[&str]) = match names.as_slice() {
        ["core" | "alloc", rest @ ..] => (&["std"], rest),
        ["cloudlab_core", "Uuid", rest @ ..] => (&["uuid", "Uuid"], rest),
        ["cloudlab_chassis", "sql", rest @ ..] => (&["cloudlab_sql"], rest),
        ["cloudlab_chassis", "migrations", rest @ ..] => (&["cloudlab_sql", "migrations"], rest),
        ["cloudlab_chassis", "messaging", rest @ ..] => (&["cloudlab_messaging"], rest),
        ["cloudlab_chassis", "http", rest @ ..] => (&["cloudlab_http"], rest),
        ["cloudlab_chassis", "OpenApiRouter" | "routes", rest @ ..] => (&["utoipa_axum"], rest),
        rest => (&[], rest),
    };
    begin.iter().chain(rest).map(|name| (*name).to_string()).collect()
}

pub fn is_standard(name: &str) -> bool {
    matches!(name, "std" | "core" | "alloc" | "proc_macro" | "test")
}

/// Whether an unknown first segment is rather a crate than a type of the prelude, a parameter or a tool.
pub fn looks_like_a_crate(name: &str) -> bool {
    const PRIMITIVES: [&str; 21] = [
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
        "isize", "f16", "f32", "f64", "f128", "never", "_",
    ];
    name.starts_with(|first: char| first.is_lowercase() || first == '_')
        && !PRIMITIVES.contains(&name)
        && !is_tool(name)
}

/// Names that attributes may begin with and that are no crates.
pub fn is_tool(name: &str) -> bool {
    matches!(name, "clippy" | "rustfmt" | "rustdoc" | "rustc" | "diagnostic" | "miri" | "rust_analyzer")
}

/// The macros of the prelude that a rule speaks about.
pub fn is_prelude_macro(name: &str) -> bool {
    matches!(name, "include" | "print" | "println" | "eprint" | "eprintln" | "dbg")
}
