//! Versions of resources (RFC 7644, 3.14; RFC 9110, 8.8.3).

/// The weak ETag of a version number.
pub fn weak(version: u64) -> String {
    format!("W/\"{version}\"")
}

/// What stands between the quotes, whether weak or not; servers write the same version either way.
fn opaque(tag: &str) -> &str {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").or_else(|| tag.strip_prefix("w/")).unwrap_or(tag);
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
}

/// Whether a header `If-Match` or `If-None-Match` names the current version; `*` names any.
pub fn names(header: &str, current: &str) -> bool {
    header.split(',').any(|tag| tag.trim() == "*" || (!tag.trim().is_empty() && opaque(tag) == opaque(current)))
}
