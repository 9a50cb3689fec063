//! A connector to a server, and a second client that looks past it.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tenure_connectors::scim::{Scim, Settings};
use tenure_connectors::{AccountDraft, AccountRef, EntitlementRef, Limits, Secret};
use tenure_test_support::ScimServer;
use tenure_test_support::scim_server::{Paging, TOKEN};

pub fn server() -> ScimServer {
    ScimServer::start(Paging::Index).unwrap_or_else(|error| panic!("{error}"))
}

pub fn server_with_cursors() -> ScimServer {
    ScimServer::start(Paging::Cursor).unwrap_or_else(|error| panic!("{error}"))
}

pub fn settings(url: &str, more: Value) -> Settings {
    let mut all = json!({ "base-url": url });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(all).expect("settings")
}

pub fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(10) }
}

pub fn connect(url: &str, more: Value) -> Scim {
    Scim::new(settings(url, more), Secret::new(TOKEN.into()), limits()).expect("a connector")
}

pub fn named(name: &str) -> AccountRef {
    AccountRef { key: String::new(), name: name.into() }
}

pub fn known(key: &str, name: &str) -> AccountRef {
    AccountRef { key: key.into(), name: name.into() }
}

pub fn group(key: &str) -> EntitlementRef {
    EntitlementRef { key: key.into() }
}

pub fn draft(name: &str, attributes: &[(&str, &[&str])]) -> AccountDraft {
    let attributes = attributes.iter().map(|(name, values)| ((*name).into(), values.iter().map(|value| (*value).into()).collect()));
    AccountDraft { account: named(name), attributes: attributes.collect::<BTreeMap<_, _>>() }
}

/// The second client.
pub struct Direct(pub String);

impl Direct {
    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = reqwest::Client::new().request(method, format!("{}{path}", self.0)).bearer_auth(TOKEN);
        if let Some(body) = body {
            request = request.header("content-type", "application/scim+json").body(body.to_string());
        }
        let text = request.send().await.expect("an answer").text().await.expect("a body");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn user(&self, name: &str) -> Value {
        let found = self.send("GET", &format!("/Users?filter=userName%20eq%20%22{name}%22"), None).await;
        found["Resources"][0].clone()
    }

    pub async fn add_user(&self, name: &str, more: Value) -> String {
        let mut user = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "active": true });
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.send("POST", "/Users", Some(user)).await;
        made["id"].as_str().unwrap_or_else(|| panic!("{made}")).into()
    }

    pub async fn add_group(&self, name: &str, members: Value) -> String {
        let group = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members });
        let made = self.send("POST", "/Groups", Some(group)).await;
        made["id"].as_str().unwrap_or_else(|| panic!("{made}")).into()
    }

    pub async fn members(&self, key: &str) -> Vec<String> {
        let group = self.send("GET", &format!("/Groups/{key}"), None).await;
        group["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str().map(Into::into)).collect()
    }
}

/// A peer that answers each request with the next of these, byte for byte, and remembers what it was asked.
pub struct Script {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    pub fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    request.extend_from_slice(&buffer[..read]);
                    if whole(&request) {
                        break;
                    }
                }
                seen.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse::<usize>()));
    body.len() >= length.and_then(Result::ok).unwrap_or(0)
}

/// An answer with a status, headers and a body, after which the connection ends.
pub fn answer(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len())
}

pub fn user_body(id: &str, name: &str, active: bool) -> String {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id, "userName": name, "active": active }).to_string()
}
