//! A small browser without a screen: cookies, forms, and every header in the test's hand.

use crate::Reply;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// One person's browser, or one program's.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    /// Cookies, by name.
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
}

/// One request.
#[derive(Debug, Clone, Default)]
pub struct Ask<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

impl Client {
    /// A browser with nothing in it.
    pub fn new(address: SocketAddr) -> Self {
        Client { address, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// A program with an API token.
    pub fn with_token(address: SocketAddr, token: &str) -> Self {
        let mut client = Client::new(address);
        let value = format!("Bearer {token}");
        client.headers.push(("authorization".to_owned(), value));
        client
    }

    /// A program with a new API token of whoever is signed in here; `access` is `read` or `write`.
    #[track_caller]
    pub fn program(&mut self, access: &str) -> Self {
        let fields = [("label", "program"), ("purpose", "a test"), ("access", access), ("days", "30")];
        let token = token_on(&self.send("/account/tokens/new", &fields).text(), "tnr_");
        Client::with_token(self.address, &token)
    }

    /// Sends JSON.
    #[track_caller]
    pub fn send_json(&mut self, method: &str, path: &str, body: &serde_json::Value) -> Reply {
        self.ask(method, path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// The origin of the portal's pages.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at a page.
    #[track_caller]
    pub fn get(&mut self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"")
    }

    /// Sends a form as a browser does: from a page of the portal.
    #[track_caller]
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let origin = self.origin();
        let browser = [("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        self.post_with(path, fields, &browser)
    }

    /// Sends a form with these headers and no others.
    #[track_caller]
    pub fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.ask("POST", path, &headers, form(fields).as_bytes())
    }

    /// Sends a form with the token of its session.
    #[track_caller]
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.form_token();
        let mut all = vec![("_token", token.as_str())];
        all.extend(fields);
        self.post(path, &all)
    }

    /// Sends a form with a file.
    #[track_caller]
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Reply {
        let token = self.form_token();
        let mut all = vec![("_token", token.as_str())];
        all.extend(fields);
        self.upload_with(path, &all, file)
    }

    /// Sends a form with a file, and no token but one of these fields.
    #[track_caller]
    pub fn upload_with(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--parts\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = "--parts\r\ncontent-disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\ncontent-type: text/csv\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--parts--\r\n");
        let origin = self.origin();
        let headers =
            [("origin", origin.as_str()), ("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=parts")];
        self.ask("POST", path, &headers, &body)
    }

    /// A token for the forms of this session; empty when nobody is signed in.
    #[track_caller]
    pub fn form_token(&mut self) -> String {
        self.get("/account").form_token().unwrap_or_default()
    }

    /// One request.
    #[track_caller]
    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let ask = Ask { method, path, headers, body };
        self.try_ask(&ask).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// One request, on a connection of its own. It may fail when the server is about to stop.
    pub fn try_ask(&mut self, ask: &Ask<'_>) -> io::Result<Reply> {
        let stream = self.connect()?;
        self.ask_on(stream, ask)
    }

    /// The head of an answer that goes on, as a stream of events does.
    #[track_caller]
    pub fn head_of(&mut self, path: &str) -> Reply {
        let ask = Ask { method: "GET", path, headers: &[], body: b"" };
        let read = |client: &Self| {
            let mut stream = client.connect()?;
            stream.write_all(&client.bytes(&ask))?;
            Reply::read(&mut BufReader::new(stream), true)
        };
        read(self).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// A connection, not used yet.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// One request, on an open connection.
    pub fn ask_on(&mut self, mut stream: TcpStream, ask: &Ask<'_>) -> io::Result<Reply> {
        stream.write_all(&self.bytes(ask))?;
        let reply = Reply::read(&mut BufReader::new(stream), ask.method == "HEAD")?;
        for cookie in reply.all("set-cookie") {
            self.keep(cookie);
        }
        Ok(reply)
    }

    /// A request as it goes over the wire.
    pub fn bytes(&self, ask: &Ask<'_>) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", ask.method, ask.path);
        let has = |name: &str| ask.headers.iter().any(|(key, _)| *key == name);
        if !has("host") {
            let _ = write!(head, "host: {}\r\n", self.address);
        }
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        for (name, value) in ask.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.cookies.is_empty() && !has("cookie") {
            let pairs: Vec<_> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let _ = write!(head, "cookie: {}\r\n", pairs.join("; "));
        }
        if !ask.body.is_empty() || ask.method == "POST" {
            let _ = write!(head, "content-length: {}\r\n", ask.body.len());
        }
        head.push_str("connection: close\r\n\r\n");
        [head.as_bytes(), ask.body].concat()
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        let over = cookie.to_ascii_lowercase().contains("max-age=0");
        if value.is_empty() || over {
            self.cookies.remove(name.trim());
        } else {
            self.cookies.insert(name.trim().to_owned(), value.to_owned());
        }
    }

    /// The session cookie's value.
    pub fn session(&self) -> Option<&str> {
        self.cookies.get("tenure").map(String::as_str)
    }

    /// Signs in. The answer is the server's, whatever it is.
    #[track_caller]
    pub fn sign_in(&mut self, user_name: &str, password: &str) -> Reply {
        self.get("/sign-in");
        let fields = [("user_name", user_name), ("password", password), ("next", "/")];
        self.post("/sign-in", &fields)
    }
}

/// The token that begins so on a page.
#[track_caller]
pub fn token_on(page: &str, begins: &str) -> String {
    let signs = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
    let found = page.split(begins).skip(1).map(signs).find(|signs| signs.len() == 49);
    format!("{begins}{}", found.unwrap_or_else(|| panic!("no token: {page}")))
}

/// Fields as a form sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Percent-encoding.
pub fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
