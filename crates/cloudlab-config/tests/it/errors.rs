use std::collections::BTreeMap;

use cloudlab_config::Error;
use serde::{Deserialize, Serialize};

use crate::settings::Place;

#[test]
fn an_unknown_key_lists_the_allowed_ones_and_the_near_miss() {
    Place::new().toml("[log]\nformat = 'json'\n\n[database]\nulr = 'x'").fails(
        "service.toml:5: the key `database.ulr` is not known. Did you mean `url`? Allowed in [database]: key, token, url.",
    );
    Place::new().toml("[data]\nx = 1").fails(
        "service.toml:1: the key `data` is not known. Did you mean `database`? Allowed in the top level: database, http, log, routes, service.",
    );
}

#[test]
fn an_unknown_variable_is_an_error_that_spells_the_right_one() {
    let wrong = "the key `http.adress` is not known. Did you mean `CLOUDLAB__HTTP__ADDRESS`? \
                 Allowed in [http]: address, body_limit_bytes, compress, name, origins, port, ratio.";
    Place::new().env("CLOUDLAB__HTTP__ADRESS", "x").fails(&format!("CLOUDLAB__HTTP__ADRESS: {wrong}"));
    Place::new().file(".env", "\nCLOUDLAB__HTTP__ADRESS=x").fails(&format!(".env:2: {wrong}"));
}

#[test]
fn a_key_without_its_unit_or_its_end_is_recognised() {
    Place::new().toml("http.comp = true").fails(
        "service.toml:1: the key `http.comp` is not known. Did you mean `compress`? \
         Allowed in [http]: address, body_limit_bytes, compress, name, origins, port, ratio.",
    );
}

#[test]
fn a_wrong_variant_lists_the_variants() {
    Place::new().toml("log.format = 'jsn'").fails(
        "service.toml:1: the value of `log.format` is wrong: expected one of text, json, found \"jsn\" (did you mean \"json\"?).",
    );
    Place::new()
        .env("CLOUDLAB__LOG__FORMAT", "xml")
        .fails("CLOUDLAB__LOG__FORMAT: the value of `log.format` is wrong: expected one of text, json, found \"xml\".");
    Place::new()
        .toml("log.shipping.remot.port = 1")
        .fails("service.toml:1: the value of `log.shipping.remot` is wrong: expected one of none, remote, found a section.");
    Place::new()
        .toml("log.format = 3")
        .fails("service.toml:1: the value of `log.format` is wrong: expected one of text, json, found 3.");
}

#[test]
fn a_wrong_type_says_what_was_expected_and_found() {
    for (toml, detail) in [
        ("http.port = 65536", "http.port` is wrong: expected a whole number from 0 to 65535, found 65536."),
        ("http.port = -1", "http.port` is wrong: expected a whole number from 0 to 65535, found -1."),
        ("http.compress = 'yes'", "http.compress` is wrong: expected true or false, found \"yes\"."),
        ("http = 3", "http` is wrong: expected a section of keys, found 3."),
        ("database.url.x = 3", "database.url` is wrong: expected a string, found a section."),
        ("http.origins = [1]", "http.origins.0` is wrong: expected a string, found 1."),
        (
            "http.address = 'here'",
            "http.address` is wrong: expected socket address, found \"here\" (invalid socket address syntax).",
        ),
    ] {
        Place::new().toml(toml).fails(&format!("service.toml:1: the value of `{detail}"));
    }
    Place::new().env("CLOUDLAB__HTTP__PORT", "many").fails(
        "CLOUDLAB__HTTP__PORT: the value of `http.port` is wrong: expected a whole number from 0 to 65535, found \"many\".",
    );
}

#[test]
fn the_file_that_won_is_the_one_that_is_named() {
    let place = Place::new().toml("http.port = 1").file("service.development.toml", "\n[http]\nport = true");
    assert!(place.error().to_string().starts_with("service.development.toml:3: "));
}

#[test]
fn elements_of_lists_have_their_own_lines() {
    let error =
        Place::new().toml("[[routes]]\npath = '/'\nweight = 1\n[[routes]]\npath = '/'\nweight = 300").error();
    assert!(
        error.to_string().starts_with("service.toml:6: the value of `routes.1.weight` is wrong"),
        "{error}"
    );
    Place::new().toml("[[routes]]\npath = '/'").fails(
        "the key `routes.0.weight` is missing. Set it in a configuration file or as CLOUDLAB__ROUTES__0__WEIGHT.",
    );
}

#[test]
fn broken_toml_names_file_line_and_column() {
    let error = Place::new().toml("[http]\nport = 1\nport = 2").error();
    assert_eq!(error.to_string(), "service.toml:3, column 1: it is not valid TOML: duplicate key.");
    let error = Place::new().file("service.development.toml", "a = \n").error();
    assert!(error.to_string().starts_with("service.development.toml:1, column "), "{error}");
}

