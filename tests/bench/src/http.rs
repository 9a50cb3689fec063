//! A small client over one connection: what a browser asks, without the browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// One connection to a server, kept open.
pub struct Connection {
    stream: BufReader<TcpStream>,
    cookie: String,
}

impl Connection {
    /// Connects.
    pub fn open(address: &str) -> Fallible<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), cookie: String::new() })
    }

    /// Sends a request as it is; yields the status and the body.
    pub fn send(&mut self, request: &str) -> Fallible<(u16, Vec<u8>)> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or("no status")?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let mut header = String::new();
            self.stream.read_line(&mut header)?;
            let header = header.trim_end();
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').ok_or("no header")?;
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("content-length", n) => length = n.parse()?,
                ("transfer-encoding", _) => chunked = true,
                ("set-cookie", cookie) => self.cookie = cookie.split(';').next().unwrap_or_default().to_owned(),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let mut size = String::new();
                self.stream.read_line(&mut size)?;
                let size = usize::from_str_radix(size.trim(), 16)?;
                let start = body.len();
                body.resize(start + size + 2, 0);
                self.stream.read_exact(&mut body[start..])?;
                body.truncate(start + size);
                if size == 0 {
                    break;
                }
            }
        } else {
            body.resize(length, 0);
            self.stream.read_exact(&mut body)?;
        }
        Ok((status, body))
    }
}

/// A running server with a signed-in administrator.
pub struct Server {
    child: Child,
    address: String,
    connection: Connection,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the binary on a database and signs in by its set-up link.
    pub fn start(database: &str, key_file: &std::path::Path) -> Fallible<Self> {
        let binary = std::env::var("TENURE_BIN")?;
        let mut child = Command::new(binary)
            .args(["--database", database, "--key-file"])
            .arg(key_file)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("TENURE_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut link = None;
        let mut address = String::new();
        while link.is_none() {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Err("the server ended".into());
            }
            if let Some(rest) = line.trim().strip_prefix("Tenure is at http://") {
                address = rest.to_owned();
            }
            link = line.trim().split_once("/set-up?token=").map(|(_, token)| token.to_owned());
        }
        let connection = Connection::open(&address)?;
        let mut server = Self { child, address, connection };
        let password = "quiet otter paints eleven ladders";
        let encoded = password.replace(' ', "+");
        let token = link.unwrap_or_default();
        server.post("/set-up", &format!("token={token}&password={encoded}&repeated={encoded}"))?;
        server.post("/sign-in", &format!("user_name=admin&password={encoded}&next=/"))?;
        if server.connection.cookie.is_empty() {
            return Err("sign-in failed".into());
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks for a page: its time in milliseconds, its status and its bytes.
    pub fn get(&mut self, path: &str) -> Fallible<(f64, u16, usize)> {
        let started = Instant::now();
        let (status, body) = self.connection.send(&format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\naccept-encoding: gzip\r\n\r\n",
            self.address, self.connection.cookie
        ))?;
        Ok((started.elapsed().as_secs_f64() * 1e3, status, body.len()))
    }

    fn post(&mut self, path: &str, form: &str) -> Fallible<u16> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {1}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        Ok(self.connection.send(&head)?.0)
    }

    /// Memory of the server now, and at its highest, in bytes.
    pub fn memory(&self) -> Fallible<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let read = |key: &str| {
            status
                .lines()
                .find_map(|l| l.strip_prefix(key))
                .and_then(|v| v.trim().trim_end_matches(" kB").trim().parse::<u64>().ok())
                .unwrap_or_default()
                * 1024
        };
        Ok((read("VmRSS:"), read("VmHWM:")))
    }
}
