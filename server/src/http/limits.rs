//! How large requests may be.

/// An ordinary form.
pub(crate) const FORM: usize = 1 << 20;
/// An upload: the services' limit and room for the form around it.
pub(crate) const UPLOAD: usize = tenure_services::people::MAX_UPLOAD + (1 << 20);
