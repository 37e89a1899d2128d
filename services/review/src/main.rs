//! The process of the review service.

fn main() -> std::process::ExitCode {
    chassis::run::<review::Review>()
}
