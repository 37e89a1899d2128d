//! What texts have to do with one another: which units can solve a demand, and which demand says
//! what another one already said. Pure: no clock, no IO.

pub mod similar;

mod text;
