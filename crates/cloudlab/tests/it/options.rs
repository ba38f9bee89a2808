//! Lines that belong to an option.

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
fn wrong_markers_name_file_and_line() {
    for (text, place) in [
        ("a\n// cloudlab:if postgres\n", "options.txt:2: `cloudlab:if` without `cloudlab:end`"),
        ("a\nb\n// cloudlab:end\n", "options.txt:3: `cloudlab:end` without `cloudlab:if`"),
        ("// cloudlab:if mongo\n// cloudlab:end\n", "options.txt:1: `mongo` is not an option"),
        ("x // cloudlab:if rest\n// cloudlab:end\n", "options.txt:1: an option's marker must stand alone"),
        ("// cloudlab:if rest grpc\n// cloudlab:end\n", "options.txt:1: an option's marker must stand alone"),
    ] {
        let fixture = Fixture::new();
        fixture.template("options.txt", text);
        let err = fixture.refused("parcel-service", &[]);
        assert!(err.contains(place), "{err}");
    }
}
