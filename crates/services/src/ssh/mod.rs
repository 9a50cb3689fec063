//! SSH keys that hosts ask for at each login, so that a key dies at the next one: the answer that a host is given, the
//! hosts that may ask, and the keys that people register.

mod answer;
mod hosts;
mod own_target;
mod register;
mod tell;

pub use answer::{HostAnswer, keys_for_host};
pub use hosts::{HostPage, IssuedHost, NewHost, add_host, list_hosts, revoke_host, rotate_host};
pub(crate) use own_target::OwnTarget;
pub use register::{NewKey, may_register, register_key};
pub use tell::{Asked, tell_asked};
