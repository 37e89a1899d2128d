//! The process of the application service.

fn main() -> std::process::ExitCode {
    chassis::run::<application::ApplicationService>()
}
