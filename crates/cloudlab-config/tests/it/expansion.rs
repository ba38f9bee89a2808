use crate::settings::{Place, reported};

#[test]
fn variables_expand_inside_texts() {
    let place = Place::new()
        .toml("[database]\nurl = '${SCHEME:-pg}://${HOST}:${PORT:-1}/$${HOST} $x'\n[http]\norigins = ['${HOST}']")
        .file(".env", "HOST=file\nPORT=2\nSCHEME=\n")
        .env("HOST", "process");
    let value = place.load().value;
    assert_eq!(value.database.url, "pg://process:2/${HOST} $x");
    assert_eq!(value.http.origins, ["process"]);
}

#[test]
fn an_unset_variable_is_named_with_file_line_and_key() {
    Place::new().toml("[database]\nurl = 'x'\nkey = '${DB_KEY}'").fails(
        "service.toml:3: the value of `database.key` needs the variable `DB_KEY`, which is not set. \
         Set it in the environment or in .env, or write `${DB_KEY:-default}`.",
    );
}

#[test]
fn a_value_that_a_later_layer_replaced_needs_no_variables() {
    let place = Place::new().toml("database.url = '${NOT_HERE}'").env("CLOUDLAB__DATABASE__URL", "sqlite:x");
    assert_eq!(place.load().value.database.url, "sqlite:x");
}

#[test]
fn values_of_the_environment_are_taken_as_they_are() {
    let place = Place::new().env("CLOUDLAB__DATABASE__KEY", "a${B}$${C").load();
    assert_eq!(place.value.database.key.expose(), "a${B}$${C");
}

#[test]
fn broken_references_are_refused() {
    for text in ["${A", "${}", "${A B}", "${1A}", "${A:-${B}}"] {
        let error = Place::new().toml(&format!("\ndatabase.url = 'x{text}'")).error().to_string();
        assert!(error.starts_with("service.toml:2: the value of `database.url` is wrong: "), "{error}");
    }
}

#[test]
fn what_a_telling_variable_stood_for_is_not_shown() {
    let place = Place::new()
        .toml("database.url = 'host=x pw=${DB_PASSWORD}'\nhttp.origins = ['a', '${MY_TOKEN}']\nhttp.port = '${PORT_SECRET:-1}'")
        .env("DB_PASSWORD", "hunter2")
        .env("MY_TOKEN", "hunter3");
    let loaded = place.load();
    assert_eq!(loaded.value.database.url, "host=x pw=hunter2");
    assert_eq!(reported(&loaded, "database.url").0, "host=x pw=***");
    assert_eq!(reported(&loaded, "http.origins").0, "a, ***");
    let error = place.env("PORT_SECRET", "hunter4").error().to_string();
    assert!(error.ends_with("expected a whole number from 0 to 65535, found \"***\"."), "{error}");
}
