//! What it is talking to.

use serde_json::Value;

use super::Scim;
use super::exchange::{Answer, Request};
use super::settings::Update;
use crate::{Fault, Probe};

pub(super) async fn probe(scim: &Scim) -> Result<Probe, Fault> {
    let mut remarks = Vec::new();
    // Any token may read this on many servers, so it proves no sign-in.
    match scim.peer.ask(Request::get(&["ServiceProviderConfig"])).await? {
        Answer::Yes(content) => remarks.extend(about(scim, &content.body)),
        _ => remarks.push("The server does not tell what it offers (/ServiceProviderConfig).".into()),
    }
    let users = scim.peer.ask(Request::get(&["Users"]).query("count", "1")).await?.yes("reading /Users")?.body;
    let total = users.get("totalResults").and_then(Value::as_u64);
    if total.is_none() {
        remarks.push("The server does not tell how many users there are.".into());
    }
    if let Answer::NotThere = scim.peer.ask(Request::get(&["Groups"]).query("count", "1")).await? {
        remarks.push("The server has no groups (/Groups).".into());
    }
    if scim.peer.base().scheme() == "http" {
        remarks.push("The connection is not encrypted; this is allowed on the loopback only.".into());
    }
    let product = format!("SCIM 2.0 at {}", scim.peer.base().host_str().unwrap_or_default());
    Ok(Probe { product, signed_in_as: "the bearer token".into(), remarks })
}

fn about(scim: &Scim, config: &Value) -> Vec<String> {
    let offers = |name: &str| config.pointer(&format!("/{name}/supported")).and_then(Value::as_bool);
    let mut remarks = Vec::new();
    if offers("patch") == Some(false) && scim.settings.update == Update::Patch {
        remarks.push("The server has no PATCH; set update to put.".into());
    }
    if offers("filter") == Some(false) {
        remarks.push("The server has no filters: accounts cannot be looked up by name.".into());
    }
    if offers("changePassword") == Some(false) && scim.settings.passwords {
        remarks.push("The server does not take passwords, though the settings allow it.".into());
    }
    if offers("etag") != Some(true) {
        remarks.push("The server has no versions: what others change at the same moment may be lost.".into());
    }
    remarks
}

/// Whether the peer says that it has pages by cursor (RFC 9865, 4).
pub(super) async fn has_cursors(scim: &Scim) -> Result<bool, Fault> {
    Ok(match scim.peer.ask(Request::get(&["ServiceProviderConfig"])).await? {
        Answer::Yes(content) => content.body.pointer("/pagination/cursor").and_then(Value::as_bool).unwrap_or(false),
        _ => false,
    })
}
