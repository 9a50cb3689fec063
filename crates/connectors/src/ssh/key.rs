//! One public key that may be trusted.

use ssh_key::{Algorithm, HashAlg, PublicKey, public::KeyData};

/// The shortest modulus of RSA that is taken, in bits: the strength of the elliptic curves beside it (NIST SP 800-57, 5.6.1.1).
const SHORTEST_RSA: usize = 3072;

/// The longest that OpenSSH takes, in bits.
const LONGEST_RSA: usize = 16_384;

/// A key with a longer text is none: RSA with 16,384 bits has about 2,800 characters.
const LONGEST_TEXT: usize = 8 * 1024;

/// A public key of a kind and strength that may be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    text: String,
    algorithm: String,
    fingerprint: String,
    comment: String,
}

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It is no public key in OpenSSH's format.
    #[error("this is not a public key as ssh-keygen writes it (type, then base64 on one line)")]
    Unreadable,
    /// Its kind or its length does not withstand an attack any more.
    #[error("the key {fingerprint} is too weak: {why}; make a new one with: ssh-keygen -t ed25519")]
    Weak {
        /// `SHA256:…`, so that it can be found where it is.
        fingerprint: String,
        /// What is weak.
        why: String,
    },
    /// A certificate, or a kind that Tenure does not know.
    #[error("keys of the kind {0} are not taken")]
    Kind(String),
}

impl Key {
    /// Reads `type base64 comment`, as in a `.pub` file.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let text = text.trim();
        if text.len() > LONGEST_TEXT || text.chars().any(char::is_control) {
            return Err(KeyFault::Unreadable);
        }
        let mut words = text.splitn(3, ' ');
        let (Some(kind), Some(base64)) = (words.next(), words.next()) else { return Err(KeyFault::Unreadable) };
        let comment = words.next().unwrap_or_default().trim().to_owned();
        // Without its comment, which may hold anything.
        let key = PublicKey::from_openssh(&format!("{kind} {base64}")).map_err(|_| KeyFault::Unreadable)?;
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let weak = |why: String| KeyFault::Weak { fingerprint: fingerprint.clone(), why };
        match key.key_data() {
            KeyData::Ed25519(_) | KeyData::SkEd25519(_) | KeyData::Ecdsa(_) | KeyData::SkEcdsaSha2NistP256(_) => {}
            KeyData::Rsa(rsa) => match bits(rsa.n.as_positive_bytes().unwrap_or_default()) {
                bits if bits < SHORTEST_RSA => return Err(weak(format!("RSA with {bits} bits, at least {SHORTEST_RSA} are needed"))),
                bits if bits > LONGEST_RSA => return Err(KeyFault::Unreadable),
                _ => {}
            },
            KeyData::Dsa(_) => return Err(weak("DSA".into())),
            _ => return Err(KeyFault::Kind(name_of(&key.algorithm()))),
        }
        let algorithm = name_of(&key.algorithm());
        Ok(Self { text: format!("{kind} {base64}"), algorithm, fingerprint, comment })
    }

    /// Type and base64, without options and comment.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `ssh-ed25519`, `ssh-rsa`, …
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What stood behind the key. Anybody may write there what they like.
    pub fn comment(&self) -> &str {
        &self.comment
    }
}

fn name_of(algorithm: &Algorithm) -> String {
    algorithm.as_str().chars().take(100).collect()
}

/// The length of a number in bits, from its bytes without a sign.
fn bits(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |byte| byte.leading_zeros() as usize);
    number.len() * 8 - zeros
}
