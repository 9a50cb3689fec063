//! The highest checkpoint of the audit log that this machine has seen: a file beside the key file, so that it
//! is not restored together with the database.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::hex::hex;
use tenure_store::private;
use tenure_store::restores::LogHead;
use tenure_vault::sync_folder;
use uuid::Uuid;

use crate::ServiceError;

/// What was seen of the log of one installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// How many events were sealed.
    pub(super) tree_size: i64,
    /// The tree's root, in hexadecimal.
    pub(super) root: String,
    /// When it was seen.
    pub(super) at: DateTime<Utc>,
}

impl Seen {
    pub(super) fn of(head: &LogHead, at: DateTime<Utc>) -> Self {
        Self { tree_size: head.tree_size, root: hex(&head.root), at }
    }

    /// Whether a log has this head.
    pub(super) fn is(&self, head: &LogHead) -> bool {
        head.tree_size == self.tree_size && hex(&head.root) == self.root
    }
}

/// By installation: several may share a key file.
pub(super) type AllSeen = BTreeMap<Uuid, Seen>;

/// The file in which this is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile(PathBuf);

impl SeenFile {
    /// The one that belongs to a key file: its name with `.seen` behind it.
    #[must_use]
    pub fn beside(key_file: &Path) -> Self {
        let mut name = key_file.as_os_str().to_owned();
        name.push(".seen");
        Self(name.into())
    }

    /// What it says; nothing, if there is none yet.
    ///
    /// # Errors
    /// When it cannot be read, or is not what Tenure wrote: then nobody can say whether the database was restored.
    pub(super) fn read(&self) -> Result<AllSeen, ServiceError> {
        let text = match fs::read(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(AllSeen::new()),
            read => read.map_err(|e| self.fault(&e.to_string()))?,
        };
        serde_json::from_slice(&text).map_err(|_| self.fault("it is damaged"))
    }

    fn fault(&self, what: &str) -> ServiceError {
        ServiceError::Vault(format!(
            "whether the database was restored cannot be said, {} cannot be read: {what}. If it was, remove the file and run `tenure restore hold`; if not, remove the file",
            self.0.display()
        ))
    }

    /// Puts other content in its place: whole or not at all, also after a power cut.
    ///
    /// # Errors
    /// In words, when the folder cannot be written.
    pub(super) fn write(&self, seen: &AllSeen, unique: Uuid) -> Result<(), String> {
        let mut beside = self.0.clone().into_os_string();
        beside.push(format!(".{}.tmp", unique.simple()));
        let beside = PathBuf::from(beside);
        let written = serde_json::to_vec_pretty(seen).map_err(io::Error::other).and_then(|text| {
            let mut file = private::new_file(&beside)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&beside, &self.0)?;
            sync_folder(&self.0)
        });
        written.map_err(|error| {
            // Where it has got its name already, there is nothing to remove.
            let _ = fs::remove_file(&beside);
            format!("{} cannot be written, so that an older database may not be noticed: {error}", self.0.display())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(tree_size: i64) -> AllSeen {
        let head = LogHead { tree_size, root: vec![0, 255] };
        AllSeen::from([(Uuid::nil(), Seen::of(&head, "2024-03-01T12:00:00Z".parse().unwrap()))])
    }

    #[test]
    fn what_was_written_is_read_and_the_next_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = SeenFile::beside(&folder.path().join("tenure.key"));
        assert_eq!(file.read().unwrap(), AllSeen::new());
        for size in [1, 2] {
            file.write(&seen(size), Uuid::from_u128(7)).unwrap();
            assert_eq!(file.read().unwrap(), seen(size));
        }
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["tenure.key.seen"]);
    }

    #[cfg(unix)]
    #[test]
    fn it_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = SeenFile::beside(&folder.path().join("tenure.key"));
        file.write(&seen(1), Uuid::nil()).unwrap();
        assert_eq!(fs::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_somebody_else_wrote_is_told_and_not_taken_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = SeenFile::beside(&folder.path().join("tenure.key"));
        for text in ["", "[]", "{\"x\":1}"] {
            fs::write(&file.0, text).unwrap();
            let error = file.read().unwrap_err().to_string();
            assert!(error.contains("tenure.key.seen") && error.contains("tenure restore hold"), "{text}: {error}");
        }
    }
}
