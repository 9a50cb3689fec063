//! Whose log it is: the name under which an instance signs its checkpoints.

use tenure_domain::merkle::{Frontier, TreeHead};
use tenure_store::Tx;
use tenure_store::accounts::Instance;
use tenure_store::audit::CheckpointRow;
use tenure_vault::{Checkpoint, CheckpointError, Keys, Origin, PublicKey};

use crate::ServiceError;

/// The log of one instance: its name, and the key that its checkpoints are signed with.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) origin: Origin,
    pub(super) key: PublicKey,
}

/// A checkpoint whose signature is right.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) head: TreeHead,
    /// The right edge of its tree, where the stored one leads to the signed root.
    pub(super) frontier: Option<Frontier>,
}

impl Log {
    /// The log of the instance that this database belongs to, with the instance's row.
    pub(super) async fn of(tx: &mut Tx, keys: &Keys) -> Result<(Self, Instance), ServiceError> {
        let instance = tx.instance().await?;
        let instance = instance.ok_or_else(|| {
            ServiceError::Refused(
                "the database does not say which instance it belongs to; was it ever started with `tenure serve`?".to_owned(),
            )
        })?;
        let origin =
            format!("tenure/{}", instance.id).parse().map_err(|e: tenure_vault::OriginError| ServiceError::Vault(e.to_string()))?;
        Ok((Self { origin, key: keys.public_key() }, instance))
    }

    /// Reads a signed note of this log.
    pub(super) fn open(&self, note: &str) -> Result<TreeHead, CheckpointError> {
        Ok(Checkpoint::open(note, &self.origin, &self.key)?.head)
    }

    /// Reads a stored checkpoint: what is signed, if it is, and everything that is wrong with it.
    pub(super) fn examine(&self, row: &CheckpointRow) -> (Option<Signed>, Vec<String>) {
        let note = match &row.note {
            Ok(note) => note,
            Err(error) => return (None, vec![format!("its note cannot be read ({error})")]),
        };
        let head = match self.open(note) {
            Ok(head) => head,
            Err(error) => return (None, vec![error.to_string()]),
        };
        let mut faults = Vec::new();
        if i64::try_from(head.size) != Ok(row.tree_size) {
            faults.push(format!("the note is signed for {} events, not for the {} of column `tree_size`", head.size, row.tree_size));
            return (None, faults);
        }
        if row.root.as_deref() != Ok(head.root.as_bytes().as_slice()) {
            faults.push("column `root` is not the root that the note is signed for".to_owned());
        }
        let frontier = row.frontier.as_ref().ok().and_then(|bytes| Frontier::from_bytes(bytes).ok()).filter(|f| f.head() == head);
        if frontier.is_none() {
            faults.push("column `frontier` does not lead to the root that the note is signed for".to_owned());
        }
        (Some(Signed { head, frontier }), faults)
    }
}
