//! Reviews: a person is asked to decide about what somebody has or is on a target, until a day. What the question is
//! about comes from elsewhere; how it comes to its end is here.

text_enum! {
    /// Where a question to a reviewer stands. Only an open one waits for anybody.
    pub enum ReviewState {
        /// Nobody has decided yet.
        Open = "open", "open";
        /// It may stay as it is there.
        Accepted = "accepted", "accepted";
        /// It is to be made as recorded.
        Repaired = "repaired", "to be made as recorded";
        /// Whoever asked does not ask any more.
        Withdrawn = "withdrawn", "withdrawn";
        /// What it was about is not there any more, or is something else by now.
        Moot = "moot", "no longer a question";
    }
}

text_enum! {
    /// What ends a question.
    pub enum ReviewCommand {
        /// It may stay as it is there.
        Accept = "accept", "be accepted";
        /// What is recorded wins.
        Repair = "repair", "be made as recorded";
        /// Nobody asks any more.
        Withdraw = "withdraw", "be withdrawn";
        /// There is nothing to decide any more.
        Lapse = "lapse", "lapse";
    }
}

/// A command that is not allowed in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the question is {} already; nothing was changed", .from.label())]
pub struct ReviewNotAllowed {
    /// The state it is in.
    pub from: ReviewState,
    /// What was asked.
    pub command: ReviewCommand,
}

impl ReviewState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`ReviewNotAllowed`] for one that is not open: a question is decided once.
    pub const fn after(self, command: ReviewCommand) -> Result<Self, ReviewNotAllowed> {
        use ReviewCommand as C;
        Ok(match (self, command) {
            (Self::Open, C::Accept) => Self::Accepted,
            (Self::Open, C::Repair) => Self::Repaired,
            (Self::Open, C::Withdraw) => Self::Withdrawn,
            (Self::Open, C::Lapse) => Self::Moot,
            (from, command) => return Err(ReviewNotAllowed { from, command }),
        })
    }

    /// Whether it waits for somebody.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }
}

#[cfg(test)]
mod tests {
    use super::{ReviewCommand as C, ReviewState as S};

    #[test]
    fn an_open_question_ends_in_as_many_ways_as_there_are_commands() {
        let ends: Vec<S> = C::ALL.iter().map(|command| S::Open.after(*command).unwrap()).collect();
        assert_eq!(ends, [S::Accepted, S::Repaired, S::Withdrawn, S::Moot]);
        assert!(ends.iter().all(|end| !end.is_open()));
    }

    #[test]
    fn nothing_changes_a_question_that_has_ended() {
        for from in S::ALL.iter().filter(|state| !state.is_open()) {
            for command in C::ALL {
                let refused = from.after(*command).unwrap_err();
                assert_eq!((refused.from, refused.command), (*from, *command));
            }
        }
    }
}
