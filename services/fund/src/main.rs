//! The process of the fund service.

fn main() -> std::process::ExitCode {
    chassis::run::<fund::Fund>()
}
