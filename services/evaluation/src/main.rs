//! The process of the evaluation service.

fn main() -> std::process::ExitCode {
    chassis::run::<evaluation::Evaluation>()
}
