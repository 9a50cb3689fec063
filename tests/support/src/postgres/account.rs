//! Which account the server runs as: PostgreSQL refuses root.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::ServerError;

const NO_ACCOUNT: &str = "this runs as root, PostgreSQL must not, and there is no account called postgres";

/// The account that runs the server.
pub(super) enum Account {
    /// Whoever runs this.
    Own,
    /// This is root: the account `postgres`, by its numbers.
    Postgres { user: u32, group: u32 },
}

impl Account {
    pub(super) fn to_run_as() -> Result<Self, ServerError> {
        if id(&["-u"]) != Some(0) {
            return Ok(Account::Own);
        }
        match (id(&["-u", "postgres"]), id(&["-g", "postgres"])) {
            (Some(user), Some(group)) => Ok(Account::Postgres { user, group }),
            _ => Err(ServerError::Missing(NO_ACCOUNT)),
        }
    }

    /// Who must own the server's folders, if not whoever runs this.
    pub(super) fn owner(&self) -> Option<(u32, u32)> {
        match *self {
            Account::Own => None,
            Account::Postgres { user, group } => Some((user, group)),
        }
    }

    /// A command that runs `program` as this account, in a folder that the account may enter.
    pub(super) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = match self {
            Account::Own => Command::new(program),
            Account::Postgres { user, group } => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).args(["--clear-groups", "--"]).arg(program);
                command
            }
        };
        command.current_dir(folder).stdin(Stdio::null());
        command
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
