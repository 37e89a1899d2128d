//! The process of the project service.

fn main() -> std::process::ExitCode {
    chassis::run::<project::ProjectService>()
}
