//! Requests that mean one thing to whoever checks them, and another to whoever answers: paths, headers and signs.

use std::io::{BufReader, Write as _};

use tenure_tests::client::{Ask, encode};
use tenure_tests::{Client, Database, Reply, Server, server::PASSWORD};

/// A page that administrators alone see, and words that stand on it.
const CLOSED: (&str, &str) = ("/settings/mail", "Send me a test");

fn employee(database: &Database, server: &Server) -> Client {
    server.person(database, "nadia.varga")
}

#[track_caller]
fn is_closed(reply: &Reply, what: &str) {
    assert!(reply.status < 500, "{what}: {}", reply.status);
    assert!(!reply.text().contains(CLOSED.1), "{what} shows it");
}

fn says(reply: &Reply, words: &str) -> bool {
    reply.text().contains(words) || reply.headers.iter().any(|(_, value)| value.contains(words))
}

/// Sent byte by byte as it stands.
fn raw(client: &Client, request: &str) -> Reply {
    let mut stream = client.connect().expect("it is there");
    stream.write_all(request.as_bytes()).expect("it takes it");
    // What is not HTTP may be answered by the end of the connection alone.
    let ended = Reply { status: 400, headers: Vec::new(), body: Vec::new() };
    Reply::read(&mut BufReader::new(stream), false).unwrap_or(ended)
}

pub fn a_path_that_is_written_otherwise_opens_nothing(database: Database) {
    let server = super::served(&database);
    let mut admin = server.administrator();
    assert!(admin.get(CLOSED.0).text().contains(CLOSED.1), "the test knows the page");
    let mut nadia = employee(&database, &server);
    for path in [
        "/settings/mail",
        "/settings/mail/",
        "//settings/mail",
        "/./settings/mail",
        "/account/../settings/mail",
        "/account/..%2fsettings/mail",
        "/%2e%2e/settings/mail",
        "/account/%2e%2e/settings/mail",
        "/account/..;/settings/mail",
        "/settings;x=y/mail",
        "/settings%2fmail",
        "/settings%2Fmail",
        "/settings%5cmail",
        "/settings\\mail",
        "/SETTINGS/MAIL",
        "/settings/mail%00",
        "/settings/mail%00.css",
        "/settings/mail.json",
        "/settings/mail%20",
        "/settings/%6dail",
        "/settings/mail#/account",
        "/%73ettings/mail",
        "/settings/\u{ff4d}ail",
        "/assets/../settings/mail",
        "/assets/%2e%2e/settings/mail",
        "/assets/..%5c..%5cCargo.toml",
        "/assets/../../../../etc/passwd",
        "http://127.0.0.1/settings/mail",
    ] {
        for client in [&mut nadia, &mut server.client()] {
            let encoded: String = path.chars().map(|c| if c.is_ascii() { c.to_string() } else { encode(&c.to_string()) }).collect();
            let reply = client.ask("GET", &encoded, &[], b"");
            is_closed(&reply, path);
            assert!(!reply.text().contains("root:x:"), "{path}");
        }
    }
}