#[test]
fn the_profile_is_no_key_of_the_files_and_must_be_known() {
    let error = Place::new().toml("\nprofile = 'staging'").error();
    assert_eq!(error, Error::MisplacedProfile { place: "service.toml:2".to_owned() });
    Place::new().env("CLOUDLAB__PROFILE", "prodution").fails(
        "CLOUDLAB__PROFILE: the value of `profile` is wrong: \"prodution\" is no profile; use development, staging or production \
         (did you mean production?).",
    );
}

#[test]
fn names_of_variables_that_fit_no_key_are_refused() {
    for name in ["CLOUDLAB__", "CLOUDLAB__HTTP__", "CLOUDLAB__HTTP____PORT"] {
        let error = Place::new().env(name, "1").error().to_string();
        assert!(error.starts_with(&format!("{name}: the name {name} has an empty part")), "{error}");
    }
    let both = Place::new().env("CLOUDLAB__HTTP", "1").env("CLOUDLAB__HTTP__PORT", "1").error();
    assert!(both.to_string().contains("makes a section of what CLOUDLAB__HTTP sets as a value"), "{both}");
    let twice = Place::new().env("CLOUDLAB__HTTP__PORT", "1").env("cloudlab__http__port", "2").error();
    assert!(twice.to_string().contains("sets again what CLOUDLAB__HTTP__PORT sets"), "{twice}");
}

#[test]
fn a_type_that_forgot_to_deny_unknown_keys_denies_them_all_the_same() {
    #[derive(Debug, Deserialize, Serialize)]
    struct Lax {
        name: String,
    }
    let place = Place::new().toml("name = 'x'\nnmae = 'y'");
    let error = place.sources().load::<Lax>().expect_err("nmae is unknown");
    assert!(
        error.to_string().starts_with("service.toml:2: the key `nmae` is not known. Did you mean `name`?"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let place = Place::new();
    std::fs::create_dir(place.folder.path().join("service.toml")).unwrap();
    assert!(place.error().to_string().starts_with("service.toml cannot be read: "));
    let large = Place::new().toml(&" ".repeat((1 << 20) + 1)).error();
    assert_eq!(
        large.to_string(),
        "service.toml cannot be read: it is larger than 1 MiB. Use another file for data."
    );
}

#[test]
fn errors_never_show_a_secret() {
    let with_secret = [
        Place::new().toml("database.token = 4711"),
        Place::new().toml("database.key = 4711"),
        Place::new().toml("database.key = [4711]"),
        Place::new().toml("database.key.x = '4711'"),
        Place::new().toml("http.port = 'pg://u:4711@h'"),
        Place::new().toml("http.address = 'pg://u:4711@h'"),
        Place::new().toml("log.format = 'pg://u:4711@h'"),
        Place::new().env("CLOUDLAB__HTTP__COMPRESS", "pg://u:4711@h"),
        Place::new().toml("http.address = 'x${A_TOKEN}'").env("A_TOKEN", "4711"),
    ];
    for place in with_secret {
        let error = place.error();
        assert!(!error.to_string().contains("4711"), "{error}");
        assert!(!format!("{error:?}").contains("4711"), "{error:?}");
    }
}

/// A type that checks itself, as the limits of a service do, and is free with what it read.
#[derive(Debug, Deserialize, Serialize)]
#[serde(try_from = "String")]
struct Picky(String);

impl TryFrom<String> for Picky {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("{text} does not please"))
    }
}

#[test]
fn a_secret_is_taken_out_of_what_a_type_says_about_it() {
    #[derive(Debug, Deserialize, Serialize)]
    struct Settings {
        upstream: Option<Picky>,
        password: Option<Picky>,
    }
    for (toml, detail) in [
        ("upstream = 'http://u:4711@h'", "upstream` is wrong: http://u:***@h does not please."),
        ("password = '4711'", "password` is wrong: *** does not please."),
    ] {
        let place = Place::new().toml(toml);
        let error = place.sources().load::<Settings>().expect_err("it is never pleased");
        assert_eq!(error.to_string(), format!("service.toml:1: the value of `{detail}"));
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused_as_a_whole() {
    #[derive(Debug, Deserialize, Serialize)]
    #[serde(try_from = "Raw")]
    struct Checked {}
    #[derive(Deserialize)]
    struct Raw {
        password: String,
    }
    impl TryFrom<Raw> for Checked {
        type Error = String;

        fn try_from(raw: Raw) -> Result<Self, String> {
            Err(format!("{} fits nothing", raw.password))
        }
    }
    let place = Place::new().toml("password = '4711'");
    let error = place.sources().load::<Checked>().expect_err("it never fits");
    assert_eq!(error.to_string(), "configuration: the settings are wrong: *** fits nothing.");
}

#[test]
fn what_lies_below_a_telling_key_is_secret() {
    #[derive(Debug, Deserialize, Serialize)]
    struct Settings {
        credentials: BTreeMap<String, bool>,
    }
    let place = Place::new().toml("credentials.pin = 4711");
    let error = place.sources().load::<Settings>().expect_err("4711 is no truth value");
    let text = "service.toml:1: the value of `credentials.pin` is wrong: expected true or false, found a value that is not shown.";
    assert_eq!(error.to_string(), text);
}
