//! Answers, for people or for programs; failures on standard error.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};
use tenure_services::ServiceError;

use super::args::Format;

/// A command that was refused or failed.
#[derive(Debug)]
pub(crate) struct Failed {
    words: String,
    detail: Value,
}

impl Failed {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), detail: Value::Null }
    }

    pub(crate) fn words(&self) -> &str {
        &self.words
    }

    #[cfg(test)]
    pub(crate) fn detail(&self) -> &Value {
        &self.detail
    }

    /// With an answer of its own for programs.
    pub(crate) fn with(words: impl Into<String>, detail: Value) -> Self {
        Self { words: words.into(), detail }
    }
}

impl From<ServiceError> for Failed {
    fn from(error: ServiceError) -> Self {
        match &error {
            ServiceError::File(rejected) => {
                let mut words = format!(
                    "{}; nothing was changed:",
                    if rejected.len() == 1 {
                        "1 row cannot be taken".to_owned()
                    } else {
                        format!("{} rows cannot be taken", rejected.len())
                    }
                );
                for row in rejected.iter().take(20) {
                    words.push_str(&format!("\n  {row}"));
                }
                if rejected.len() > 20 {
                    words.push_str(&format!("\n  … and {} more", rejected.len() - 20));
                }
                Self::with(words, json!({ "rejected": rejected }))
            }
            ServiceError::Limit(exceeded) => Self::with(error.to_string(), json!({ "limits": exceeded })),
            ServiceError::Invalid(faults) => Self::with(error.to_string(), json!({ "faults": faults })),
            _ => Self::new(error.to_string()),
        }
    }
}

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Answers: a JSON object for programs, lines for people.
    pub(crate) fn say(&self, answer: &impl Serialize, lines: impl FnOnce() -> String) {
        match self.format {
            Format::Json => line(&serde_json::to_string(answer).unwrap_or_default()),
            Format::Text => line(lines().trim_end()),
        }
    }

    /// Says what went wrong beside what was done.
    pub(crate) fn warn(&self, words: &str) {
        match self.format {
            Format::Json => error_line(&json!({ "warning": words }).to_string()),
            Format::Text => error_line(&format!("tenure: {words}")),
        }
    }

    /// Says why not.
    pub(crate) fn fail(&self, failed: &Failed) -> ExitCode {
        match self.format {
            Format::Json => {
                let mut answer = json!({ "error": failed.words });
                if let (Some(answer), Value::Object(detail)) = (answer.as_object_mut(), &failed.detail) {
                    answer.extend(detail.clone());
                }
                error_line(&answer.to_string());
            }
            Format::Text => error_line(&format!("tenure: {}", failed.words)),
        }
        ExitCode::FAILURE
    }
}

/// Writes a line to standard output. Nobody may be reading it any more, as in `tenure … | head`: what
/// was to be done is done all the same.
pub(crate) fn line(text: &str) {
    write_line(std::io::stdout().lock(), text);
}

fn error_line(text: &str) {
    write_line(std::io::stderr().lock(), text);
}

fn write_line(mut to: impl Write, text: &str) {
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn an_answer_that_nobody_reads_any_more_does_not_break_the_command() {
        write_line(Closed, "done");
        let mut read = Vec::new();
        write_line(&mut read, "done");
        assert_eq!(read, b"done\n");
    }
}
