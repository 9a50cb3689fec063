//! `/api/v1/imports` and below: a file is staged, looked at as a plan, then applied or discarded.

mod change;
mod mapping;
mod show;
mod stage;

pub(super) use stage::{UploadPlace, is_csv};

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    [show::routes(), stage::routes(), change::routes(), mapping::routes()].into_iter().flatten().collect()
}
