//! Boxes for the secrets that webhooks are signed with, and digests of the events.

use domain::{WorkspaceId, access, webhook::Secret};

use super::{Keys, NONCE_BYTES, Unopened, bound, hmac, opened, shut};

/// What the derived keys are for; another use would have another word.
const SEALING: &[u8] = b"integration-view webhook secrets v1";
const DIGEST: &[u8] = b"integration-view webhook events v1";

/// The secret of an endpoint, shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shut {
    pub(crate) key_id: String,
    pub(crate) bytes: Vec<u8>,
}

impl Keys {
    /// Shuts the secret of an endpoint in; no two boxes may have the same `nonce`. `None` where
    /// that fails.
    #[must_use]
    pub fn shut_secret(
        &self,
        (workspace, endpoint): (WorkspaceId, &str),
        secret: &Secret,
        nonce: [u8; NONCE_BYTES],
    ) -> Option<Shut> {
        let key = self.0.first()?;
        let aad = place(&key.id, workspace, endpoint);
        let cipher = key.cipher(SEALING, workspace);
        Some(Shut {
            key_id: key.id.clone(),
            bytes: shut(&cipher, nonce, secret.bytes(), &aad)?,
        })
    }

    /// Opens such a box.
    ///
    /// # Errors
    /// [`Unopened`] where it stays shut.
    pub fn open_secret(
        &self,
        (workspace, endpoint): (WorkspaceId, &str),
        shut: &Shut,
    ) -> Result<Secret, Unopened> {
        let cipher = self.named(&shut.key_id)?.cipher(SEALING, workspace);
        let aad = place(&shut.key_id, workspace, endpoint);
        let bytes = opened(&cipher, &shut.bytes, &aad)?;
        Secret::from_bytes(bytes).map_err(|_| Unopened::Damaged)
    }

    /// What tells an event from others without telling of it: a digest under each key, the one
    /// that is used now first. Who holds the database alone can try nothing against it.
    #[must_use]
    pub fn digests(&self, workspace: WorkspaceId, event: &[u8]) -> Vec<String> {
        let workspace = workspace.0.to_be_bytes();
        let digests = self.0.iter().map(|key| {
            let digest = hmac(&key.secret, &[DIGEST, &workspace, event]);
            domain::payload::hex(&digest[..16])
        });
        digests.collect()
    }
}

/// What is bound into a box. An endpoint is known before its row has an id.
fn place(key_id: &str, workspace: WorkspaceId, endpoint: &str) -> Vec<u8> {
    let endpoint = access::digest(endpoint);
    bound(&[
        SEALING,
        key_id.as_bytes(),
        &workspace.0.to_be_bytes(),
        endpoint.as_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: WorkspaceId = WorkspaceId(1);

    fn keys(numbers: &[u8]) -> Keys {
        let lines: Vec<_> = numbers.iter().map(|n| Keys::line([*n; 32])).collect();
        Keys::parse(&lines.join("\n")).expect("keys")
    }

    #[test]
    fn a_secret_opens_at_its_endpoint_and_nowhere_else() {
        let (keys_1, secret) = (keys(&[1]), Secret::new([7; 32]));
        let shut = keys_1.shut_secret((MINE, "e"), &secret, [9; NONCE_BYTES]);
        let shut = shut.expect("a box");
        let whole = shut.bytes.windows(8).any(|part| part == [7; 8]);
        assert!(!whole, "the secret is not in it");
        assert_eq!(keys_1.open_secret((MINE, "e"), &shut), Ok(secret.clone()));
        // After a rotation of the server's keys, as long as the old one is there.
        assert_eq!(keys(&[2, 1]).open_secret((MINE, "e"), &shut), Ok(secret));
        let other = keys(&[2]).open_secret((MINE, "e"), &shut);
        assert_eq!(other, Err(Unopened::NoKey));
        for place in [(MINE, "f"), (WorkspaceId(2), "e")] {
            let opened = keys_1.open_secret(place, &shut);
            assert_eq!(opened, Err(Unopened::Damaged));
        }
        let mut damaged = shut;
        damaged.bytes[30] ^= 1;
        let opened = keys_1.open_secret((MINE, "e"), &damaged);
        assert_eq!(opened, Err(Unopened::Damaged));
    }

    #[test]
    fn a_digest_is_of_its_event_its_workspace_and_a_key_that_may_be_an_older_one() {
        let digest = |numbers: &[u8], event: &[u8]| keys(numbers).digests(MINE, event);
        assert_eq!(digest(&[1], b"a"), digest(&[1], b"a"));
        assert_ne!(digest(&[1], b"a"), digest(&[1], b"b"));
        assert_ne!(digest(&[1], b"a"), digest(&[2], b"a"));
        assert_ne!(digest(&[1], b"a"), keys(&[1]).digests(WorkspaceId(2), b"a"));
        assert_eq!(digest(&[2, 1], b"a")[1], digest(&[1], b"a")[0]);
    }
}
