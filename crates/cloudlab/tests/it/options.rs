//! Lines and files that belong to an option.

use crate::fixture::{Fixture, read};

const TEXT: &str = "start\n// cloudlab:if postgres\npostgres\n  # cloudlab:if notify\nnotify\n-- cloudlab:end\n// cloudlab:end\n\
                    # cloudlab:if sqlite\nsqlite\n<!-- cloudlab:if rest -->\nboth\n<!-- cloudlab:end -->\n# cloudlab:end\n\
                    # cloudlab:if prometheus\nprometheus\n# cloudlab:end\nend\n";

fn rendered(more: &[&str]) -> String {
    let fixture = Fixture::new();
    fixture.template("options.txt", TEXT);
    read(&fixture.written("parcel-service", more), "options.txt")
}

#[test]
fn lines_follow_the_choices_and_markers_never_stay() {
    assert_eq!(rendered(&[]), "start\npostgres\nnotify\nprometheus\nend\n");
    assert_eq!(rendered(&["--notifier", "polling"]), "start\npostgres\nprometheus\nend\n");
    assert_eq!(rendered(&["--database", "sqlite"]), "start\nsqlite\nboth\nprometheus\nend\n");
}

#[test]
fn a_file_follows_the_choice_that_its_first_line_names() {
    let fixture = Fixture::new();
    fixture.template(
        "deploy/server.yaml",
        "# cloudlab:file postgres\nname: acme\n# cloudlab:if rest\n# cloudlab:end\n",
    );
    fixture.template("deploy/file.yaml", "# cloudlab:file sqlite\nname: one\n");
    let served = fixture.written("acme-service", &[]);
    assert_eq!(read(&served, "deploy/server.yaml"), "name: acme\n");
    assert!(!served.join("deploy/file.yaml").exists());
    let embedded = fixture.written("embedded-acme-service", &["--database", "sqlite"]);
    assert_eq!(read(&embedded, "deploy/file.yaml"), "name: one\n");
    assert!(!embedded.join("deploy/server.yaml").exists());
    for folder in [served, embedded] {
        let record = read(&folder, "cloudlab.toml");
        let listed = ["deploy/server.yaml", "deploy/file.yaml"].map(|path| record.contains(path));
        assert_eq!(listed, ["deploy/server.yaml", "deploy/file.yaml"].map(|path| folder.join(path).exists()));
    }
}

#[test]
fn wrong_markers_name_file_and_line() {
    for (text, place) in [
        ("a\n// cloudlab:if postgres\n", "options.txt:2: `cloudlab:if` without `cloudlab:end`"),
        ("a\nb\n// cloudlab:end\n", "options.txt:3: `cloudlab:end` without `cloudlab:if`"),
        ("// cloudlab:if mongo\n// cloudlab:end\n", "options.txt:1: `mongo` is not an option"),
        ("// cloudlab:file mongo\n", "options.txt:1: `mongo` is not an option"),
        ("a\n// cloudlab:file rest\n", "options.txt:2: `cloudlab:file` is for the first line"),
        ("x // cloudlab:file rest\n", "options.txt:1: an option's marker must stand alone"),
        ("x // cloudlab:if rest\n// cloudlab:end\n", "options.txt:1: an option's marker must stand alone"),
        ("// cloudlab:if rest grpc\n// cloudlab:end\n", "options.txt:1: an option's marker must stand alone"),
    ] {
        let fixture = Fixture::new();
        fixture.template("options.txt", text);
        let err = fixture.refused("parcel-service", &[]);
        assert!(err.contains(place), "{err}");
    }
}
