//! The process of the matching service.

fn main() -> std::process::ExitCode {
    chassis::run::<matching::Matching>()
}
