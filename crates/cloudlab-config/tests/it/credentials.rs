//! What a URL or a connection string shows: where it leads, if that can be read surely, and never how one gets in.

use cloudlab_config::Url;

use crate::settings::{Place, reported};

/// Shown as the value of `database.url`, in the report and in errors.
fn shown(url: &str) -> String {
    let loaded = Place::new().env("CLOUDLAB__DATABASE__URL", url).load();
    let shown = reported(&loaded, "database.url").0;
    let rejected = loaded.reject("database.url", &format!("{url} names nothing")).to_string();
    assert!(rejected.contains(&format!("found {shown:?}")), "{rejected}");
    for secret in ["hu", "sh", "4711"] {
        assert!(!shown.contains(secret), "{shown}");
        assert!(!rejected.contains(secret), "{rejected}");
    }
    shown
}

#[test]
fn a_password_ends_at_the_last_at_sign_whatever_it_holds() {
    for password in [
        "hu sh",
        "hu\"sh",
        "hu\tsh",
        "hu\nsh",
        "hu://sh",
        "hu,sh",
        "hu#sh",
        "hu'sh",
        "hu@sh",
        "hu:sh",
        "hu,x://sh",
    ] {
        assert_eq!(
            shown(&format!("postgres://app:{password}@db:5432/app")),
            "postgres://app:***@db:5432/app"
        );
    }
}

#[test]
fn what_cannot_be_read_surely_is_not_shown_at_all() {
    for url in [
        "postgres//app:hush@db/app",
        "postgres:/app:hush@db/app",
        "postgres:app:hush@db/app",
        "app:hush@db/app",
        "hush",
        "hush@db",
        "host=db user=app password=hu sh",
        "host=db user=app password='hu sh'",
        "host=db hush",
        " postgres://app:hush@db/app",
    ] {
        assert_eq!(shown(url), "***", "{url}");
    }
}

#[test]
fn what_can_be_read_only_in_part_is_shown_in_part() {
    for (url, part) in [
        ("postgres://app:hush", "postgres://***"),
        ("postgres://app:12,postgres://hush@db/app", "postgres://app:***@db/app"),
        ("postgres://app:hush/app", "postgres://***"),
        ("postgres://app:hu/sh", "postgres://***"),
        ("postgres://app:hu?sh=1", "postgres://***"),
        ("postgres://hu$sh:4711@db/app", "postgres://***:***@db/app"),
        ("postgres://app:hush@d b/app", "postgres://app:***@***"),
        ("postgres://app:hush@db/a pp", "postgres://app:***@db/***"),
        ("postgres://db/app?user=app&pass=hush", "postgres://db/app?user=app&pass=***"),
        ("postgres://db/app?user=app;pass=hush&x=1#key=hush", "postgres://db/app?user=***&x=***"),
        ("https://hush@h/x", "https://***@h/x"),
        ("host=db user=app password=hush", "host=db user=app password=***"),
        ("host=db port=5432 pw=hush sslkey=hush", "host=db port=5432 pw=*** sslkey=***"),
        ("Server=db;Password=hush;", "Server=db;Password=***;"),
    ] {
        assert_eq!(shown(url), part, "{url}");
    }
}

#[test]
fn what_holds_no_credentials_stays_readable() {
    for url in [
        "sqlite:data/x.db",
        "sqlite:/var/lib/a service/x.db?mode=ro",
        "sqlite:/tmp/.tmpAb_1-2/x.db",
        "in-process:",
        "postgres://db.example:5432/app",
        "postgres://[::1]:5432/app",
        "postgres://a:1,b:2/app?sslmode=require",
        "nats://h:4222",
        "http://localhost",
    ] {
        assert_eq!(shown(url), url);
    }
}

#[test]
fn other_texts_are_masked_only_where_they_look_like_credentials() {
    let name = |text: &str| {
        let loaded = Place::new().env("CLOUDLAB__HTTP__NAME", text).load();
        reported(&loaded, "http.name").0
    };
    for plain in [
        "Hello, world",
        "see https://docs.example/page?of=2 for more",
        "mail to team@example.com",
        "10:30",
        "a = b",
        "author=bob",
        "C:\\data",
        "team@example.com",
        "Write: team@example.com",
    ] {
        assert_eq!(name(plain), plain);
    }
    for (text, masked) in [
        ("postgres:app:hush@db/app", "***"),
        ("see http://app:hush@db/app for more", "***"),
        ("see http://app:hu sh@db/app for more", "***"),
        ("user=app password=hush", "user=app password=***"),
        ("the password=hush", "***"),
        ("https://h/x?token=hush", "https://h/x?token=***"),
        ("see https://h/x?token=hush", "***"),
    ] {
        assert_eq!(name(text), masked, "{text}");
    }
}

#[test]
fn an_error_about_a_wrong_type_hides_what_looks_like_credentials() {
    for text in ["postgres//app:hush@db/app", "pg:app:hush@db", "pg://app:hu sh@db/hush x", "pg://app:hush"] {
        for key in ["http.address", "http.port", "log.format", "database.url.x"] {
            let error = Place::new().toml(&format!("{key} = '{text}'")).error().to_string();
            assert!(!error.contains("hush") && !error.contains("sh@"), "{key}: {error}");
        }
    }
}

#[test]
fn each_element_of_a_list_is_read_by_itself() {
    let place = Place::new().toml("http.origins = ['http://app:hush@a', 'http://b', 'c:1', 'me@d']");
    assert_eq!(reported(&place.load(), "http.origins").0, "http://app:***@a, http://b, c:1, me@d");
}

#[test]
fn a_url_shows_its_password_to_nobody_who_does_not_ask_for_it() {
    let text = "postgres://app:hush@db/app";
    let url: Url = serde_json::from_str(&format!("{text:?}")).unwrap();
    let masked = "postgres://app:***@db/app";
    assert_eq!((url.expose(), url.to_string().as_str()), (text, masked));
    assert_eq!(format!("{url:?}"), format!("{masked:?}"));
    assert_eq!(serde_json::to_string(&url).unwrap(), format!("{masked:?}"));
}
