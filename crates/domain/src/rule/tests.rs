//! What a rule means, what it says when it is wrong, and that it survives being printed.
mod errors;
mod meaning;
mod printing;
