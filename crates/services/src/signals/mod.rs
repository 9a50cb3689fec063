//! Signals: other systems are told what happens to identities, and tell it themselves.
//!
//! What is told is owed by the commit of what happened (`store::signals`); here it is written down for its receiver,
//! sent, fetched and settled. `docs/signals.md`.

mod address;
mod deliver;
mod edit_receiver;
mod fetch;
mod receivers;
mod render;
mod take;
mod transmitters;
mod words;

pub(crate) use deliver::forget;
pub use deliver::{Attempted, Job, attempt, claim_signals, receivers_due, settle_signals};
pub use edit_receiver::{ReceiverChange, edit_receiver};
pub use fetch::{Fetched, Polled, SetError, own_streams, poll, verify_stream};
pub use receivers::{
    IssuedReceiver, NewReceiver, ReceiverPage, create_receiver, list_receivers, list_signals, pause_receiver, remove_receiver,
    resume_receiver, rotate_receiver, rotate_receiver_as_seen, show_receiver, test_receiver,
};
pub use render::{SET_TYPE, jwks};
pub use take::{MOST_SET_BYTES, SetRefusal, take_set};
pub use transmitters::{
    IssuedTransmitter, NewTransmitter, TransmitterPage, create_transmitter, list_transmitters, remove_transmitter, set_transmitter_state,
    show_transmitter,
};
