//! Random histories, and that every law would notice.

mod faults;
mod histories;
