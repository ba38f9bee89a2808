//! What the figures of coverage say, without measuring.

use std::path::Path;
use xtask::coverage::{File, Layer, files, layers, table};

const LCOV: &str = "SF:/repo/crates/cloudlab-new/src/a.rs\nFN:1,x\nDA:1,3\nDA:2,0\nDA:4,1\nend_of_record\n\
    SF:/elsewhere/b.rs\nDA:1,1\nend_of_record\n";

fn file(path: &str, lines: usize, run: usize) -> File {
    File { path: path.to_owned(), lines, run }
}

fn named<'a>(layers: &'a [Layer], name: &str) -> &'a Layer {
    layers.iter().find(|layer| layer.name == name).unwrap()
}

#[test]
fn lines_are_counted_in_the_files_of_the_repository() {
    assert_eq!(files(LCOV, Path::new("/repo")), [file("crates/cloudlab-new/src/a.rs", 3, 2)]);
}

#[test]
fn files_belong_to_their_crate_or_their_layer_of_the_template() {
    let found = layers(&[
        file("crates/cloudlab-new/src/a.rs", 10, 10),
        file("crates/cloudlab-new/src/b/c.rs", 10, 8),
        file("crates/cloudlab-new/src/c_tests.rs", 10, 0),
        file("crates/cloudlab-new/tests/it/d.rs", 10, 0),
        file("crates/cloudlab/src/e.rs", 10, 0),
        file("templates/gizmo-service/src/domain/f.rs", 10, 10),
        file("templates/gizmo-service/src/domain/tests.rs", 10, 0),
        file("templates/gizmo-service/src/lib.rs", 10, 10),
    ]);
    let sums: Vec<_> = found.iter().map(|layer| (layer.name.as_str(), layer.lines, layer.run)).collect();
    let wanted = [
        ("cloudlab-new", 20, 18),
        ("template: domain", 10, 10),
        ("template: wiring", 10, 10),
        ("all", 40, 38),
    ];
    assert_eq!(sums, wanted);
}

#[test]
fn a_layer_without_a_floor_must_meet_the_target_exactly() {
    let exact = layers(&[file("crates/cloudlab-new/src/a.rs", 1000, 900)]);
    assert!(!named(&exact, "cloudlab-new").is_below());
    let short = layers(&[file("crates/cloudlab-new/src/a.rs", 1000, 899)]);
    assert!(named(&short, "cloudlab-new").is_below() && named(&short, "all").is_below());
}

#[test]
fn the_table_says_where_to_begin() {
    let text = table(&layers(&[
        file("crates/cloudlab-new/src/a.rs", 100, 99),
        file("crates/cloudlab-new/src/b.rs", 100, 50),
        file("crates/cloudlab-new/src/c.rs", 100, 100),
    ]));
    let wanted = "\
layer                       lines      run   floor
cloudlab-new                  300   83.0 %    90 %  below
all                           300   83.0 %    90 %  below
cloudlab-new is short of 90 %; most is missed in
    50 of  100 lines  crates/cloudlab-new/src/b.rs
     1 of  100 lines  crates/cloudlab-new/src/a.rs
";
    assert_eq!(text, wanted);
}
