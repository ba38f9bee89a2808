//! Without the feature `yaml` a YAML file is refused and not passed over.

use crate::settings::Place;

#[test]
fn a_file_that_cannot_be_read_says_which_feature_is_missing() {
    let place = Place::new().file("service.development.yaml", "http: {port: 81}");
    place.fails(
        "service.development.yaml cannot be read: YAML is not built into this service. Switch on the feature `yaml` of \
         cloudlab-chassis in Cargo.toml, or write the file in TOML.",
    );
    assert_eq!(place.env("CLOUDLAB__PROFILE", "staging").load().value.http.port, 80);
}
