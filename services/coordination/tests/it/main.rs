//! Coordination against a real database: a federation of five nodes without any network, its doors
//! as somebody finds them, and what crosses between them.

mod assents;
mod decisions;
mod federation;
mod knowledge;
