//! Days, working days and deadlines in China.

mod day;

pub use day::{Day, InvalidDay};
