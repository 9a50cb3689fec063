//! Audit events. No change is committed without them, and a refused command leaves one too.

mod event;

pub use event::{Actor, AuditEvent, EventBody, Events, Outcome, Stream};
