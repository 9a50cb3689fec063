//! By what a browser is known in which somebody signed in before: a cookie with an entry for each of the last persons,
//! bound to each by a keyed hash. It opens nothing; a lock of the password does not hold against it (OWASP, "device
//! cookies"), so that whoever guesses from elsewhere locks nobody out.

use tenure_domain::id::{Id as _, IdentityId};
use tenure_vault::Tag;
use uuid::Uuid;

use crate::App;

/// So many persons are remembered by one browser.
const PERSONS: usize = 4;

/// The key of a browser for somebody, if the cookie has it.
pub(super) fn known(app: &App, cookie: &str, id: IdentityId) -> Option<Uuid> {
    entries(app, cookie).into_iter().find(|(of, _)| *of == id).map(|(_, key)| key)
}

/// The cookie with an entry for somebody, and the key of the browser in it.
pub(super) fn with(app: &App, cookie: &str, id: IdentityId) -> (String, Uuid) {
    let mut entries = entries(app, cookie);
    let key = entries.iter().find(|(of, _)| *of == id).map_or_else(Uuid::new_v4, |(_, key)| *key);
    entries.retain(|(of, _)| *of != id);
    entries.insert(0, (id, key));
    entries.truncate(PERSONS);
    let text = entries.iter().map(|(id, key)| format!("{}.{}.{}", id.uuid().simple(), key.simple(), tag(app, *id, *key)));
    (text.collect::<Vec<_>>().join("-"), key)
}

/// What is kept of a browser: not the key, by which its cookie could be made.
pub(super) fn hash(app: &App, key: Uuid) -> Vec<u8> {
    app.keys.form_token().tag_fields(&[b"device-row", key.as_bytes()]).as_bytes().to_vec()
}

fn tag(app: &App, id: IdentityId, key: Uuid) -> Tag {
    app.keys.form_token().tag_fields(&[b"device", id.uuid().as_bytes(), key.as_bytes()])
}

/// What of the cookie is ours.
fn entries(app: &App, cookie: &str) -> Vec<(IdentityId, Uuid)> {
    let entry = |text: &str| {
        let mut parts = text.split('.');
        let (id, key, sign) = (parts.next()?, parts.next()?, parts.next()?);
        let (id, key) = (IdentityId::from_uuid(Uuid::parse_str(id).ok()?), Uuid::parse_str(key).ok()?);
        // Compared as tags are: in a time that tells nothing.
        (sign.parse::<Tag>().ok()? == tag(app, id, key)).then_some((id, key))
    };
    cookie.split('-').take(PERSONS).filter_map(entry).collect()
}
