//! Hosts ask who may sign in, and a key dies at the next login. That a real sshd understands the answer is for
//! `tests/suites/ssh.rs` to say.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;
use tenure_domain::access::{PortalRole, Principal, PrincipalKind, TokenScopes};
use tenure_domain::credential::CredentialState;
use tenure_domain::id::{ApplicationId, CredentialId, EntitlementId, IdentityId};
use tenure_domain::identity::Transition;
use tenure_domain::operation::OperationKind::{CreateAccount, DisableAccount, RevokeCredential};
use tenure_domain::operation::OperationState::Verified;
use tenure_domain::target::{OnEnd, TargetKind};
use tenure_services::access::{assign_role, unassign_role};
use tenure_services::credentials::{change_owner, revoke_credential};
use tenure_services::identities::{change_lifecycle, end_identity};
use tenure_services::records::{record_of, show_record};
use tenure_services::ssh::{
    HostAnswer, IssuedHost, NewHost, NewKey, add_host, keys_for_host, list_hosts, register_key, revoke_host, rotate_host, tell_asked,
};
use tenure_services::targets::{TargetDraft, configure_target, reconcile_target, set_mapping};
use tenure_services::{App, Ctx, ServiceError, testing};

use super::support::*;
use super::targets::{noon, operations, work};

const NOW: TimeDelta = TimeDelta::zero();

/// Ed25519 keys, of no use to anybody.
const KEYS: [&str; 3] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB ann@laptop",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC ann@phone",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD",
];

/// A target of hosts with one of them, and a role that lets sign in there.
struct Hosts {
    target: ApplicationId,
    shell: EntitlementId,
    role: tenure_domain::id::RoleId,
    host: IssuedHost,
}

fn draft(settings: serde_json::Value) -> TargetDraft {
    TargetDraft {
        version: 0,
        kind: TargetKind::Ssh,
        settings,
        secret: None,
        on_end: OnEnd::Disable,
        at_once: 4,
        per_minute: 600,
        timeout_seconds: 10,
        reading: tenure_domain::target::ReadingPlan::default(),
    }
}

fn new_host(name: &str) -> NewHost {
    NewHost { name: name.to_owned(), days: 90, once: None }
}

async fn hosts(ctx: &Ctx, name: &str) -> Hosts {
    let target = application(ctx, name).await;
    configure_target(ctx, target, &draft(json!({ "allow": ["pty"], "from": ["10.0.0.0/8"] }))).await.unwrap();
    set_mapping(ctx, target, 1, Some(&json!({ "name": "user_name" }))).await.unwrap();
    let shell = entitlement(ctx, target, "shell").await;
    let role = put_role(ctx, &role_draft(&format!("Role of {name}"), &[shell])).await;
    Hosts { target, shell, role, host: add_host(ctx, target, &new_host("build-01")).await.unwrap() }
}

async fn ask(app: &Arc<App>, token: &str, login: &str) -> HostAnswer {
    keys_for_host(app, token, login, "192.0.2.7", noon()).await.unwrap()
}

/// How many keys a login name has on the host.
async fn lines(app: &Arc<App>, hosts: &Hosts, login: &str) -> usize {
    match ask(app, hosts.host.token.expose(), login).await {
        HostAnswer::Keys(text) => text.lines().count(),
        other => panic!("{other:?}"),
    }
}

fn key_of(identity_id: IdentityId, n: usize) -> NewKey {
    NewKey { identity_id, label: if n == 2 { "third".to_owned() } else { String::new() }, text: KEYS[n].to_owned(), days: 180 }
}

async fn register(app: &Arc<App>, who: IdentityId, n: usize) -> Result<CredentialId, ServiceError> {
    register_key(&signed_in(app, who, &[PortalRole::Employee]), &key_of(who, n)).await
}

