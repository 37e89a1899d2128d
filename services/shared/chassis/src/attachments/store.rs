//! A folder of encrypted files, each named by a keyed hash of its content's digest.

use std::path::{Path, PathBuf};

use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use evidence::Digest;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use tokio::{fs, io::AsyncWriteExt as _};

use super::Settings;

/// Bytes of an `XChaCha20` nonce.
const NONCE_BYTES: usize = 24;

/// The files of a service. Cheap to clone.
///
/// The directory tells nothing: neither what is in it nor, to who has a file, whether it is there.
#[derive(Clone)]
pub struct Store {
    directory: PathBuf,
    cipher: XChaCha20Poly1305,
    names: [u8; 32],
    nonces: [u8; 32],
}

/// The files can't be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder.
    #[error("cannot use {path}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key is not 64 hexadecimal digits. The text is not repeated.
    #[error("{0} is not 64 hexadecimal digits")]
    Key(PathBuf),
    /// The file was changed, or encrypted under another key.
    #[error("{0} is not what was kept")]
    Damaged(PathBuf),
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    move |source| StoreError::Io {
        path: path.into(),
        source,
    }
}

/// A key for one purpose, out of the node's.
fn derived(key: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    keyed(key, &[b"jiebang.attachments.", purpose].concat())
}

fn keyed(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    // HMAC pads a short key with zeros; doing so here keeps the length a matter of types.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

impl Store {
    /// Opens the folder, making it if it is not there.
    ///
    /// # Errors
    /// When the key or the folder can't be used.
    pub fn open(settings: &Settings) -> Result<Self, StoreError> {
        let path = &settings.key_file;
        let text = std::fs::read_to_string(path).map_err(at(path))?;
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|_| StoreError::Key(path.clone()))?;
        let directory = settings.directory.clone();
        std::fs::create_dir_all(&directory).map_err(at(&directory))?;
        Ok(Self {
            directory,
            cipher: XChaCha20Poly1305::new(&Key::from(derived(&key, b"content"))),
            names: derived(&key, b"names"),
            nonces: derived(&key, b"nonces"),
        })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = hex::encode(keyed(&self.names, digest.as_bytes()));
        self.directory.join(&name[..2]).join(name)
    }

    /// One nonce a content: what is the same is encrypted to the same, what is not never shares one.
    fn nonce(&self, digest: &Digest) -> XNonce {
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&keyed(&self.nonces, digest.as_bytes())[..NONCE_BYTES]);
        nonce.into()
    }

    /// Keeps what has this digest, for good. What is there already stays.
    ///
    /// # Errors
    /// When it can't be written.
    pub async fn keep(&self, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(digest);
        let there = matches!(self.find(digest).await, Ok(Some(_)));
        if there {
            return Ok(());
        }
        let payload = Payload {
            msg: bytes,
            aad: digest.as_bytes(),
        };
        let sealed = self.cipher.encrypt(&self.nonce(digest), payload);
        let sealed = sealed.map_err(|_| StoreError::Damaged(path.clone()))?;
        let folder = path.parent().unwrap_or(&self.directory);
        fs::create_dir_all(folder).await.map_err(at(folder))?;
        let draft = path.with_extension("new");
        let mut file = fs::File::create(&draft).await.map_err(at(&draft))?;
        file.write_all(&sealed).await.map_err(at(&draft))?;
        file.sync_all().await.map_err(at(&draft))?;
        fs::rename(&draft, &path).await.map_err(at(&path))?;
        // The name is to outlive a crash, too.
        let folder_file = fs::File::open(folder).await.map_err(at(folder))?;
        folder_file.sync_all().await.map_err(at(folder))
    }

    /// What has this digest, if it is kept.
    ///
    /// # Errors
    /// When it can't be read, or is no longer what was kept.
    pub async fn find(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(digest);
        let sealed = match fs::read(&path).await {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(&path)(error)),
        };
        let payload = Payload {
            msg: &sealed[..],
            aad: digest.as_bytes(),
        };
        match self.cipher.decrypt(&self.nonce(digest), payload) {
            Ok(bytes) if Digest::of_document(&bytes) == *digest => Ok(Some(bytes)),
            _ => Err(StoreError::Damaged(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &[u8] = b"%PDF-1.7 the demander's own plans %%EOF";

    fn settings(place: &Path, key: &str) -> Settings {
        let key_file = place.join("attachments.key");
        std::fs::write(&key_file, key).unwrap();
        Settings {
            directory: place.join("files"),
            key_file,
        }
    }

    /// Every file in the folder, with its path.
    fn files(place: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path));
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
        found
    }

    #[tokio::test]
    async fn what_is_kept_is_found_again_and_nobody_reads_it_from_the_folder() {
        let place = tempfile::tempdir().unwrap();
        let settings = settings(place.path(), &"0a".repeat(32));
        let digest = Digest::of_document(PRIVATE);
        let store = Store::open(&settings).unwrap();
        assert_eq!(store.find(&digest).await.unwrap(), None);
        store.keep(&digest, PRIVATE).await.unwrap();
        store.keep(&digest, PRIVATE).await.unwrap();
        let again = Store::open(&settings).unwrap();
        assert_eq!(again.find(&digest).await.unwrap().as_deref(), Some(PRIVATE));
        let kept = files(&settings.directory);
        assert_eq!(kept.len(), 1, "{kept:?}");
        let (path, bytes) = &kept[0];
        assert!(
            !bytes
                .windows(8)
                .any(|window| PRIVATE.windows(8).any(|w| w == window))
        );
        assert!(!path.display().to_string().contains(&digest.to_string()));
    }

    #[tokio::test]
    async fn a_changed_file_and_another_nodes_key_are_noticed() {
        let place = tempfile::tempdir().unwrap();
        let mine = settings(place.path(), &"0a".repeat(32));
        let digest = Digest::of_document(PRIVATE);
        let store = Store::open(&mine).unwrap();
        store.keep(&digest, PRIVATE).await.unwrap();
        let (path, mut bytes) = files(&mine.directory).remove(0);
        bytes[3] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let damaged = store.find(&digest).await.unwrap_err();
        assert!(matches!(damaged, StoreError::Damaged(_)), "{damaged}");
        // Kept anew, it is whole again.
        store.keep(&digest, PRIVATE).await.unwrap();
        assert!(store.find(&digest).await.unwrap().is_some());
        let other = Store::open(&settings(place.path(), &"0b".repeat(32))).unwrap();
        assert_eq!(other.find(&digest).await.unwrap(), None);
    }

    #[test]
    fn a_key_is_64_digits_and_never_repeated_in_an_error() {
        let place = tempfile::tempdir().unwrap();
        for bad in ["", "0a0b", &"zz".repeat(32)] {
            let Err(error) = Store::open(&settings(place.path(), bad)) else {
                panic!("{bad} passed");
            };
            assert!(matches!(error, StoreError::Key(_)), "{error}");
            assert!(bad.is_empty() || !error.to_string().contains(bad));
        }
    }
}
