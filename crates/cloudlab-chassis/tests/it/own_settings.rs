use crate::home;

#[test]
fn a_service_reads_settings_of_its_own() {
    let mut home = home();
    home.write("service.toml", "[service]\ngreeting = \"hey \"\n");
    home.set("CLOUDLAB__SERVICE__TIMES", "2");
    let shown = home.run(&["config"]).output;
    assert!(shown.contains("service.greeting = hey   # service.toml:2\n"), "{shown}");
    assert!(shown.contains("service.times = 2  # CLOUDLAB__SERVICE__TIMES\n"), "{shown}");
    assert_eq!(home.start().get("/v1/greeting").is(200).json(), "hey hey ");
}

#[test]
fn what_is_left_out_has_its_default() {
    assert_eq!(home().start().get("/v1/greeting").is(200).json(), "hello");
}

#[test]
fn a_setting_that_the_service_does_not_have_stops_the_start() {
    let home = home();
    home.write("service.toml", "[service]\ngreetings = \"hey\"\n");
    let ended = home.run(&[]);
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    let sentence =
        "error: service.toml:2: the key `service.greetings` is not known. Did you mean `greeting`?";
    assert!(ended.errors.contains(sentence), "{}", ended.errors);
}
