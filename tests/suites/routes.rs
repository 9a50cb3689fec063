//! Every route with every role: the list is the router's own, the expectation a reviewed file.

#[path = "routes/bodies.rs"]
mod bodies;
#[path = "routes/world.rs"]
mod world;

use bodies::{Body, body, rest_body, scim_body};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};
use tenure_server::{Guard, Passes, RouteInfo, route_list};
use tenure_tests::{Client, Reply};
use world::{ROLES, Running, World};

/// Changes that leave no audit event, each with its reason. This list only shrinks.
const WITHOUT_EVENT: [(&str, &str); 28] = [
    ("/account/draft/discard", "nothing of it was ever sent"),
    ("/account/factors/app", "shows a secret, which is kept with its first code"),
    ("/confirm/providers/{id}", "a sign-in begins: how it ends has one"),
    ("/settings/sign-in/policy/plan", "shows a plan"),
    ("/sign-in/second", "nobody has shown a first factor"),
    ("/sign-in/second/passkey", "nobody has shown a first factor"),
    ("/api/fn/{*name}", "shows what was found"),
    ("/set-up", "the second click on a link shows that it was used"),
    ("/sign-out", "nobody may be signed in"),
    ("/sign-in/providers/{id}", "a sign-in begins: how it ends has one"),
    ("/preferences", "colours and density stand in the browser's cookies alone"),
    ("/roles/draft", "shows the draft again"),
    ("/roles/plan", "shows a plan"),
    ("/rules/draft", "shows the draft again"),
    ("/rules/match", "shows whom a text matches"),
    ("/applications/{id}/mapping/try", "shows what a mapping makes of somebody"),
    ("/rules/plan", "shows a plan"),
    ("/audit/verify", "shows the verdict"),
    ("/api/v1/roles/plan", "shows a plan"),
    ("/api/v1/rules/plan", "shows a plan"),
    ("/api/v1/rules/match", "shows whom a text matches"),
    ("/api/v1/audit/verify", "shows the verdict"),
    ("/api/v1/applications/{id}/target/mapping/try", "shows what a mapping makes of somebody"),
    ("/api/v1/identities/{id}/portal-roles/{role}", "it may be as it is wanted already"),
    ("/account/sessions/end-others", "there may be no other"),
    ("/scim/v2/.search", "shows what was found"),
    ("/scim/v2/Users/.search", "shows what was found"),
    ("/scim/v2/Groups/.search", "shows what was found"),
];

/// What is looked at and leaves an event although it changes nothing else: taking data away, and asking for keys with
/// the token of no host.
const LOOKING_WITH_EVENT: [&str; 10] = [
    // Somebody else's mail.
    "/settings/mail/{id}",
    "/audit/export.jsonl",
    "/api/v1/audit/export",
    "/identities.csv",
    "/credentials.csv",
    "/roles.csv",
    "/api/ssh/v1/keys",
    "/api/v1/identities/export",
    "/api/v1/credentials/export",
    "/api/v1/roles/export",
];

/// What goes on until something ends it: only how it begins is looked at.
const GOING_ON: [&str; 1] = ["/offboarding/{id}/events"];

/// Forms that are shown again: to refuse one refuses no command.
const FORMS: [&str; 3] = ["/roles/draft", "/rules/draft", "/rules/match"];

/// What works only with a second factor, which nobody has here. The services' suites and the browser's hold them.
const WITH_A_FACTOR: [&str; 9] = [
    "/confirm/passkey",
    "/confirm/passkey/begin",
    "/account/factors/app/confirm",
    "/account/factors/codes",
    "/account/factors/passkey",
    "/account/factors/passkey/begin",
    "/identities/{id}/factors",
    "/identities/{id}/factors/confirm",
    "/identities/{id}/factors/withdraw",
];

/// What others than an administrator may send with success: all of it is their own.
const OWN: [&str; 34] = [
    "/account/factors/app",
    "/confirm",
    "/confirm/providers/{id}",
    // The palette finds what each may see.
    "/api/fn/{*name}",
    // The verdict on the log, for whom the log is to be seen.
    "/audit/verify",
    "/api/v1/audit/verify",
    // Whom a text matches, for whom access is to be seen.
    "/api/v1/rules/match",
    "/api/v1/me/tokens/{id} (own)",
    "/api/v1/credentials/{id}/revoke (own)",
    "/sign-in",
    "/sign-out",
    "/set-up",
    "/preferences",
    "/views",
    "/api/v1/views",
    "/api/v1/views/{id} (own)",
    "/views/{id}/delete (own)",
    "/account/password",
    "/account/draft/discard",
    "/account/sessions/end-others",
    "/account/sessions/{id}/end (own)",
    "/account/tokens/new",
    "/account/ssh-keys/new",
    "/identities/{id}/ssh-keys/new (own)",
    "/account/tokens/{id}/revoke (own)",
    "/credentials/{id}/revoke (own)",
    "/identities/{id}/tokens/new (own)",
    // What they are asked to decide; an auditor who is a person like any other, too.
    "/drift-reviews/{id}/accept (own)",
    "/drift-reviews/{id}/repair (own)",
    "/api/v1/drift-reviews/{id}/accept (own)",
    "/api/v1/drift-reviews/{id}/repair (own)",
    // Reads, for auditors too.
    "/scim/v2/.search",
    "/scim/v2/Users/.search",
    "/scim/v2/Groups/.search",
];

