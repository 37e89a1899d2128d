//! The index from outside: what it finds depends on what is in it, and on nothing else.

mod history;
mod ranking;
