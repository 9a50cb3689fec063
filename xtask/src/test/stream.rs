//! Runs a test program: its output is shown as it comes, and counted.

use super::count::Count;
use crate::workspace::line_of;
use anyhow::{Context, Result};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

/// Runs a program whose output names its tests.
pub fn counted(command: &mut Command) -> Result<Count> {
    let line = line_of(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| line.clone())?;
    let output = child.stdout.take().context("its output was taken")?;
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        count.read(&line);
        // Nobody listening is no reason to stop.
        let _ = writeln!(std::io::stdout(), "{line}");
    }
    let status = child.wait()?;
    if !status.success() {
        eprintln!("{line}: {status}");
    }
    Ok(count.judged(status.success()))
}

/// Runs a check that passes or fails as a whole.
pub fn whole(command: &mut Command) -> Result<Count> {
    let line = line_of(command);
    let status = command.status().with_context(|| line.clone())?;
    if status.success() {
        return Ok(Count::passed());
    }
    eprintln!("{line}: {status}");
    Ok(Count::failed())
}
