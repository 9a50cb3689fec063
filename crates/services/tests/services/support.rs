//! What the tests share: an installation on each engine, files of people, and short ways to rules,
//! roles and events.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use tenure_domain::access::PortalRole;
use tenure_domain::audit::Outcome;
use tenure_domain::grant::{GrantState, Risk};
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId, RoleId, RuleId};
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_domain::people::Allowed;
use tenure_domain::role::RoleKind;
use tenure_services::access::{
    NewApplication, NewEntitlement, RoleDraft, RuleDraft, apply_role, apply_rule, create_application, create_entitlement, plan_role,
    plan_rule,
};
use tenure_services::identities::{NewIdentity, create_identity, show_identity};
use tenure_services::people::mapping::Mapping;
use tenure_services::people::{ImportOptions, PeopleSummary, import_people};
use tenure_services::{App, Ctx, ServiceError, testing};
use tenure_store::PageRequest;
use tenure_store::audit::{AuditFilter, AuditRow};
use tenure_store::identities::IdentityFilter;
use tenure_vault::Password;

/// Runs a test on a fresh installation of each engine.
pub async fn on_each(test: impl AsyncFn(Arc<App>)) {
    for (engine, app) in testing::apps().await {
        println!("on {engine}");
        test(app).await;
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// An administrator at the noon of the first of March 2024, the day of all tests that name none.
pub fn admin(app: &Arc<App>) -> Ctx {
    admin_at(app, "2024-03-01T12:00:00Z")
}

pub fn admin_at(app: &Arc<App>, when: &str) -> Ctx {
    testing::admin_ctx(app).at(moment(when))
}

/// A signed-in person at the same noon.
pub fn signed_in(app: &Arc<App>, who: IdentityId, roles: &[PortalRole]) -> Ctx {
    testing::person_ctx(app, who, roles).at(moment("2024-03-01T12:00:00Z"))
}

pub const HEADER: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date,end_date,time_zone";

/// A row of somebody who began in 2020 and reports to nobody.
pub fn row(key: &str, name: &str, department: &str) -> String {
    row_of(key, name, department, "", "2020-01-01", "", "")
}

pub fn row_of(key: &str, name: &str, department: &str, manager: &str, start: &str, end: &str, zone: &str) -> String {
    format!("{key},{name},{name},Test,{name}@example.com,{department},Clerk,{manager},{start},{end},{zone}")
}

pub fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// So many people of Sales, whose names begin with `p`: a source in which one more or less counts
/// for little.
pub fn crowd(n: usize) -> Vec<String> {
    (0..n).map(|i| row(&format!("P{i:03}"), &format!("p{i:03}"), "Sales")).collect()
}

pub fn options(as_of: &str) -> ImportOptions {
    ImportOptions {
        source: "hr".to_owned(),
        file_name: "people.csv".to_owned(),
        as_of: day(as_of),
        mapping: Mapping::default(),
        allowed: Allowed { leavers: Some(usize::MAX), changes: Some(usize::MAX), ..Allowed::default() },
        accept_rejected: false,
        expected_plan: None,
    }
}

/// Imports people whatever the limits say, on the day of the context.
pub async fn import(ctx: &Ctx, rows: &[String]) -> Result<PeopleSummary, ServiceError> {
    import_people(ctx, &options(&ctx.today().to_string()), file(rows).as_bytes()).await
}

/// Joiners, movers, leavers, rehires, changed, unchanged.
pub fn counts(s: &PeopleSummary) -> [usize; 6] {
    [s.joiners, s.movers, s.leavers, s.rehires, s.changed, s.unchanged]
}

pub async fn identity(app: &App, user_name: &str) -> Identity {
    app.store.read().await.unwrap().identity_by_user_name(user_name).await.unwrap().unwrap_or_else(|| panic!("there is a {user_name}"))
}

pub async fn state(app: &App, user_name: &str) -> LifecycleState {
    identity(app, user_name).await.state
}

pub async fn everybody(app: &App) -> Vec<Identity> {
    app.store.read().await.unwrap().identities_after(None, 10_000).await.unwrap()
}

pub fn new_person(user_name: &str) -> NewIdentity {
    NewIdentity { department: "Sales".to_owned(), ..NewIdentity::person(user_name, user_name) }
}

pub async fn person(ctx: &Ctx, user_name: &str) -> IdentityId {
    create_identity(ctx, &new_person(user_name)).await.unwrap()
}

pub async fn service(ctx: &Ctx, user_name: &str, owner: IdentityId) -> IdentityId {
    let new = NewIdentity { kind: IdentityKind::Service, purpose: "test".to_owned(), owner_id: Some(owner), ..new_person(user_name) };
    create_identity(ctx, &new).await.unwrap()
}

pub async fn persona(ctx: &Ctx, user_name: &str, main: IdentityId) -> IdentityId {
    create_identity(ctx, &NewIdentity { persona_of: Some(main), ..new_person(user_name) }).await.unwrap()
}

pub async fn application(ctx: &Ctx, name: &str) -> ApplicationId {
    create_application(ctx, &NewApplication { name: name.to_owned(), ..NewApplication::default() }).await.unwrap()
}

pub async fn entitlement(ctx: &Ctx, application_id: ApplicationId, name: &str) -> EntitlementId {
    create_entitlement(ctx, &NewEntitlement { application_id, name: name.to_owned(), description: String::new(), risk: Risk::Low })
        .await
        .unwrap()
}

pub fn role_draft(name: &str, entitlements: &[EntitlementId]) -> RoleDraft {
    RoleDraft {
        id: None,
        version: 0,
        name: name.to_owned(),
        kind: RoleKind::Business,
        description: String::new(),
        owner_id: None,
        application_id: None,
        grace_days: 0,
        entitlements: entitlements.to_vec(),
        induced: Vec::new(),
    }
}

/// Plans a role and applies what was planned.
pub async fn put_role(ctx: &Ctx, draft: &RoleDraft) -> RoleId {
    let plan = plan_role(ctx, draft).await.unwrap();
    apply_role(ctx, draft, &plan.hash).await.unwrap()
}

pub fn rule_draft(name: &str, role_id: RoleId, expression: &str) -> RuleDraft {
    RuleDraft { id: None, version: 0, name: name.to_owned(), role_id, expression: expression.to_owned(), enabled: true }
}

/// Plans a rule and applies what was planned.
pub async fn put_rule(ctx: &Ctx, draft: &RuleDraft) -> RuleId {
    let plan = plan_rule(ctx, draft).await.unwrap();
    apply_rule(ctx, draft, &plan.hash).await.unwrap()
}

/// Ledger with the entitlement `name`, which a rule gives to a whole department.
pub async fn birthright(ctx: &Ctx, application_id: ApplicationId, name: &str, department: &str, grace_days: i32) -> EntitlementId {
    let right = entitlement(ctx, application_id, name).await;
    let role = put_role(ctx, &RoleDraft { grace_days, ..role_draft(&format!("Role of {name}"), &[right]) }).await;
    put_rule(ctx, &rule_draft(&format!("{department} gets {name}"), role, &format!("department == \"{department}\""))).await;
    right
}

/// What somebody holds or is about to lose, by name and state, in the order of the names.
pub async fn held(ctx: &Ctx, who: IdentityId) -> Vec<(String, GrantState)> {
    let detail = show_identity(ctx, who).await.unwrap();
    let mut held: Vec<_> =
        detail.grants.into_iter().map(|g| (g.grant.entitlement, g.grant.state)).filter(|g| g.1 != GrantState::Removed).collect();
    held.sort();
    held
}

/// The events whose action begins with a word, newest first.
pub async fn events(app: &App, action: &str) -> Vec<AuditRow> {
    events_of(app, &AuditFilter { action: action.to_owned(), ..AuditFilter::default() }).await
}

pub async fn refused_events(app: &App) -> Vec<AuditRow> {
    events_of(app, &AuditFilter { outcome: Some(Outcome::Refused), ..AuditFilter::default() }).await
}

pub async fn events_of(app: &App, filter: &AuditFilter) -> Vec<AuditRow> {
    let request = PageRequest { limit: 10_000, ..PageRequest::default() };
    app.store.read().await.unwrap().list_audit(filter, &request).await.unwrap().rows
}

/// What an event says.
pub fn told(event: &AuditRow) -> serde_json::Value {
    serde_json::from_str(&event.body).unwrap()
}

/// User names of a list, in its order.
pub async fn listed(ctx: &Ctx) -> Vec<String> {
    let list = tenure_services::identities::list_identities(ctx, &IdentityFilter::default(), &PageRequest::default()).await.unwrap();
    list.page.rows.into_iter().map(|i| i.user_name).collect()
}

pub const GOOD: &str = "a heron stands in shallow water";

pub fn password(text: &str) -> Password {
    Password::from(text.to_owned())
}

/// Gives somebody [`GOOD`] as a password, by a link.
pub async fn give_password(ctx: &Ctx, who: IdentityId) {
    let link = tenure_services::accounts::invite(ctx, who).await.unwrap();
    let nobody = Ctx { principal: tenure_domain::access::Principal::anonymous(), ..ctx.clone() };
    tenure_services::accounts::set_up(&nobody, link.expose(), password(GOOD), &password(GOOD)).await.unwrap();
}

/// The context of somebody who has not signed in.
pub fn nobody(ctx: &Ctx) -> Ctx {
    Ctx { principal: tenure_domain::access::Principal::anonymous(), channel: tenure_domain::access::Channel::Portal, ..ctx.clone() }
}
