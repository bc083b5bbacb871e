//! The way in for people: whether people have to sign in here, and how passwords are tried.
//!
//! Hashing takes a core for a while, on purpose. So few are hashed at once, and a flood of wrong
//! passwords neither starves the reports nor is looked at for long.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use domain::{Timestamp, access::Attempts};
use tokio::sync::Semaphore;

use crate::{
    oidc::Oidc,
    rate::{Allowed, Rate},
};

/// Passwords that are hashed at once.
const HASHES: usize = 2;
/// Addresses whose wrong attempts are remembered; those that were tried longest ago go first.
const REMEMBERED: usize = 100_000;

/// What is compared with where there is no account, so that nobody can tell by the time it takes.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let hash = Argon2::default().hash_password(b"nobody has this password");
    hash.map_or_else(|_| String::new(), |hash| hash.to_string())
});

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Nobody signs in: whoever reaches the server may do everything.
    pub open: bool,
    /// Whether the first admin may put off a password.
    pub on_loopback: bool,
    /// Who says who people are, beside or instead of passwords.
    pub provider: Option<Oidc>,
    /// Whether passwords are taken.
    pub passwords: bool,
    /// How often an address may open links for people outside.
    pub(crate) shares: Arc<Rate<IpAddr>>,
    /// How often an address may try passwords.
    sign_ins: Arc<Rate<IpAddr>>,
    inner: Arc<Inner>,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            open: false,
            on_loopback: false,
            provider: None,
            passwords: true,
            shares: Arc::new(Rate::new(Allowed::per_minute(60))),
            sign_ins: Arc::new(Rate::new(Allowed::per_hour(20))),
            inner: Arc::default(),
        }
    }
}

#[derive(Debug)]
struct Inner {
    hashing: Semaphore,
    attempts: Mutex<HashMap<String, Attempts>>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            hashing: Semaphore::new(HASHES),
            attempts: Mutex::default(),
        }
    }
}

/// The operating system has no random numbers, or the process is ending.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub(crate) struct NotHashed;

impl Entry {
    /// People sign in.
    #[must_use]
    pub fn guarded(on_loopback: bool) -> Self {
        Self {
            on_loopback,
            ..Self::default()
        }
    }

    /// Nobody signs in.
    #[must_use]
    pub fn open() -> Self {
        Self {
            open: true,
            on_loopback: true,
            ..Self::default()
        }
    }

    /// The form in which a password is kept.
    pub(crate) async fn hash(&self, password: String) -> Result<String, NotHashed> {
        self.work(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|_| NotHashed)
        })
        .await?
    }

    /// Whether a password is the one that is kept. Takes as long where none is.
    pub(crate) async fn verify(
        &self,
        password: String,
        kept: Option<String>,
    ) -> Result<bool, NotHashed> {
        self.work(move || {
            let hash = kept.as_deref().unwrap_or(&NOBODY);
            let right = PasswordHash::new(hash).is_ok_and(|hash| {
                let verified = Argon2::default().verify_password(password.as_bytes(), &hash);
                verified.is_ok()
            });
            right && kept.is_some()
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotHashed> {
        let _turn = self.inner.hashing.acquire().await.map_err(|_| NotHashed)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| NotHashed)
    }

    /// Counts an attempt from an address; a network counts as one. Or how long to wait.
    pub(crate) fn address(&self, network: IpAddr) -> Result<(), Duration> {
        self.sign_ins.check(&network)
    }

    /// Counts an attempt on an address beforehand, so that many at once gain nothing; or the
    /// milliseconds after which one is looked at again. A right one is taken back by [`Self::right`].
    pub(crate) fn attempt(&self, email: &str, now: Timestamp) -> Result<(), i64> {
        let mut all = self.attempts();
        if all.len() >= REMEMBERED {
            let oldest = all.iter().min_by_key(|(_, one)| one.last());
            if let Some(oldest) = oldest.map(|(email, _)| email.clone()) {
                all.remove(&oldest);
            }
        }
        let attempts = all.entry(folded(email)).or_default();
        match attempts.wait_ms(now) {
            0 => {
                attempts.failed(now);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// The password was right: what came before no longer counts.
    pub(crate) fn right(&self, email: &str) {
        self.attempts().remove(&folded(email));
    }

    fn attempts(&self) -> std::sync::MutexGuard<'_, HashMap<String, Attempts>> {
        self.inner
            .attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn folded(email: &str) -> String {
    email
        .trim()
        .chars()
        .take(254)
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    #[tokio::test]
    async fn the_right_password_opens_and_no_other() {
        let entry = Entry::default();
        let kept = entry.hash("correct horse".into()).await.expect("a hash");
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        let check = async |password: &str, kept: Option<&String>| {
            let verified = entry.verify(password.into(), kept.cloned()).await;
            verified.expect("an answer")
        };
        assert!(check("correct horse", Some(&kept)).await);
        assert!(!check("correct horse ", Some(&kept)).await);
        assert!(!check("nobody has this password", None).await);
        assert!(!check("x", Some(&"nonsense".to_owned())).await);
    }

    #[test]
    fn many_wrong_attempts_at_once_are_counted_one_by_one() {
        let entry = Entry::default();
        let tried = (0..50).filter(|_| entry.attempt("Dana@acme.test", NOW).is_ok());
        assert_eq!(tried.count(), 5);
        assert_eq!(entry.attempt(" dana@ACME.test", NOW), Err(1_000));
        assert_eq!(entry.attempt("lee@acme.test", NOW), Ok(()));
        entry.right("dana@acme.test");
        assert_eq!(entry.attempt("dana@acme.test", NOW), Ok(()));
    }
}
