use super::{Origin, follow, load};
use crate::service::NoSettings;
use cloudlab_config::Sources;
use cloudlab_telemetry::{Options, Telemetry};
use cloudlab_testing::service::{Home, wait_until};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[test]
fn a_file_that_changes_between_the_start_and_the_first_look_is_taken_over() {
    let home = Home::sqlite("chassis", "none");
    home.write("service.toml", "log.level = 'info'\n");
    let sources = Sources::new(home.folder(), []);
    let (loaded, NoSettings {}) = load(&sources).unwrap();
    home.write("service.toml", "log.level = 'info,chassis=debug'\n");
    let telemetry =
        Telemetry::start(&Options { level: loaded.value.log.level.clone(), ..Options::default() });
    let (telemetry, stop) = (telemetry.unwrap(), CancellationToken::new());
    let origin = Origin::of::<NoSettings>(sources, loaded.fingerprint());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let following = runtime.spawn(follow(origin, telemetry.clone(), stop.clone()));
    wait_until("the change is seen", Duration::from_secs(20), || telemetry.level() == "info,chassis=debug");
    stop.cancel();
    runtime.block_on(following).unwrap();
}