/// Ann, with an account on the hosts and so many keys.
async fn ann_signs_in(app: &Arc<App>, hosts: &Hosts, keys: usize) -> (IdentityId, Vec<CredentialId>) {
    let ctx = admin(app);
    let ann = person(&ctx, "ann").await;
    assign_role(&ctx, ann, hosts.role, "for a test", None).await.unwrap();
    let mut all = Vec::new();
    for n in 0..keys {
        all.push(register(app, ann, n).await.unwrap());
    }
    let done = work(app, hosts.target, NOW).await;
    assert!(!done.is_empty() && done.iter().all(|state| *state == Verified), "{done:?}: {:?}", operations(app, "ann").await);
    (ann, all)
}

async fn credential_state(app: &App, id: CredentialId) -> CredentialState {
    app.store.read().await.unwrap().credential(id).await.unwrap().unwrap().credential.state
}

#[tokio::test]
async fn a_host_is_given_the_keys_of_who_may_sign_in_and_the_same_nothing_of_all_others() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        let (ann, _) = ann_signs_in(&app, &hosts, 2).await;
        assert!(operations(&app, "ann").await.contains(&(CreateAccount, Verified)));
        let HostAnswer::Keys(text) = ask(&app, hosts.host.token.expose(), "ann").await else { panic!("keys") };
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("restrict,pty,from=\"10.0.0.0/8\",expiry-time=\"20240828120000Z\" ssh-ed25519 AAAA"), "{first}");
        assert!(first.ends_with(" ann@laptop"), "{first}");

        // One without an account, with another's name, without a key, and names that are none.
        person(&ctx, "bob").await;
        register(&app, identity(&app, "bob").await.id, 2).await.unwrap();
        for login in ["bob", "nobody", "ANN", "ann ", "", "-oProxyCommand=x", "ann\n", "' OR 1=1", &"x".repeat(10_000)] {
            assert_eq!(ask(&app, hosts.host.token.expose(), login).await, HostAnswer::Keys(String::new()), "{login:?}");
        }
        let other = self::hosts(&ctx, "Other hosts").await;
        assert_eq!(lines(&app, &other, "ann").await, 0, "she has no account there, whatever her keys");
        let _ = ann;
    })
    .await;
}

#[tokio::test]
async fn a_key_is_given_no_more_after_its_revocation_and_that_is_read_back() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        let (ann, keys) = ann_signs_in(&app, &hosts, 2).await;
        let herself = signed_in(&app, ann, &[PortalRole::Employee]);
        assert_eq!(revoke_credential(&herself, keys[0], "lost the laptop").await.unwrap(), CredentialState::Revoking);
        let HostAnswer::Keys(text) = ask(&app, hosts.host.token.expose(), "ann").await else { panic!("keys") };
        assert!(text.lines().count() == 1 && text.ends_with(" ann@phone\n"), "at once: {text}");
        assert_eq!(work(&app, hosts.target, NOW).await, [Verified]);
        assert_eq!(credential_state(&app, keys[0]).await, CredentialState::Revoked);
        let said: Vec<String> = events(&app, "operation.verified").await.into_iter().map(|e| e.body).collect();
        assert!(said.iter().any(|body| body.contains("is not among them")), "{said:?}");

        let again = register(&app, ann, 0).await.unwrap_err();
        assert!(again.to_string().contains("does not come back"), "{again}");
        let refused = change_owner(&ctx, keys[1], None, person(&ctx, "bob").await).await.unwrap_err();
        assert!(matches!(refused, ServiceError::Refused(_)), "a key stays whose it is");
    })
    .await;
}

#[tokio::test]
async fn a_key_of_whom_no_host_knows_is_dead_at_once() {
    on_each(async |app| {
        let ann = person(&admin(&app), "ann").await;
        let keys = [register(&app, ann, 0).await.unwrap(), register(&app, ann, 1).await.unwrap()];
        assert_eq!(revoke_credential(&admin(&app), keys[0], "lost").await.unwrap(), CredentialState::Revoked);
        end_identity(&admin(&app), ann, "left").await.unwrap();
        assert_eq!(credential_state(&app, keys[1]).await, CredentialState::Revoked);
        let record = show_record(&admin(&app), record_of(&admin(&app), ann).await.unwrap().unwrap()).await.unwrap();
        assert!(record.tally.is_complete());
        let items = &record.file.record.items;
        let phone = items.iter().find(|item| item.subject.contains("ann@phone")).unwrap();
        assert!(phone.evidence.as_deref().unwrap().contains("no host"), "{phone:?}");
    })
    .await;
}

