//! The demo company.
use crate::{Ctx, ServiceError};
/// Being written.
///
/// # Errors
/// For now always.
pub async fn fill_demo(_ctx: &Ctx, _seed: u64) -> Result<serde_json::Value, ServiceError> {
    Err(ServiceError::Refused("not yet".to_owned()))
}
