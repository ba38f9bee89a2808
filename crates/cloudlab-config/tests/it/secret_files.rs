//! Variables that name a file with the value, as Kubernetes, Docker and Vault Agent lay it down.

use cloudlab_config::Secret;
use serde::{Deserialize, Serialize};

use crate::settings::{Place, Settings, reported};

const URL_FILE: &str = "CLOUDLAB__DATABASE__URL_FILE";

/// A place with the file `name`, and its path.
fn with_file(name: &str, text: &str) -> (Place, String) {
    let place = Place::new().file(name, text);
    let path = place.folder.path().join(name).display().to_string();
    (place, path)
}

#[test]
fn the_text_of_the_file_is_the_value_without_one_newline() {
    for (text, value) in [
        ("pg://a:b@c/d", "pg://a:b@c/d"),
        ("pg\n", "pg"),
        ("pg\r\n", "pg"),
        ("pg\n\n", "pg\n"),
        (" pg \r", " pg \r"),
        ("a=${B} $${C}", "a=${B} $${C}"),
    ] {
        let (place, path) = with_file("url", text);
        let loaded = place.env(URL_FILE, &path).load();
        assert_eq!(loaded.value.database.url, value);
        let source = format!("{URL_FILE} ({path})");
        assert_eq!(reported(&loaded, "database.url"), ("***".to_owned(), source));
        assert!(loaded.report().iter().all(|entry| entry.key != "database.url_file"));
    }
}

#[test]
fn a_path_may_begin_in_the_folder_of_the_configuration_and_stand_in_dotenv() {
    let loaded = Place::new()
        .file("url", "sqlite:x.db")
        .file(".env", "\nCLOUDLAB__DATABASE__URL_FILE=./url\ncloudlab__database__token_file=./url")
        .load();
    assert_eq!(loaded.value.database.url, "sqlite:x.db");
    assert_eq!(loaded.value.database.token.as_ref().map(Secret::expose), Some("sqlite:x.db"));
    assert_eq!(reported(&loaded, "database.url"), ("***".to_owned(), ".env:2 (./url)".to_owned()));
}

#[test]
fn it_becomes_what_the_setting_is_and_stays_hidden_whatever_the_name_of_the_key() {
    let place = Place::new().file("port", "4711\n").file("list", "hush,hush2").file("name", "hush");
    let loaded = place
        .env("CLOUDLAB__HTTP__PORT_FILE", "./port")
        .env("CLOUDLAB__HTTP__ORIGINS_FILE", "./list")
        .env("CLOUDLAB__HTTP__NAME_FILE", "./name")
        .load();
    assert_eq!(loaded.value.http.port, 4711);
    assert_eq!(loaded.value.http.origins, ["hush", "hush2"]);
    for (key, text) in [("http.port", "4711"), ("http.origins", "hush2"), ("http.name", "hush")] {
        assert_eq!(reported(&loaded, key).0, "***", "{key}");
        let error = loaded.reject(key, &format!("{text} is taken")).to_string();
        assert!(!error.contains(text), "{error}");
    }
}

#[test]
fn a_later_layer_wins_and_the_file_that_lost_is_not_needed() {
    let place = Place::new().toml("database.url = '${ABSENT}'\nhttp.port = 1").file("url", "new");
    let place = place.file(".env", "CLOUDLAB__DATABASE__URL_FILE=./url\nCLOUDLAB__HTTP__PORT_FILE=./absent");
    let value = place.env("CLOUDLAB__HTTP__PORT", "2").load().value;
    assert_eq!((value.database.url.as_str(), value.http.port), ("new", 2));
}

#[test]
fn both_in_one_layer_are_refused() {
    let (place, path) = with_file("url", "x");
    place.env(URL_FILE, &path).env("CLOUDLAB__DATABASE__URL", "hush").fails(
        "CLOUDLAB__DATABASE__URL_FILE: CLOUDLAB__DATABASE__URL_FILE and CLOUDLAB__DATABASE__URL both set \
         `database.url`; remove one.",
    );
    Place::new().file(".env", "CLOUDLAB__DATABASE__URL=hush\nCLOUDLAB__DATABASE__URL_FILE=./x").fails(
        ".env:2: CLOUDLAB__DATABASE__URL_FILE and CLOUDLAB__DATABASE__URL both set `database.url`; remove one.",
    );
}

