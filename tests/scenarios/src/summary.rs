//! What came of the way: figures read back from the services, in order; and where to look.

use std::fmt::{self, Write as _};

use federation::Manifest;

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

/// The pages that people can open: the hub's first, whose traces are the whole federation's.
pub fn addresses(manifest: &Manifest) -> String {
    let mut text = String::new();
    let mut nodes: Vec<_> = manifest.nodes.iter().collect();
    nodes.sort_by_key(|(region, _)| !region.is_hub());
    for (region, node) in nodes {
        let _ = writeln!(text, "  {}（{region}）", region.name());
        if let Some(console) = &node.console {
            let _ = writeln!(text, "    公开揭榜目录：{console}catalogue");
            let _ = writeln!(text, "    联邦状态：{console}status");
        }
        if let Some(telemetry) = &node.telemetry {
            let _ = writeln!(text, "    调用链（Jaeger）：{telemetry}");
        }
    }
    text
}
