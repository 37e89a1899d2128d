//! The regulation's numbers as data: one file a version.

/// A version of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its name, such as `yrd-2023-1`.
    pub version: String,
}
