//! How large requests may be.

/// An ordinary form.
pub(crate) const FORM: usize = 1 << 20;
/// An upload, with what is read and let go so that a browser can be told that its file is too
/// large. What is kept is bounded by the services' limit.
pub(crate) const UPLOAD: usize = 4 * tenure_services::people::MAX_UPLOAD;
