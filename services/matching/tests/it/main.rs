//! The matching service against real `PostgreSQL`.
