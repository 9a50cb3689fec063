//! The key hierarchy: one root key in a file, and one derived key for each purpose.

mod file;
mod id;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use file::sync_folder;
pub use id::KeyId;

use crate::mac::MacKey;
use crate::random::{self, RandomError};
use crate::sealed::Sealer;
use crate::secret::TokenHasher;
use crate::signing::{PublicKey, Signer};

/// A key in one place of memory, wiped when it is dropped.
type SecretKey = Box<Zeroizing<[u8; 32]>>;

/// The keys of an instance. Every key is derived from one root key by HKDF-SHA256 (RFC 5869), so
/// that the loss of one tells nothing of another, and one file is all there is to keep.
///
/// A clone shares the same memory, which is wiped with the last one.
#[derive(Clone)]
pub struct Keys(Arc<Derived>);

struct Derived {
    audit_mac: MacKey,
    form_token: MacKey,
    tokens: TokenHasher,
    sealer: Sealer,
    mails: Sealer,
    drafts: Sealer,
    signer: Signer,
    signals: Signer,
    sign_in: MacKey,
    factors: Sealer,
    recovery: MacKey,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is there, but cannot be read.
    #[error("cannot read the key file {}: {source}", path.display())]
    Read {
        /// The key file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no file, and it cannot be made.
    #[error("cannot create the key file {}: {source}", path.display())]
    Create {
        /// The key file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than its owner may use the file.
    #[error(
        "the key file {path} is open to others (mode {mode:03o}); close it with: chmod 600 {path}",
        path = path.display()
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not, or not any more, what was written.
    #[error("the key file {} is damaged: {reason}; restore it from a copy", path.display())]
    Damaged {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No random bytes for a new key.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// What a derived key is for. The text goes into the derivation, so it must never change.
#[derive(Clone, Copy)]
enum Purpose {
    AuditMac,
    TokenHash,
    FormToken,
    TargetSecrets,
    Mails,
    Drafts,
    CheckpointSigning,
    SignalSigning,
    SignIn,
    Factors,
    RecoveryCodes,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::AuditMac => b"tenure/v1/audit-mac",
            Self::TokenHash => b"tenure/v1/token-hash",
            Self::FormToken => b"tenure/v1/form-token",
            Self::TargetSecrets => b"tenure/v1/target-secrets",
            Self::Mails => b"tenure/v1/mails",
            Self::Drafts => b"tenure/v1/drafts",
            Self::CheckpointSigning => b"tenure/v1/checkpoint-signing",
            Self::SignalSigning => b"tenure/v1/signal-signing",
            Self::SignIn => b"tenure/v1/sign-in",
            Self::Factors => b"tenure/v1/factors",
            Self::RecoveryCodes => b"tenure/v1/recovery-codes",
        }
    }
}

impl Keys {
    /// Opens the key file, which must be there.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when there is none, or as [`Self::open_or_create`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let missing = || KeyError::Read { path: path.to_owned(), source: io::ErrorKind::NotFound.into() };
        file::read(path)?.map(|root| Self::from_root(&root)).ok_or_else(missing)
    }

    /// Opens the key file, or makes it with a new random key when there is none. Processes that
    /// start at the same moment end with the same key.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the file cannot be read or made, is damaged, or (on Unix) can be used by
    /// others than its owner.
    pub fn open_or_create(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        if let Some(root) = file::read(path)? {
            return Ok(Self::from_root(&root));
        }
        file::create(path, &random_key()?)?;
        // Read again: another process may have been first.
        Self::open(path)
    }

    /// Keys that are forgotten with the process: for a database in memory, and for tests.
    ///
    /// # Errors
    ///
    /// [`KeyError::Random`] when the operating system gives no random bytes.
    pub fn ephemeral() -> Result<Self, KeyError> {
        let root = random_key()?;
        Ok(Self::from_root(&root))
    }

    fn from_root(root: &[u8; 32]) -> Self {
        let root = Hkdf::<Sha256>::new(None, root);
        let key = |purpose| derive(&root, purpose);
        Self(Arc::new(Derived {
            audit_mac: MacKey::new(key(Purpose::AuditMac)),
            form_token: MacKey::new(key(Purpose::FormToken)),
            tokens: TokenHasher::new(MacKey::new(key(Purpose::TokenHash))),
            sealer: Sealer::new(&key(Purpose::TargetSecrets)),
            mails: Sealer::new(&key(Purpose::Mails)),
            drafts: Sealer::new(&key(Purpose::Drafts)),
            signer: Signer::from_seed(&key(Purpose::CheckpointSigning)),
            signals: Signer::from_seed(&key(Purpose::SignalSigning)),
            sign_in: MacKey::new(key(Purpose::SignIn)),
            factors: Sealer::new(&key(Purpose::Factors)),
            recovery: MacKey::new(key(Purpose::RecoveryCodes)),
        }))
    }

    /// The key whose tags stand for secrets in audit events.
    #[must_use]
    pub fn audit_mac(&self) -> &MacKey {
        &self.0.audit_mac
    }

    /// The key that binds a form to a session, against cross-site request forgery.
    #[must_use]
    pub fn form_token(&self) -> &MacKey {
        &self.0.form_token
    }

    /// Hashes tokens for storage and look-up.
    #[must_use]
    pub fn tokens(&self) -> &TokenHasher {
        &self.0.tokens
    }

    /// Seals the secrets by which targets, and receivers of signals, are reached.
    #[must_use]
    pub fn target_secrets(&self) -> &Sealer {
        &self.0.sealer
    }

    /// Seals what mails say until they are sent: links in them are secrets.
    #[must_use]
    pub fn mails(&self) -> &Sealer {
        &self.0.mails
    }

    /// Seals forms that came too late, until their sender has signed in again.
    #[must_use]
    pub fn drafts(&self) -> &Sealer {
        &self.0.drafts
    }

    /// Signs checkpoints and other texts.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.0.signer
    }

    /// Signs security event tokens: a key of its own, which others fetch by itself.
    #[must_use]
    pub fn signals(&self) -> &Signer {
        &self.0.signals
    }

    /// Seals what authenticator apps share with Tenure, and forms that wait until somebody has proved who they are.
    #[must_use]
    pub fn factors(&self) -> &Sealer {
        &self.0.factors
    }

    /// The key whose tags are kept of recovery codes.
    #[must_use]
    pub fn recovery_codes(&self) -> &MacKey {
        &self.0.recovery
    }

    /// Makes what a sign-in by a provider needs (nonce, PKCE verifier) of what the browser and the address bring, so that
    /// none of it lies in the database.
    #[must_use]
    pub fn sign_in(&self) -> &MacKey {
        &self.0.sign_in
    }

    /// The public key of [`Keys::signer`].
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signer().public_key()
    }

    /// The short name of these keys, made from the public key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public_key().id()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.id())
    }
}

fn random_key() -> Result<SecretKey, RandomError> {
    let mut key = SecretKey::default();
    random::fill(key.as_mut_slice())?;
    Ok(key)
}

fn derive(root: &Hkdf<Sha256>, purpose: Purpose) -> SecretKey {
    let mut key = SecretKey::default();
    root.expand(purpose.info(), key.as_mut_slice()).expect("HKDF-SHA256 gives up to 8160 bytes");
    key
}
