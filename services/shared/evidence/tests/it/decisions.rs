//! Joint decisions.
