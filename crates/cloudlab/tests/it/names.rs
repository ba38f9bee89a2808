//! Names that are accepted, and names that are refused with the flag to use.

use crate::fixture::{Fixture, read};

#[test]
fn names_outside_the_rule_are_refused() {
    let fixture = Fixture::new();
    let long = "a".repeat(65);
    let endless = "a".repeat(300);
    for name in [
        "", "../x", "/tmp/x", "a/b", "a\\b", ".", "..", "1abc", "Abc", "abC", "a_b", "a b", "a.b", "é",
        "a--b", "a-", "fn", "async", "gen", "std", "core", "alloc", "test", "crate", "self", "con", "nul",
        "com1", "lpt9", "deps", &long, &endless,
    ] {
        let err = fixture.refused(name, &[]);
        assert!(err.contains("help: a name is lower-case letters"), "{name}: {err}");
    }
}

#[test]
fn a_name_of_300_characters_is_not_repeated_in_full() {
    let err = Fixture::new().refused(&"a".repeat(300), &[]);
    assert!(err.contains("is 300 characters long; 64 is the limit"), "{err}");
    assert!(err.len() < 300, "{err}");
}

#[test]
fn unusual_names_are_accepted() {
    let fixture = Fixture::new();
    for name in ["p", "parcel", "parcel-2-service", "gizmo-service", "acme-service"] {
        fixture.written(name, &[]);
    }
}

#[test]
fn the_aggregate_is_the_name_without_service() {
    let fixture = Fixture::new();
    let folder = fixture.written("purchase-order-service", &[]);
    let record = read(&folder, "cloudlab.toml");
    assert!(record.contains("aggregate = \"purchase-order\"\nplural = \"purchase-orders\""), "{record}");
}

#[test]
fn aggregate_and_plural_can_be_given() {
    let fixture = Fixture::new();
    let folder =
        fixture.written("shop", &["--aggregate", "ProductCategory", "--plural", "product_categories"]);
    let source = read(&folder, "src/domain/product_category.rs");
    assert!(source.contains("pub fn product_categories(product_category: ProductCategory)"), "{source}");
}

#[test]
fn malformed_aggregates_and_plurals_are_refused() {
    let fixture = Fixture::new();
    for aggregate in ["parcel", "Par-cel", "QRCode", "Pärcel", "1Parcel", &"P".repeat(65)] {
        let err = fixture.refused("x-service", &["--aggregate", aggregate]);
        assert!(err.contains("help: --aggregate Name"), "{err}");
    }
    for plural in ["Parcels", "parcels-", "-parcels", "par--cels", "par cels", "2parcels"] {
        let err = fixture.refused("parcel-service", &[&format!("--plural={plural}")]);
        assert!(err.contains("help: --plural names"), "{err}");
    }
}

#[test]
fn aggregates_that_rust_or_the_chassis_claims_are_refused() {
    let fixture = Fixture::new();
    for aggregate in [
        "Option", "Result", "Vec", "Drop", "Match", "Type", "Gen", "Str", "Crate",
        "Aux", // Rust, cargo, Windows
        "Event", "Commit", "Service", "Tenant", "Owner", // the chassis, by itself and handed on
        "Zebra", "Serve", "Name", // identifiers of the template; `Name` only of the next line's file
    ] {
        fixture.template("src/name.rs", "fn name() {}");
        let err = fixture.refused("x-service", &["--aggregate", aggregate]);
        assert!(
            err.contains("would clash with") && err.contains("help: --aggregate Name"),
            "{aggregate}: {err}"
        );
    }
}

#[test]
fn words_of_comments_strings_and_lifetimes_are_free() {
    let fixture = Fixture::new();
    for name in ["invoice", "receipt", "contract", "comment", "hidden"] {
        fixture.written(&format!("{name}-service"), &[]);
    }
}

#[test]
fn an_aggregate_whose_compounds_would_meet_the_templates_is_refused() {
    let err = Fixture::new().refused("app-service", &[]);
    assert!(err.contains("the aggregate `App` would clash with the identifier `AppError`"), "{err}");
}

