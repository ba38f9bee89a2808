//! Words and bytes that do not belong into the tree.

use crate::said;
use xtask::tidy::words::check;
use xtask::tree::Tree;

fn found(path: &str, text: &str) -> Vec<String> {
    said(&check(&Tree::planted([(path, text)])))
}

#[test]
fn the_placeholder_stays_in_the_template_and_in_the_generator() {
    let line = "let gizmos = 1;\n";
    let what = "crates/cloudlab-sql/src/a.rs:1: the placeholder `gizmo` of the template";
    assert_eq!(found("crates/cloudlab-sql/src/a.rs", line), [what]);
    for path in [
        "crates/cloudlab/src/new/template/rename.rs",
        "templates/gizmo-service/src/lib.rs",
        "crates/a/tests/it/b.rs",
    ] {
        assert_eq!(found(path, line), [""; 0]);
    }
}

#[test]
fn names_that_say_nothing_are_noticed_where_they_are_declared() {
    for line in ["pub struct PageManager;", "mod utils;", "pub(crate) trait Helper {", "    enum HttpUtil {"]
    {
        assert_eq!(found("a.rs", &format!("{line}\n")).len(), 1, "{line}");
    }
    for line in ["impl Manager for Opener {", "struct Utility;", "// type of a helper", "let manager = 1;"] {
        assert_eq!(found("a.rs", &format!("{line}\n")), [""; 0], "{line}");
    }
}

#[test]
fn notes_about_unfinished_work_are_noticed_as_words() {
    for line in ["// TODO: more", "-- FIXME", "# HACK: x", "// XXX"] {
        assert_eq!(found("a.sql", &format!("{line}\n")).len(), 1, "{line}");
    }
    assert_eq!(found("a.sh", "mktemp -d x-XXXXXX\n"), [""; 0]);
}

#[test]
fn paths_of_one_machine_are_noticed() {
    for line in ["cd /home/ada/x", "see `/root/.cargo`", "\"/Users/ada\""] {
        assert_eq!(found("a.md", &format!("{line}\n")).len(), 1, "{line}");
    }
    for line in ["GET /v1/home/x", "https://example.org/home/x", "/home/", "${X}/root/y"] {
        assert_eq!(found("a.md", &format!("{line}\n")), [""; 0], "{line}");
    }
}

#[test]
fn a_test_is_left_out_with_a_reason() {
    assert_eq!(found("a.rs", "    #[ignore]\n"), ["a.rs:1: a test is left out without a reason"]);
    assert_eq!(found("a.rs", "#[ignore = \"it takes minutes\"]\n"), [""; 0]);
}

#[test]
fn what_editors_leave_behind_is_noticed() {
    let cases = [
        ("a.rs", "x \n", "a.rs:1: blanks at the end of the line"),
        ("a.rs", "\tx\n", "a.rs:1: a tab in Rust"),
        ("a.rs", "x\n\ndbg!(x)\n", "a.rs:3: a `dbg!` was left behind"),
        ("a.toml", "x\ny", "a.toml:2: the last line does not end"),
    ];
    for (path, text, what) in cases {
        assert_eq!(found(path, text), [what]);
    }
    assert_eq!(found("a.md", "a break  \nin a line\n"), [""; 0]);
}

#[test]
fn a_line_that_ends_as_on_windows_is_noticed() {
    assert_eq!(found("a.sh", "x\r\n"), ["a.sh:1: the line ends as on Windows"]);
}

#[test]
fn a_test_does_not_let_time_pass() {
    let line = "tokio::time::sleep(A_SECOND).await;\n";
    let what = "crates/a/tests/it/b.rs:1: 1 sleeps in a test, and 0 are excused";
    assert_eq!(found("crates/a/tests/it/b.rs", line), [what]);
    assert_eq!(found("crates/a/src/b_tests.rs", line).len(), 1);
    assert_eq!(found("crates/a/src/b.rs", line), [""; 0]);
    let paused = format!("#[tokio::test(start_paused = true)]\n{line}");
    assert_eq!(found("crates/a/tests/it/b.rs", &paused), [""; 0]);
}

#[test]
fn an_excuse_that_is_not_needed_any_more_is_noticed() {
    let what = "proof/tests/it/wait.rs:1: 0 sleeps in a test, and 2 are excused";
    assert_eq!(found("proof/tests/it/wait.rs", "\n"), [what]);
}
