//! A process whose logs belong to someone else.
#![allow(clippy::unwrap_used)]

use cloudlab_telemetry::{Error, Options, Telemetry};
use tracing_subscriber::Registry;

#[test]
fn a_start_beside_another_subscriber_is_refused() {
    tracing::subscriber::set_global_default(Registry::default()).unwrap();
    let error = Telemetry::start(&Options::default()).err();
    assert!(matches!(error, Some(Error::Occupied { what: "logs" })), "{error:?}");
}
