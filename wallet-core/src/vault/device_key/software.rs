//! A device key in a file, for developers and tests. It protects nothing from whoever copies the file.

use super::{DeviceKey, DeviceKeyCapabilities, DeviceKeyError, DeviceKeyLevel, DeviceKeyPolicy};
use crate::error::{ErrorCode, WalletError};
use crate::random::Random;
use crate::secret::{Secret, SecretBytes};
use crate::vault::files;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use wallet_primitives::{Refused, mac};
use zeroize::{Zeroize as _, Zeroizing};

const MAX_FILE_BYTES: u64 = 64 * 1024;
const HEADER: &str = "INSECURE software device key of the wallet, version 1\n";

/// Keys of HMAC-SHA-256 in a text file: **insecure**. With this file and the store, a PIN falls in seconds.
///
/// File: a header line, then per key `alias SP 64 hexadecimal digits LF`.
pub struct InsecureSoftwareDeviceKey {
    file: PathBuf,
    random: Arc<dyn Random>,
    /// One writer at a time in this process.
    writing: Mutex<()>,
}

impl InsecureSoftwareDeviceKey {
    /// Keys in `file`, which is made when the first key is.
    ///
    /// # Errors
    /// `unsafe_configuration` if `file` lies inside `store`, where whoever copies the store copies it too.
    pub fn new(
        file: impl Into<PathBuf>,
        store: &Path,
        random: Arc<dyn Random>,
    ) -> Result<Self, WalletError> {
        let file = file.into();
        let inside = resolved(&file)
            .zip(resolved(store))
            .is_none_or(|(file, store)| file.starts_with(store));
        if inside {
            return Err(
                WalletError::new(ErrorCode::UnsafeConfiguration).about("software_key_inside_store")
            );
        }
        Ok(Self {
            file,
            random,
            writing: Mutex::new(()),
        })
    }

    fn load(&self) -> Result<BTreeMap<String, Zeroizing<[u8; 32]>>, DeviceKeyError> {
        let bytes = files::read_limited(&self.file, MAX_FILE_BYTES)
            .map_err(|_| DeviceKeyError::HardwareFault)?
            .map(SecretBytes::new);
        let Some(bytes) = bytes else {
            return Ok(BTreeMap::new());
        };
        let text = core::str::from_utf8(&bytes).map_err(|_| DeviceKeyError::HardwareFault)?;
        let lines = text
            .strip_prefix(HEADER)
            .ok_or(DeviceKeyError::HardwareFault)?;
        lines
            .lines()
            .map(parse_line)
            .collect::<Option<_>>()
            .ok_or(DeviceKeyError::HardwareFault)
    }

    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Zeroizing<[u8; 32]>>) -> Result<(), DeviceKeyError>,
    ) -> Result<(), DeviceKeyError> {
        let _one_writer = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.load()?;
        change(&mut keys)?;
        let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + keys.len() * 256));
        text.push_str(HEADER);
        for (alias, key) in &keys {
            text.push_str(alias);
            text.push(' ');
            for byte in key.iter() {
                for digit in [byte >> 4, byte & 15] {
                    text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
                }
            }
            text.push('\n');
        }
        files::replace(&self.file, text.as_bytes()).map_err(|_| DeviceKeyError::HardwareFault)
    }
}

/// The absolute path with links resolved as far as the path exists.
fn resolved(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let mut missing = Vec::new();
    let mut existing = absolute.as_path();
    loop {
        if let Ok(mut found) = existing.canonicalize() {
            found.extend(missing.iter().rev());
            return Some(found);
        }
        missing.push(existing.file_name()?);
        existing = existing.parent()?;
    }
}

fn parse_line(line: &str) -> Option<(String, Zeroizing<[u8; 32]>)> {
    let (alias, hex) = line.split_once(' ')?;
    let mut key = Zeroizing::new([0; 32]);
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, digits) in key.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some((alias.to_owned(), key))
}

/// HMAC-SHA-256 as a pseudo-random function (RFC 2104).
pub(super) fn hmac_prf(key: &[u8; 32], input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
    mac::hmac(key, &[input.expose()])
        .map(|mut tag| Secret::take(&mut tag))
        .map_err(|Refused| DeviceKeyError::HardwareFault)
}

#[async_trait]
impl DeviceKey for InsecureSoftwareDeviceKey {
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError> {
        Ok(DeviceKeyCapabilities::new(DeviceKeyLevel::Software))
    }

