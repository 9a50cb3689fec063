//! What a server says about itself (RFC 7643, 5; RFC 9865, 4).

use serde_json::{Value, json};

/// What a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offers {
    /// PATCH.
    pub patch: bool,
    /// Bulk: the number of operations and of bytes at most.
    pub bulk: Option<(u32, u64)>,
    /// Filters: the number of results at most.
    pub filter: Option<u32>,
    /// Passwords can be set.
    pub change_password: bool,
    /// Sorting.
    pub sort: bool,
    /// Versions.
    pub etag: bool,
    /// Pages by cursor: the default and the largest size, and the life of a cursor in seconds.
    pub cursor: Option<(u32, u32, u64)>,
}

/// The resource `/ServiceProviderConfig` of a server that takes bearer tokens; `base` is the address before it.
pub fn service_provider_config(base: &str, offers: &Offers) -> Value {
    let (operations, bytes) = offers.bulk.unwrap_or_default();
    let mut pagination = json!({ "cursor": offers.cursor.is_some(), "index": true, "defaultPaginationMethod": "index" });
    if let (Some((default, most, life)), Some(map)) = (offers.cursor, pagination.as_object_mut()) {
        map.insert("defaultPageSize".into(), json!(default));
        map.insert("maxPageSize".into(), json!(most));
        map.insert("cursorTimeout".into(), json!(life));
    }
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": offers.patch },
        "bulk": { "supported": offers.bulk.is_some(), "maxOperations": operations, "maxPayloadSize": bytes },
        "filter": { "supported": offers.filter.is_some(), "maxResults": offers.filter.unwrap_or_default() },
        "changePassword": { "supported": offers.change_password },
        "sort": { "supported": offers.sort },
        "etag": { "supported": offers.etag },
        "pagination": pagination,
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Bearer token", "primary": true,
            "description": "A token in the header Authorization.", "specUri": "https://www.rfc-editor.org/info/rfc6750",
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}
