use cloudlab_config::{Profile, Sources};

use crate::settings::{Place, Settings};

#[test]
fn nothing_at_all_gives_the_defaults_of_development() {
    let loaded = Place::new().load();
    assert_eq!(loaded.profile, Profile::Development);
    assert_eq!(loaded.value.http.port, 80);
}

#[test]
fn each_layer_wins_over_those_before_it() {
    let mut place = Place::new().toml("[http]\nport = 1\ncompress = true");
    assert_eq!(place.load().value.http.port, 1);
    place = place.file("service.development.toml", "http.port = 2");
    assert_eq!(place.load().value.http.port, 2);
    place = place.file(".env", "CLOUDLAB__HTTP__PORT=3");
    assert_eq!(place.load().value.http.port, 3);
    place = place.env("cloudlab__http__PORT", "4");
    let loaded = place.load();
    assert_eq!(loaded.value.http.port, 4);
    assert!(loaded.value.http.compress, "a section is merged, not replaced");
}

#[test]
fn the_profile_chooses_the_second_file_and_others_are_not_read() {
    let place = Place::new()
        .file("service.production.toml", "http.port = 9")
        .file("service.development.toml", "http.port = ")
        .env("CLOUDLAB__PROFILE", "production");
    let loaded = place.load();
    assert_eq!((loaded.profile, loaded.value.http.port), (Profile::Production, 9));
}

#[test]
fn the_profile_may_come_from_dotenv_and_the_environment_wins() {
    let place = Place::new().file(".env", "CLOUDLAB__PROFILE=staging");
    assert_eq!(place.load().profile, Profile::Staging);
    assert_eq!(place.env("CLOUDLAB__PROFILE", "production").load().profile, Profile::Production);
}

#[test]
fn dotenv_is_read_as_a_shell_would() {
    let text = "# note\n\nexport CLOUDLAB__DATABASE__URL='a #b $c' # rest\nCLOUDLAB__HTTP__NAME=\"x\\t\\\"y\\\"\"\n\
                CLOUDLAB__DATABASE__KEY=a#b # comment\r\n  CLOUDLAB__HTTP__PORT = 7 \nOTHER=1\nCLOUDLAB__HTTP__ORIGINS=#none\n";
    let value = Place::new().file(".env", text).load().value;
    assert_eq!(value.database.url, "a #b $c");
    assert_eq!(value.http.name.as_deref(), Some("x\t\"y\""));
    assert_eq!(value.database.key.expose(), "a#b");
    assert_eq!(value.http.port, 7);
    assert!(value.http.origins.is_empty());
}

#[test]
fn broken_dotenv_lines_are_named_without_their_values() {
    for (text, place) in [
        ("A=1\nhunter2", ".env:2: the line is no KEY=VALUE"),
        ("A='hunter2", ".env:1: the single quote is not closed"),
        ("A=\"hunter2", ".env:1: the double quote is not closed"),
        ("A='x' hunter2", ".env:1: text follows the closing quote"),
        ("A=\"hunter2\\q\"", ".env:1: in double quotes only"),
        ("1A=hunter2", ".env:1: the name before ="),
    ] {
        let error = Place::new().file(".env", text).error().to_string();
        assert!(error.starts_with(place), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn the_fingerprint_changes_with_the_contents_of_any_file() {
    let mut place = Place::new();
    let mut seen = vec![place.sources().fingerprint()];
    for name in ["service.toml", "service.development.toml", "service.production.toml", ".env"] {
        place = place.file(name, "");
        seen.push(place.sources().fingerprint());
        place = place.file(name, "# changed");
        seen.push(place.sources().fingerprint());
    }
    for (at, one) in seen.iter().enumerate() {
        assert!(!seen[..at].contains(one), "state {at} looks like an earlier one");
    }
    assert_eq!(place.load().fingerprint(), place.sources().fingerprint());
}

#[test]
fn other_variables_of_the_process_do_no_harm() {
    let place = Place::new();
    let loaded = Sources::from_process(place.folder.path()).load::<Settings>();
    assert!(loaded.is_ok(), "{:?}", loaded.err());
    assert_eq!(place.env("CLOUDLAB_PORT", "tcp://1").env("CLOUDLAB", "x").load().value.http.port, 80);
}
