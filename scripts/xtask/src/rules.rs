//! The law of rules: each rule of the programme is applied by the code and called by its name in a
//! test, so that none is only written down and none goes untested unnoticed.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, ensure};

/// Where a file's tests begin, if they stand in it.
const TESTS_HERE: &str = "#[cfg(test)]\nmod tests {";

/// A rule as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Declared {
    /// Of the constant.
    name: String,
    /// What programs know it by.
    code: String,
}

/// The sources of one crate, or of the tests above all crates.
#[derive(Debug, Default)]
struct Sources {
    rules: Vec<Declared>,
    applied: String,
    tested: String,
}

/// Checks every crate with a `rules.rs`.
pub(crate) fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut crates = BTreeMap::new();
    for parent in ["services", "services/shared"] {
        for entry in fs::read_dir(root.join(parent))? {
            let folder = entry?.path();
            if folder.join("Cargo.toml").is_file() {
                crates.insert(folder.clone(), read(&folder)?);
            }
        }
    }
    let whole_way = read(&root.join("tests"))?.tested;
    let mut wrong = Vec::new();
    for (folder, sources) in &crates {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        wrong.extend(wrongs(&name, sources, &whole_way));
    }
    ensure!(
        wrong.is_empty(),
        "the law of rules is broken:\n  {}",
        wrong.join("\n  ")
    );
    Ok(())
}

fn read(folder: &Path) -> Result<Sources> {
    let mut sources = Sources::default();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                left.push(entry?.path());
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            sources.add(&path, &text);
        }
    }
    Ok(sources)
}

impl Sources {
    fn add(&mut self, path: &Path, text: &str) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if path.iter().any(|part| part == "tests") || file.ends_with("tests.rs") {
            self.tested.push_str(text);
            return;
        }
        let (code, tests) = text.split_once(TESTS_HERE).unwrap_or((text, ""));
        self.tested.push_str(tests);
        if file == "rules.rs" {
            self.rules.extend(declared(code));
        } else {
            self.applied.push_str(code);
        }
    }
}

/// The rules that a text declares: `const NAME: Rule = Rule::…("code", …`.
fn declared(text: &str) -> impl Iterator<Item = Declared> {
    text.split("const ").skip(1).filter_map(|after| {
        let (name, rest) = after.split_once(": Rule")?;
        let code = rest.split('"').nth(1)?;
        Some(Declared {
            name: name.to_owned(),
            code: code.to_owned(),
        })
    })
}

/// What is wrong with a crate's rules: applied is what stands in its code as `rules::NAME`, so that
/// another constant of the same name is not taken for it; what is written in `above` tests all crates.
fn wrongs(of: &str, sources: &Sources, above: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for rule in &sources.rules {
        if !has_word(&sources.applied, &format!("rules::{}", rule.name)) {
            wrong.push(format!("{of}: no code applies {}", rule.name));
        }
        let quoted = format!("\"{}\"", rule.code);
        let named = has_word(&sources.tested, &rule.name)
            || sources.tested.contains(&quoted)
            || above.contains(&quoted);
        if !named {
            wrong.push(format!("{of}: no test names {} ({quoted})", rule.name));
        }
    }
    wrong
}

/// Whether `word` stands in `text`, not as a part of another one.
fn has_word(text: &str, word: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        /// Who. [Art. 8]
        pub const WHO: Rule = Rule::text("x.who", &[Article(8)], "谁。");
        pub(crate) const HOW_MANY: Rule =
            Rule::ours("x.how-many", "多少。").in_principle();
    "#;

    fn sources(applied: &str, tested: &str) -> Sources {
        let mut sources = Sources::default();
        let files = [
            ("src/domain/rules.rs", RULES.to_owned()),
            (
                "src/domain/decide.rs",
                format!("{applied}\n{TESTS_HERE}\n{tested}}}"),
            ),
        ];
        for (path, text) in files {
            sources.add(Path::new(path), &text);
        }
        sources
    }

    #[test]
    fn a_rule_that_is_applied_and_tested_is_lawful() {
        let both = sources("rules::WHO rules::HOW_MANY", "rules::WHO \"x.how-many\"");
        assert_eq!(wrongs("x", &both, ""), Vec::<String>::new());
        let above = sources("rules::WHO rules::HOW_MANY", "HOW_MANY");
        assert_eq!(
            wrongs("x", &above, "reason == \"x.who\""),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_rule_that_nothing_applies_or_no_test_names_is_named() {
        let neither = sources(
            "rules::WHOEVER HOW_MANY",
            "rules::HOW_MANY_MORE \"x.who-not\"",
        );
        assert_eq!(
            wrongs("x", &neither, ""),
            [
                "x: no code applies WHO",
                "x: no test names WHO (\"x.who\")",
                "x: no code applies HOW_MANY",
                "x: no test names HOW_MANY (\"x.how-many\")",
            ]
        );
    }

    #[test]
    fn what_only_a_test_uses_is_not_applied() {
        let tested = sources("", "rules::WHO rules::HOW_MANY");
        assert_eq!(
            wrongs("x", &tested, ""),
            ["x: no code applies WHO", "x: no code applies HOW_MANY"]
        );
    }
}
