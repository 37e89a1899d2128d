//! The whole way, played by people of the right roles on the nodes where things live, and read
//! back from the nodes that should know.

mod input;
mod session;
mod summary;
mod way;

pub use input::{Company, Demand, Input, Institute, Task, credit_code, unit_id, wan};
pub use session::{Line, Session, request_id};
pub use summary::{Figure, Summary, addresses};
pub use way::{DemandRef, Published, Way};
