//! The process of the intake service.

fn main() -> std::process::ExitCode {
    chassis::run::<intake::Intake>()
}
