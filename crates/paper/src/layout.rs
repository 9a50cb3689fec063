//! From blocks to pages. Nothing is drawn here, so that the number of pages is known before the first is.

use crate::block::{Block, COLUMNS, Run, Style};
use crate::face::Faces;
use crate::words::{clean, wrap};

/// A4, in points.
pub(crate) const PAGE: (f32, f32) = (595.0, 842.0);
/// Left and right.
pub(crate) const MARGIN: f32 = 42.0;
/// The first line may begin here.
const TOP: f32 = 56.0;
/// Nothing is below.
const BOTTOM: f32 = PAGE.1 - 54.0;
/// Where each column begins, and the width of its text.
const COLUMN: [(f32, f32); COLUMNS] = [(MARGIN, 18.0), (62.0, 168.0), (238.0, 66.0), (312.0, 241.0)];
/// Names of facts, and what they are.
const FACT: [(f32, f32); 2] = [(MARGIN, 88.0), (134.0, PAGE.0 - MARGIN - 134.0)];

/// Something to draw.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// A line of text; `y` is its base line.
    Line { x: f32, y: f32, text: String, style: Style },
    /// A rule across the page.
    Rule { y: f32, grey: u8 },
}

/// One page.
pub(crate) type Page = Vec<Mark>;

/// Lays out all blocks.
pub(crate) fn pages(blocks: &[Block], faces: &Faces) -> Vec<Page> {
    let mut sheet = Sheet { faces, pages: vec![Page::new()], y: TOP, header: None };
    for block in blocks {
        sheet.put(block);
    }
    sheet.pages
}

struct Sheet<'a> {
    faces: &'a Faces,
    pages: Vec<Page>,
    y: f32,
    /// The header of the table, while in it.
    header: Option<[&'static str; COLUMNS]>,
}

/// A line of a column, ready to be put somewhere.
type Column = Vec<(String, Style)>;

impl Sheet<'_> {
    fn put(&mut self, block: &Block) {
        if !matches!(block, Block::Row(_)) {
            self.header = None;
        }
        match block {
            Block::Gap(height) => self.y += height,
            Block::Text(run) => {
                let column = self.column(std::slice::from_ref(run), PAGE.0 - 2.0 * MARGIN);
                self.side_by_side(&[(MARGIN, column)]);
            }
            Block::Fact(name, value) => {
                let [(name_x, name_width), (value_x, value_width)] = FACT;
                let name = self.column(&[Run::new(*name, Style::STRONG)], name_width);
                let value = self.column(&[Run::new(value.clone(), Style::TEXT)], value_width);
                self.side_by_side(&[(name_x, name), (value_x, value)]);
            }
            Block::Header(names) => {
                self.room(80.0);
                self.put_header(names);
            }
            Block::Row(cells) => {
                let columns: Vec<_> = cells.iter().zip(COLUMN).map(|(runs, (x, width))| (x, self.column(runs, width))).collect();
                // A row begins with some lines of it, or on the next page.
                self.room(3.0 * Style::SMALL.leading());
                self.y += 2.0;
                self.side_by_side(&columns);
                self.y += 4.0;
                self.rule(200);
            }
        }
    }

    fn put_header(&mut self, names: &[&'static str; COLUMNS]) {
        let columns: Vec<_> =
            names.iter().zip(COLUMN).map(|(name, (x, width))| (x, self.column(&[Run::new(*name, Style::SMALL_STRONG)], width))).collect();
        self.side_by_side(&columns);
        self.y += 3.0;
        self.rule(0);
        self.header = Some(*names);
    }

    fn column(&self, runs: &[Run], width: f32) -> Column {
        let lines = |run: &Run| {
            let face = self.faces.of(run.style.weight);
            let text = face.shown_lines(&clean(&run.text));
            wrap(&text, face, run.style.size, width).into_iter().map(|line| (line, run.style)).collect::<Vec<_>>()
        };
        runs.iter().flat_map(lines).collect()
    }

    /// Puts columns beside each other, line by line, over as many pages as that takes.
    fn side_by_side(&mut self, columns: &[(f32, Column)]) {
        let most = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
        for at in 0..most {
            let line: Vec<_> = columns.iter().filter_map(|(x, lines)| lines.get(at).map(|(text, style)| (*x, text, *style))).collect();
            let leading = line.iter().map(|(_, _, style)| style.leading()).fold(0.0, f32::max);
            let pages = self.pages.len();
            self.room(leading);
            self.y += leading;
            let y = self.y;
            if at > 0 && self.pages.len() > pages && self.header.is_some() {
                self.mark_as_continued(columns, y);
            }
            for (x, text, style) in line {
                self.mark(Mark::Line { x, y, text: text.clone(), style });
            }
        }
    }

    /// Says again which row it is that goes on here.
    fn mark_as_continued(&mut self, columns: &[(f32, Column)], y: f32) {
        let first = columns.first().and_then(|(x, lines)| lines.first().map(|(text, style)| (*x, format!("{text}…"), *style)));
        if let Some((x, text, style)) = first {
            self.mark(Mark::Line { x, y, text, style });
        }
    }

    /// Begins a page when there is not so much room on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.pages.push(Page::new());
            self.y = TOP;
            if let Some(names) = self.header.take() {
                self.put_header(&names);
            }
        }
    }

    fn rule(&mut self, grey: u8) {
        let y = self.y;
        self.mark(Mark::Rule { y, grey });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}
