fn main() -> std::process::ExitCode {
    cloudlab_chassis::run(proof::service())
}
