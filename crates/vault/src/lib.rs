//! What must stay secret, and what proves that something is genuine.
//!
//! | to | use |
//! |---|---|
//! | have keys | [`Keys`] |
//! | stand in for a secret in an audit event, or bind a form to a session | [`MacKey`] |
//! | sign and check texts | [`Signer`], [`PublicKey`] |
//! | sign and check the head of the audit log | [`Checkpoint`] |
//! | sign and check an offboarding record | [`Signer::sign_record`], [`verify_record`] |
//! | sign and check JSON for others | [`sign_jws`], [`KeySet`], [`WebhookSecret`] |
//! | make and recognise tokens | [`ApiToken`], [`LinkToken`], [`TokenHasher`] |
//! | keep a secret in the database | [`Sealer`] |
//! | take a new password | [`Policy`], which alone makes a [`NewPassword`] |
//! | check codes of authenticator apps, and recovery codes | [`TotpSecret`], [`RecoveryCode`] |
//! | store and check passwords | [`Verifier`], and [`PasswordPool`] in async code |
//!
//! Nothing here writes a secret where it was not asked to: the `Debug`, `Display` and `Serialize`
//! of a secret type say only that there is one.

mod checkpoint;
mod jws;
mod keys;
mod mac;
mod note;
mod password;
mod pool;
mod random;
mod record;
mod recovery;
mod sealed;
mod secret;
mod signing;
mod text;
mod totp;
mod webhook;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use jws::{JwsError, KeySet, KeySetError, MOST_TOKEN_BYTES, VerifiedJws, jwk, sign_jws};
pub use keys::{KeyError, KeyId, Keys, sync_folder};
pub use mac::{MacError, MacKey, Tag};
pub use note::{NoteError, Origin, OriginError};
pub use password::{
    Breached, BreachedError, Built, NewPassword, Password, PasswordError, PasswordFault, PasswordHash, Policy, Verdict, Verifier,
    build_filter,
};
pub use pool::PasswordPool;
pub use random::{RandomError, random_text};
pub use record::{RecordStatement, RecordVerdict, VerifiedRecord, verify_record};
pub use recovery::RecoveryCode;
pub use sealed::{SealError, Sealer};
pub use secret::{
    Api, ApiToken, Host, HostToken, Link, LinkToken, Token, TokenError, TokenHash, TokenHasher, TokenKind, Transmitter, TransmitterToken,
};
pub use signing::{PublicKey, Signature, SignatureError, Signer};
pub use text::TextError;
pub use totp::TotpSecret;
pub use webhook::WebhookSecret;
