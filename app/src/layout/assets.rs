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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn sheets(folder: &Path, under: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            let name = format!("{under}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                sheets(&entry.path(), &format!("{name}/"), found);
            } else if name.ends_with(".css") {
                found.insert(name);
            }
        }
    }

    /// The order of the manifest is the order of the rules; a file that it leaves out is never served.
    #[test]
    fn the_manifest_lists_every_style_sheet_once_and_the_layers_first() {
        let style = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
        let manifest = std::fs::read_to_string(style.join("manifest.txt")).expect("the manifest is there");
        let listed: Vec<&str> = manifest.lines().collect();
        let mut found = BTreeSet::new();
        sheets(&style, "", &mut found);
        assert_eq!(listed.first(), Some(&"00-layers.css"));
        assert_eq!(listed.len(), found.len());
        assert_eq!(listed.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), found);
    }

    #[test]
    fn without_a_server_an_asset_has_its_plain_address() {
        assert_eq!(asset("tenure.css"), "/assets/tenure.css");
    }
}
