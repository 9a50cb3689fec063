//! The served portal.

use crate::{Answer, Client, Database};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A password that the policy takes.
pub const PASSWORD: &str = "marsh violet kettle 29 drum";

/// `tenure serve`, ended with its guard.
pub struct Server {
    child: Option<Child>,
    /// Where it listens.
    pub address: SocketAddr,
    /// The path of the first administrator's set-up link, if one was printed.
    pub set_up: Option<String>,
    /// What it said on the terminal until it was ready.
    pub said: Vec<String>,
    log: PathBuf,
}

impl Server {
    /// Serves a database on a free port.
    pub fn start(database: &Database) -> Self {
        Server::start_with(database, &mut database.command())
    }

    /// Serves by a command that has options of its own already.
    pub fn start_with(database: &Database, command: &mut Command) -> Self {
        let log = database.file(&format!("server-{}.log", uuid::Uuid::new_v4().simple()));
        let to_log = File::create(&log).expect("a log can be written");
        // A public address is all that it prints then, so the port is chosen here.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = free.local_addr().expect("it has an address");
        drop(free);
        let mut child = command
            .args(["serve", "--listen", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(to_log)
            .spawn()
            .expect("the binary starts");
        let mut said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut set_up = None;
        let mut ready = false;
        // From here on, dropping it ends the process.
        let mut server = Server { child: Some(child), address, set_up: None, said: Vec::new(), log };
        while let Some(Ok(line)) = said.next() {
            ready |= line.starts_with("Tenure is at");
            set_up = line.find("/set-up?").map(|at| line[at..].to_owned());
            let is_last = line.starts_with("Sign in") || set_up.is_some();
            server.said.push(line);
            if is_last {
                break;
            }
        }
        assert!(ready, "it did not start: {}", server.log());
        // Whatever it says later must not stop it.
        std::thread::spawn(move || said.for_each(drop));
        server.set_up = set_up;
        server
    }

    /// A browser with nothing in it.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Sets the first administrator's password, and signs in.
    #[track_caller]
    pub fn administrator(&self) -> Client {
        let path = self.set_up.as_ref().expect("a set-up link");
        self.set_password(path);
        self.signed_in("admin")
    }

    /// Sets a password by a link.
    #[track_caller]
    pub fn set_password(&self, link: &str) {
        let (_, token) = link.split_once("token=").expect("a token");
        let fields = [("token", token), ("password", PASSWORD), ("repeated", PASSWORD)];
        let reply = self.client().post("/set-up", &fields);
        assert_eq!(reply.status, 303, "{}", reply.text());
    }

    /// A browser in which somebody is signed in.
    #[track_caller]
    pub fn signed_in(&self, user_name: &str) -> Client {
        let mut client = self.client();
        let reply = client.sign_in(user_name, PASSWORD);
        assert_eq!(reply.status, 303, "{}", reply.text());
        client
    }

    /// Invites somebody, and gives a browser in which they are signed in.
    #[track_caller]
    pub fn person(&self, database: &Database, user_name: &str) -> Client {
        let answer = database.json(["account", "invite", user_name]).done().json();
        self.set_password(answer["path"].as_str().expect("a path"));
        self.signed_in(user_name)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Asks it to stop, as a service manager does, and waits.
    pub fn stop(mut self) -> Answer {
        let begun = Instant::now();
        self.terminate();
        let child = self.child.take().expect("it runs");
        Answer::wait("serve", child, begun)
    }

    /// What it answered, when it is over by itself.
    pub fn stop_after_end(mut self) -> Answer {
        let child = self.child.take().expect("it ran");
        Answer::wait("serve", child, Instant::now())
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks it to stop, and does not wait.
    pub fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(done.is_ok_and(|status| status.success()));
    }

    /// Whether it is over, within some time.
    pub fn is_over_within(&mut self, time: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < time {
            let child = self.child.as_mut().expect("it ran");
            if child.try_wait().is_ok_and(|status| status.is_some()) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.log());
        }
        self.kill();
    }
}
