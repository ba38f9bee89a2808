use crate::settings::{Format, Place, Route, Shipping};

#[test]
fn text_of_variables_becomes_what_the_setting_is() {
    let value = Place::new()
        .env("CLOUDLAB__HTTP__PORT", "65535")
        .env("CLOUDLAB__HTTP__BODY_LIMIT_BYTES", "18446744073709551615")
        .env("CLOUDLAB__HTTP__COMPRESS", "true")
        .env("CLOUDLAB__HTTP__RATIO", "1.25")
        .env("CLOUDLAB__HTTP__ORIGINS", "https://a, https://b")
        .env("CLOUDLAB__HTTP__ADDRESS", "[::1]:9")
        .env("CLOUDLAB__HTTP__NAME", "8080")
        .env("CLOUDLAB__LOG__FORMAT", "json")
        .env("CLOUDLAB__LOG__SHIPPING__REMOTE__PORT", "514")
        .load()
        .value;
    assert_eq!((value.http.port, value.http.body_limit_bytes), (65535, u64::MAX));
    assert!(value.http.compress);
    assert_eq!(value.http.ratio, 1.25);
    assert_eq!(value.http.origins, ["https://a", "https://b"]);
    assert_eq!(value.http.address.to_string(), "[::1]:9");
    assert_eq!(value.http.name.as_deref(), Some("8080"));
    assert_eq!(value.log.format, Format::Json);
    assert_eq!(value.log.shipping, Shipping::Remote { port: 514 });
}

#[test]
fn text_of_files_stays_text() {
    Place::new().toml("[http]\n\nport = \"80\"").fails(
        "service.toml:3: the value of `http.port` is wrong: expected a whole number from 0 to 65535, found \"80\".",
    );
    Place::new()
        .toml("http.origins = 'a,b'")
        .fails("service.toml:1: the value of `http.origins` is wrong: expected a list, found \"a,b\".");
}

#[test]
fn an_expanded_text_counts_as_text_of_a_variable() {
    let place = Place::new().toml("[http]\nport = '${PORT:-81}'\norigins = '${ORIGINS:-a,b}'");
    let value = place.load().value;
    assert_eq!(value.http.port, 81);
    assert_eq!(value.http.origins, ["a", "b"]);
}

#[test]
fn an_empty_variable_takes_an_option_back() {
    let place = Place::new().toml("http.name = 'x'\ndatabase.token = 'y'");
    let value = place.env("CLOUDLAB__HTTP__NAME", "").env("CLOUDLAB__DATABASE__TOKEN", "").load().value;
    assert_eq!(value.http.name, None);
    assert!(value.database.token.is_none());
    let empty = Place::new().toml("http.name = ''").env("CLOUDLAB__DATABASE__KEY", "").load().value;
    assert_eq!(empty.http.name.as_deref(), Some(""), "only a variable can mean `not set`");
    assert_eq!(empty.database.key.expose(), "");
}

#[test]
fn lists_of_tables_and_all_notations_of_toml_are_read() {
    let text = "[http]\nport = 0x10\nratio = 2\norigins = [\n 'a',\n 'b' ]\n[[routes]]\npath = '/'\nweight = 1\n\
                [[routes]]\npath = '/x'\nweight = 2";
    let value = Place::new().toml(text).load().value;
    assert_eq!((value.http.port, value.http.ratio), (16, 2.0));
    assert_eq!(value.routes[1], Route { path: "/x".to_owned(), weight: 2 });
}
