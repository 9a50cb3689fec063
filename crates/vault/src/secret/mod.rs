//! Secrets that Tenure makes and shows once: bearer tokens. What is kept is a keyed hash.

mod checksum;
mod hash;
mod token;

pub use hash::{TokenHash, TokenHasher};
pub use token::{Api, ApiToken, Host, HostToken, Link, LinkToken, Token, TokenError, TokenKind, Transmitter, TransmitterToken};
