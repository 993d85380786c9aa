//! Making a store while another call makes one in the same folder.

use super::*;
use crate::error::ErrorCode;
use crate::secret::Secret;
use crate::vault::device_key::{DeviceKey, DeviceKeyCapabilities, DeviceKeyPolicy};
use async_trait::async_trait;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll, Waker};

/// Hardware whose answer on a new key comes when the test says so: after the key was made.
struct Waiting {
    inner: Arc<InMemoryDeviceKey>,
    may_answer: AtomicBool,
}

#[async_trait]
impl DeviceKey for Waiting {
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError> {
        self.inner.capabilities().await
    }

    async fn create(&self, alias: &str, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError> {
        self.inner.create(alias, policy).await?;
        std::future::poll_fn(|_| match self.may_answer.load(Ordering::SeqCst) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        Ok(())
    }

    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
        self.inner.prf(alias, input).await
    }

    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError> {
        self.inner.delete(alias).await
    }

    async fn list(&self) -> Result<Vec<String>, DeviceKeyError> {
        self.inner.list().await
    }
}

/// A phone whose hardware waits.
fn slow_phone() -> (Phone, Arc<Waiting>) {
    let phone = Phone::default();
    let key = Arc::new(Waiting {
        inner: phone.device_key.clone(),
        may_answer: AtomicBool::new(false),
    });
    (phone, key)
}

fn create_slowly(phone: &Phone, key: &Arc<Waiting>) -> impl Future<Output = bool> + use<> {
    let ports = Ports {
        device_key: Some(key.clone()),
        ..phone.ports()
    };
    let creating = Vault::create(phone.dir(), ports, settings(), everything());
    async { creating.await.is_ok() }
}

fn poll(creating: std::pin::Pin<&mut impl Future<Output = bool>>) -> Poll<bool> {
    creating.poll(&mut Context::from_waker(Waker::noop()))
}

fn names(phone: &Phone) -> Vec<String> {
    let entries = std::fs::read_dir(phone.dir()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_store_that_is_being_made_is_neither_made_by_another_call_nor_erased() {
    let (phone, key) = slow_phone();
    let mut first = pin!(create_slowly(&phone, &key));
    assert_eq!(poll(first.as_mut()), Poll::Pending);
    let keys = phone.device_key.aliases();
    assert_eq!(keys.len(), 1);
    assert_eq!(code_of(phone.create(everything())), ErrorCode::StoreBusy);
    let erased = block_on(Vault::erase(phone.dir(), &phone.ports()));
    assert_eq!(code_of(erased), ErrorCode::StoreBusy);
    assert_eq!(phone.device_key.aliases(), keys);
    key.may_answer.store(true, Ordering::SeqCst);
    assert_eq!(poll(first), Poll::Ready(true));
    assert_eq!(code_of(phone.create(everything())), ErrorCode::StoreExists);
    assert!(!names(&phone).contains(&"create.lock".to_owned()));
    phone.unlock(UnlockWith::Pin(PIN)).unwrap();
}

#[test]
fn what_a_call_that_was_given_up_left_behind_is_cleared_away_by_the_next() {
    let (phone, key) = slow_phone();
    {
        let mut first = pin!(create_slowly(&phone, &key));
        assert_eq!(poll(first.as_mut()), Poll::Pending);
    }
    assert!(names(&phone).contains(&"create.lock".to_owned()));
    phone.create(everything()).unwrap();
    // The store's key and the PIN's.
    assert_eq!(phone.device_key.aliases().len(), 2);
    phone.unlock(UnlockWith::Pin(PIN)).unwrap();
}

#[test]
fn what_a_call_that_was_given_up_left_behind_can_be_erased() {
    let (phone, key) = slow_phone();
    {
        let mut first = pin!(create_slowly(&phone, &key));
        assert_eq!(poll(first.as_mut()), Poll::Pending);
    }
    let erased = block_on(Vault::erase(phone.dir(), &phone.ports()));
    assert_eq!(erased.unwrap(), Erased::Done);
    assert_eq!(names(&phone), Vec::<String>::new());
    assert!(phone.device_key.aliases().is_empty());
}

#[test]
fn the_file_of_a_lock_alone_is_no_store() {
    let phone = Phone::default();
    std::fs::create_dir(phone.dir()).unwrap();
    std::fs::write(phone.dir().join("create.lock"), b"").unwrap();
    assert_eq!(code_of(phone.open()), ErrorCode::StoreMissing);
    let erased = block_on(Vault::erase(phone.dir(), &phone.ports()));
    assert_eq!(erased.unwrap(), Erased::NothingThere);
    phone.create(everything()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_looked_at_is_not_told_to_be_missing() {
    let (phone, _) = Phone::with_everything();
    for path in pair::paths(&phone.dir()) {
        std::fs::remove_file(&path).unwrap();
        // A link to itself: every look at it fails.
        std::os::unix::fs::symlink(&path, &path).unwrap();
    }
    let lock = crate::vault::slot_lock::SlotLock::acquire(&phone.dir());
    assert_eq!(code_of(lock), ErrorCode::IoFailed);
}
