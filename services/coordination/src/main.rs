//! The process of the coordination service.

fn main() -> std::process::ExitCode {
    chassis::run::<coordination::Coordination>()
}