#[test]
fn a_plural_that_the_template_uses_is_refused_even_in_a_spelling_it_does_not_rename() {
    let fixture = Fixture::new();
    fixture.template("src/cages.rs", "pub struct Cages;");
    let err = fixture.refused("cage-service", &[]);
    assert!(err.contains("the plural `Cages` would clash") && err.contains("help: --plural names"), "{err}");
}

#[test]
fn tables_that_sql_or_the_chassis_claims_are_refused_with_the_plurals_flag() {
    let fixture = Fixture::new();
    for name in ["group-service", "row-service", "key-service", "value-service", "lease-service"] {
        let err = fixture.refused(name, &[]);
        assert!(err.contains("help: --plural names"), "{err}");
    }
    fixture.written("group-service", &["--plural", "user-groups"]);
}

/// The fixture's longest names are those of the real template: `_name_key_unique` and `_statistics`.
#[test]
fn names_that_postgresql_would_cut_are_refused_and_may_be_given_shorter() {
    let fixture = Fixture::new();
    let long = "p".repeat(64);
    let err = fixture.refused(&long, &[]);
    assert!(err.contains("would be 81 bytes long; PostgreSQL cuts names at 63"), "{err}");
    assert!(err.contains("help: --aggregate Name or --plural names   (at least 18 characters"), "{err}");
    fixture.written(&long, &["--aggregate", "Parcel"]);
    let (fits, plural) = ("q".repeat(47), "q".repeat(48));
    fixture.written("plural-fits", &["--aggregate", "Parcel", "--plural", &fits]);
    assert!(fixture.refused("parcel", &["--plural", &plural]).contains("would be 64 bytes long"));
    let (fits, aggregate) = (format!("Q{}", "q".repeat(51)), format!("Q{}", "q".repeat(52)));
    fixture.written("aggregate-fits", &["--aggregate", &fits, "--plural", "parcels"]);
    let err = fixture.refused("parcel", &["--aggregate", &aggregate, "--plural", "parcels"]);
    assert!(err.contains("would be 64 bytes long") && err.contains("help: --aggregate Name"), "{err}");
    let endless = fixture.refused("parcel", &["--plural", &"q".repeat(300)]);
    assert!(endless.contains("would be 316 bytes long") && endless.len() < 300, "{endless}");
}

#[test]
fn tables_that_an_engine_keeps_for_itself_are_refused_with_the_flag_to_use() {
    let fixture = Fixture::new();
    let err = fixture.refused("pg-setting-service", &[]);
    assert!(err.contains("begin with `pg_`, which PostgreSQL keeps"), "{err}");
    fixture.written("pgp-key-service", &[]);
    for name in ["sqlite-quagga", "sqlite-service"] {
        let err = fixture.refused(name, &[]);
        assert!(err.contains("begin with `sqlite_`") && err.contains("help: --aggregate Name"), "{err}");
        fixture.written(name, &["--aggregate", "Quagga"]);
    }
    let err = fixture.refused("quagga-service", &["--plural", "sqlite-quaggas"]);
    assert!(err.contains("begin with `sqlite_`") && err.contains("help: --plural names"), "{err}");
    fixture.written("quagga-service", &["--plural", "sqlites"]);
}

#[test]
fn what_the_chassis_or_the_service_itself_makes_in_the_database_is_taken() {
    let fixture = Fixture::new();
    for plural in ["leases", "lease-times"] {
        let err = fixture.refused("quagga-service", &["--plural", plural]);
        assert!(err.contains("would clash with what the chassis makes in the database"), "{err}");
        assert!(err.contains("help: --plural names"), "{err}");
    }
    let err = fixture.refused("quagga-service", &["--plural", "quagga-statistics"]);
    assert!(err.contains("`quagga_statistics` would be there twice in the database"), "{err}");
    fixture.written("quagga-service", &["--plural", "lease-hours"]);
}

#[test]
fn singular_and_plural_must_differ() {
    let err = Fixture::new().refused("sheep-service", &["--plural", "sheep"]);
    assert!(err.contains("singular and plural are the same word"), "{err}");
}

#[test]
fn a_service_named_like_a_crate_that_it_uses_is_refused() {
    let err = Fixture::new().refused("cloudlab-core", &["--aggregate", "Parcel"]);
    assert!(err.contains("help: cloudlab new cloudlab-core-service"), "{err}");
}