/// What a test asks: a route, of whose thing, by whom, and what came of it.
struct Case {
    method: &'static str,
    name: String,
    outcomes: Vec<String>,
}

#[test]
fn every_route_answers_every_role_as_was_reviewed() {
    let world = World::new();
    let routes = route_list();
    let distinct: BTreeSet<_> = routes.iter().map(|r| (r.method, r.path)).collect();
    assert_eq!(distinct.len(), routes.len(), "a route is there twice");
    let mut faults = Vec::new();
    let mut cases = Vec::new();
    for route in &routes {
        for whose in world.whose(route.path) {
            cases.push(ask(&world, route, whose, &mut faults));
        }
    }
    let requests = cases.len() * ROLES.len();
    println!("{} routes, {} cases, {requests} requests", routes.len(), cases.len());
    let text = table(&cases);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("suites/routes.snapshot.txt");
    if std::env::var_os("TENURE_BLESS").is_some() {
        fs::write(&file, &text).expect("the snapshot can be written");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let reviewed = fs::read_to_string(&file).unwrap_or_default();
    let changed: Vec<&str> = text.lines().filter(|line| !reviewed.lines().any(|l| l == *line)).collect();
    let gone: Vec<&str> = reviewed.lines().filter(|line| !text.lines().any(|l| l == *line)).collect();
    assert!(
        text == reviewed,
        "if the change is meant, run again with TENURE_BLESS=1 and have the difference reviewed\nnow:    {}\nbefore: {}",
        changed.join("\n        "),
        gone.join("\n        ")
    );
}

fn table(cases: &[Case]) -> String {
    let mut text =
        String::from("# What each route answers each role. `in` is the way to the sign-in page, `->` another page after a change.\n");
    let _ = writeln!(text, "{:<54} {}", "", ROLES.map(|role| format!("{role:<12}")).join("").trim_end());
    let mut lines: Vec<String> = cases
        .iter()
        .map(|case| {
            let outcomes: String = case.outcomes.iter().map(|o| format!("{o:<12}")).collect();
            format!("{:<54} {}", format!("{:<6} {}", case.method, case.name), outcomes.trim_end())
        })
        .collect();
    lines.sort_by_key(|line| line[7..].to_owned());
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn ask(world: &World, route: &RouteInfo, whose: &'static str, faults: &mut Vec<String>) -> Case {
    let name = if whose.is_empty() { route.path.to_owned() } else { format!("{} ({whose})", route.path) };
    // Each case has a copy of the world of its own: whatever it does is nobody else's concern.
    let running = world.start();
    let mut outcomes = Vec::new();
    for role in ROLES {
        let mut fault = |what: String| faults.push(format!("{} {name} as {role}: {what}", route.method));
        let path = address(world, route, whose, role);
        let mut client = world.client(&running, role, route.path);
        let before = running.picture();
        let reply = send(world, &running, route, &path, role, &mut client);
        let after = running.picture();
        let outcome = outcome(&reply);
        let succeeded = matches!(reply.status, 200..=299) || outcome == "->";
        if reply.status >= 500 {
            fault(format!("{}: {}", reply.status, reply.text()));
        }
        // A file has headers of its own: see `assets/serve.rs`.
        let missing = if route.passes == Passes::Nothing { Vec::new() } else { missing_headers(&reply) };
        for missing in missing {
            fault(format!("header {missing}"));
        }
        if role == "anonymous" && succeeded && route.guard != Guard::Public {
            fault("nobody is signed in, and it succeeded".to_owned());
        }
        if route.method == "GET" {
            // A look that is refused leaves a trace as well.
            let event_allowed = LOOKING_WITH_EVENT.contains(&route.path) || matches!(reply.status, 403 | 404);
            if after.state != before.state || (after.events != before.events && !event_allowed) {
                fault(format!("looking changed something: {}", before.difference(&after)));
            }
            let head = client.ask("HEAD", &path, &[], b"");
            if head.status != reply.status || !head.body.is_empty() {
                fault(format!("HEAD is {}, GET {}", head.status, reply.status));
            }
            if running.picture().state != before.state {
                fault("HEAD changed something".to_owned());
            }
        } else if succeeded {
            let provisions = role == "provisioner" && route.path.starts_with("/scim/");
            if role != "admin" && !provisions && route.guard != Guard::Public && !OWN.contains(&name.as_str()) {
                fault("it succeeded, and is not their own".to_owned());
            }
            let excused = WITHOUT_EVENT.iter().any(|(path, _)| *path == route.path);
            if after.events == before.events && (!excused || after.state != before.state) {
                fault(format!("it succeeded without an audit event: {}", before.difference(&after)));
            }
        } else if after.state != before.state {
            fault(format!("it was refused with {}, and changed something: {}", reply.status, before.difference(&after)));
        } else if reply.status == 403 && after.events == before.events && !FORMS.contains(&route.path) {
            fault("it was refused without an audit event".to_owned());
        } else if WITH_A_FACTOR.contains(&route.path) {
            // It was looked at above that nothing has changed.
        } else if role == "admin" && whose != "own" && route.guard != Guard::Public && !route.path.contains("/views/") {
            fault(format!("its form is not known here, or does not work: {} {}", reply.status, main(&reply)));
        }
        outcomes.push(outcome);
    }
    Case { method: route.method, name, outcomes }
}

fn address(world: &World, route: &RouteInfo, whose: &str, role: &str) -> String {
    match (route.method, route.path) {
        // Of whom no source tells.
        ("PATCH", "/api/v1/identities/{id}") => {
            let page = world.path("/identities/{id}/edit", whose, role);
            format!("/api/v1{}", page.trim_end_matches("/edit"))
        }
        (_, "/api/v1/imports/people") => "/api/v1/imports/people?source=HR&as_of=2024-03-01".to_owned(),
        (_, "/api/v1/imports/memberships") => "/api/v1/imports/memberships?source=HR&application=Teams&as_of=2024-03-01".to_owned(),
        _ => world.path(route.path, whose, role),
    }
}

fn send(world: &World, running: &Running, route: &RouteInfo, path: &str, role: &str, client: &mut Client) -> Reply {
    if GOING_ON.contains(&route.path) {
        return client.head_of(path);
    }
    if route.method == "GET" {
        return client.get(path);
    }
    if let Some(body) = scim_body(route.method, route.path, role) {
        return client.ask(route.method, path, &[("content-type", "application/scim+json")], body.as_bytes());
    }
    if let Some((kind, body)) = rest_body(world, route.method, route.path) {
        let mut headers = vec![("if-match", "*")];
        headers.extend((!kind.is_empty()).then_some(("content-type", kind)));
        return client.ask(route.method, path, &headers, body.as_bytes());
    }
    let token = world.form_token(role);
    let own = |fields: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        let mut all = vec![("_token", token.clone())];
        all.extend(fields.iter().cloned());
        all
    };
    match body(world, running, route.path, path, role) {
        Body::Fields(fields) => {
            let fields = own(&fields);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
            client.post(path, &fields)
        }
        Body::Upload(fields, file) => {
            let fields = own(&fields);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
            client.upload_with(path, &fields, &file)
        }
    }
}

fn outcome(reply: &Reply) -> String {
    match reply.status {
        303 if reply.location().starts_with("/sign-in?next=") => "in".to_owned(),
        303 => "->".to_owned(),
        status => status.to_string(),
    }
}

/// The words of a page, without its frame.
fn main(reply: &Reply) -> String {
    let text = reply.text();
    let start = text.find("<main").unwrap_or_default();
    text[start..].chars().take(600).collect()
}

fn missing_headers(reply: &Reply) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        if reply.header(name) != Some(value) {
            missing.push(format!("{name}: {:?}", reply.header(name)));
        }
    }
    let policy = reply.header("content-security-policy").unwrap_or_default();
    for part in [
        "default-src 'self'",
        "'strict-dynamic' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        if !policy.contains(part) {
            missing.push(format!("{part} in {policy:?}"));
        }
    }
    for part in ["unsafe-inline", "unsafe-eval' ", "http:", "*"] {
        if policy.replace("'wasm-unsafe-eval'", "").contains(part) {
            missing.push(format!("no {part} in {policy:?}"));
        }
    }
    if reply.header("x-request-id").is_none() {
        missing.push("x-request-id".to_owned());
    }
    if reply.header("server").is_some() {
        missing.push("no server".to_owned());
    }
    let nonces: BTreeSet<String> = reply.attributes("nonce").into_iter().collect();
    if nonces.iter().any(|nonce| !policy.contains(&format!("'nonce-{nonce}'"))) {
        missing.push(format!("the nonce of the page in {policy:?}"));
    }
    missing
}

#[test]
fn a_nonce_is_used_once_and_a_foreign_address_has_the_headers_too() {
    let world = World::new();
    let running = world.start();
    let mut admin = world.client(&running, "admin", "/");
    let mut policies = BTreeSet::new();
    for path in ["/identities", "/identities", "/sign-in?x", "/nowhere", "/identities/x", "/api/v1/me", "/style"] {
        let reply = admin.get(path);
        assert_eq!(missing_headers(&reply), Vec::<String>::new(), "{path}");
        policies.insert(reply.header("content-security-policy").expect("a policy").to_owned());
    }
    assert_eq!(policies.len(), 7, "each answer has a nonce of its own");
}
