//! Exported cases and chains.
