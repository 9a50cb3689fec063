//! Filters (RFC 7644, 3.4.2.2).
//!
//! [`Filter::parse`] reads one, `Display` writes it, [`Filter::compile`] checks it against a resource type, and
//! [`Compiled::matches`] asks it of a resource.

mod ast;
mod compile;
mod eval;
mod lexer;
mod literal;
mod parser;

pub use ast::{Filter, Literal, Op};
pub use compile::Compiled;
pub use parser::PatchPath;

/// Longer filters are refused (bytes).
pub const LONGEST_FILTER: usize = 32 * 1024;
/// Deeper filters are refused (parentheses, brackets and `not` inside each other).
pub const DEEPEST_FILTER: usize = 40;
