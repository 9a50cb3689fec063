//! Signals: what other systems are told of, and what is taken from them. Which event of the audit log is which
//! signal is decided here and nowhere else, so that no command can forget to tell.

mod kind;
mod map;
mod receiver;

pub use kind::{CAEP, RISC, SignalKind};
pub use map::{Facts, SILENT, Signal, signals_of};
pub use receiver::{DeliveryState, Effect, MatchBy, PauseReason, ReceiverKind, ReceiverState, SubjectForm, WorkOff};
