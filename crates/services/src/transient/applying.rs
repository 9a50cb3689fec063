//! Imports that are being applied by this process, and how far they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tenure_domain::id::ImportId;

use crate::ServiceError;

/// A step of an import, in the order in which they are taken. All are of one transaction: until the
/// last is done, nothing has changed for anybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportStep {
    /// The file is read.
    Reading,
    /// It is compared with what is recorded.
    Comparing,
    /// What it says is written.
    Writing,
    /// Who left is ended.
    Ending,
    /// What rules give and take is worked out.
    Access,
    /// All of it takes effect at once.
    Closing,
}

impl ImportStep {
    /// All, in order.
    pub const ALL: [Self; 6] = [Self::Reading, Self::Comparing, Self::Writing, Self::Ending, Self::Access, Self::Closing];
}

/// An import on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applying {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who began it.
    pub by: String,
    /// How far it is.
    pub step: ImportStep,
    /// Why it ended without having changed anything; None while it is under way.
    pub failed: Option<String>,
}

/// Those of this process.
#[derive(Debug, Default)]
pub struct ApplyingImports(Mutex<HashMap<ImportId, Applying>>);

impl ApplyingImports {
    /// Notes the step that an import is at; nothing where it is not followed.
    pub(crate) fn step(&self, id: Option<ImportId>, step: ImportStep) {
        let Some(id) = id else { return };
        if let Some(applying) = self.locked().get_mut(&id) {
            applying.step = step;
        }
    }

    /// How far an import is; None when this process does not apply it.
    pub(crate) fn of(&self, id: ImportId) -> Option<Applying> {
        self.locked().get(&id).cloned()
    }

    /// Forgets why an import failed.
    pub(crate) fn forget_failure(&self, id: ImportId) {
        let mut all = self.locked();
        if all.get(&id).is_some_and(|a| a.failed.is_some()) {
            all.remove(&id);
        }
    }

    /// Begins to follow an import.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when it is followed already: a second click.
    pub(crate) fn begin(self: &Arc<Self>, id: ImportId, by: &str, now: DateTime<Utc>) -> Result<Following, ServiceError> {
        let mut all = self.locked();
        if all.get(&id).is_some_and(|a| a.failed.is_none()) {
            return Err(ServiceError::Conflict("this import is being applied already; nothing was begun again".to_owned()));
        }
        all.insert(id, Applying { since: now, by: by.to_owned(), step: ImportStep::Reading, failed: None });
        Ok(Following { all: Arc::clone(self), id, told: false })
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<ImportId, Applying>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows one import; says so when it ends in any other way than by [`Following::ended`].
#[derive(Debug)]
pub(crate) struct Following {
    all: Arc<ApplyingImports>,
    id: ImportId,
    told: bool,
}

impl Following {
    /// It is over. Why it failed is kept until it is tried again; that it was done, the database says.
    pub(crate) fn ended(mut self, failure: Option<String>) {
        self.told = true;
        self.end(failure);
    }

    fn end(&self, failure: Option<String>) {
        let mut all = self.all.locked();
        match failure {
            None => {
                all.remove(&self.id);
            }
            Some(failure) => {
                if let Some(applying) = all.get_mut(&self.id) {
                    applying.failed = Some(failure);
                }
            }
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        if !self.told {
            self.end(Some("it was interrupted; nothing was changed".to_owned()));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tenure_domain::id::Id;

    fn import() -> ImportId {
        Id::from_uuid(uuid::Uuid::from_u128(7))
    }

    #[test]
    fn a_second_click_is_refused_while_the_first_is_under_way_and_allowed_after_it_failed() {
        let all = Arc::new(ApplyingImports::default());
        let first = all.begin(import(), "Ada", DateTime::UNIX_EPOCH).unwrap();
        assert!(all.begin(import(), "Bo", DateTime::UNIX_EPOCH).is_err());
        all.step(Some(import()), ImportStep::Access);
        assert_eq!(all.of(import()).unwrap().step, ImportStep::Access);
        first.ended(Some("a name is taken".to_owned()));
        assert_eq!(all.of(import()).unwrap().failed.as_deref(), Some("a name is taken"));
        all.begin(import(), "Bo", DateTime::UNIX_EPOCH).unwrap().ended(None);
        assert_eq!(all.of(import()), None);
    }

    #[test]
    fn one_that_vanishes_is_told_as_interrupted() {
        let all = Arc::new(ApplyingImports::default());
        drop(all.begin(import(), "Ada", DateTime::UNIX_EPOCH).unwrap());
        assert!(all.of(import()).unwrap().failed.unwrap().contains("interrupted"));
    }
}
