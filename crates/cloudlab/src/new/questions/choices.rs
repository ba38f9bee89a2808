//! The closed questions and their possible answers, with the words of the flag and the words for people.
//!
//! Every choice of the contract can be asked for, whether it is built or not: a request is then answered with the
//! honest reason instead of "unknown value".

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// One closed set of answers to one question.
pub trait Choice: ValueEnum + 'static {
    /// The flag without its dashes.
    const FLAG: &'static str;
    /// The value as it is written after the flag.
    fn value(&self) -> &'static str;
    /// The value in a sentence.
    fn words(&self) -> &'static str;
    /// What choosing it means for the service.
    fn meaning(&self) -> &'static str;
    /// Whether this version can render it; what is planned can be asked for, and is refused with the reason.
    fn is_built(&self) -> bool;

    /// `--flag value`.
    fn on_the_command_line(&self) -> String {
        format!("--{} {}", Self::FLAG, self.value())
    }
}

macro_rules! choice {
    (@ built) => { true };
    (@ planned) => { false };
    ($(#[$doc:meta])* $name:ident $flag:literal { $($variant:ident $value:literal $words:literal $built:ident $meaning:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),+ }

        impl ValueEnum for $name {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant),+]
            }
            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(self.value()))
            }
        }

        impl Choice for $name {
            const FLAG: &'static str = $flag;
            fn value(&self) -> &'static str {
                match self { $(Self::$variant => $value),+ }
            }
            fn words(&self) -> &'static str {
                match self { $(Self::$variant => $words),+ }
            }
            fn meaning(&self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
            fn is_built(&self) -> bool {
                match self { $(Self::$variant => choice!(@ $built)),+ }
            }
        }
    };
}

choice! {
    /// What a service starts from.
    Blueprint "blueprint" {
        Blank "blank" "blank" built "one aggregate of your own naming, with every pattern in place",
        Auth "auth" "auth" planned "sign-up, login, tokens, roles",
        User "user" "user" planned "profiles, addresses, memberships",
        Product "product" "product" planned "catalogue, categories, prices",
        Order "order" "order" planned "cart and checkout, event sourced, with a saga",
        Payment "payment" "payment" planned "authorize, capture, refund, ledger",
        Inventory "inventory" "inventory" planned "stock and reservations, event sourced",
        Notification "notification" "notification" planned "mail, SMS, push, templates",
        Analytics "analytics" "analytics" planned "events into views",
        Content "content" "content" planned "media in an object store",
        Search "search" "search" planned "full text, facets",
        Rules "rules" "rules" planned "business rules with a lifecycle",
    }
}

choice! {
    /// Where the service keeps its state; SQLite is compiled in whatever is chosen.
    Database "database" {
        Postgres "postgres" "PostgreSQL" built "a server for production; runs on SQLite until it has a URL",
        Mysql "mysql" "MySQL" planned "MySQL or MariaDB",
        Cockroach "cockroach" "CockroachDB" planned "several nodes that speak PostgreSQL's protocol",
        Sqlite "sqlite" "SQLite" built "one file beside the service: one machine, no server, ever",
    }
}

choice! {
    /// Where the service caches; `none` is all that this version has.
    Cache "cache" {
        Redis "redis" "Redis" planned "shared by all replicas",
        Dragonfly "dragonfly" "DragonflyDB" planned "Redis's protocol, many cores",
        Memcached "memcached" "Memcached" planned "shared by all replicas, without patterns",
        None "none" "none" built "no server for it",
    }
}

choice! {
    /// What carries events between services; `none` is in the process.
    Broker "broker" {
        Nats "nats" "NATS JetStream" planned "small, quick, one binary",
        Kafka "kafka" "Kafka" planned "long retention, many consumers",
        Rabbitmq "rabbitmq" "RabbitMQ" planned "queues with routing",
        Sqs "sqs" "AWS SQS/SNS" planned "nothing to run on AWS",
        None "none" "none" built "events are delivered within the process",
    }
}

choice! {
    /// What wakes the reader of the outbox after a commit of another process.
    Notifier "notifier" {
        Notify "notify" "LISTEN/NOTIFY" built "PostgreSQL wakes the other replicas at once",
        Redis "redis" "Redis pub/sub" planned "a Redis wakes the other replicas at once",
        Polling "polling" "polling" built "replicas look by themselves, at most 20 ms late by default",
    }
}

choice! {
    /// How callers speak to the service; several may be chosen.
    Api "api" {
        Rest "rest" "REST" built "JSON over HTTP, with OpenAPI",
        Websocket "websocket" "WebSocket" planned "live updates",
        Grpc "grpc" "gRPC" planned "typed calls between services",
        Graphql "graphql" "GraphQL" planned "queries that the caller shapes",
    }
}

choice! {
    /// Where metrics and traces go.
    Observability "observability" {
        Prometheus "prometheus" "Prometheus" built "metrics at the admin address, JSON logs",
        Opentelemetry "opentelemetry" "OpenTelemetry" planned "traces and metrics over OTLP",
        Datadog "datadog" "Datadog" planned "over OTLP, to its agent",
        Newrelic "newrelic" "New Relic" planned "over OTLP, to its endpoint",
        Basic "basic" "basic" planned "logs only",
    }
}

/// A question of `cloudlab new`, for those who try every answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The flag without its dashes.
    pub flag: &'static str,
    /// What can be answered today.
    pub built: Vec<&'static str>,
}

/// The closed questions about what a service is made of, in the order in which they are asked.
pub fn questions() -> Vec<Question> {
    fn of<C: Choice>() -> Question {
        let built = C::value_variants().iter().filter(|choice| choice.is_built());
        Question { flag: C::FLAG, built: built.map(Choice::value).collect() }
    }
    vec![
        of::<Blueprint>(),
        of::<Database>(),
        of::<Cache>(),
        of::<Broker>(),
        of::<Notifier>(),
        of::<Api>(),
        of::<Observability>(),
    ]
}
