//! Boxes for the originals of secrets, and for those that webhooks are signed with, under keys that
//! are in no database.
//!
//! A box opens only where it was put: workspace, run, step, section and the digest of the section
//! that it stands beside are bound into it, so that no row can stand in for another.
//!
//! It draws no random numbers and reads no file: both are arguments.

mod webhook;

use std::{cell::Cell, fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    Key as CipherKey, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload as Message},
};
use domain::{WorkspaceId, limit, payload::Section};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::packed::unpacked;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// Of a nonce, the part that no two requests share.
pub(crate) const PREFIX_BYTES: usize = 16;

const NONCE_BYTES: usize = 24;

/// More than any section can be: the kept body, a full head, and room for JSON's escapes.
const PLAIN_BYTES: usize = limit::BODY_BYTES + 64 * 1024 * 1024;

/// What the derived keys are for; another use would have another word.
const PURPOSE: &[u8] = b"integration-view originals v1";
const NAMING: &[u8] = b"integration-view key id v1";

/// The keys of a server: the first one seals, each one opens what it sealed.
#[derive(Clone)]
pub struct Keys(Arc<Vec<Key>>);

struct Key {
    id: String,
    secret: [u8; KEY_BYTES],
}

/// Why a text holds no keys. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    #[error("it holds no key")]
    None,
    #[error("line {0} is no key: a key is 32 bytes in base64 or hex, one a line")]
    Line(usize),
}

/// Why a box stays shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    #[error("this server does not have the key that it was sealed with")]
    NoKey,
    #[error("it was changed, cut off, or belongs elsewhere")]
    Damaged,
}

pub use webhook::Shut;

/// A section's originals, shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    pub(crate) digest: i64,
    pub(crate) key_id: String,
    pub(crate) bytes: Vec<u8>,
}

/// Where a box belongs. Keys of runs and steps never change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) workspace: WorkspaceId,
    pub(crate) run: &'p str,
    pub(crate) step: &'p str,
    pub(crate) section: Section,
    pub(crate) digest: i64,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.0.iter().map(|key| &key.id);
        f.debug_tuple("Keys")
            .field(&ids.collect::<Vec<_>>())
            .finish()
    }
}

impl Keys {
    /// Reads keys, one a line; lines that are empty or begin with `#` say nothing.
    ///
    /// # Errors
    /// [`BadKeys`], without a word of the text.
    pub fn parse(text: &str) -> Result<Self, BadKeys> {
        let lines = text.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|(index, line)| match bytes_of(line) {
            Some(secret) => Ok(Key::new(secret)),
            None => Err(BadKeys::Line(index + 1)),
        });
        let keys: Vec<Key> = keys.collect::<Result<_, _>>()?;
        match keys.is_empty() {
            true => Err(BadKeys::None),
            false => Ok(Self(Arc::new(keys))),
        }
    }

    /// A key as a line of such a text.
    #[must_use]
    pub fn line(secret: [u8; KEY_BYTES]) -> String {
        STANDARD.encode(secret)
    }

    /// What seals one request's originals; no two may have the same `prefix`.
    #[must_use]
    pub fn sealer(&self, workspace: WorkspaceId, prefix: [u8; PREFIX_BYTES]) -> Sealer {
        // `parse` makes no list without a key.
        let key = &self.0[0];
        Sealer {
            workspace,
            key_id: key.id.clone(),
            cipher: key.cipher(PURPOSE, workspace),
            prefix,
            count: Cell::new(0),
        }
    }

    /// Opens a box.
    pub(crate) fn open(&self, place: &Place<'_>, seal: &Seal) -> Result<Vec<u8>, Unopened> {
        let cipher = self.named(&seal.key_id)?.cipher(PURPOSE, place.workspace);
        let packed = opened(&cipher, &seal.bytes, &place.bound(&seal.key_id))?;
        unpacked(&packed, PLAIN_BYTES).map_err(|_| Unopened::Damaged)
    }

    fn named(&self, id: &str) -> Result<&Key, Unopened> {
        let mut keys = self.0.iter();
        keys.find(|key| key.id == id).ok_or(Unopened::NoKey)
    }
}

