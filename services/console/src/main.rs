//! The console as a process.

fn main() -> std::process::ExitCode {
    chassis::process::run("console", console::start)
}
