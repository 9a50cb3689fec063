//! The life cycle as one state machine. A transition that the table does not hold is an error,
//! never a state.

text_enum! {
    /// Where an identity stands in its life.
    pub enum LifecycleState {
        /// Known, starts in the future.
        PreHire = "pre-hire", "pre-hire";
        /// At work.
        Active = "active", "active";
        /// Away for a time; keeps access, by policy.
        OnLeave = "on-leave", "on leave";
        /// Stopped for a time; nothing may act in its name.
        Suspended = "suspended", "suspended";
        /// Ended. Comes back only as a rehire.
        Terminated = "terminated", "terminated";
        /// Ended and put away: kept for the record only.
        Archived = "archived", "archived";
    }
}

text_enum! {
    /// A command that changes the life-cycle state.
    pub enum Transition {
        /// The start date has come.
        Activate = "activate", "start";
        /// Goes away for a time.
        StartLeave = "start-leave", "start leave";
        /// Comes back from leave.
        EndLeave = "end-leave", "end leave";
        /// Is stopped.
        Suspend = "suspend", "suspend";
        /// Is let go on.
        Resume = "resume", "resume";
        /// Ends: see the services' `end_identities`, the one way.
        End = "end", "end";
        /// Comes back, with its history.
        Rehire = "rehire", "rehire";
        /// Is to come back on a future date.
        RehireLater = "rehire-later", "rehire on a future date";
        /// Is put away.
        Archive = "archive", "archive";
    }
}

/// A transition that is not allowed from a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identity that is {} cannot {}: {}", .from.label(), .transition.label(), possible(*.from))]
pub struct NotAllowed {
    /// The state it is in.
    pub from: LifecycleState,
    /// What was asked.
    pub transition: Transition,
}

/// What can be done instead, in plain words.
fn possible(from: LifecycleState) -> String {
    let allowed: Vec<_> = Transition::ALL.iter().filter(|t| from.after(**t).is_ok()).map(|t| t.label()).collect();
    if allowed.is_empty() { "nothing changes it any more".to_owned() } else { format!("it can {}", allowed.join(", ")) }
}

impl LifecycleState {
    /// The state after a transition.
    ///
    /// # Errors
    /// [`NotAllowed`] when the table below does not hold the pair.
    pub const fn after(self, transition: Transition) -> Result<Self, NotAllowed> {
        use LifecycleState as S;
        use Transition as T;
        Ok(match (self, transition) {
            (S::PreHire, T::Activate) | (S::OnLeave, T::EndLeave) | (S::Suspended, T::Resume) | (S::Terminated, T::Rehire) => S::Active,
            (S::Active, T::StartLeave) => S::OnLeave,
            (S::Active | S::OnLeave, T::Suspend) => S::Suspended,
            (S::PreHire | S::Active | S::OnLeave | S::Suspended, T::End) => S::Terminated,
            (S::Terminated, T::RehireLater) => S::PreHire,
            (S::Terminated, T::Archive) => S::Archived,
            (from, transition) => return Err(NotAllowed { from, transition }),
        })
    }

    /// Whether sessions and tokens of an identity in this state are accepted.
    pub const fn may_act(self) -> bool {
        matches!(self, Self::Active | Self::OnLeave)
    }

    /// Whether birthright rules give it access. A suspended identity keeps what it has recorded,
    /// so that resuming does not need a new start.
    pub const fn holds_access(self) -> bool {
        matches!(self, Self::Active | Self::OnLeave | Self::Suspended)
    }

    /// Whether it has ended.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Terminated | Self::Archived)
    }
}

#[cfg(test)]
mod tests {
    use super::{LifecycleState as S, Transition as T};

    #[test]
    fn every_pair_of_state_and_transition_is_in_the_table_or_an_error() {
        let table = [
            (S::PreHire, T::Activate, S::Active),
            (S::PreHire, T::End, S::Terminated),
            (S::Active, T::StartLeave, S::OnLeave),
            (S::Active, T::Suspend, S::Suspended),
            (S::Active, T::End, S::Terminated),
            (S::OnLeave, T::EndLeave, S::Active),
            (S::OnLeave, T::Suspend, S::Suspended),
            (S::OnLeave, T::End, S::Terminated),
            (S::Suspended, T::Resume, S::Active),
            (S::Suspended, T::End, S::Terminated),
            (S::Terminated, T::Rehire, S::Active),
            (S::Terminated, T::RehireLater, S::PreHire),
            (S::Terminated, T::Archive, S::Archived),
        ];
        for from in S::ALL {
            for transition in T::ALL {
                let expected = table.iter().find(|(f, t, _)| f == from && t == transition).map(|(_, _, to)| *to);
                assert_eq!(from.after(*transition).ok(), expected, "{from} {transition}");
            }
        }
    }

    #[test]
    fn a_refused_transition_says_what_is_possible() {
        let error = S::Terminated.after(T::Suspend).unwrap_err();
        assert_eq!(error.to_string(), "an identity that is terminated cannot suspend: it can rehire, rehire on a future date, archive");
        assert!(S::Archived.after(T::Rehire).unwrap_err().to_string().ends_with("nothing changes it any more"));
    }

    #[test]
    fn only_active_and_on_leave_may_act() {
        let may: Vec<_> = S::ALL.iter().filter(|s| s.may_act()).collect();
        assert_eq!(may, [&S::Active, &S::OnLeave]);
    }
}
