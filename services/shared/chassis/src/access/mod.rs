//! What a role may call: one table, one folder, one file a service.
//!
//! A method without a row can't be called at all; a test walks the published language and demands
//! a row for each. Which *things* a caller may touch (only its own unit's demands, say) is decided
//! where the things are, by the same token.

use regulation::Role;

mod admin;
mod application;
mod coordination;
mod evaluation;
mod exchange;
mod fund;
mod intake;
mod matching;
mod project;
mod registry;
mod review;

/// Who may call a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone, without a token.
    Public,
    /// Whoever acts in one of these roles.
    Roles(&'static [Role]),
}

/// A row of the table: the method's full name (`package.Service/Method`) and who may call it.
pub type Row = (&'static str, Who);

const TABLES: &[&[Row]] = &[
    admin::ROWS,
    application::ROWS,
    coordination::ROWS,
    evaluation::ROWS,
    exchange::ROWS,
    fund::ROWS,
    intake::ROWS,
    matching::ROWS,
    project::ROWS,
    registry::ROWS,
    review::ROWS,
];

/// All rows.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.iter().copied().flatten()
}

/// Who may call the method with this path (`/package.Service/Method`); `None`: nobody.
pub fn who(path: &str) -> Option<Who> {
    let method = path.strip_prefix('/')?;
    // Health and reflection tell nothing of the domain, and are asked before anyone has a token.
    if method.starts_with("grpc.health.v1.") || method.starts_with("grpc.reflection.") {
        return Some(Who::Public);
    }
    rows()
        .find(|(name, _)| *name == method)
        .map(|(_, who)| *who)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_method_of_the_published_language_has_one_row_and_every_row_a_method() {
        let pool = prost_reflect::DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
        let methods: BTreeSet<String> = pool
            .services()
            .flat_map(|service| {
                service
                    .methods()
                    .map(|method| format!("{}/{}", service.full_name(), method.name()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut seen = BTreeSet::new();
        for (name, _) in rows() {
            assert!(seen.insert((*name).to_owned()), "{name} has two rows");
        }
        let missing: Vec<_> = methods.difference(&seen).collect();
        assert!(missing.is_empty(), "no row for {missing:#?}");
        let idle: Vec<_> = seen.difference(&methods).collect();
        assert!(idle.is_empty(), "rows without a method {idle:#?}");
    }

    #[test]
    fn nobody_may_call_what_has_no_row() {
        assert_eq!(who("/jiebang.intake.v1.IntakeService/Destroy"), None);
        assert_eq!(who(""), None);
        assert_eq!(who("/grpc.health.v1.Health/Check"), Some(Who::Public));
    }
}
