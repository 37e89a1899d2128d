//! What came of the way: figures read back from the services, in order.

use std::fmt;

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it says.
    pub name: String,
    /// How much, or what.
    pub value: String,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// In the order of the way.
    pub figures: Vec<Figure>,
}

impl Summary {
    /// Adds one.
    pub fn figure(&mut self, name: &str, value: impl ToString) {
        self.figures.push(Figure {
            name: name.to_owned(),
            value: value.to_string(),
        });
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for figure in &self.figures {
            writeln!(f, "  {}：{}", figure.name, figure.value)?;
        }
        Ok(())
    }
}
