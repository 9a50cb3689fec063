use std::sync::OnceLock;

static ADDRESS: OnceLock<fn(&str) -> String> = OnceLock::new();

/// Tells how an asset's name becomes its address, with its hash in it. The server
/// calls it once at its start; a second call changes nothing.
pub fn set_assets(address: fn(&str) -> String) {
    let _ = ADDRESS.set(address);
}

/// The address of an asset: `tenure.css`, `icons.svg`, `favicon.svg`, `loader.js`.
pub fn asset(name: &str) -> String {
    match ADDRESS.get() {
        Some(address) => address(name),
        None => format!("/assets/{name}"),
    }
}