    async fn create(&self, alias: &str, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError> {
        let is_alias = !alias.is_empty() && alias.bytes().all(|b| b.is_ascii_graphic());
        if policy != DeviceKeyPolicy::AppOnly || !is_alias {
            return Err(DeviceKeyError::Unsupported);
        }
        self.change(|keys| {
            let mut key = Zeroizing::new([0; 32]);
            self.random
                .fill(key.as_mut_slice())
                .map_err(|_| DeviceKeyError::HardwareFault)?;
            keys.insert(alias.to_owned(), key);
            Ok(())
        })
    }

    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
        let keys = self.load()?;
        hmac_prf(keys.get(alias).ok_or(DeviceKeyError::NotFound)?, input)
    }

    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError> {
        if !self.load()?.contains_key(alias) {
            return Ok(());
        }
        self.change(|keys| {
            if let Some(mut key) = keys.remove(alias) {
                key.zeroize();
            }
            Ok(())
        })
    }

    async fn list(&self) -> Result<Vec<String>, DeviceKeyError> {
        Ok(self.load()?.into_keys().collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::random::OsRandom;
    use pollster::block_on;

    fn key_in(folder: &Path) -> InsecureSoftwareDeviceKey {
        InsecureSoftwareDeviceKey::new(
            folder.join("keys"),
            &folder.join("store"),
            Arc::new(OsRandom),
        )
        .unwrap()
    }

    fn input() -> Secret<32> {
        Secret::take(&mut [7; 32])
    }

    #[test]
    fn the_answer_depends_on_alias_and_input_and_survives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let key = key_in(folder.path());
        block_on(key.create("a", DeviceKeyPolicy::AppOnly)).unwrap();
        block_on(key.create("b", DeviceKeyPolicy::AppOnly)).unwrap();
        let first = block_on(key.prf("a", &input())).unwrap();
        assert!(first == block_on(key_in(folder.path()).prf("a", &input())).unwrap());
        assert!(first != block_on(key.prf("b", &input())).unwrap());
        assert!(first != block_on(key.prf("a", &Secret::take(&mut [8; 32]))).unwrap());
        assert_eq!(block_on(key.list()).unwrap(), ["a", "b"]);
    }

    /// The same, spelled out with the crate's functions.
    #[test]
    fn the_function_is_hmac_sha256() {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&[5; 32]).unwrap();
        mac.update(input().expose());
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        let answer = hmac_prf(&[5; 32], &input()).unwrap();
        assert_eq!(answer.expose(), &expected);
    }

    #[test]
    fn a_deleted_key_is_not_found_and_deleting_it_again_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let key = key_in(folder.path());
        block_on(key.create("a", DeviceKeyPolicy::AppOnly)).unwrap();
        block_on(key.delete("a")).unwrap();
        block_on(key.delete("a")).unwrap();
        assert!(matches!(
            block_on(key.prf("a", &input())),
            Err(DeviceKeyError::NotFound)
        ));
    }

    #[test]
    fn a_key_file_inside_the_store_is_refused_however_it_is_spelt() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        std::fs::create_dir(&store).unwrap();
        for file in [
            store.join("keys"),
            store.join("sub/../keys"),
            folder.path().join("./store/keys"),
        ] {
            let refused = InsecureSoftwareDeviceKey::new(file, &store, Arc::new(OsRandom));
            assert_eq!(
                refused.err().unwrap().code(),
                ErrorCode::UnsafeConfiguration
            );
        }
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&store, &link).unwrap();
            assert!(
                InsecureSoftwareDeviceKey::new(link.join("keys"), &store, Arc::new(OsRandom))
                    .is_err()
            );
        }
    }

    #[test]
    fn a_damaged_key_file_is_a_fault_and_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        std::fs::write(&file, "rubbish").unwrap();
        let key = key_in(folder.path());
        let created = block_on(key.create("a", DeviceKeyPolicy::AppOnly));
        assert_eq!(created, Err(DeviceKeyError::HardwareFault));
        assert!(matches!(
            block_on(key.prf("a", &input())),
            Err(DeviceKeyError::HardwareFault)
        ));
        assert_eq!(std::fs::read(&file).unwrap(), b"rubbish");
    }

    #[test]
    fn a_key_that_asks_the_user_is_not_supported() {
        let folder = tempfile::tempdir().unwrap();
        let created = block_on(key_in(folder.path()).create("a", DeviceKeyPolicy::UserAuth));
        assert_eq!(created, Err(DeviceKeyError::Unsupported));
    }
}
