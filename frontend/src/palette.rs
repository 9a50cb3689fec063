//! The palette: Ctrl/⌘-K opens a search over people, things and actions. `/search` is its way without script.

mod island;
mod search;
mod state;

pub use island::Palette;
pub use search::{PaletteAnswer, PaletteHit, PaletteSource, SearchPalette, search_palette};
