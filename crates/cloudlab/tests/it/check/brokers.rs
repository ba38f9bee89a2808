//! The rule `brokers`.

use super::planted::{APPLICATION, INTERFACES, rows};

#[test]
fn drivers_and_brokers_stay_in_the_infrastructure() {
    rows(&[
        ("a driver in a use case", APPLICATION, "use «brokers|tokio_postgres»::Client;"),
        ("a driver in a handler", INTERFACES, "fn f(_: &«brokers|rusqlite»::Connection) {}"),
        ("a mapper in a handler", INTERFACES, "#[derive(«brokers|sqlx»::FromRow)]\nstruct Row;"),
        ("a pool in a handler", INTERFACES, "use «brokers|deadpool_postgres»::Pool;"),
        ("a broker in a use case", APPLICATION, "use «brokers|async_nats»::Client;"),
        (
            "a broker in a handler",
            INTERFACES,
            "async fn f() { «brokers|lapin»::Connection::connect().await; }",
        ),
        ("a queue in a use case", APPLICATION, "use «brokers|aws_sdk_sqs» as queue;"),
        ("a cache in a use case", APPLICATION, "use «brokers|redis»::AsyncCommands;"),
        ("an adapter of the chassis", INTERFACES, "use «brokers|cloudlab_kafka»::Kafka;"),
        ("SQL by the chassis in a handler", INTERFACES, "use «brokers|cloudlab_chassis::sql»::Database;"),
        ("SQL by its own crate in a use case", APPLICATION, "use «brokers|cloudlab_sql»::Statement;"),
        ("a renamed dependency", APPLICATION, "use «brokers|db»::query;"),
        ("a renamed dependency with a capital", INTERFACES, "fn f(_: «brokers|Queue»::Client) {}"),
    ]);
}

#[test]
fn events_leave_through_the_journal_only() {
    rows(&[
        ("the port", INTERFACES, "use «brokers|cloudlab_chassis::messaging::Broker»;"),
        (
            "a member of a list",
            INTERFACES,
            "use cloudlab_chassis::messaging::{CloudEvent, Consumer, «brokers|Message»};",
        ),
        (
            "by its module",
            INTERFACES,
            "use cloudlab_chassis::messaging;\nfn f(_: &dyn «brokers|messaging::Broker») {}",
        ),
        ("the module of the port", INTERFACES, "use «brokers|cloudlab_chassis::messaging::broker»::Broker;"),
        ("everything", INTERFACES, "use «brokers|cloudlab_chassis::messaging::*»;"),
        (
            "everything of the chassis",
            INTERFACES,
            "use cloudlab_chassis::http::*;\nuse «brokers|cloudlab_chassis::*»;",
        ),
        ("the one in process", INTERFACES, "fn f() { «brokers|cloudlab_messaging::InProcess»::new(); }"),
        ("the resources, which hold the database", INTERFACES, "use «brokers|cloudlab_chassis::Resources»;"),
    ]);
}
