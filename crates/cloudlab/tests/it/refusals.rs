//! Requests that are refused: one sentence, what to do instead, and nothing written.

use std::fs;

use crate::fixture::{Fixture, everything_in, write};

#[test]
fn impossible_pairs_win_over_what_is_not_built() {
    let fixture = Fixture::new();
    for (database, words) in [("mysql", "MySQL"), ("cockroach", "CockroachDB"), ("sqlite", "SQLite")] {
        let err = fixture
            .refused("parcel-service", &["--database", database, "--notifier", "notify", "--broker", "nats"]);
        let sentence =
            format!("error: LISTEN/NOTIFY is PostgreSQL's; {words} cannot wake the outbox that way\n");
        assert!(err.starts_with(&sentence), "{err}");
        assert!(
            err.contains("  help: --notifier polling") && err.contains("  help: --database postgres"),
            "{err}"
        );
    }
    for more in [&["--notifier", "redis"][..], &["--notifier", "redis", "--cache", "memcached"]] {
        let err = fixture.refused("parcel-service", more);
        assert!(err.starts_with("error: Redis pub/sub needs a Redis;"), "{err}");
    }
    let err = fixture.refused("parcel-service", &["--notifier", "redis", "--cache", "dragonfly"]);
    assert!(err.contains("not built yet"), "{err}");
}

#[test]
fn what_is_not_built_is_refused_with_what_is() {
    let fixture = Fixture::new();
    for (flag, value, available) in [
        ("--database", "mysql", "--database postgres or sqlite"),
        ("--database", "cockroach", "--database postgres or sqlite"),
        ("--cache", "redis", "--cache none"),
        ("--broker", "kafka", "--broker none"),
        ("--api", "rest,grpc", "--api rest"),
        ("--observability", "datadog", "--observability prometheus"),
        ("--blueprint", "order", "--blueprint blank"),
        ("--blueprint", "rules", "--blueprint blank"),
    ] {
        let err = fixture.refused("parcel-service", &[flag, value]);
        assert!(err.contains("not built yet\n"), "{err}");
        assert!(err.contains(&format!("help: available now: {available}")), "{err}");
    }
}

#[test]
fn a_blueprint_that_nobody_plans_is_unknown() {
    let err = Fixture::new().refused("parcel-service", &["--blueprint", "nonsense"]);
    assert!(err.starts_with("error: `nonsense` is not a value of `--blueprint"), "{err}");
    let known = "blank, auth, user, product, order, payment, inventory, notification, analytics, content, search, rules";
    assert!(err.contains(&format!("  help: possible: {known}\n")), "{err}");
}

/// The target is occupied, so that this test survives a command line that would accept the pair: it would otherwise
/// put `cargo run` into the place of this process.
#[test]
fn the_document_and_the_services_log_do_not_share_standard_output() {
    let fixture = Fixture::new();
    write(&fixture.parent().join("full/mine.txt"), "mine");
    let err = fixture.refused("full", &["--run", "--json"]);
    assert!(err.contains("help: give one of the two"), "{err}");
}

#[test]
fn a_default_gives_way_to_what_is_given() {
    let fixture = Fixture::new();
    for (index, more) in [
        &["--database", "sqlite"][..],
        &["--notifier", "notify"],
        &["--database", "postgres", "--notifier", "polling"],
    ]
    .iter()
    .enumerate()
    {
        fixture.written(&format!("parcel-{index}"), more);
    }
}

#[test]
fn without_yes_every_missing_answer_is_named() {
    let fixture = Fixture::new();
    let parent = fixture.parent().display().to_string();
    let ran = fixture.cloudlab(&[
        "new",
        "parcel-service",
        "--path",
        &parent,
        "--database",
        "sqlite",
        "--api",
        "rest",
    ]);
    assert_eq!(ran.code, 2);
    let missing = "error: these answers are missing: --cache, --broker, --notifier, --observability\n";
    assert!(ran.err.starts_with(missing) && ran.err.contains("help: --yes"), "{}", ran.err);
}

