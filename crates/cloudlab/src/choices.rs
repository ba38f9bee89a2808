//! The six questions and their possible answers, with the words of the flag and the words for people.
//!
//! Every choice of the contract can be asked for, whether it is built or not: a request is then answered with the
//! honest reason instead of "unknown value".

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// One closed set of answers to one question.
pub trait Choice: ValueEnum {
    /// The flag without its dashes.
    const FLAG: &'static str;
    /// The value as it is written after the flag.
    fn value(&self) -> &'static str;
    /// The value in a sentence.
    fn words(&self) -> &'static str;
    /// Whether this version can render it.
    fn is_built(&self) -> bool;

    /// `--flag value`.
    fn on_the_command_line(&self) -> String {
        format!("--{} {}", Self::FLAG, self.value())
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident $flag:literal { $($variant:ident $value:literal $words:literal $built:literal,)+ }) => {
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
            fn is_built(&self) -> bool {
                match self { $(Self::$variant => $built),+ }
            }
        }
    };
}

choice! {
    /// Where the service keeps its state; SQLite is compiled in whatever is chosen.
    Database "database" {
        Postgres "postgres" "PostgreSQL" true,
        Mysql "mysql" "MySQL" false,
        Cockroach "cockroach" "CockroachDB" false,
        Sqlite "sqlite" "SQLite" true,
    }
}

choice! {
    /// Where the service caches; `none` is all that this version has.
    Cache "cache" {
        Redis "redis" "Redis" false,
        Dragonfly "dragonfly" "DragonflyDB" false,
        Memcached "memcached" "Memcached" false,
        None "none" "none" true,
    }
}

choice! {
    /// What carries events between services; `none` is in the process.
    Broker "broker" {
        Nats "nats" "NATS JetStream" false,
        Kafka "kafka" "Kafka" false,
        Rabbitmq "rabbitmq" "RabbitMQ" false,
        Sqs "sqs" "AWS SQS/SNS" false,
        None "none" "none" true,
    }
}

choice! {
    /// What wakes the reader of the outbox after a commit of another process.
    Notifier "notifier" {
        Notify "notify" "LISTEN/NOTIFY" true,
        Redis "redis" "Redis pub/sub" false,
        Polling "polling" "polling" true,
    }
}

choice! {
    /// How callers speak to the service; several may be chosen.
    Api "api" {
        Rest "rest" "REST" true,
        Websocket "websocket" "WebSocket" false,
        Grpc "grpc" "gRPC" false,
        Graphql "graphql" "GraphQL" false,
    }
}

choice! {
    /// Where metrics and traces go.
    Observability "observability" {
        Prometheus "prometheus" "Prometheus" true,
        Opentelemetry "opentelemetry" "OpenTelemetry" false,
        Datadog "datadog" "Datadog" false,
        Newrelic "newrelic" "New Relic" false,
        Basic "basic" "basic" false,
    }
}
