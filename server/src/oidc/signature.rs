//! The signatures of tokens: which kinds are taken, computed by ring.
//!
//! `jsonwebtoken` asks for them through its own interface. Nothing is ever signed here, and what
//! depends on a shared secret (HS256) or on nothing (none) is not on the list.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind,
    crypto::{CryptoProvider, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
    signature::{self, Verifier},
};
use ring::signature as kinds;

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Has `jsonwebtoken` verify with ring; once is enough.
pub(crate) fn install() {
    let _ = RING.install_default();
}

/// Whether signatures of this kind are looked at.
pub(crate) fn is_taken(algorithm: Algorithm) -> bool {
    kind(algorithm).is_some()
}

#[derive(Clone, Copy)]
enum Kind {
    Rsa(&'static kinds::RsaParameters),
    Other(&'static dyn kinds::VerificationAlgorithm),
}

fn kind(algorithm: Algorithm) -> Option<Kind> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    Some(match algorithm {
        RS256 => Kind::Rsa(&kinds::RSA_PKCS1_2048_8192_SHA256),
        RS384 => Kind::Rsa(&kinds::RSA_PKCS1_2048_8192_SHA384),
        RS512 => Kind::Rsa(&kinds::RSA_PKCS1_2048_8192_SHA512),
        PS256 => Kind::Rsa(&kinds::RSA_PSS_2048_8192_SHA256),
        PS384 => Kind::Rsa(&kinds::RSA_PSS_2048_8192_SHA384),
        PS512 => Kind::Rsa(&kinds::RSA_PSS_2048_8192_SHA512),
        ES256 => Kind::Other(&kinds::ECDSA_P256_SHA256_FIXED),
        ES384 => Kind::Other(&kinds::ECDSA_P384_SHA384_FIXED),
        EdDSA => Kind::Other(&kinds::ED25519),
        _ => return None,
    })
}

struct Ring {
    algorithm: Algorithm,
    kind: Kind,
    key: DecodingKey,
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let kind = kind(*algorithm).ok_or(ErrorKind::UnsupportedAlgorithm)?;
    // A key of one kind must not be taken for a key of another.
    if key.family() != algorithm.family() || key.family() == AlgorithmFamily::Hmac {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(Ring {
        algorithm: *algorithm,
        kind,
        key: key.clone(),
    }))
}

impl Verifier<Vec<u8>> for Ring {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match (self.kind, self.key.kind()) {
            (Kind::Rsa(parameters), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let key = kinds::RsaPublicKeyComponents { n, e };
                key.verify(parameters, message, signature)
            }
            (Kind::Other(algorithm), DecodingKeyKind::SecretOrDer(bytes)) => {
                kinds::UnparsedPublicKey::new(algorithm, bytes).verify(message, signature)
            }
            _ => return Err(signature::Error::new()),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Ring {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
