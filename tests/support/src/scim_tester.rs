//! PyPI's `scim2-tester`, by its command line `scim2`: it asks a SCIM server everything that the RFCs say.

use crate::python::installed;
use std::process::{Command, Stdio};

const CLI: &str = "scim2-cli==0.6.0";
const TESTER: &str = "scim2-tester==0.5.2";

/// What it found.
#[derive(Debug)]
pub struct Verdict {
    /// How many checks the server passed.
    pub passed: usize,
    /// Every check that came to anything else than `SUCCESS`, with what it said.
    pub others: Vec<String>,
}

/// Asks the server at an address, with a bearer token.
///
/// # Errors
/// In words, when it cannot be installed or started.
pub fn check(url: &str, token: &str) -> Result<Verdict, String> {
    let python = installed("scim2-tester-0.5.2", &[CLI, TESTER]).map_err(|error| error.to_string())?;
    let output = Command::new(python)
        .args(["-c", "from scim2_cli import cli; cli()", "--url", url, "test"])
        // Not on its command line, which everybody on the machine can see.
        .env("SCIM_CLI_HEADERS", format!("Authorization: Bearer {token}"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let verdict = read(&said);
    if verdict.passed == 0 { Err(said) } else { Ok(verdict) }
}

/// A check begins with its status and its name; what it says is indented.
fn read(said: &str) -> Verdict {
    let mut verdict = Verdict { passed: 0, others: Vec::new() };
    let mut failing = false;
    for line in said.lines() {
        let first = line.split(' ').next().unwrap_or_default();
        match first {
            "SUCCESS" => {
                verdict.passed += 1;
                failing = false;
            }
            "ERROR" | "CRITICAL" | "DEVIATION" | "ACCEPTABLE" | "COMPLIANT" | "SKIPPED" => {
                verdict.others.push(line.to_owned());
                failing = true;
            }
            _ if failing => {
                if let Some(last) = verdict.others.last_mut() {
                    last.push('\n');
                    last.push_str(line);
                }
            }
            _ => {}
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_no_success_is_told_with_its_words() {
        let verdict = read("Performing …\nSUCCESS random_url\n  404\nERROR check_add\n  was not added\nPatched value: x\nSUCCESS a\n");
        assert_eq!((verdict.passed, verdict.others), (2, vec!["ERROR check_add\n  was not added\nPatched value: x".to_owned()]));
    }
}
