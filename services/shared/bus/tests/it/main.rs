//! The bus against real NATS servers, which are killed, cut off and lied to.

// The attribute is for the linter: helpers may unwrap as tests may.
#[cfg(test)]
mod border;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod support;
