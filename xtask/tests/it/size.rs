//! Long files and long functions of shell.

use crate::said;
use xtask::tidy::size::check;
use xtask::tree::Tree;

#[test]
fn a_file_of_code_has_400_lines_and_not_401() {
    let (fits, long) = ("x\n".repeat(400), "x\n".repeat(401));
    for path in ["crates/a/src/b.rs", "a.sql", "a.sh"] {
        assert_eq!(check(&Tree::planted([(path, fits.as_str())])), []);
        let found = check(&Tree::planted([(path, long.as_str())]));
        assert_eq!(said(&found), [format!("{path}: 401 lines; 400 is the limit")]);
    }
    assert_eq!(check(&Tree::planted([("README.md", long.as_str()), ("a.json", long.as_str())])), []);
}

#[test]
fn a_function_of_shell_has_70_lines_and_not_71() {
    let script =
        |lines: usize| format!("#!/usr/bin/env bash\n\nlong() {{ # NAME\n{}}}\n", "  :\n".repeat(lines - 2));
    assert_eq!(check(&Tree::planted([("run", script(70).as_str())])), []);
    let found = check(&Tree::planted([("run", script(71).as_str())]));
    assert_eq!(said(&found), ["run:3: function long has 71 lines; 70 is the limit"]);
}

#[test]
fn a_function_on_one_line_does_not_swallow_the_next() {
    let script = format!("#!/bin/sh\nshort() {{ :; }}\n{}long() {{\n:\n}}\n", ":\n".repeat(100));
    assert_eq!(check(&Tree::planted([("run", script.as_str())])), []);
}
