//! Checkpoints (C2SP `tlog-checkpoint`): the head of the audit log as a signed note.
//!
//! ```text
//! tenure.example.com/audit
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — tenure.example.com/audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDe…
//! ```

use tenure_domain::merkle::{Hash, TreeHead};

use crate::note::{NoteError, Origin};
use crate::signing::{PublicKey, Signer};
use crate::text::{from_base64, to_base64};

/// The state of a log, as its instance says it is. Who holds two of them can ask for a
/// [`ConsistencyProof`](tenure_domain::merkle::ConsistencyProof) that nothing was changed between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is.
    pub origin: Origin,
    /// Its size and its root.
    pub head: TreeHead,
}

/// Why a text is not a checkpoint to trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note is not one, or not signed by the right key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It is signed, but is not a checkpoint of this log.
    #[error("the signed text is not a checkpoint of this log")]
    Text,
}

impl Checkpoint {
    /// The text that is signed: origin, size in decimal digits, root in base64, each on a line.
    #[must_use]
    pub fn text(&self) -> String {
        let TreeHead { size, root } = self.head;
        format!("{}\n{size}\n{}\n", self.origin, to_base64(root.as_bytes()))
    }

    /// The checkpoint as a signed note.
    ///
    /// # Errors
    ///
    /// [`NoteError::Text`] when the origin is too long for a note.
    pub fn sign(&self, signer: &Signer) -> Result<String, NoteError> {
        signer.sign_note(&self.origin, &self.text())
    }

    /// Reads a signed note that must be a checkpoint of this origin, signed with this key.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] when it is not.
    pub fn open(note: &str, origin: &Origin, key: &PublicKey) -> Result<Self, CheckpointError> {
        let text = key.open_note(origin, note)?;
        let checkpoint = Self::parse(text, origin).ok_or(CheckpointError::Text)?;
        // One state has one text: no leading zeros, no lines beyond the three.
        if checkpoint.text() == text { Ok(checkpoint) } else { Err(CheckpointError::Text) }
    }

    fn parse(text: &str, origin: &Origin) -> Option<Self> {
        let mut lines = text.lines().skip(1);
        let size = lines.next()?.parse().ok()?;
        let root = Hash::from_bytes(from_base64(lines.next()?).ok()?);
        Some(Self { origin: origin.clone(), head: TreeHead { size, root } })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::from_seed(&[9; 32])
    }

    fn checkpoint() -> Checkpoint {
        let origin = "tenure.example/audit".parse().unwrap();
        Checkpoint { origin, head: TreeHead { size: 8, root: Hash::leaf(b"root") } }
    }

    fn open(note: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::open(note, &checkpoint().origin, &signer().public_key())
    }

    #[test]
    fn a_checkpoint_has_three_lines() {
        let empty = Checkpoint { head: TreeHead::empty(), ..checkpoint() };
        let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(empty.text(), format!("tenure.example/audit\n0\n{root}\n"));
    }

    #[test]
    fn a_signed_checkpoint_opens_to_what_was_signed() {
        let note = checkpoint().sign(&signer()).unwrap();
        assert_eq!(open(&note), Ok(checkpoint()));
    }

    #[test]
    fn a_checkpoint_with_another_size_is_refused() {
        let note = checkpoint().sign(&signer()).unwrap().replace("\n8\n", "\n9\n");
        assert_eq!(open(&note), Err(NoteError::WrongSignature.into()));
    }

    #[test]
    fn a_checkpoint_of_another_key_or_log_is_refused() {
        let note = checkpoint().sign(&Signer::from_seed(&[1; 32])).unwrap();
        assert_eq!(open(&note), Err(NoteError::NotSigned.into()));
        let other = Checkpoint { origin: "elsewhere".parse().unwrap(), ..checkpoint() };
        let note = signer().sign_note(&checkpoint().origin, &other.text()).unwrap();
        assert_eq!(open(&note), Err(CheckpointError::Text));
    }

    #[test]
    fn a_signed_text_that_is_no_canonical_checkpoint_is_refused() {
        let text = checkpoint().text();
        let variations = [
            "tenure.example/audit\n".to_owned(),
            text.replace("\n8\n", "\n08\n"),
            text.replace("\n8\n", "\n+8\n"),
            text.replace("\n8\n", "\n-8\n"),
            text.replace("\n8\n", "\n18446744073709551616\n"),
            text.replace('=', ""),
            text.clone() + "more\n",
        ];
        for variation in variations {
            let note = signer().sign_note(&checkpoint().origin, &variation).unwrap();
            assert_eq!(open(&note), Err(CheckpointError::Text), "{variation}");
        }
    }
}