#[test]
fn with_every_answer_given_yes_is_not_needed() {
    let fixture = Fixture::new();
    let parent = fixture.parent().display().to_string();
    let answers = "--database sqlite --cache none --broker none --notifier polling --api rest --observability prometheus";
    let args = ["new", "parcel-service", "--path", &parent];
    let ran = fixture.cloudlab(&args.into_iter().chain(answers.split(' ')).collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn the_command_line_itself_is_judged() {
    let fixture = Fixture::new();
    for (args, words) in [
        (&[][..], "a command is missing"),
        (&["prove"], "`prove` is not a command of cloudlab"),
        (&["new"], "the name of the service is missing"),
        (&["new", "x", "--databas", "sqlite"], "did you mean --database"),
        (&["new", "x", "--database", "oracle"], "possible: postgres, mysql, cockroach, sqlite"),
        (&["new", "x", "--database"], "needs a value"),
        (&["new", "x", "--path="], "needs a value"),
        (&["new", "x", "--yes", "--yes"], "`--yes` is given twice"),
        (&["new", "x", "y"], "`y` is not known here"),
        (&["new", "x", "--yes", "--run", "--dry-run"], "give one of the two"),
    ] {
        let ran = fixture.cloudlab(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{args:?}: {}", ran.err);
        assert!(ran.err.ends_with("nothing was written\n"), "{}", ran.err);
    }
}

#[test]
fn an_occupied_target_is_left_alone() {
    let fixture = Fixture::new();
    write(&fixture.parent().join("full/mine.txt"), "mine");
    assert!(fixture.refused("full", &[]).contains("is not empty"));
    write(&fixture.parent().join("file"), "mine");
    assert!(fixture.refused("file", &[]).contains("is a file"));
    fs::create_dir(fixture.parent().join("empty")).unwrap();
    fixture.written("empty", &[]);
}

#[cfg(unix)]
#[test]
fn a_link_as_target_is_refused_wherever_it_points() {
    let fixture = Fixture::new();
    let elsewhere = fixture.at("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, fixture.parent().join("linked")).unwrap();
    std::os::unix::fs::symlink("nowhere", fixture.parent().join("dangling")).unwrap();
    for name in ["linked", "dangling"] {
        assert!(fixture.refused(name, &[]).contains("is a link"));
    }
    assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 0);
}

/// A dry run and a real one of the same request, which must both be refused, in the same words.
fn refused_dry_or_not(fixture: &Fixture, parent: &str) -> String {
    let parent = fixture.at(parent).display().to_string();
    let args = ["new", "parcel-service", "--yes", "--path", &parent];
    let before = everything_in(&fixture.at("."));
    let real = fixture.cloudlab(&args);
    let dry = fixture.cloudlab(&args.iter().copied().chain(["--dry-run"]).collect::<Vec<_>>());
    assert_eq!((real.code, dry.code), (2, 2), "{parent}: {}{}", real.err, dry.err);
    assert_eq!(real.err, dry.err);
    assert!(real.err.ends_with("nothing was written\n"), "{}", real.err);
    assert_eq!(before, everything_in(&fixture.at(".")));
    real.err
}

#[test]
fn a_parent_that_cannot_be_one_is_refused() {
    let fixture = Fixture::new();
    write(&fixture.at("file"), "");
    for parent in ["file", "file/below", "file/far/below"] {
        let err = refused_dry_or_not(&fixture, parent);
        assert!(err.contains("/file is not a folder\n") && err.contains("help: --path PARENT"), "{err}");
    }
}

#[cfg(unix)]
#[test]
fn a_parent_that_is_a_link_must_lead_to_a_folder() {
    let fixture = Fixture::new();
    std::os::unix::fs::symlink("nowhere", fixture.at("dangling")).unwrap();
    for parent in ["dangling", "dangling/", "dangling/below"] {
        let err = refused_dry_or_not(&fixture, parent);
        assert!(err.contains("/dangling is a link that leads nowhere\n"), "{err}");
        assert!(err.contains("help: choose another folder with --path PARENT"), "{err}");
    }
    std::os::unix::fs::symlink(fixture.parent(), fixture.at("link")).unwrap();
    let parent = fixture.at("link").display().to_string();
    let ran = fixture.cloudlab(&["new", "parcel-service", "--yes", "--path", &parent]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// For root nothing is unwritable, so the two runs are only held to agree.
#[cfg(unix)]
#[test]
fn a_dry_run_knows_what_a_real_run_may_write() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fs::create_dir(fixture.at("locked")).unwrap();
    fs::set_permissions(fixture.at("locked"), fs::Permissions::from_mode(0o555)).unwrap();
    for parent in ["locked", "locked/below"] {
        let parent = fixture.at(parent).display().to_string();
        let args = ["new", "parcel-service", "--yes", "--path", &parent];
        let dry = fixture.cloudlab(&args.iter().copied().chain(["--dry-run"]).collect::<Vec<_>>());
        let real = fixture.cloudlab(&args);
        assert_eq!(dry.code, real.code, "{}{}", dry.err, real.err);
        for ran in [dry, real].iter().filter(|ran| ran.code != 0) {
            assert!(ran.err.contains("help: choose another folder with --path PARENT"), "{}", ran.err);
        }
        let _ = fs::remove_dir_all(fixture.at("locked/parcel-service"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn where_even_root_makes_no_folder_a_dry_run_is_refused_too() {
    let err = refused_dry_or_not(&Fixture::new(), "/proc/quagga");
    assert!(err.starts_with("error: cannot make the folder /proc/quagga: "), "{err}");
    assert!(err.contains("help: choose another folder with --path PARENT"), "{err}");
}

#[test]
fn what_the_file_system_refuses_comes_with_what_to_do() {
    let fixture = Fixture::new();
    let err = refused_dry_or_not(&fixture, &"long".repeat(100));
    assert!(err.starts_with("error: cannot look at "), "{err}");
    assert!(err.contains("help: choose another folder with --path PARENT"), "{err}");
    for missing in ["LICENSE-MIT", "crates/cloudlab-sql", "templates/gizmo-service", "Cargo.toml"] {
        let place = fixture.at("checkout").join(missing);
        fs::rename(&place, fixture.at("moved")).unwrap();
        let err = fixture.refused("parcel-service", &[]);
        assert!(err.contains(&format!("cannot read {}", place.display())), "{err}");
        assert!(
            err.contains("help: the checkout that this command was built from must be readable"),
            "{err}"
        );
        fs::rename(fixture.at("moved"), place).unwrap();
    }
}

#[test]
fn a_checkout_that_moved_is_named() {
    let fixture = Fixture::new();
    fs::rename(fixture.at("checkout"), fixture.at("moved")).unwrap();
    let err = fixture.refused("parcel-service", &[]);
    assert!(err.contains("Cargo.toml") && err.contains("build it again"), "{err}");
}

/// Cargo would take both the workspace and the service for broken.
#[test]
fn a_workspace_that_would_count_the_service_in_is_named() {
    let fixture = Fixture::new();
    for members in ["services/*", "services/parcel-service", "**", "ser*/*-service"] {
        write(&fixture.at("Cargo.toml"), &format!("[workspace]\nmembers = [\"{members}\"]\n"));
        let err = fixture.refused("parcel-service", &[]);
        assert!(
            err.contains("takes services/parcel-service for a member of its workspace"),
            "{members}: {err}"
        );
        assert!(err.contains("help: add \"services/parcel-service\" to `workspace.exclude` there"), "{err}");
    }
    for manifest in [
        "[workspace]\nmembers = [\"services/*\"]\nexclude = [\"services/parcel-service\"]\n",
        "[workspace]\nmembers = [\"services\", \"other/*\", \"services/p\", \"*/*/*\"]\n",
        "[package]\nname = \"above\"\n",
        "not = a [manifest",
    ] {
        write(&fixture.at("Cargo.toml"), manifest);
        let folder = fixture.written("parcel-service", &[]);
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_way_back_through_a_folder_that_is_not_there_is_refused() {
    let fixture = Fixture::new();
    let err = refused_dry_or_not(&fixture, "missing/../services");
    assert!(err.contains("goes back through") && err.contains("missing, which is not there"), "{err}");
}

#[test]
fn without_cargo_nothing_is_written_that_was_to_be_run() {
    let fixture = Fixture::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cloudlab"));
    let args = ["new", "parcel-service", "--yes", "--run"];
    let output = command.args(args).env("PATH", "/nowhere").current_dir(fixture.parent()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.starts_with("error: `--run` needs cargo") && err.ends_with("nothing was written\n"), "{err}");
    assert_eq!(everything_in(&fixture.parent()), []);
}