#[tokio::test]
async fn who_ends_signs_in_no_more_and_the_record_says_how_that_is_known() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        let second = self::hosts(&ctx, "Other hosts").await;
        let (ann, keys) = ann_signs_in(&app, &hosts, 1).await;
        assign_role(&ctx, ann, second.role, "for a test", None).await.unwrap();
        work(&app, second.target, NOW).await;
        assert_eq!((lines(&app, &hosts, "ann").await, lines(&app, &second, "ann").await), (1, 1));

        end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!((lines(&app, &hosts, "ann").await, lines(&app, &second, "ann").await), (0, 0), "before any worker looked");
        let id = record_of(&ctx, ann).await.unwrap().unwrap();
        assert!(!show_record(&ctx, id).await.unwrap().tally.is_complete(), "owed until it is read back");
        assert_eq!(credential_state(&app, keys[0]).await, CredentialState::Revoking);
        for target in [hosts.target, second.target] {
            let done = work(&app, target, NOW).await;
            assert!(!done.is_empty() && done.iter().all(|state| *state == Verified), "{done:?}");
        }
        assert_eq!(credential_state(&app, keys[0]).await, CredentialState::Revoked);
        let owed = operations(&app, "ann").await;
        assert_eq!(owed.iter().filter(|o| **o == (RevokeCredential, Verified)).count(), 2, "read back on each target: {owed:?}");
        let record = show_record(&ctx.at(noon() + TimeDelta::minutes(1)), id).await.unwrap();
        assert!(record.tally.is_complete());
        let said: Vec<String> = record.file.record.events.iter().filter_map(|e| e.evidence.clone()).collect();
        assert!(said.iter().any(|s| s.contains("gives no key for ann")), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn who_is_suspended_or_holds_nothing_there_is_not_let_in_until_that_changes() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        let (ann, _) = ann_signs_in(&app, &hosts, 1).await;
        change_lifecycle(&ctx, ann, Transition::Suspend, "lost a laptop").await.unwrap();
        assert_eq!(lines(&app, &hosts, "ann").await, 0);
        assert!(work(&app, hosts.target, NOW).await.iter().all(|state| *state == Verified));
        assert!(operations(&app, "ann").await.contains(&(DisableAccount, Verified)));
        change_lifecycle(&ctx, ann, Transition::Resume, "found it").await.unwrap();
        assert_eq!(lines(&app, &hosts, "ann").await, 1);
        assert!(work(&app, hosts.target, NOW).await.iter().all(|state| *state == Verified));

        let assignment = tenure_services::identities::show_identity(&ctx, ann).await.unwrap().assignments[0].id;
        unassign_role(&ctx, ann, assignment, "not needed").await.unwrap();
        assert_eq!(lines(&app, &hosts, "ann").await, 0, "she holds nothing there any more");
        assert_eq!(work(&app, hosts.target, NOW).await, [Verified]);
        let _ = hosts.shell;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_ran_out_is_not_given() {
    on_each(async |app| {
        let hosts = hosts(&admin(&app), "Build hosts").await;
        let (ann, _) = ann_signs_in(&app, &hosts, 1).await;
        let short = NewKey { days: 1, ..key_of(ann, 1) };
        register_key(&signed_in(&app, ann, &[PortalRole::Employee]), &short).await.unwrap();
        for (later, expected) in [(TimeDelta::zero(), 2), (TimeDelta::days(1), 1)] {
            let answer = keys_for_host(&app, hosts.host.token.expose(), "ann", "", noon() + later).await.unwrap();
            let HostAnswer::Keys(text) = answer else { panic!("keys") };
            assert_eq!(text.lines().count(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn the_token_of_a_host_is_for_its_target_alone_and_can_be_replaced_and_revoked() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        ann_signs_in(&app, &hosts, 1).await;
        let old = hosts.host.token.expose();
        let renewed = rotate_host(&ctx, hosts.target, hosts.host.id).await.unwrap();
        for token in [old, renewed.token.expose()] {
            assert!(matches!(ask(&app, token, "ann").await, HostAnswer::Keys(text) if !text.is_empty()), "both work for a day");
        }
        let again = rotate_host(&ctx, hosts.target, hosts.host.id).await;
        assert!(matches!(again, Err(ServiceError::Refused(_))), "a second click makes no token that ends with the first");
        let next_day = noon() + TimeDelta::hours(24);
        let late = async |token: &str| keys_for_host(&app, token, "ann", "", next_day).await.unwrap();
        assert_eq!(late(old).await, HostAnswer::Unknown);
        assert!(matches!(late(renewed.token.expose()).await, HostAnswer::Keys(_)));
        revoke_host(&ctx, hosts.target, renewed.id).await.unwrap();
        assert_eq!(ask(&app, renewed.token.expose(), "ann").await, HostAnswer::Unknown, "at once");
        assert!(matches!(revoke_host(&ctx, hosts.target, renewed.id).await, Err(ServiceError::Refused(_))));
        assert!(matches!(rotate_host(&ctx, hosts.target, renewed.id).await, Err(ServiceError::Refused(_))));
        let other = application(&ctx, "Another").await;
        assert!(matches!(rotate_host(&ctx, other, hosts.host.id).await, Err(ServiceError::NotFound(_))), "of another target");

        // It is nobody's sign-in.
        let api = tenure_services::accounts::authenticate_token(&app, old, noon()).await.unwrap();
        assert_eq!(api, None);
        let shown = format!("{:?}", list_hosts(&ctx, hosts.target).await.unwrap());
        assert!(!shown.contains(old), "what is kept is a hash");
        for event in events(&app, "ssh-host").await {
            assert!(!event.body.contains(old));
        }
    })
    .await;
}

#[tokio::test]
async fn who_asks_with_no_hosts_token_is_told_nothing_and_the_log_is_told_within_limits() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        ann_signs_in(&app, &hosts, 1).await;
        let mut wrong = hosts.host.token.expose().to_owned();
        wrong.replace_range(10..11, if wrong.as_bytes()[10] == b'x' { "y" } else { "x" });
        let stranger = tenure_vault::HostToken::generate().unwrap();
        for token in ["", "x", &wrong, stranger.expose()] {
            assert_eq!(ask(&app, token, "ann").await, HostAnswer::Unknown, "{token}");
        }
        for _ in 0..50 {
            ask(&app, stranger.expose(), "ann").await;
        }
        assert_eq!(events(&app, "ssh-keys.refused").await.len(), 10, "one by one");
        tell_asked(&testing::worker_ctx(&app)).await.unwrap();
        let told = events(&app, "ssh-keys.refused").await;
        assert!(told.len() == 11 && told[0].body.contains("\"times\":44"), "and the others by their number: {}", told[0].body);
    })
    .await;
}

#[tokio::test]
async fn what_hosts_asked_is_told_by_host_and_key_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hosts = hosts(&ctx, "Build hosts").await;
        let (_, keys) = ann_signs_in(&app, &hosts, 1).await;
        for login in ["ann", "ann", "ann", "nobody"] {
            ask(&app, hosts.host.token.expose(), login).await;
        }
        let worker = testing::worker_ctx(&app);
        assert_eq!(tell_asked(&worker).await.unwrap(), 1);
        assert_eq!(tell_asked(&worker).await.unwrap(), 0);
        let told = events(&app, "ssh-keys.asked").await;
        let [event] = told.as_slice() else { panic!("one event") };
        let body: serde_json::Value = serde_json::from_str(&event.body).unwrap();
        assert_eq!((&body["after"]["questions"], &body["after"]["without_key"]), (&json!(4), &json!(1)));
        assert_eq!(body["after"]["keys"][keys[0].to_string()], json!(3));
        assert!(credential_use(&app, keys[0]).await.is_none(), "to be asked about is no use of a key");
    })
    .await;
}

