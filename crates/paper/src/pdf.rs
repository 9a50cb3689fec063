//! From pages to bytes.

use chrono::{Datelike as _, Timelike as _};
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use tenure_domain::record::{Moment, Record};

use crate::block::Style;
use crate::content::file_name;
use crate::face::Faces;
use crate::layout::{MARGIN, Mark, PAGE, Page};
use crate::words::clean;
use crate::{PaperError, Proof};

/// Where the line at the foot of each page stands.
const FOOT: f32 = PAGE.1 - 28.0;

pub(crate) fn write(pages: &[Page], faces: &Faces, record: &Record, proof: &Proof<'_>) -> Result<Vec<u8>, PaperError> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_U).finish();
    let configuration = configuration.map_err(|_| PaperError::SetUp("PDF/A-3u"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(record, proof));
    attach(&mut document, record, proof)?;
    let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PaperError::SetUp("the page"))?;
    for (at, marks) in pages.iter().enumerate() {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, faces, mark);
        }
        let foot = format!("Offboarding record {}, page {} of {}", record.manifest.record, at + 1, pages.len());
        draw(&mut surface, faces, &Mark::Line { x: MARGIN, y: FOOT, text: foot, style: Style::QUIET });
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| PaperError::Write(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, faces: &Faces, mark: &Mark) {
    match mark {
        Mark::Line { x, y, text, style } => {
            if text.is_empty() {
                return;
            }
            let face = faces.of(style.weight);
            surface.set_stroke(None);
            surface.set_fill(Some(Fill {
                paint: luma::Color::new(style.grey).into(),
                opacity: NormalizedF32::ONE,
                rule: FillRule::default(),
            }));
            surface.draw_glyphs(Point::from_xy(*x, *y), &face.glyphs(text), face.font.clone(), text, style.size, false);
        }
        Mark::Rule { y, grey } => {
            let mut path = PathBuilder::new();
            path.move_to(MARGIN, *y);
            path.line_to(PAGE.0 - MARGIN, *y);
            let Some(path) = path.finish() else { return };
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: luma::Color::new(*grey).into(), width: 0.5, ..Stroke::default() }));
            surface.draw_path(&path);
        }
    }
}

fn metadata(record: &Record, proof: &Proof<'_>) -> Metadata {
    let name = clean(&record.manifest.identity.display_name).replace('\n', " ");
    Metadata::new()
        .title(format!("Offboarding record of {name}"))
        .description(format!("Merkle root {}", proof.root))
        .creator("Tenure".to_owned())
        .language("en".to_owned())
        .document_id(record.manifest.record.to_string())
        .creation_date(date(proof.signed_at))
}

/// The signed record goes with the paper.
fn attach(document: &mut Document, record: &Record, proof: &Proof<'_>) -> Result<(), PaperError> {
    let file = EmbeddedFile {
        path: file_name(record),
        mime_type: Some(MimeType::new("application/json").ok_or(PaperError::SetUp("the attachment"))?),
        description: Some("The signed offboarding record".to_owned()),
        association_kind: AssociationKind::Source,
        data: proof.file.to_vec().into(),
        modification_date: Some(date(proof.signed_at)),
        compress: Some(true),
        location: None,
    };
    document.embed_file(file).ok_or(PaperError::SetUp("the attachment"))
}

fn date(moment: Moment) -> DateTime {
    let at = moment.utc();
    // Each of them is far below what its type can hold.
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
