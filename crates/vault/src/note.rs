//! Signed notes (C2SP `signed-note`): a text, a blank line, and a line for each signature. The
//! format of Go's checksum database and of transparency logs, which many tools can check.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::signing::{PublicKey, Signature, Signer};
use crate::text::{serde_as_text, to_base64, vec_from_base64};

/// What an Ed25519 key is introduced by in a key hash and a verifier key.
const ED25519: u8 = 0x01;
/// How a signature line begins: an em dash and a space.
const MARK: &str = "— ";
/// Above this a note is not looked at.
const LARGEST: usize = 1 << 20;

/// Who signs: the name of an instance's log, best a URL without its scheme, such as
/// `tenure.example.com/audit`. Not empty, without spaces, `+` or control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// The text cannot name a signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin has at least one character, and no space, plus sign or control character")]
pub struct OriginError;

impl Origin {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.contains(forbidden) {
            return Err(OriginError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Origin);

/// Why a note cannot be made or trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text to sign is empty, too long, does not end its last line, or has control characters.
    #[error("a note's text is not empty, ends with a line break and has no control characters")]
    Text,
    /// Not a signed note.
    #[error("this is not a signed note")]
    Format,
    /// Nobody of this name and key has signed it.
    #[error("the note is not signed by the key that was asked for")]
    NotSigned,
    /// It says that the key has signed it, but that is not so.
    #[error("the signature is wrong: the note was changed, or signed by somebody else")]
    WrongSignature,
}

impl Signer {
    /// Signs a text, and gives it with the signature as a note.
    ///
    /// # Errors
    ///
    /// [`NoteError::Text`] when the text cannot be in a note.
    pub fn sign_note(&self, origin: &Origin, text: &str) -> Result<String, NoteError> {
        if !is_text(text) {
            return Err(NoteError::Text);
        }
        let hash = key_hash(origin, &self.public_key());
        let signature = [&hash[..], &self.sign(text.as_bytes()).to_bytes()].concat();
        Ok(format!("{text}\n{MARK}{origin} {}\n", to_base64(&signature)))
    }
}

impl PublicKey {
    /// Gives the text of a note that this key has signed under this name. Signatures of others,
    /// such as witnesses, are allowed and not looked at.
    ///
    /// # Errors
    ///
    /// [`NoteError`] when it is not a note, or not signed by this key.
    pub fn open_note<'a>(&self, origin: &Origin, note: &'a str) -> Result<&'a str, NoteError> {
        if note.len() > LARGEST {
            return Err(NoteError::Format);
        }
        let blank = note.rfind("\n\n").ok_or(NoteError::Format)?;
        let (text, signatures) = note.split_at(blank + 1);
        let signatures = signatures[1..].strip_suffix('\n').ok_or(NoteError::Format)?;
        if !is_text(text) {
            return Err(NoteError::Format);
        }
        let (hash, mut signed) = (key_hash(origin, self), false);
        for line in signatures.split('\n') {
            let line = SignatureLine::parse(line).ok_or(NoteError::Format)?;
            if line.name == origin.as_str() && line.key_hash == hash {
                let bytes = line.signature.as_slice().try_into();
                let signature = Signature::from_bytes(bytes.map_err(|_| NoteError::WrongSignature)?);
                self.verify(text.as_bytes(), &signature).map_err(|_| NoteError::WrongSignature)?;
                signed = true;
            }
        }
        if signed { Ok(text) } else { Err(NoteError::NotSigned) }
    }

    /// The key as other tools for signed notes take it: name, key hash and key, joined by `+`.
    #[must_use]
    pub fn verifier_key(&self, origin: &Origin) -> String {
        let hash = u32::from_be_bytes(key_hash(origin, self));
        let key = [&[ED25519], &self.as_bytes()[..]].concat();
        format!("{origin}+{hash:08x}+{}", to_base64(&key))
    }
}

/// Name, key hash and signature: the last two in one base64 word.
struct SignatureLine<'a> {
    name: &'a str,
    key_hash: [u8; 4],
    signature: Vec<u8>,
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, word) = line.strip_prefix(MARK)?.split_once(' ')?;
        let bytes = vec_from_base64(word).ok()?;
        let (key_hash, signature) = bytes.split_first_chunk()?;
        Some(Self { name, key_hash: *key_hash, signature: signature.to_vec() })
    }
}

