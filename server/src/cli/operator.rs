//! Who is at the command line, as the system knows it: variables of the environment say what somebody
//! wrote into them.

use std::fs;

/// The account by which the operator stands in the audit log.
pub(super) fn account() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    // Only root may say for whom it acts: sudo set it, or somebody who could do anything anyway.
    let by = std::env::var("SUDO_USER").ok().filter(|name| !name.is_empty());
    describe(&status, &accounts, by.as_deref())
}

fn describe(status: &str, accounts: &str, sudo_user: Option<&str>) -> String {
    let Some((real, effective)) = user_ids(status) else { return "unknown".to_owned() };
    let name = name_of(accounts, real).unwrap_or_else(|| format!("uid {real}"));
    match sudo_user {
        Some(by) if effective == 0 => format!("{name} (sudo by {by})"),
        _ => name,
    }
}

/// The real and the effective user of this process: `Uid:` with four numbers.
fn user_ids(status: &str) -> Option<(u32, u32)> {
    let mut numbers = status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// A line of it: `name:x:uid:…`.
fn name_of(accounts: &str, uid: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\nnadia:x:1000:1000::/home/nadia:/bin/sh\n";

    fn status(real: u32, effective: u32) -> String {
        format!("Name:\ttenure\nUid:\t{real}\t{effective}\t{effective}\t{effective}\nGid:\t0\t0\t0\t0\n")
    }

    #[test]
    fn the_operator_is_who_the_system_says() {
        assert_eq!(describe(&status(1000, 1000), ACCOUNTS, None), "nadia");
        assert_eq!(describe(&status(1001, 1001), ACCOUNTS, None), "uid 1001");
        assert_eq!(describe("", ACCOUNTS, Some("root")), "unknown");
    }

    #[test]
    fn only_root_can_say_for_whom_it_acts() {
        assert_eq!(describe(&status(0, 0), ACCOUNTS, Some("nadia")), "root (sudo by nadia)");
        assert_eq!(describe(&status(1000, 1000), ACCOUNTS, Some("root")), "nadia");
    }

    #[test]
    fn this_process_has_an_operator() {
        assert_ne!(account(), "unknown");
    }
}