#[test]
fn what_cannot_be_used_names_the_variable_and_the_path() {
    let place = Place::new().file("empty", "\n").file("large", &"h".repeat(64 * 1024 + 1));
    std::fs::write(place.folder.path().join("latin1"), b"h\xfcsh").unwrap();
    std::fs::create_dir(place.folder.path().join("folder")).unwrap();
    let mut place = place.file("full", &"h".repeat(64 * 1024));
    for (name, cause) in [
        ("absent", "there is no such file"),
        ("folder", "it is a folder"),
        ("empty", "it is empty"),
        ("latin1", "it is not UTF-8"),
        ("large", "it is larger than 64 KiB"),
    ] {
        place = place.file(".env", &format!("{URL_FILE}=./{name}"));
        place.fails(&format!(
            ".env:1 (./{name}) cannot be read: {cause}. Correct the file or the path in {URL_FILE}."
        ));
    }
    let value = place.file(".env", &format!("{URL_FILE}=./full")).load().value;
    assert_eq!(value.database.url.len(), 64 * 1024);
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_not_waited_for() {
    Place::new().env(URL_FILE, "/dev/null").fails(&format!(
        "{URL_FILE} (/dev/null) cannot be read: it is no plain file. Correct the file or the path in {URL_FILE}."
    ));
}

#[test]
fn a_secret_in_the_place_of_its_path_is_not_shown() {
    for secret in ["hush", "postgres://app:hush@db/app", "hush/hush", ""] {
        Place::new().env(URL_FILE, secret).fails(
            "CLOUDLAB__DATABASE__URL_FILE: the value of CLOUDLAB__DATABASE__URL_FILE is no path to the file of a \
             secret: write one that begins with / or ./.",
        );
    }
}

#[test]
fn errors_about_the_value_name_the_file_and_not_its_text() {
    let (place, path) = with_file("x", "hush\n");
    for key in ["HTTP__PORT", "HTTP__ADDRESS", "LOG__FORMAT", "HTTP__COMPRESS", "HTTP"] {
        let place = Place::new().env(&format!("CLOUDLAB__{key}_FILE"), &path);
        let error = place.error().to_string();
        assert!(error.starts_with(&format!("CLOUDLAB__{key}_FILE ({path}): the value of ")), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
    drop(place);
}

#[test]
fn a_file_for_a_key_that_is_not_known_is_refused_and_the_right_variable_spelt() {
    Place::new().env("CLOUDLAB__DATABASE__ULR_FILE", "/hush").fails(
        "CLOUDLAB__DATABASE__ULR_FILE: the key `database.ulr_file` is not known. Did you mean \
         `CLOUDLAB__DATABASE__URL_FILE`? Allowed in [database]: key, token, url.",
    );
    let in_toml = Place::new().toml("database.url_file = '/x'").error().to_string();
    assert!(in_toml.starts_with("service.toml:1: the key `database.url_file` is not known."), "{in_toml}");
    assert!(Place::new().env("CLOUDLAB__PROFILE_FILE", "/x").error().to_string().contains("profile_file"));
}

/// Keys that end as the variables of secret files do.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Tls {
    ca: String,
    ca_file: String,
    key_file: String,
    #[serde(alias = "secret_word")]
    word: String,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Own {
    tls: Tls,
}

#[test]
fn a_setting_whose_own_key_ends_so_is_a_path() {
    let place = Place::new().file("x", "hush").env("CLOUDLAB__TLS__CA_FILE", "/etc/ca.pem");
    let loaded = place.env("CLOUDLAB__TLS__KEY_FILE", "key.pem").sources().load::<Own>().unwrap();
    assert_eq!((loaded.value.tls.ca.as_str(), loaded.value.tls.ca_file.as_str()), ("", "/etc/ca.pem"));
    assert_eq!(loaded.value.tls.key_file, "key.pem");
    let entry = loaded.report().into_iter().find(|entry| entry.key == "tls.ca_file").unwrap();
    assert_eq!((entry.value.as_str(), entry.source.as_str()), ("/etc/ca.pem", "CLOUDLAB__TLS__CA_FILE"));
}

#[test]
fn the_path_itself_may_lie_in_a_file() {
    let place = Place::new().file("x", "/etc/ca.pem\n").env("CLOUDLAB__TLS__CA_FILE_FILE", "./x");
    let loaded = place.sources().load::<Own>().unwrap();
    assert_eq!((loaded.value.tls.ca.as_str(), loaded.value.tls.ca_file.as_str()), ("", "/etc/ca.pem"));
}

#[test]
fn a_text_that_was_to_be_replaced_and_was_not_still_needs_its_variable() {
    let place = Place::new().toml("tls.ca = '${ABSENT}'").env("CLOUDLAB__TLS__CA_FILE", "/etc/ca.pem");
    let error = place.sources().load::<Own>().expect_err("ABSENT is not set").to_string();
    assert!(
        error.starts_with("service.toml:1: the value of `tls.ca` needs the variable `ABSENT`"),
        "{error}"
    );
}

#[test]
fn what_is_listed_under_another_name_is_hidden_too() {
    let place = Place::new().file("x", "hush").env("CLOUDLAB__TLS__SECRET_WORD_FILE", "./x");
    let loaded = place.sources().load::<Own>().unwrap();
    assert_eq!(loaded.value.tls.word, "hush");
    let report = format!("{:?}", loaded.report());
    assert!(!report.contains("hush"), "{report}");
}

#[test]
fn the_owner_of_an_open_section_decides_about_its_keys() {
    let place = Place::new().file("x", "hush").toml("service.word = '${ABSENT}'");
    let mut loaded =
        place.env("CLOUDLAB__SERVICE__WORD_FILE", "./x").env("CLOUDLAB__SERVICE__CA_FILE", "ca.pem").load();
    let own: Tls = loaded.section("service").unwrap();
    assert_eq!((own.word.as_str(), own.ca_file.as_str()), ("hush", "ca.pem"));
    assert_eq!(reported(&loaded, "service.word").0, "***");
}

#[test]
fn the_fingerprint_sees_the_files_that_variables_name() {
    let place = Place::new().file("x", "1").env("CLOUDLAB__HTTP__PORT_FILE", "./x");
    let loaded = place.load();
    assert_eq!(loaded.fingerprint(), place.sources().fingerprint());
    let place = place.file("x", "2");
    assert_ne!(loaded.fingerprint(), place.sources().fingerprint());
    assert_eq!(place.sources().load::<Settings>().unwrap().fingerprint(), place.sources().fingerprint());
    std::fs::remove_file(place.folder.path().join("x")).unwrap();
    assert_ne!(loaded.fingerprint(), place.sources().fingerprint());
}
