//! The process of the registry service.

fn main() -> std::process::ExitCode {
    chassis::run::<registry::Registry>()
}
