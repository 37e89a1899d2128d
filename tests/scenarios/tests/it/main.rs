//! The whole way and its faults, on a whole federation of real processes.

mod bad_input;
mod common;
mod cut_off;
mod killed;
mod leak;
mod whole_way;
