//! How large requests may be, and how slow.

use std::time::Duration;

/// An ordinary form.
pub(crate) const FORM: usize = 1 << 20;
/// How long the whole of an ordinary form may take.
pub(crate) const FORM_TIME: Duration = Duration::from_secs(30);
/// A field of text beside a file.
pub(crate) const FIELD: usize = 64 << 10;
/// How many such fields.
pub(crate) const FIELDS: usize = 50;
/// How many files are taken at once.
pub(crate) const UPLOADS: usize = 4;
/// An upload, with what is read and let go so that a browser can be told that its file is too
/// large. What is kept is bounded by the services' limit.
pub(crate) const UPLOAD: usize = 4 * tenure_services::people::MAX_UPLOAD;
