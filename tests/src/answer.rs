//! What a command answered.

use serde_json::Value;
use std::{
    process::{Child, Output},
    time::{Duration, Instant},
};

/// A command that is over.
#[derive(Debug)]
pub struct Answer {
    /// The command line, for messages.
    pub line: String,
    /// The exit code; None when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    pub(crate) fn of(line: String, output: Output, took: Duration) -> Self {
        Answer {
            line,
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            took,
        }
    }

    /// Waits for a process that somebody may have ended.
    pub fn wait(line: &str, child: Child, begun: Instant) -> Self {
        let output = child.wait_with_output().expect("its output can be read");
        Answer::of(line.to_owned(), output, begun.elapsed())
    }

    /// It did what it was told.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It was refused or failed: exit code 1, the reason on standard error, nothing else said.
    #[track_caller]
    pub fn refused(self) -> Self {
        assert_eq!(self.code, Some(1), "{self:#?}");
        assert_eq!(self.out, "", "a failure belongs on standard error");
        assert_ne!(self.err, "", "a failure without a reason");
        self
    }

    /// As [`Answer::refused`], for a command that may have said something before.
    #[track_caller]
    pub fn refused_after_words(self) -> Self {
        assert_eq!(self.code, Some(1), "{self:#?}");
        assert_ne!(self.err, "", "a failure without a reason");
        self
    }

    /// The JSON object on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The JSON object on standard error.
    #[track_caller]
    pub fn json_error(&self) -> Value {
        serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// A number of the JSON object on standard output.
    #[track_caller]
    pub fn number(&self, name: &str) -> i64 {
        let json = self.json();
        json[name].as_i64().unwrap_or_else(|| panic!("{name} in {json:#}"))
    }
}