async fn credential_use(app: &App, id: CredentialId) -> Option<chrono::DateTime<chrono::Utc>> {
    app.store.read().await.unwrap().credential(id).await.unwrap().unwrap().credential.last_used_at
}

#[tokio::test]
async fn only_its_holder_registers_a_key_of_a_person_and_what_is_no_good_key_is_refused() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        register(&app, ann, 0).await.unwrap();
        let robot = service(&ctx, "robot", ann).await;
        let herself = signed_in(&app, ann, &[PortalRole::Employee]);
        register_key(&herself, &key_of(robot, 1)).await.unwrap();
        assert!(matches!(register_key(&ctx, &key_of(ann, 2)).await, Err(ServiceError::Refused(_))), "an administrator would be her");
        let his = signed_in(&app, bob, &[PortalRole::Employee]);
        assert!(matches!(register_key(&his, &key_of(ann, 2)).await, Err(ServiceError::Denied(_))));
        let leaked = PrincipalKind::Token { identity_id: bob, credential_id: key(7), scopes: TokenScopes::all() };
        let token = Ctx { principal: Principal { kind: leaked, ..his.principal.clone() }, ..his.clone() };
        assert!(matches!(register_key(&token, &key_of(bob, 2)).await, Err(ServiceError::Denied(_))), "a token makes no successor");

        let fault = register(&app, bob, 0).await.unwrap_err().to_string();
        assert!(fault.contains("another identity has this key"), "{fault}");
        assert!(register(&app, ann, 0).await.unwrap_err().to_string().contains("you have registered this key already"));
        for (text, label, days, field) in [
            ("ssh-rsa AAAAno", "", 1, "key"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "", 1, "key"),
            (KEYS[2], "", 1, "label"),
            (KEYS[2], "fine", 366, "days"),
        ] {
            let new = NewKey { identity_id: bob, label: label.to_owned(), text: text.to_owned(), days };
            let Err(ServiceError::Invalid(faults)) = register_key(&his, &new).await else { panic!("{text}") };
            assert!(faults.iter().any(|f| f.field == field), "{faults:?}");
        }
    })
    .await;
}

