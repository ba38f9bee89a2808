fn main() -> std::process::ExitCode {
    cloudlab_chassis::run(gizmo_service::service())
}
