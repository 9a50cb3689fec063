//! A program in a folder of its own, until its guard is dropped.
//!
//! It ends also when this process dies without dropping the guard (ctrl-c, a panic that aborts, `kill -9`, a guard
//! in a `static`): a small shell stands between, which stops the program when its standard input closes. No signal
//! handler, no `unsafe`.

use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener, TcpStream, ToSocketAddrs},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::ServerError;

const STARTS_WITHIN: Duration = Duration::from_secs(60);
const ASKED_EVERY: Duration = Duration::from_millis(20);

/// The supervisor: starts the program, waits until its input ends, stops the program, clears up.
const SUPERVISOR: &str = r#"
signal=$1; folder=$2; shift 2
"$@" </dev/null & server=$!
while read -r _; do :; done
kill -"$signal" "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

/// What stops a program.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    /// What most end by.
    Term,
    /// PostgreSQL's fast shutdown: it does not wait for clients.
    Int,
}

/// A running program. Dropping it stops the program and removes its folder.
pub(crate) struct Supervised {
    supervisor: Child,
    folder: PathBuf,
}

impl Supervised {
    /// Starts a program with its arguments in a folder; of the command, nothing else counts.
    ///
    /// # Errors
    /// When a file cannot be made or nothing be started.
    pub(crate) fn start(folder: TempDir, program: &Command, stops_by: Signal) -> Result<Self, ServerError> {
        let log = fs::File::create(folder.path().join("log")).map_err(ServerError::io("its log"))?;
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(match stops_by {
                Signal::Term => "TERM",
                Signal::Int => "INT",
            })
            .arg(folder.path())
            .arg(program.get_program())
            .args(program.get_args())
            .current_dir(folder.path())
            // A group of its own: ctrl-c on the terminal must reach it through its input only.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(ServerError::io("its log"))?)
            .stderr(log)
            .spawn()
            .map_err(ServerError::io("sh"))?;
        // From here on the supervisor clears up.
        Ok(Self { supervisor, folder: folder.keep() })
    }

    /// Waits until it is ready.
    ///
    /// # Errors
    /// [`ServerError::Failed`] under its name, when what it said shows that it gave up, or when it takes a minute.
    pub(crate) fn wait_until(
        &self,
        name: &'static str,
        is_ready: impl Fn() -> bool,
        gave_up: impl Fn(&str) -> bool,
    ) -> Result<(), ServerError> {
        let begun = Instant::now();
        while !is_ready() {
            let said = self.said();
            if gave_up(&said) || begun.elapsed() > STARTS_WITHIN {
                return Err(ServerError::Failed(name, said));
            }
            std::thread::sleep(ASKED_EVERY);
        }
        Ok(())
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it wrote so far; it stands in `log` in its folder.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // Closing its input tells the supervisor to stop the program.
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// Whether somebody listens at an address.
pub(crate) fn answers(address: impl ToSocketAddrs) -> bool {
    TcpStream::connect(address).is_ok()
}

/// Free ports of the loopback. Each is held until all are known, so that they differ.
///
/// # Errors
/// When there is none.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N], ServerError> {
    let bind = || -> io::Result<(TcpListener, u16)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        Ok((listener, port))
    };
    let mut held = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let (listener, number) = bind().map_err(ServerError::io("a free port"))?;
        *port = number;
        held.push(listener);
    }
    Ok(ports)
}

/// Drops a guard; its program is gone then, and its folder too.
#[cfg(test)]
pub(crate) fn assert_gone_with_its_guard<S>(server: S, folder: &Path, port: u16) {
    let address = (Ipv4Addr::LOCALHOST, port);
    assert!(answers(address), "nobody listens");
    drop(server);
    assert!(!answers(address), "it listens on");
    assert!(!folder.exists(), "its folder is left over");
}