/// Finds the key to try; it proves nothing.
fn key_hash(origin: &Origin, key: &PublicKey) -> [u8; 4] {
    let named = Sha256::new().chain_update(origin.as_str()).chain_update([b'\n', ED25519]);
    let [a, b, c, d, ..]: [u8; 32] = named.chain_update(key.as_bytes()).finalize().into();
    [a, b, c, d]
}

fn is_text(text: &str) -> bool {
    text.len() < LARGEST && text.ends_with('\n') && !text.contains(|c| c < ' ' && c != '\n')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The example in the documentation of Go's `golang.org/x/mod/sumdb/note`.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                        then you don't know what your problem is.\n";
    const LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn peter() -> (Origin, PublicKey) {
        let key = vec_from_base64(KEY.rsplit('+').next().unwrap()).unwrap();
        ("PeterNeumann".parse().unwrap(), PublicKey::from_bytes(key[1..].try_into().unwrap()).unwrap())
    }

    fn us() -> (Origin, Signer) {
        ("tenure.example/audit".parse().unwrap(), Signer::from_seed(&[9; 32]))
    }

    #[test]
    fn a_note_that_go_has_signed_opens() {
        let (origin, key) = peter();
        assert_eq!(key.open_note(&origin, &format!("{TEXT}\n{LINE}")), Ok(TEXT));
        assert_eq!(key.verifier_key(&origin), KEY);
    }

    #[test]
    fn our_note_opens_with_our_key_and_name_only() {
        let (origin, signer) = us();
        let note = signer.sign_note(&origin, "one\n\ntwo\n\n").unwrap();
        assert_eq!(signer.public_key().open_note(&origin, &note), Ok("one\n\ntwo\n\n"));
        let elsewhere = "tenure.example/other".parse().unwrap();
        assert_eq!(signer.public_key().open_note(&elsewhere, &note), Err(NoteError::NotSigned));
        assert_eq!(peter().1.open_note(&origin, &note), Err(NoteError::NotSigned));
    }

    #[test]
    fn a_changed_text_is_refused() {
        let (origin, signer) = us();
        let note = signer.sign_note(&origin, "pay 10\n").unwrap().replace("10", "99");
        assert_eq!(signer.public_key().open_note(&origin, &note), Err(NoteError::WrongSignature));
    }

    #[test]
    fn signatures_of_others_are_allowed_beside_ours() {
        let (origin, signer) = us();
        let note = signer.sign_note(&origin, TEXT).unwrap() + LINE;
        assert_eq!(signer.public_key().open_note(&origin, &note), Ok(TEXT));
        let (peters_name, peters_key) = peter();
        assert_eq!(peters_key.open_note(&peters_name, &note), Ok(TEXT));
    }

    #[test]
    fn what_is_not_a_note_is_refused() {
        let (origin, signer) = us();
        let note = signer.sign_note(&origin, "text\n").unwrap();
        let changed = [
            String::new(),
            "text\n".to_owned(),
            note.replace("\n\n", "\n"),
            note.replace("— ", "- "),
            note.trim_end().to_owned(),
            note.replace('=', ""),
            note.replace("text", "te\txt"),
            format!("{note}more\n"),
            format!("{note}\n"),
        ];
        for wrong in changed {
            assert_eq!(signer.public_key().open_note(&origin, &wrong), Err(NoteError::Format), "{wrong:?}");
        }
    }

    #[test]
    fn a_text_without_a_last_line_break_or_with_control_characters_is_not_signed() {
        let (origin, signer) = us();
        for text in ["", "text", "te\rxt\n", "\0\n"] {
            assert_eq!(signer.sign_note(&origin, text), Err(NoteError::Text), "{text:?}");
        }
    }

    #[test]
    fn an_origin_has_no_spaces_and_no_plus() {
        for text in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{7}"] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text:?}");
        }
        let origin: Origin = serde_json::from_str("\"tenure.example/audit\"").unwrap();
        assert_eq!(origin, us().0);
    }
}
