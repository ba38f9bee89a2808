use cloudlab_config::{Error, Secret};
use serde::{Deserialize, Serialize};

use crate::settings::{Place, reported};

fn pair(value: &str, source: &str) -> (String, String) {
    (value.to_owned(), source.to_owned())
}

#[test]
fn the_report_has_every_setting_with_its_source_in_order_of_keys() {
    let loaded = Place::new()
        .toml("[http]\nport = 81\norigins = ['a', 'b']")
        .file(".env", "\n\nCLOUDLAB__HTTP__RATIO=2.5")
        .env("CLOUDLAB__HTTP__ADDRESS", "0.0.0.0:80")
        .load();
    assert_eq!(reported(&loaded, "http.address"), pair("0.0.0.0:80", "CLOUDLAB__HTTP__ADDRESS"));
    assert_eq!(reported(&loaded, "http.port"), pair("81", "service.toml:2"));
    assert_eq!(reported(&loaded, "http.ratio"), pair("2.5", ".env:3"));
    assert_eq!(reported(&loaded, "http.origins"), pair("a, b", "service.toml:3"));
    assert_eq!(reported(&loaded, "http.name"), pair("(unset)", "default"));
    assert_eq!(reported(&loaded, "http.compress"), pair("false", "default"));
    let keys: Vec<_> = loaded.report().into_iter().map(|entry| entry.key).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    assert_eq!(keys.len(), 13, "{keys:?}");
}

#[test]
fn lists_of_tables_are_reported_by_element() {
    let loaded = Place::new().toml("[[routes]]\npath = '/a'\nweight = 1").load();
    assert_eq!(reported(&loaded, "routes.0.path"), pair("/a", "service.toml:2"));
    assert!(loaded.report().iter().all(|entry| entry.key != "routes"));
}

#[test]
fn secrets_are_stars_everywhere() {
    let loaded = Place::new().toml("database.token = 'hunter2'\ndatabase.key = 'hunter2'").load();
    assert_eq!(loaded.value.database.token.as_ref().map(Secret::expose), Some("hunter2"));
    assert_eq!(reported(&loaded, "database.token"), pair("***", "service.toml:1"));
    assert_eq!(reported(&loaded, "database.key"), pair("***", "service.toml:2"));
    assert!(!format!("{loaded:?}").contains("hunter2"));
    assert_eq!(reported(&Place::new().load(), "database.token"), pair("(unset)", "default"));
    let composed = Place::new().toml("database.key = 'hunter2${A_TOKEN:-x}'").load();
    assert_eq!(reported(&composed, "database.key").0, "***");
    assert_eq!(format!("{0} {0:?}", loaded.value.database.key), "*** ***");
    assert!(!loaded.reject("database.key", "too short").to_string().contains("hunter2"));
}

#[test]
fn credentials_in_urls_are_stars() {
    for (url, shown) in [
        ("postgres://app:hunter2@db/x", "postgres://app:***@db/x"),
        ("postgres://app@db/x", "postgres://app@db/x"),
        ("redis://:hunter2@db:1", "redis://:***@db:1"),
        ("postgres://app:hun@ter/2,?x@db/x", "postgres://app:***@db/x"),
        ("nats://a:hunter2@b,nats://c:hunter2@d", "nats://a:***@b,nats://c:***@d"),
        ("nats://hunter2@b", "nats://***@b"),
        ("postgres://db/x?user=a&password=hunter2&ssl=1", "postgres://db/x?user=a&password=***&ssl=1"),
        ("sqlite:data/x.db", "sqlite:data/x.db"),
    ] {
        let loaded = Place::new().env("CLOUDLAB__DATABASE__URL", url).load();
        assert_eq!(reported(&loaded, "database.url").0, shown);
        assert!(!loaded.reject("database.url", "no").to_string().contains("hunter2"));
    }
}

#[test]
fn a_rejected_value_is_located() {
    let loaded = Place::new().toml("\ndatabase.url = 'ftp://u:p@h'").load();
    assert_eq!(loaded.locate("database.url").as_deref(), Some("service.toml:2"));
    assert_eq!(
        loaded.reject("database.url", "use postgres://, mysql:// or sqlite:").to_string(),
        "service.toml:2: the value of `database.url` is wrong: use postgres://, mysql:// or sqlite:, found \"ftp://u:***@h\"."
    );
    assert_eq!(loaded.locate("http.port"), None);
    assert_eq!(
        loaded.reject("http.port", "production needs another port").to_string(),
        "default: the value of `http.port` is wrong: production needs another port, found \"80\"; \
         set it in a configuration file or as CLOUDLAB__HTTP__PORT."
    );
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Own {
    greeting: String,
    limit: u8,
    pin: Secret,
}

#[test]
fn an_open_section_is_read_later_by_its_owner() {
    let place =
        Place::new().toml("[service]\ngreeting = 'hi'\npin = 'hunter2'").env("CLOUDLAB__SERVICE__LIMIT", "3");
    let mut loaded = place.load();
    assert_eq!(reported(&loaded, "service.greeting").0, "***", "nobody has said that this is no secret");
    let own: Own = loaded.section("service").unwrap();
    assert_eq!(reported(&loaded, "service.greeting").0, "hi");
    assert_eq!((own.greeting.as_str(), own.limit), ("hi", 3));
    assert_eq!(reported(&loaded, "service.limit"), pair("3", "CLOUDLAB__SERVICE__LIMIT"));
    assert_eq!(reported(&loaded, "service.pin"), pair("***", "service.toml:3"));
    let absent: Own = Place::new().load().section("service").unwrap();
    assert_eq!(absent.limit, 0);
}

#[test]
fn an_open_section_names_the_place_of_what_is_wrong() {
    let mut loaded = Place::new().toml("[service]\ngreting = 'hi'").load();
    let error = loaded.section::<Own>("service").expect_err("greting is unknown");
    let expected = Error::UnknownKey {
        place: "service.toml:2".to_owned(),
        key: "service.greting".to_owned(),
        suggestion: Some("greeting".to_owned()),
        allowed: vec!["greeting".to_owned(), "limit".to_owned(), "pin".to_owned()],
    };
    assert_eq!(error, expected);
}