/// What is in a box, which begins with its nonce.
fn opened(cipher: &XChaCha20Poly1305, bytes: &[u8], aad: &[u8]) -> Result<Vec<u8>, Unopened> {
    let shut = bytes.split_first_chunk::<NONCE_BYTES>();
    let (nonce, msg) = shut.ok_or(Unopened::Damaged)?;
    let plain = cipher.decrypt(&XNonce::from(*nonce), Message { msg, aad });
    plain.map_err(|_| Unopened::Damaged)
}

/// A box of `plain`; `None` where the cipher fails.
fn shut(
    cipher: &XChaCha20Poly1305,
    nonce: [u8; NONCE_BYTES],
    plain: &[u8],
    aad: &[u8],
) -> Option<Vec<u8>> {
    let message = Message { msg: plain, aad };
    let shut = cipher.encrypt(&XNonce::from(nonce), message).ok()?;
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&shut);
    Some(bytes)
}

/// What is bound into a box: each word with its length, so that none borrows from its neighbour.
fn bound(words: &[&[u8]]) -> Vec<u8> {
    let mut bound = Vec::new();
    for word in words {
        bound.extend_from_slice(&(word.len() as u64).to_be_bytes());
        bound.extend_from_slice(word);
    }
    bound
}

impl Key {
    fn new(secret: [u8; KEY_BYTES]) -> Self {
        let name = hmac(&secret, &[NAMING]);
        Self {
            id: domain::payload::hex(&name[..8]),
            secret,
        }
    }

    /// Each workspace has a key of its own for each purpose.
    fn cipher(&self, purpose: &[u8], workspace: WorkspaceId) -> XChaCha20Poly1305 {
        let derived = hmac(&self.secret, &[purpose, &workspace.0.to_be_bytes()]);
        XChaCha20Poly1305::new(&CipherKey::from(derived))
    }
}

fn hmac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    // HMAC pads a key to a block of its hash.
    let mut block = [0; 64];
    block[..KEY_BYTES].copy_from_slice(key);
    let mut hmac = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
    parts.iter().for_each(|part| hmac.update(part));
    hmac.finalize().into_bytes().into()
}

fn bytes_of(line: &str) -> Option<[u8; KEY_BYTES]> {
    let hex = line.len() == 2 * KEY_BYTES && line.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex {
        return STANDARD.decode(line).ok()?.try_into().ok();
    }
    let mut bytes = [0; KEY_BYTES];
    for (byte, at) in bytes.iter_mut().zip((0..line.len()).step_by(2)) {
        *byte = u8::from_str_radix(&line[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Seals the originals of one request.
pub struct Sealer {
    workspace: WorkspaceId,
    key_id: String,
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX_BYTES],
    count: Cell<u64>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

impl Sealer {
    /// Where a step's section belongs.
    pub(crate) fn place<'p>(
        &self,
        (run, step): (&'p str, &'p str),
        section: Section,
        digest: i64,
    ) -> Place<'p> {
        Place {
            workspace: self.workspace,
            run,
            step,
            section,
            digest,
        }
    }

    /// Shuts `packed` in; `None` where that fails, and then nothing of it is kept.
    pub(crate) fn seal(&self, place: &Place<'_>, packed: &[u8]) -> Option<Seal> {
        let count = self.count.get();
        // The next one must not have the nonce of this one, whatever becomes of it.
        self.count.set(count.checked_add(1)?);
        let mut nonce = [0; NONCE_BYTES];
        nonce[..PREFIX_BYTES].copy_from_slice(&self.prefix);
        nonce[PREFIX_BYTES..].copy_from_slice(&count.to_be_bytes());
        let bytes = shut(&self.cipher, nonce, packed, &place.bound(&self.key_id))?;
        Some(Seal {
            digest: place.digest,
            key_id: self.key_id.clone(),
            bytes,
        })
    }
}

impl Place<'_> {
    fn bound(&self, key_id: &str) -> Vec<u8> {
        let (workspace, digest) = (self.workspace.0.to_be_bytes(), self.digest.to_be_bytes());
        bound(&[
            PURPOSE,
            key_id.as_bytes(),
            &workspace,
            self.run.as_bytes(),
            self.step.as_bytes(),
            self.section.as_str().as_bytes(),
            &digest,
        ])
    }
}
