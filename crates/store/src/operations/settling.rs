//! Settling many operations by one statement.

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use tenure_domain::operation::OperationState;

/// What is said of operations for which nobody has a use any more.
pub(crate) const NO_LONGER_WANTED: &str = "no longer wanted";

/// Statements that settle operations.
pub(crate) trait SettleOperations {
    /// Begins one, up to its last SET: which operations are settled is pushed after it.
    fn settle_operations(&mut self, state: OperationState, said: &'static str, at: DateTime<Utc>) -> &mut Self;

    /// The same, for those that are not to be done any more.
    fn supersede_operations(&mut self, said: &'static str, at: DateTime<Utc>) -> &mut Self {
        self.settle_operations(OperationState::Superseded, said, at)
    }
}

impl<DB: Database> SettleOperations for QueryBuilder<DB>
where
    OperationState: Encode<'static, DB> + Type<DB>,
    &'static str: Encode<'static, DB> + Type<DB>,
    DateTime<Utc>: Encode<'static, DB> + Type<DB>,
{
    fn settle_operations(&mut self, state: OperationState, said: &'static str, at: DateTime<Utc>) -> &mut Self {
        self.push("UPDATE operations SET state = ").push_bind(state);
        self.push(", said = ").push_bind(said);
        self.push(", settled_at = ").push_bind(at);
        self.push(", updated_at = ").push_bind(at)
    }
}
