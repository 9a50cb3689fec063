//! What can go wrong on the way to a server.

use std::io;

use crate::python::NotInstalled;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Something is not on this machine; with what to do.
    #[error("{0}")]
    Missing(&'static str),
    /// A package could not be installed.
    #[error(transparent)]
    NotInstalled(#[from] NotInstalled),
    /// No certificate could be made.
    #[error("its certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A file could not be made, or a program not be started.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] io::Error),
    /// The server or a program failed; the text is what it said.
    #[error("{0} failed:\n{1}")]
    Failed(&'static str, String),
}

impl ServerError {
    /// With what it is about, for `map_err`.
    pub(crate) fn io(what: &'static str) -> impl Fn(io::Error) -> Self + Copy {
        move |error| Self::Io(what, error)
    }
}
