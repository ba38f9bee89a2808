//! The blank service as it is, in a build whose commit can also run statement by statement.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    cloudlab_chassis::run(gizmo_service::service())
}
