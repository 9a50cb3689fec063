//! The fonts: which glyph a character has, and how wide it is.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

use crate::PaperError;

/// What stands for a character that the font does not have. A hole would hide that there is one.
const MISSING: char = '\u{fffd}';

/// One font.
pub(crate) struct Face {
    pub(crate) font: Font,
    glyphs: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    em: f32,
}

/// The two fonts of the paper.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

impl Faces {
    pub(crate) fn load() -> Result<Self, PaperError> {
        let regular = Face::new(dejavu::sans::regular()).ok_or(PaperError::Font("DejaVu Sans"))?;
        let bold = Face::new(dejavu::sans::bold()).ok_or(PaperError::Font("DejaVu Sans Bold"))?;
        Ok(Self { regular, bold })
    }

    pub(crate) const fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        let parsed = FontRef::new(data).ok()?;
        let font = Font::new(data.into(), 0)?;
        let metrics = parsed.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { em: font.units_per_em(), font, glyphs: parsed.charmap(), metrics })
    }

    /// The text as this font can show it; lines stay lines.
    pub(crate) fn shown_lines(&self, text: &str) -> String {
        let has = |c| self.glyphs.map(c).is_some_and(|glyph| glyph.to_u32() != 0);
        text.chars().map(|c| if c == '\n' || has(c) { c } else { MISSING }).collect()
    }

    /// The width of a character, for a font size of 1.
    pub(crate) fn advance(&self, c: char) -> f32 {
        self.glyphs.map(c).and_then(|glyph| self.metrics.advance_width(glyph)).unwrap_or(self.em) / self.em
    }

    /// The width of a text in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size
    }

    /// Glyph for character: enough for Latin, Greek and Cyrillic in composed form.
    pub(crate) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let id = self.glyphs.map(c).map_or(0, |glyph| glyph.to_u32());
            KrillaGlyph::new(GlyphId::new(id), self.advance(c), 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        text.char_indices().map(glyph).collect()
    }
}
