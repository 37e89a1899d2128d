//! The secret under which all registries make the same pseudonym of a person.

use std::path::{Path, PathBuf};

/// A file of the secret that can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// It can't be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not 64 hexadecimal digits. The text is not repeated.
    #[error("{0} is not 64 hexadecimal digits")]
    Malformed(PathBuf),
}

/// Reads the secret: 32 bytes as 64 hexadecimal digits.
pub(crate) fn read(path: &Path) -> Result<[u8; 32], SecretError> {
    let text = std::fs::read_to_string(path).map_err(|source| SecretError::Unreadable {
        path: path.into(),
        source,
    })?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret)
        .map_err(|_| SecretError::Malformed(path.into()))?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_64_digits_in_a_file_and_never_repeated_in_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let write = |text: &str| std::fs::write(file.path(), text).unwrap();
        write(&format!("{}\n", "0a".repeat(32)));
        assert_eq!(read(file.path()).unwrap(), [10; 32]);
        for bad in ["", "0a0b", &"zz".repeat(32)] {
            write(bad);
            let error = read(file.path()).unwrap_err();
            assert!(matches!(error, SecretError::Malformed(_)), "{error}");
            assert!(bad.is_empty() || !error.to_string().contains(bad));
        }
        assert!(matches!(
            read(Path::new("/nowhere/at/all")),
            Err(SecretError::Unreadable { .. })
        ));
    }
}
