//! The process of the exchange.

fn main() -> std::process::ExitCode {
    chassis::run::<exchange::Exchange>()
}
