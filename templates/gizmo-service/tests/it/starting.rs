use crate::{ROOT, embedded, with_home};

#[test]
fn the_command_line_explains_itself() {
    let home = embedded();
    let help = home.run(&["--help"]);
    assert_eq!((help.code, help.errors.as_str()), (Some(0), ""));
    assert!(help.output.contains("gizmo-service migrate up|down|status"), "{}", help.output);
    let version = home.run(&["--version"]);
    assert_eq!(version.output, concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n"));
    for wrong in [
        &["serve"][..],
        &["--port", "80"],
        &["migrate"],
        &["migrate", "sideways"],
        &["migrate", "up", "--yes"],
        &["config", "all"],
    ] {
        let refused = home.run(wrong);
        assert_eq!((refused.code, refused.output.as_str()), (Some(2), ""), "{wrong:?}");
        assert!(refused.errors.starts_with("error: "), "{}", refused.errors);
        assert!(refused.errors.contains("usage: "), "{}", refused.errors);
    }
}

#[test]
fn a_wrong_configuration_stops_the_start_and_says_where_it_is_wrong() {
    let home = embedded();
    let cases = [
        ("[http]\ntimeout_ms = 5000\nadress = \"127.0.0.1:0\"\n", "service.toml:3", "http.adress"),
        ("[http]\n\ntimeout_ms = \"soon\"\n", "service.toml:3", "http.timeout_ms"),
        ("[log]\nlevel = \"loud\"\n", "service.toml:2", "log.level"),
        ("[database]\npool_size = 0\n", "service.toml:2", "database.pool_size"),
        ("[http\n", "service.toml:1", ""),
    ];
    for (text, place, key) in cases {
        home.write("service.toml", text);
        for command in [&[][..], &["config"], &["migrate", "status"], &["--health-check"]] {
            let refused = home.run(command);
            assert_eq!(refused.code, Some(2), "{}", refused.errors);
            assert!(refused.errors.starts_with(&format!("error: {place}")), "{}", refused.errors);
            assert!(refused.errors.contains(key), "{}", refused.errors);
        }
    }
}

#[test]
fn a_wrong_variable_is_named() {
    let mut home = embedded();
    home.set("CLOUDLAB__HTTP__ADRESS", "127.0.0.1:0");
    let refused = home.run(&[]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.errors.contains("CLOUDLAB__HTTP__ADRESS: "), "{}", refused.errors);
    assert!(refused.errors.contains("`CLOUDLAB__HTTP__ADDRESS`"), "{}", refused.errors);
}

#[test]
fn a_second_service_on_an_occupied_address_says_so() {
    let mut home = embedded();
    let first = home.start();
    for (name, setting, listening) in [
        ("CLOUDLAB__HTTP__ADDRESS", "http.address", first.public),
        ("CLOUDLAB__ADMIN__ADDRESS", "admin.address", first.admin),
    ] {
        home.set(name, &listening.to_string());
        let refused = home.run(&[]);
        assert_eq!(refused.code, Some(1));
        let sentence = format!("error: cannot listen on {listening}, as the setting {setting} says: ");
        assert!(refused.errors.starts_with(&sentence), "{}", refused.errors);
        home.set(name, "127.0.0.1:0");
    }
    first.get("/health/ready").is(200);
}

#[test]
fn the_configuration_files_of_the_service_are_right() {
    let mut home = embedded();
    home.write("service.toml", include_str!("../../service.toml"));
    home.write("service.production.toml", include_str!("../../service.production.toml"));
    for profile in ["development", "staging", "production"] {
        home.set("CLOUDLAB__PROFILE", profile);
        let shown = home.run(&["config"]);
        assert_eq!(shown.code, Some(0), "{}", shown.errors);
        assert!(shown.output.contains(profile), "{}", shown.output);
    }
    home.set("CLOUDLAB__PROFILE", "development");
    home.start().get(ROOT).is(200);
}

#[test]
fn the_configuration_is_shown_with_its_sources_and_without_its_secrets() {
    let home = embedded();
    home.write("service.toml", "[http]\ntimeout_ms = 1234\n[admin]\ntoken = \"hush-1\"\n");
    let shown = home.run(&["config"]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    let lines: Vec<&str> = shown.output.lines().collect();
    assert!(lines.contains(&"http.timeout_ms = 1234  # service.toml:2"), "{}", shown.output);
    assert!(lines.contains(&"http.drain_seconds = 20  # default"), "{}", shown.output);
    assert!(!shown.output.contains("hush"), "{}", shown.output);
}

// cloudlab:if postgres
#[test]
fn the_url_of_the_database_is_shown_without_its_password() {
    let mut home = embedded();
    home.set("CLOUDLAB__DATABASE__URL", "postgres://app:hush-2@db.example/app");
    let shown = home.run(&["config"]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    let url = shown.output.lines().find(|line| line.starts_with("database.url = ")).unwrap();
    assert!(url.contains("db.example") && url.ends_with("# CLOUDLAB__DATABASE__URL"), "{url}");
    assert!(!shown.output.contains("hush"), "{}", shown.output);
    for password in ["hu sh", "hu\"sh", "hu/sh?x@", "hu://sh"] {
        home.set("CLOUDLAB__DATABASE__URL", &format!("postgres://app:{password}@db.example/app"));
        let shown = home.run(&["config"]);
        assert!(!shown.output.contains("hu") && !shown.errors.contains("hu"), "{shown:?}");
    }
}
// cloudlab:end

#[test]
fn a_url_of_the_database_that_is_none_is_refused_without_its_password() {
    let mut home = embedded();
    for wrong in
        ["host=db user=app password=hush", "postgres//app:hush@db/app", "postgres:app:hush@db/app", "hush"]
    {
        home.set("CLOUDLAB__DATABASE__URL", wrong);
        for command in [&[][..], &["config"], &["migrate", "up"]] {
            let refused = home.run(command);
            assert_eq!((refused.code, refused.output.as_str()), (Some(2), ""), "{wrong}");
            assert!(refused.errors.starts_with("error: CLOUDLAB__DATABASE__URL: "), "{}", refused.errors);
            assert!(!refused.errors.contains("hush"), "{}", refused.errors);
        }
    }
}

#[test]
fn migrations_go_up_and_down_and_say_what_they_did() {
    with_home(|home| {
        let migrate = |what| {
            let ended = home.run(&["migrate", what]);
            assert_eq!(ended.code, Some(0), "{}", ended.errors);
            ended.output
        };
        let own = "gizmo-service/0001_acme_gizmos";
        assert!(migrate("status").contains(&format!("pending  {own}\n")));
        assert!(migrate("up").ends_with(&format!("applied {own}\n")));
        assert_eq!(migrate("up"), "nothing to apply\n");
        assert!(migrate("status").contains(&format!("applied  {own}\n")));
        assert_eq!(migrate("down"), format!("taken back {own}\n"));
        assert_eq!(migrate("up"), format!("applied {own}\n"));
        home.start().get(ROOT).is(200);
    });
}

#[test]
fn the_health_check_asks_the_running_service() {
    let mut home = embedded();
    let service = home.start();
    home.set("CLOUDLAB__HTTP__ADDRESS", &service.public.to_string());
    let healthy = home.run(&["--health-check"]);
    assert_eq!((healthy.code, healthy.errors.as_str()), (Some(0), ""));
    assert_eq!(service.stop().code, Some(0));
    let away = home.run(&["--health-check"]);
    assert_eq!(away.code, Some(1));
    assert!(away.errors.starts_with("error: no answer from 127.0.0.1:"), "{}", away.errors);
}
