//! "an acme gizmo" becomes "a parcel" and "an order", wherever the article stands.

use crate::fixture::{Fixture, read};

fn rendered(name: &str, text: &str) -> String {
    let fixture = Fixture::new();
    fixture.template("README.md", text);
    read(&fixture.written(name, &[]), "README.md")
}

#[test]
fn articles_follow_the_sound() {
    let text = "An acme gizmo, an `AcmeGizmo`, (an acme-gizmo), \"an acme gizmo\", **an** acme gizmo.";
    assert_eq!(
        rendered("parcel-service", text),
        "A parcel, a `Parcel`, (a parcel), \"a parcel\", **an** parcel."
    );
    assert_eq!(
        rendered("invoice-service", text),
        "An invoice, an `Invoice`, (an invoice), \"an invoice\", **an** invoice."
    );
}

#[test]
fn some_vowels_sound_like_consonants_and_an_h_may_be_silent() {
    for (name, expected) in [
        ("user-service", "a user"),
        ("unit-service", "a unit"),
        ("one-off-service", "a one off"),
        ("uninstall-service", "an uninstall"),
        ("hour-service", "an hour"),
        ("house-service", "a house"),
        ("upload-service", "an upload"),
    ] {
        assert_eq!(rendered(name, "an acme gizmo"), expected);
    }
}

#[test]
fn an_article_may_end_the_line_before() {
    let text = "/// Makes an\n    /// `AcmeGizmo`.\n-- an\n-- acme gizmo\n{\"d\":\"Makes an\\nacme gizmo\"}";
    let expected = "/// Makes a\n    /// `Parcel`.\n-- a\n-- parcel\n{\"d\":\"Makes a\\nparcel\"}";
    assert_eq!(rendered("parcel-service", text), expected);
}

#[test]
fn what_only_looks_like_an_article_stays() {
    let text = "&'a AcmeGizmo, a_acme_gizmo, span acme gizmo, x.a acme_gizmo, a * acme_gizmo";
    assert_eq!(
        rendered("invoice-service", text),
        "&'a Invoice, a_invoice, span invoice, x.a invoice, a * invoice"
    );
}

#[test]
fn the_service_has_an_article_too() {
    assert_eq!(
        rendered("invoice-service", "a `gizmo-service`, A gizmo service"),
        "an `invoice-service`, An invoice service"
    );
}
