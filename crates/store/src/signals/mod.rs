//! Signals: who is told, what is on its way to them, and whose are taken.

mod outbox;
mod receivers;
mod taken;
mod transmitters;

pub(crate) use outbox::tell;
pub use outbox::{ClaimedReceiver, Settled, SignalOutcome, SignalRow, signal_key};
pub use receivers::{NewSecret, ReceiverEdit, ReceiverRow, ReceiverView};
pub use taken::TakenRow;
pub use transmitters::TransmitterRow;
