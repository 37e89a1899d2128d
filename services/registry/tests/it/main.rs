//! The registry against a real database: its doors as somebody finds them, and what it hears.

mod experts;
mod house;
mod units;
