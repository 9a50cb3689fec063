//! Proving an export without the database that it came from.

mod lines;
mod verdict;

use std::io::BufRead;

use tenure_domain::merkle::{Hash, InclusionProof, TreeHead};
use tenure_vault::{Checkpoint, PublicKey};

pub use self::lines::ExportError;
use self::lines::Lines;
pub use self::verdict::{ExportFault, ExportVerdict};
use super::export::format::{FORMAT, Header, Line};

/// Verifies an export line by line, with no more than one line in memory: the checkpoint's
/// signature, the proof of each event, and that no number between the first and the last is
/// missing.
///
/// Give the instance's public key (`tenure doctor` says it). Without one the key in the file is
/// taken: the verdict then proves that the file is whole, and not who made it.
///
/// # Errors
/// [`ExportError`] when the file cannot be read, or its first line is not that of an export.
/// Whatever else is wrong with it is no error: the verdict says it.
pub fn verify_export(reader: impl BufRead, key: Option<PublicKey>) -> Result<ExportVerdict, ExportError> {
    let mut lines = Lines::new(reader);
    let header = header(&mut lines)?;
    let mut verdict = ExportVerdict::new(&header, key);
    let opened = Checkpoint::open(&header.checkpoint, &header.origin, &verdict.key);
    let head = match opened {
        Ok(checkpoint) => checkpoint.head,
        Err(error) => {
            verdict.fault(1, None, format!("the checkpoint cannot be trusted, so that nothing here is proven: {error}"));
            return Ok(verdict);
        }
    };
    verdict.size = head.size;
    verdict.root = Some(head.root);
    verdict.whole = header.from == 0 && header.to == head.size;
    if header.from > header.to || header.to > head.size {
        verdict.fault(1, None, format!("numbers {} to {} are not a part of a log of {} events", header.from, header.to, head.size));
    }
    let mut next = header.from;
    while let Some(line) = lines.next()? {
        verdict.events += 1;
        next = judge(&mut verdict, &head, next, line);
    }
    if next < header.to {
        let what = format!("the file ends too early: numbers {next} to {} are missing", header.to - 1);
        verdict.fault(lines.number() + 1, Some(next), what);
    }
    Ok(verdict)
}

fn header(lines: &mut Lines<impl BufRead>) -> Result<Header, ExportError> {
    let Some(Ok(line)) = lines.next()? else { return Err(ExportError::Header("there is none".to_owned())) };
    let header: Header = serde_json::from_slice(line).map_err(|error| ExportError::Header(error.to_string()))?;
    if header.format == FORMAT {
        Ok(header)
    } else {
        Err(ExportError::Header(format!("its format is `{}`, not `{FORMAT}`", header.format)))
    }
}

/// Judges one line, and gives the number that comes after it.
fn judge(verdict: &mut ExportVerdict, head: &TreeHead, next: u64, line: Result<&[u8], usize>) -> u64 {
    let number = verdict.events + 1;
    let text = match line {
        Ok(text) => text,
        Err(most) => {
            verdict.fault(number, None, format!("the line is longer than {most} bytes, which no event is"));
            return next;
        }
    };
    let line: Line<'_> = match serde_json::from_slice(text) {
        Ok(line) => line,
        Err(error) => {
            verdict.fault(number, None, format!("the line is not an event with its proof: {error}"));
            return next;
        }
    };
    let Line { leaf, body, proof } = line;
    if leaf > next {
        let missing =
            if leaf - next == 1 { format!("number {next} is missing") } else { format!("numbers {next} to {} are missing", leaf - 1) };
        verdict.fault(number, Some(next), format!("{missing} before this line"));
    } else if leaf < next {
        verdict.fault(number, Some(leaf), format!("number {leaf} comes again, or too late: {next} was to come"));
    }
    if leaf >= verdict.to {
        verdict.fault(number, Some(leaf), format!("number {leaf} is beyond the end that the first line says"));
    }
    let proof = InclusionProof { leaf_index: leaf, tree_size: head.size, path: proof };
    if let Err(error) = proof.verify(Hash::leaf(body.as_bytes()), head) {
        verdict.fault(number, Some(leaf), format!("the event is not the one that was sealed with number {leaf}: {error}"));
    }
    next.max(leaf.saturating_add(1))
}
