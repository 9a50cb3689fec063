//! What `active` does to somebody's life: the same as a row of an import that is there, or is not.

use tenure_domain::identity::{Identity, LifecycleState, Transition};
use tenure_domain::people::Change;

use crate::ServiceError;
use crate::scim::fault::Fault;

/// What happens to somebody's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing; whether the source now says that they are there.
    Stay {
        /// Whether it does.
        listed: bool,
    },
    /// They begin now, for the first time.
    Begin,
    /// They come back.
    Return,
    /// They end.
    Leave,
}

impl Step {
    /// What an import calls it, where attributes say nothing more.
    pub(super) const fn change(self) -> Change {
        match self {
            Self::Stay { .. } => Change::Changed,
            Self::Begin => Change::Joiner,
            Self::Return => Change::Rehire,
            Self::Leave => Change::Leaver,
        }
    }
}

/// Decides it. `says` is the word of the source, if it said one now; `again` when it makes somebody anew whom it took
/// away.
///
/// # Errors
/// [`Fault::NotYours`] where only a person decides: about somebody whom Tenure ended although the source always listed
/// them, and about somebody who begins on a day.
pub(super) fn step(before: &Identity, says: Option<bool>, again: bool) -> Result<Step, Fault> {
    use LifecycleState as S;
    let name = &before.display_name;
    match (before.state, says) {
        (_, None) if !again => Ok(Step::Stay { listed: before.source_present }),
        (S::Terminated, Some(true) | None) => {
            if before.source_present && !again {
                return Err(Fault::not_yours(
                    Some(before.id),
                    format!(
                        "{name} was ended in Tenure, and nobody here said before that they left: an administrator can rehire them there"
                    ),
                ));
            }
            before.state.after(Transition::Rehire).map_err(ServiceError::from)?;
            Ok(Step::Return)
        }
        (S::PreHire, Some(true) | None) if !before.source_present => Ok(Step::Begin),
        (S::PreHire, Some(true)) => {
            let when = before.start_on.map_or_else(|| "later".to_owned(), |day| format!("on {day}"));
            Err(Fault::not_yours(Some(before.id), format!("{name} begins {when}, and is active from then on")))
        }
        // Who is to come back on a day is one who leaves.
        (S::PreHire, Some(false)) if !before.source_present && before.start_on.is_none() => Ok(Step::Stay { listed: false }),
        (S::Terminated | S::Archived, Some(false)) => Ok(Step::Stay { listed: false }),
        (S::PreHire | S::Active | S::OnLeave | S::Suspended, Some(false)) => Ok(Step::Leave),
        (S::PreHire | S::Active | S::OnLeave | S::Suspended | S::Archived, Some(true) | None) => Ok(Step::Stay { listed: true }),
    }
}