fn key(n: u128) -> CredentialId {
    tenure_domain::id::Id::from_uuid(uuid::Uuid::from_u128(n))
}

#[tokio::test]
async fn a_target_of_hosts_needs_no_secret_and_says_what_is_wrong_with_its_settings() {
    on_each(async |app| {
        let ctx = admin(&app);
        let target = application(&ctx, "Build hosts").await;
        for (settings, word) in
            [(json!({ "from": ["a b"] }), "from"), (json!({ "allow": ["root"] }), "root"), (json!({ "url": "x" }), "url")]
        {
            let Err(ServiceError::Invalid(faults)) = configure_target(&ctx, target, &draft(settings)).await else { panic!("{word}") };
            assert!(faults[0].field == "settings" && faults[0].message.contains(word), "{faults:?}");
        }
        let secret = TargetDraft { secret: Some(tenure_services::targets::Secret::new("x".to_owned())), ..draft(json!({})) };
        assert!(matches!(configure_target(&ctx, target, &secret).await, Err(ServiceError::Invalid(_))));
        configure_target(&ctx, target, &draft(json!({}))).await.unwrap();
        let refused = reconcile_target(&ctx, target, false).await.unwrap_err();
        assert!(refused.to_string().contains("there is nothing to be read"), "{refused}");
        let host = add_host(&ctx, target, &new_host("build-01")).await.unwrap();
        let other = TargetDraft {
            version: 1,
            kind: TargetKind::Scim,
            settings: json!({ "base-url": "https://saas.example.org/scim/v2" }),
            secret: Some(tenure_services::targets::Secret::new("x".to_owned())),
            ..draft(json!({}))
        };
        configure_target(&ctx, target, &other).await.unwrap();
        assert_eq!(ask(&app, host.token.expose(), "ann").await, HostAnswer::Unknown, "it is no target of hosts any more");
        assert!(matches!(add_host(&ctx, target, &new_host("build-02")).await, Err(ServiceError::Refused(_))));
    })
    .await;
}
