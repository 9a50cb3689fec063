//! What the browser is served besides pages: style, icons, islands. All of it lies in the binary,
//! compressed when it was built, under names that change with the content, so that a browser may keep
//! each for ever. `build.rs` gathers it.

mod encoding;
#[cfg(test)]
mod minify;
mod serve;

pub(crate) use serve::{PATH, serve};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One embedded file.
pub struct Asset {
    /// Its plain name: `tenure.css`.
    pub name: &'static str,
    /// Where it is served: `/assets/tenure.<hash>.css`.
    pub path: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// The asset of a plain name, if the binary has it. The islands' files are there only when they were
/// built before the server; style and icons always are.
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The address of an asset for a page.
///
/// # Panics
/// If the binary has no asset of that name. For `loader.js` ask [`islands_present`] first.
pub fn href(name: &str) -> &'static str {
    match find(name) {
        Some(asset) => asset.path,
        None => panic!("no asset is called {name}"),
    }
}

/// Whether the binary carries islands. Without them pages load no script, and work.
pub const fn islands_present() -> bool {
    ISLANDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_icons_are_always_there() {
        for (name, end) in [("tenure.css", ".css"), ("icons.svg", ".svg"), ("favicon.svg", ".svg")] {
            let path = href(name);
            assert!(path.starts_with("/assets/") && path.ends_with(end), "{path}");
            assert_ne!(path, format!("/assets/{name}"), "the name carries a hash");
        }
    }

    #[test]
    fn the_loader_knows_where_the_other_two_are() {
        if !islands_present() {
            assert!(find("loader.js").is_none());
            return;
        }
        let loader = find("loader.js").expect("a loader comes with islands");
        let text = std::str::from_utf8(loader.plain).expect("the loader is text");
        assert!(text.contains(href("tenure_frontend.js")), "{text}");
        assert!(text.contains(href("tenure_frontend_bg.wasm")), "{text}");
        assert!(!text.contains("__ISLANDS"), "{text}");
    }

    #[test]
    fn the_style_keeps_its_budget() {
        let style = find("tenure.css").expect("there is a style");
        assert!(style.brotli.len() <= 12_000, "{} bytes", style.brotli.len());
    }
}
