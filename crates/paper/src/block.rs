//! What a paper consists of, before it has pages.

use crate::face::Weight;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    /// In points.
    pub(crate) size: f32,
    /// 0 is black, 255 white.
    pub(crate) grey: u8,
}

impl Style {
    pub(crate) const TITLE: Self = Self { weight: Weight::Bold, size: 20.0, grey: 0 };
    pub(crate) const HEADING: Self = Self { weight: Weight::Bold, size: 11.0, grey: 0 };
    pub(crate) const TEXT: Self = Self { weight: Weight::Regular, size: 9.0, grey: 0 };
    pub(crate) const STRONG: Self = Self { weight: Weight::Bold, size: 9.0, grey: 0 };
    pub(crate) const SMALL: Self = Self { weight: Weight::Regular, size: 7.5, grey: 0 };
    pub(crate) const SMALL_STRONG: Self = Self { weight: Weight::Bold, size: 7.5, grey: 0 };
    /// Dark enough to be read: 7:1 on white.
    pub(crate) const QUIET: Self = Self { weight: Weight::Regular, size: 7.5, grey: 85 };

    /// From one line to the next.
    pub(crate) const fn leading(self) -> f32 {
        self.size * 1.35
    }
}

/// A text in a style.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Run {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

/// A part of the paper.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    /// A paragraph.
    Text(Run),
    /// A name, and what it is.
    Fact(&'static str, String),
    /// The beginning of the table, which each page repeats.
    Header([&'static str; COLUMNS]),
    /// A row of it: in each column paragraphs.
    Row([Vec<Run>; COLUMNS]),
    /// A gap, in points.
    Gap(f32),
}

/// How many columns the table has.
pub(crate) const COLUMNS: usize = 4;
