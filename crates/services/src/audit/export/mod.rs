//! Taking the log away as a file that proves itself.

pub(super) mod format;
mod tree;

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::merkle::Tree;
use tenure_store::audit::SealedBody;

use self::format::{FORMAT, Header, Line};
use super::log::Log;
use super::seal::seal_pending;
use crate::{Ctx, ServiceError};

/// How many events are in memory at once.
const PIECE: u64 = 1000;

/// Which part of the log, by numbers in the tree. The default is all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExportRange {
    /// The first number.
    pub from: Option<u64>,
    /// The number after the last.
    pub to: Option<u64>,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportSummary {
    /// How many events.
    pub events: u64,
    /// The first number.
    pub from: u64,
    /// The number after the last.
    pub to: u64,
    /// The signed note to which all proofs lead.
    pub checkpoint: String,
}

/// Writes the log, or a part of it, as JSON lines: the first says whose log it is and holds the
/// signed checkpoint, each other one is an event with its text, byte for byte, and the proof that
/// it is in the log. [`verify_export`](super::verify_export) checks it without a database.
///
/// The export is an event itself, the last one of a whole export.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Invalid`] for a range that ends before it begins;
/// [`ServiceError::Refused`] when the log does not lead to its own checkpoint, or `out` fails.
pub async fn export_audit(ctx: &Ctx, out: &mut (dyn Write + Send), range: ExportRange) -> Result<ExportSummary, ServiceError> {
    let mut export = AuditExport::begin(ctx, range).await?;
    while let Some(piece) = export.next().await? {
        out.write_all(&piece).map_err(|error| ServiceError::Refused(format!("the export cannot be written: {error}")))?;
    }
    out.flush().map_err(|error| ServiceError::Refused(format!("the export cannot be written: {error}")))?;
    Ok(export.summary)
}

/// An export piece by piece, for whoever cannot write all of it at once, such as a download.
#[derive(Debug)]
pub struct AuditExport {
    ctx: Ctx,
    /// Of the whole log, however small the part is: a proof needs all of it.
    tree: Arc<Tree>,
    /// The first line, until it is taken.
    header: Option<Vec<u8>>,
    /// The number that comes next.
    next: u64,
    /// What is exported.
    pub summary: ExportSummary,
}

impl AuditExport {
    /// Begins an export: leaves its event, seals what is not sealed yet, and builds the tree.
    ///
    /// # Errors
    /// As [`export_audit`].
    pub async fn begin(ctx: &Ctx, range: ExportRange) -> Result<Self, ServiceError> {
        ctx.authorize::<actions::ExportAudit, _>(&Portal).await?;
        if range.from.zip(range.to).is_some_and(|(from, to)| from > to) {
            return Err(ServiceError::field("to", "the range ends before it begins"));
        }
        let event =
            ctx.event(Stream::System, "audit.exported").target(&Portal, "audit log").after(json!({ "from": range.from, "to": range.to }));
        ctx.app.store.write().await?.commit(event).await?;
        seal_pending(&ctx.app, ctx.now).await?;

        let mut tx = ctx.app.store.read().await?;
        let (log, _) = Log::of(&mut tx, &ctx.app.keys).await?;
        let checkpoint = tx.last_checkpoint().await?.ok_or_else(not_sound)?;
        drop(tx);
        let signed = match log.examine(&checkpoint) {
            (Some(signed), faults) if faults.is_empty() => signed,
            _ => return Err(not_sound()),
        };
        let tree = tree::build(&ctx.app.store, signed.head).await?;
        let size = signed.head.size;
        let to = range.to.unwrap_or(size).min(size);
        let from = range.from.unwrap_or(0).min(to);
        let note = checkpoint.note.map_err(|_| not_sound())?;
        let header = Header {
            format: FORMAT.to_owned(),
            origin: log.origin,
            public_key: log.key,
            checkpoint: note.clone(),
            from,
            to,
            exported_at: ctx.now,
        };
        let mut first = Vec::new();
        write_line(&mut first, &header)?;
        let summary = ExportSummary { events: to - from, from, to, checkpoint: note };
        Ok(Self { ctx: ctx.clone(), tree, header: Some(first), next: from, summary })
    }

    /// The next lines; None at the end.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] when events are gone meanwhile, or when the database fails.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ServiceError> {
        if let Some(header) = self.header.take() {
            return Ok(Some(header));
        }
        let (from, to) = (self.next, self.summary.to.min(self.next + PIECE));
        if from == to {
            return Ok(None);
        }
        // No snapshot of all the pieces is needed: what is sealed does not change.
        let rows = self.ctx.app.store.read().await?.sealed_bodies(tree::column(from)?, tree::column(to)?).await?;
        if u64::try_from(rows.len()) != Ok(to - from) {
            return Err(not_sound());
        }
        let tree = Arc::clone(&self.tree);
        let piece = tokio::task::spawn_blocking(move || lines(&tree, from, &rows)).await.map_err(|_| ServiceError::Busy)??;
        self.next = to;
        Ok(Some(piece))
    }
}

fn lines(tree: &Tree, from: u64, rows: &[SealedBody]) -> Result<Vec<u8>, ServiceError> {
    let mut piece = Vec::new();
    for (leaf, row) in (from..).zip(rows) {
        let proof = tree.inclusion(leaf).filter(|_| u64::try_from(row.leaf) == Ok(leaf)).ok_or_else(not_sound)?.path;
        let body = row.body.as_deref().map_err(|_| not_sound())?.into();
        write_line(&mut piece, &Line { leaf, body, proof })?;
    }
    Ok(piece)
}

fn write_line(out: &mut Vec<u8>, line: &impl Serialize) -> Result<(), ServiceError> {
    serde_json::to_writer(&mut *out, line).map_err(|error| ServiceError::Refused(error.to_string()))?;
    out.push(b'\n');
    Ok(())
}

/// The log itself says that something is wrong with it.
fn not_sound() -> ServiceError {
    ServiceError::Refused("nothing is exported: the events are not those that the newest checkpoint is signed for; run `tenure audit verify`, which says what is wrong".to_owned())
}
