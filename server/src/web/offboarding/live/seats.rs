//! How many may watch at once: a place for each, all in all and for each session or token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tenure_domain::access::{Principal, PrincipalKind};
use tenure_domain::id::CredentialId;

use crate::http::Failure;

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Option<CredentialId>, usize>,
}

/// The places.
#[derive(Debug)]
pub(super) struct Seats {
    all: usize,
    of_one: usize,
    taken: Arc<Mutex<Taken>>,
}

/// A place, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    by: Option<CredentialId>,
    taken: Arc<Mutex<Taken>>,
}

impl Seats {
    pub(super) fn new(all: usize, of_one: usize) -> Self {
        Self { all, of_one, taken: Arc::default() }
    }

    /// A place for somebody.
    pub(super) fn take(&self, who: &Principal) -> Result<Seat, Failure> {
        let by = credential(who);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.by.get(&by).is_some_and(|n| *n >= self.of_one) {
            return Err(Failure::live_enough());
        }
        if taken.all >= self.all {
            return Err(Failure::live_busy());
        }
        taken.all += 1;
        *taken.by.entry(by).or_default() += 1;
        Ok(Seat { by, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(n) = taken.by.get_mut(&self.by) {
            *n -= 1;
            if *n == 0 {
                taken.by.remove(&self.by);
            }
        }
    }
}

/// The session or token; None for who has neither, which nobody on the network is.
fn credential(who: &Principal) -> Option<CredentialId> {
    match who.kind {
        PrincipalKind::Person { session, .. } => Some(session),
        PrincipalKind::Token { credential_id, .. } => Some(credential_id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use tenure_domain::id::{Id as _, IdentityId};
    use uuid::Uuid;

    use super::*;

    fn somebody(n: u128) -> Principal {
        let kind =
            PrincipalKind::Person { identity_id: IdentityId::from_uuid(Uuid::nil()), session: CredentialId::from_uuid(Uuid::from_u128(n)) };
        Principal { kind, ..Principal::anonymous() }
    }

    fn status(taken: Result<Seat, Failure>) -> u16 {
        taken.map_or_else(|failure| failure.into_response().status().as_u16(), |_| 200)
    }

    #[test]
    fn one_session_gets_so_many_places_and_all_together_so_many_and_a_place_is_free_again_afterwards() {
        let seats = Seats::new(3, 2);
        let first = [seats.take(&somebody(1)).unwrap(), seats.take(&somebody(1)).unwrap()];
        assert_eq!(status(seats.take(&somebody(1))), 429);
        let second = seats.take(&somebody(2)).unwrap();
        assert_eq!(status(seats.take(&somebody(2))), 503);
        drop(first);
        assert_eq!((status(seats.take(&somebody(1))), status(seats.take(&somebody(2)))), (200, 200));
        drop(second);
        assert!(seats.taken.lock().unwrap().by.is_empty(), "nobody is remembered");
    }
}
