//! Intake at one node, against a real database and a real folder.

mod files;
mod house;
mod life;
mod similar;
