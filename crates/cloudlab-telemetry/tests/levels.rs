//! Which events are logged, and how that changes while the process runs. One test, because the level is one.
#![allow(clippy::unwrap_used)]

mod capture;

use cloudlab_telemetry::{Error, Format, Telemetry};
use tracing::{debug, error, info, info_span, trace, warn};

/// Logs at several levels and targets under a new mark and says what came out.
fn logged(telemetry: &Telemetry, mark: &str) -> Vec<&'static str> {
    let _span = info_span!("request", request_id = mark).entered();
    error!(target: "shop", "error");
    warn!(target: "shop", "warn");
    info!(target: "shop", "info");
    debug!(target: "shop_sql::pool", "sql debug");
    trace!(target: "shop_sql", "sql trace");
    let lines = capture::lines(telemetry, &format!("\"request_id\":\"{mark}\""));
    let all = ["error", "warn", "info", "sql debug", "sql trace"];
    let came = |message: &&str| lines.iter().any(|line| line.contains(&format!("\"message\":\"{message}\"")));
    all.into_iter().filter(came).collect()
}

#[test]
fn levels_change_while_the_process_runs() {
    let telemetry = capture::start(Format::Json);
    for (mark, level, expected) in [
        ("a", "info", vec!["error", "warn", "info"]),
        ("b", "error", vec!["error"]),
        ("c", "info,shop_sql=debug", vec!["error", "warn", "info", "sql debug"]),
        ("d", "shop_sql=trace, shop_sql::pool=OFF, warn", vec!["error", "warn", "sql trace"]),
        ("e", "shop_sql=trace", vec!["error", "sql debug", "sql trace"]),
        ("f", "off", vec![]),
        ("g", "trace", vec!["error", "warn", "info", "sql debug", "sql trace"]),
    ] {
        telemetry.set_level(level).unwrap();
        assert_eq!(telemetry.level(), level);
        assert_eq!(logged(&telemetry, mark), expected, "{level}");
    }
    wrong_levels_are_refused_and_change_nothing(&telemetry);
}

fn wrong_levels_are_refused_and_change_nothing(telemetry: &Telemetry) {
    for wrong in ["", "inof", "info,", "info,a b=debug", "info,=debug", "shop=loud", "shop[span]=info"] {
        let error = telemetry.set_level(wrong).unwrap_err();
        assert!(matches!(&error, Error::Level { level, .. } if level == wrong), "{error}");
        assert!(Telemetry::check_level(wrong).is_err());
        assert_eq!(telemetry.level(), "trace");
    }
    assert_eq!(
        telemetry.set_level("inof,shop=info").unwrap_err().to_string(),
        "the log level \"inof,shop=info\" is wrong: \"inof\" is no level. Write one of off, error, warn, info, debug, trace, \
         or levels by target as in \"info,cloudlab_sql=debug\"."
    );
}
