//! Why there is no paper.

/// Why a record could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A font that is part of the programme cannot be read.
    #[error("the font {0} cannot be used")]
    Font(&'static str),
    /// A size or type that is a constant is not accepted.
    #[error("the document cannot be set up: {0}")]
    SetUp(&'static str),
    /// The result would not be a PDF/A.
    #[error("the document cannot be written: {0}")]
    Write(String),
}
