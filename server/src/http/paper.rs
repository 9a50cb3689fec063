//! An offboarding record on paper.

use tenure_paper::{Proof, render};
use tenure_services::records::ShownRecord;
use tenure_services::{Ctx, ServiceError};
use tenure_vault::verify_record;

/// A record as PDF. The paper repeats what was verified, and nothing else.
///
/// # Errors
/// [`ServiceError::Refused`] when the record does not verify, or cannot be set.
pub(crate) fn record_paper(ctx: &Ctx, shown: &ShownRecord) -> Result<Vec<u8>, ServiceError> {
    let refused = |fault: &dyn std::fmt::Display| ServiceError::Refused(fault.to_string());
    let text = shown.file.to_text().map_err(|fault| refused(&fault))?;
    let verified = verify_record(text.as_bytes(), Some(&ctx.app.keys.public_key())).map_err(|fault| refused(&fault))?;
    let key_id = verified.key.id().to_string();
    let proof = Proof {
        size: verified.statement.head.size,
        root: verified.statement.head.root,
        signed_at: verified.statement.at,
        note: &shown.file.note,
        key: &shown.file.public_key,
        key_id: &key_id,
        file: text.as_bytes(),
    };
    render(&verified.record, &proof).map_err(|fault| refused(&fault))
}
