//! What an identity provider asks for over SCIM, by many clients at once.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Instant;

use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::identity::IdentityKind;
use tenure_services::Ctx;
use tenure_services::accounts::set_portal_role;
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::{NewIdentity, create_identity};

use crate::http::{Connection, Server};
use crate::report::Report;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const CLIENTS: usize = 16;

/// Creates, reads, finds and changes users.
pub async fn scim(ctx: &Ctx, engine: &str, requests: usize, server: &Server, report: &mut Report) -> Fallible<()> {
    let token = token(ctx).await?;
    let base = format!("authorization: Bearer {token}\r\nhost: {}\r\n", server.address());
    let ask = |verb: &str, path: &str, body: &str| {
        format!(
            "{verb} /scim/v2{path} HTTP/1.1\r\n{base}content-type: application/scim+json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let post = |n: usize| {
        let schemas = r#"["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]"#;
        let enterprise = format!(r#"{{"department":"Department {:03}","employeeNumber":"S{n}"}}"#, n % 200);
        ask(
            "POST",
            "/Users",
            &format!(
                r#"{{"schemas":{schemas},"userName":"scim{n}@example.com","externalId":"x{n}","active":true,"displayName":"Scim {n}","name":{{"givenName":"Scim","familyName":"Number {n}"}},"emails":[{{"value":"scim{n}@example.com","type":"work","primary":true}}],"title":"Title","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{enterprise}}}"#
            ),
        )
    };
    let made = run(server, report, (engine, "SCIM create", "≥ 1,000/s on SQLite", 201), (0..requests).map(post).collect())?;
    let ids: Vec<String> =
        made.iter().filter_map(|body| serde_json::from_slice::<serde_json::Value>(body).ok()?["id"].as_str().map(str::to_owned)).collect();
    let get = ids.iter().map(|id| ask("GET", &format!("/Users/{id}"), "")).collect();
    run(server, report, (engine, "SCIM get", "", 200), get)?;
    let filter = (0..requests).map(|n| ask("GET", &format!("/Users?filter=userName%20eq%20%22user{}%22", (n * 97) % 1000), "")).collect();
    run(server, report, (engine, "SCIM filter by userName", "", 200), filter)?;
    let patch = |operation: &'static str| {
        let body = format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#);
        ids.iter().map(|id| ask("PATCH", &format!("/Users/{id}"), &body)).collect()
    };
    let title = r#"{"op":"replace","path":"title","value":"Other title"}"#;
    run(server, report, (engine, "SCIM PATCH of a title", "≥ 1,000/s on SQLite", 200), patch(title))?;
    let department =
        r#"{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Department 042"}"#;
    run(server, report, (engine, "SCIM PATCH of a department: movers", "≥ 1,000/s on SQLite", 200), patch(department))?;
    Ok(())
}

/// The token of a service that may provision.
async fn token(ctx: &Ctx) -> Fallible<String> {
    let owner_id = Some(create_identity(ctx, &NewIdentity::person("scim.owner", "Owner")).await?);
    let purpose = "Tells who is there".to_owned();
    let robot = NewIdentity { kind: IdentityKind::Service, owner_id, purpose: purpose.clone(), ..NewIdentity::person("idp", "Provider") };
    let identity_id = create_identity(ctx, &robot).await?;
    set_portal_role(ctx, identity_id, PortalRole::Provisioner, true).await?;
    let new = NewToken {
        identity_id,
        label: "bench".to_owned(),
        purpose,
        days: 30,
        scopes: TokenScopes::all(),
        networks: Default::default(),
        once: None,
    };
    Ok(issue_token(ctx, &new).await?.token.expose().to_owned())
}

/// Sends requests by so many clients at once; yields the answers.
fn run(server: &Server, report: &mut Report, what: (&str, &str, &str, u16), requests: Vec<String>) -> Fallible<Vec<Vec<u8>>> {
    let (engine, what, goal, expected) = what;
    let count = requests.len();
    let waiting = Mutex::new(VecDeque::from(requests));
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.pop_front());
    let started = Instant::now();
    let clients = std::thread::scope(|scope| {
        let client = || -> Result<Vec<(f64, Vec<u8>)>, String> {
            let mut connection = Connection::open(server.address()).map_err(|e| e.to_string())?;
            let mut answers = Vec::new();
            while let Some(request) = next() {
                let started = Instant::now();
                let (status, body) = connection.send(&request).map_err(|e| e.to_string())?;
                if status != expected {
                    return Err(format!("{what}: {status}: {}", String::from_utf8_lossy(&body)));
                }
                answers.push((started.elapsed().as_secs_f64() * 1e3, body));
            }
            Ok(answers)
        };
        let threads: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a client failed".to_owned()))).collect::<Vec<_>>()
    });
    let seconds = started.elapsed().as_secs_f64();
    let answers: Vec<(f64, Vec<u8>)> = clients.into_iter().collect::<Result<Vec<_>, String>>()?.into_iter().flatten().collect();
    report.rate(engine, what, count, seconds, goal);
    report.times(engine, &format!("{what}, {CLIENTS} clients"), answers.iter().map(|(ms, _)| *ms).collect(), "p99 ≤ 20 ms");
    Ok(answers.into_iter().map(|(_, body)| body).collect())
}
