//! The islands: the few parts of a page that run in the browser, with their server functions.
//!
//! Built twice. With `ssr` (the default) it is an ordinary library: the pages in `tenure-app` render
//! islands as part of their HTML. With `hydrate`, for `wasm32-unknown-unknown`, it is the module that
//! `loader.js` starts in the browser. `cargo xtask islands` makes the second.
//!
//! Islands have no properties and no children; what they need stands in `data-` attributes around them.
//! Properties arrive as JSON, and its parser alone would cost 21 kB of the 90 that all islands have.
//! Children want a reactive owner around the page, and pages are plain functions without one.
//!
//! An island makes a page quicker, never possible: whatever it does has a way without script.

mod browser;
mod copy_button;
mod live;
mod palette;

pub use copy_button::CopyButton;
pub use live::LivePage;
pub use palette::{Palette, PaletteAnswer, PaletteHit, PaletteSource, SearchPalette, search_palette};

/// Starts the reactive system. The loader calls it once, before the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