pub fn a_header_that_names_another_path_method_person_or_host_is_not_believed(database: Database) {
    let server = super::served(&database);
    let mut admin = server.administrator();
    let mut nadia = employee(&database, &server);
    for (name, value) in [
        ("x-original-url", CLOSED.0),
        ("x-rewrite-url", CLOSED.0),
        ("x-forwarded-prefix", "/settings"),
        ("x-forwarded-user", "admin"),
        ("x-remote-user", "admin"),
        ("remote-user", "admin"),
        ("x-user", "admin"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("authorization", "Basic YWRtaW46"),
        ("authorization", "Bearer admin"),
        ("referer", "https://evil.example/"),
    ] {
        for path in ["/account", CLOSED.0] {
            is_closed(&nadia.ask("GET", path, &[(name, value)], b""), name);
            is_closed(&server.client().ask("GET", path, &[(name, value)], b""), name);
        }
    }
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let reply = admin.ask("GET", "/sign-out", &[(name, "POST")], b"");
        assert!(matches!(reply.status, 200 | 303 | 404 | 405), "{name}: {}", reply.status);
        assert_eq!(admin.get("/account").status, 200, "{name} signed nobody out");
    }
    // Links and the way back are made of what is configured, not of what a request says.
    for (name, value) in
        [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https"), ("forwarded", "host=evil.example")]
    {
        for path in ["/", "/sign-in", "/identities", "/api/openapi.json", "/nowhere"] {
            let reply = server.client().ask("GET", path, &[(name, value)], b"");
            assert!(reply.status < 500 && !says(&reply, "evil.example"), "{name} at {path}: {:?} {}", reply.headers, reply.text());
        }
    }
}

pub fn two_cookies_two_lengths_and_two_hosts_are_not_mixed_up(database: Database) {
    let server = super::served(&database);
    let admin = server.administrator();
    let nadia = employee(&database, &server);
    let (hers, his) = (nadia.session().expect("a session").to_owned(), admin.session().expect("a session").to_owned());
    let host = format!("host: {}\r\nconnection: close\r\n", server.address);
    // Whichever counts, it is one of them, and never a mixture: an answer to one of the two is what it is.
    for cookies in [
        format!("cookie: tenure={hers}; tenure=x\r\n"),
        format!("cookie: tenure={hers}\r\ncookie: tenure=x\r\n"),
        format!("cookie: tenure=\"{hers}\r\n"),
        format!("cookie: $Version=1; tenure={hers}; $Path=/\r\n"),
        format!("cookie: Tenure={his}\r\n"),
        format!("cookie: tenure%00={his}\r\n"),
        format!("cookie: x=\"; tenure={hers}; y=\"\r\n"),
    ] {
        let reply = raw(&nadia, &format!("GET {} HTTP/1.1\r\n{host}{cookies}\r\n", CLOSED.0));
        is_closed(&reply, &cookies);
    }
    let smuggled = format!("GET {} HTTP/1.1\r\nhost: {}\r\ncookie: tenure={his}\r\n\r\n", CLOSED.0, server.address);
    for (what, head) in [
        ("a length and chunks", format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", 5 + smuggled.len())),
        ("two lengths", format!("content-length: 0\r\ncontent-length: {}\r\n", smuggled.len())),
        ("a length that is none", "content-length: +5\r\n".to_owned()),
        ("chunks in disguise", "transfer-encoding: xchunked\r\n".to_owned()),
        ("chunks after a blank", "transfer-encoding : chunked\r\n".to_owned()),
        ("a folded header", "x-a: b\r\n transfer-encoding: chunked\r\n".to_owned()),
    ] {
        let reply = raw(&nadia, &format!("POST /sign-in HTTP/1.1\r\n{host}{head}\r\n0\r\n\r\n{smuggled}"));
        is_closed(&reply, what);
    }
    for bad in ["host: evil.example\r\n", ""] {
        let twice = format!("GET /account HTTP/1.1\r\nhost: {}\r\n{bad}connection: close\r\n\r\n", server.address);
        let reply = raw(&nadia, &twice);
        assert!(reply.status < 500 && !says(&reply, "evil.example"), "{bad:?}: {:?} {}", reply.headers, reply.text());
    }
}

pub fn a_name_that_only_looks_like_somebodys_is_nobodys(database: Database) {
    let server = super::served(&database);
    let _ = server.administrator();
    let before = database.events();
    for name in [
        "admin\u{200b}",
        "\u{feff}admin",
        "ad\u{ad}min",
        "\u{ff41}dmin",
        "\u{430}dmin",
        "admin\u{0}x",
        "\u{202e}nimda",
        "admin\r\nset-cookie: a=b",
        "admin' OR '1'='1",
        "admin\"--",
        "a%64min",
        "adm\u{131}n",
    ] {
        let mut client = server.client();
        let reply = client.sign_in(name, PASSWORD);
        assert!(matches!(reply.status, 400 | 422), "{name:?}: {}", reply.status);
        assert_eq!(client.get("/account").status, 303, "{name:?} is signed in");
        assert!(!reply.all("set-cookie").any(|cookie| cookie.starts_with("a=")), "{name:?}");
    }
    assert!(database.events() >= before);
    let mut client = server.client();
    let ask = Ask { method: "GET", path: "/identities?q=%F0%9F%92%A9%00%E2%80%AE&state=%ff&after=%00", headers: &[], body: b"" };
    assert!(client.try_ask(&ask).expect("an answer").status < 500);
}
