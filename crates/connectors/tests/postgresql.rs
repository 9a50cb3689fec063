//! The PostgreSQL connector against a real server: each change, twice, and read back.

mod postgresql_support;

use chrono::{Duration, Utc};
use postgresql_support::*;
use tenure_connectors::{Change, Connector, CredentialRef, EntitlementRef, FaultKind, Outcome, Secret};

fn entitlement(name: &str) -> EntitlementRef {
    EntitlementRef { key: name.into() }
}

#[tokio::test]
async fn the_server_says_what_it_is() {
    let probe = cluster().connector().probe().await.unwrap();
    assert!(probe.product.starts_with("PostgreSQL 1"), "{}", probe.product);
    assert_eq!(probe.signed_in_as, "tenure (superuser)");
    assert_eq!(probe.remarks, ["the connection is without TLS"]);
}

#[tokio::test]
async fn an_account_is_created_changed_disabled_and_enabled_each_twice() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    twice(&connector, &Change::Create(draft("c_anna", &[("rolconnlimit", "3"), ("comment", "it's 4711 \\ Anna")]))).await;
    assert!(truth(&mut admin, "shobj_description('c_anna'::regrole, 'pg_authid') = $$it's 4711 \\ Anna$$").await);
    twice(&connector, &Change::Change(draft("c_anna", &[("rolconnlimit", "5"), ("rolinherit", "false")]))).await;
    let until = Utc::now() + Duration::days(30);
    twice(&connector, &Change::ValidUntil { account: account("c_anna"), until }).await;

    let evidence = twice(&connector, &Change::Disable(account("c_anna"))).await;
    assert!(evidence.contains("rolcanlogin=false rolconnlimit=0"), "{evidence}");
    assert!(
        truth(&mut admin, "NOT rolcanlogin AND rolconnlimit = 0 AND rolvaliduntil <= now() FROM pg_authid WHERE rolname = 'c_anna'").await
    );
    not_so(&connector, &Change::Enable(account("c_anna"))).await;
    // What it is to have again may be changed meanwhile; it stays disabled.
    twice(&connector, &Change::Change(draft("c_anna", &[("rolconnlimit", "7")]))).await;
    so(&connector, &Change::Disable(account("c_anna"))).await;

    twice(&connector, &Change::Enable(account("c_anna"))).await;
    assert!(
        truth(
            &mut admin,
            "rolcanlogin AND rolconnlimit = 7 AND rolvaliduntil > now() + interval '29 days' FROM pg_authid WHERE rolname = 'c_anna'"
        )
        .await
    );
    assert!(truth(&mut admin, "shobj_description('c_anna'::regrole, 'pg_authid') = $$it's 4711 \\ Anna$$").await);
    twice(&connector, &Change::Delete { account: account("c_anna"), heir: None }).await;
}

#[tokio::test]
async fn odd_names_are_names_and_nothing_else() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    run(&mut admin, "CREATE ROLE o_victim; CREATE ROLE \"Grü\"\"ppe; x\"").await;
    let longest = "ß".repeat(31) + "x";
    for name in [
        r#"o"brien; drop role o_victim"#,
        "o'brien'; DROP ROLE o_victim; --",
        r"back\slash",
        "Zoë Ünlü",
        "SELECT",
        " ",
        "new\nline",
        "%I $1",
        &longest,
    ] {
        let quoted: String = sqlx::query_scalar("SELECT format('%I', $1)").bind(name).fetch_one(&mut admin).await.unwrap();
        twice(&connector, &Change::Create(draft(name, &[("comment", name)]))).await;
        assert!(truth(&mut admin, &format!("count(*) = 1 FROM pg_roles WHERE quote_ident(rolname) = $q${quoted}$q$")).await, "{name}");
        twice(&connector, &Change::AddMember { account: account(name), entitlement: entitlement("Grü\"ppe; x") }).await;
        twice(&connector, &Change::Disable(account(name))).await;
        twice(&connector, &Change::Delete { account: account(name), heir: None }).await;
    }
    assert!(truth(&mut admin, "count(*) = 1 FROM pg_roles WHERE rolname = 'o_victim'").await);
    for name in ["", "public", "none", "a\0b", &"ß".repeat(32)] {
        assert_eq!(fault(&connector, &Change::Create(draft(name, &[]))).await.kind, FaultKind::Refused, "{name:?}");
    }
}

#[tokio::test]
async fn a_member_of_a_nested_group_is_still_held_and_the_way_is_named() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    run(&mut admin, "CREATE ROLE n_bob LOGIN; CREATE ROLE n_sales; CREATE ROLE n_staff; CREATE ROLE n_all; GRANT n_sales TO n_staff; GRANT n_staff TO n_all").await;
    let direct = |role| Change::AddMember { account: account("n_bob"), entitlement: entitlement(role) };
    let gone = |role| Change::RemoveMember { account: account("n_bob"), entitlement: entitlement(role) };
    twice(&connector, &direct("n_sales")).await;
    twice(&connector, &direct("n_all")).await;
    assert!(not_so(&connector, &gone("n_sales")).await.contains("granted by"));

    assert_eq!(connector.perform(&gone("n_sales")).await, Ok(Outcome::Done));
    let why = not_so(&connector, &gone("n_sales")).await;
    assert!(why.contains("n_bob → n_all → n_staff → n_sales"), "{why}");
    assert!(not_so(&connector, &direct("n_sales")).await.contains("only by the way"));
    twice(&connector, &gone("n_all")).await;
    so(&connector, &gone("n_sales")).await;
}

#[tokio::test]
async fn what_several_granted_is_revoked_and_whom_the_member_granted_it_to_keeps_it() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    run(&mut admin, "CREATE ROLE g_team; CREATE ROLE g_carl LOGIN; CREATE ROLE g_dora LOGIN; CREATE ROLE g_emil LOGIN").await;
    run(&mut admin, "GRANT g_team TO g_dora WITH ADMIN OPTION; GRANT g_team TO g_carl WITH ADMIN OPTION").await;
    run(&mut admin, "SET SESSION AUTHORIZATION g_dora; GRANT g_team TO g_carl; RESET SESSION AUTHORIZATION").await;
    run(&mut admin, "SET SESSION AUTHORIZATION g_carl; GRANT g_team TO g_emil; RESET SESSION AUTHORIZATION").await;
    twice(&connector, &Change::RemoveMember { account: account("g_carl"), entitlement: entitlement("g_team") }).await;
    assert!(truth(&mut admin, "pg_has_role('g_emil', 'g_team', 'MEMBER') AND NOT pg_has_role('g_carl', 'g_team', 'MEMBER')").await);

    run(
        &mut admin,
        "GRANT g_team TO g_carl WITH ADMIN OPTION; SET SESSION AUTHORIZATION g_carl; GRANT g_team TO g_emil; RESET SESSION AUTHORIZATION",
    )
    .await;
    twice(&connector, &Change::Delete { account: account("g_carl"), heir: None }).await;
    assert!(truth(&mut admin, "pg_has_role('g_emil', 'g_team', 'MEMBER')").await);
}

#[tokio::test]
async fn a_right_that_tenure_never_gives_can_be_taken_away() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    run(&mut admin, "CREATE ROLE r_fred LOGIN; GRANT pg_execute_server_program TO r_fred").await;
    let reference = || entitlement("pg_execute_server_program");
    twice(&connector, &Change::RemoveMember { account: account("r_fred"), entitlement: reference() }).await;
    let refused = fault(&connector, &Change::AddMember { account: account("r_fred"), entitlement: reference() }).await;
    assert_eq!(refused.kind, FaultKind::Refused);
}

#[tokio::test]
async fn protected_roles_are_refused() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    run(&mut admin, "CREATE ROLE payroll_owner LOGIN; CREATE ROLE p_boss SUPERUSER LOGIN").await;
    for name in ["postgres", "p_boss", "tenure", "payroll_owner", "pg_monitor"] {
        let changes = [
            Change::Disable(account(name)),
            Change::Delete { account: account(name), heir: None },
            Change::EndSessions(account(name)),
            Change::SetPassword { account: account(name), password: Secret::new("long enough".into()) },
            Change::RevokeCredential(CredentialRef { key: name.into(), account: account(name) }),
            Change::Change(draft(name, &[("comment", "mine")])),
        ];
        for change in changes {
            let fault = fault(&connector, &change).await;
            assert_eq!(fault.kind, FaultKind::Refused, "{change:?}");
            assert!(fault.words.contains(name), "{fault}");
        }
    }
    let mut settings = cluster.settings();
    settings.prefixes = vec!["app_".into()];
    let outside = fault(&postgresql_support::connector(settings, PASSWORD), &Change::Create(draft("web", &[]))).await;
    assert!(outside.words.contains("prefixes"), "{outside}");
}

#[tokio::test]
async fn a_login_works_with_the_password_that_was_set_and_not_after_it_was_revoked() {
    let (cluster, connector) = (cluster(), cluster().connector());
    for (name, password) in [("s_gina", "correct horse battery"), ("s_hans", "Grüße · ½ \u{ad}ﬁ 'quoted' \\"), ("s_ina", &"x".repeat(300))]
    {
        twice(&connector, &Change::Create(draft(name, &[]))).await;
        assert!(cluster.sign_in(name, password, "postgres").await.is_err());
        let set = Change::SetPassword { account: account(name), password: Secret::new(password.into()) };
        let evidence = twice(&connector, &set).await;
        assert!(!evidence.contains(password) && !evidence.contains("SCRAM-SHA-256$"));
        let mut open = cluster.sign_in(name, password, "postgres").await.unwrap();
        assert!(cluster.sign_in(name, "another", "postgres").await.is_err());

        let revoke = Change::RevokeCredential(CredentialRef { key: name.into(), account: account(name) });
        not_so(&connector, &revoke).await;
        assert!(twice(&connector, &revoke).await.contains("rolpassword is null"));
        assert!(sqlx::query("SELECT 1").execute(&mut open).await.is_err(), "its session goes on");
        assert!(cluster.sign_in(name, password, "postgres").await.is_err());
        not_so(&connector, &set).await;
    }
}

#[tokio::test]
async fn the_clear_text_of_a_password_is_in_no_statement() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = cluster.admin("postgres").await;
    run(&mut admin, "CREATE ROLE l_jo LOGIN; ALTER ROLE tenure SET log_statement = 'all'").await;
    let password = "a-needle-in-the-log";
    let set = Change::SetPassword { account: account("l_jo"), password: Secret::new(password.into()) };
    assert_eq!(connector.perform(&set).await, Ok(Outcome::Done));
    run(&mut admin, "ALTER ROLE tenure RESET ALL").await;
    let log: String = sqlx::query_scalar("SELECT pg_read_file('../log')").fetch_one(&mut admin).await.unwrap();
    assert!(log.contains("SCRAM-SHA-256$4096:"), "the statement is in the log");
    assert!(!log.contains(password));
    assert!(!format!("{set:?}{connector:?}").contains("needle") && !format!("{connector:?}").contains(PASSWORD));
}

#[tokio::test]
async fn an_end_of_the_password_holds_without_tenure() {
    let (cluster, connector) = (cluster(), cluster().connector());
    twice(&connector, &Change::Create(draft("v_kim", &[]))).await;
    connector.perform(&Change::SetPassword { account: account("v_kim"), password: Secret::new("until then".into()) }).await.unwrap();
    let ends = |until| Change::ValidUntil { account: account("v_kim"), until };
    twice(&connector, &ends(Utc::now() + Duration::hours(1))).await;
    cluster.sign_in("v_kim", "until then", "postgres").await.unwrap();
    twice(&connector, &ends(Utc::now() - Duration::seconds(1))).await;
    assert!(cluster.sign_in("v_kim", "until then", "postgres").await.is_err());
}

#[tokio::test]
async fn what_is_absent_has_ended_and_cannot_begin() {
    let connector = cluster().connector();
    let nobody = || account("nobody_here");
    let ending = [
        Change::Disable(nobody()),
        Change::Delete { account: nobody(), heir: None },
        Change::EndSessions(nobody()),
        Change::RemoveMember { account: nobody(), entitlement: entitlement("nothing_here") },
        Change::RevokeCredential(CredentialRef { key: "nobody_here".into(), account: nobody() }),
        Change::ValidUntil { account: nobody(), until: Utc::now() },
    ];
    for change in ending {
        assert_eq!(connector.perform(&change).await, Ok(Outcome::AlreadySo), "{change:?}");
        so(&connector, &change).await;
    }
    let beginning = [
        Change::Enable(nobody()),
        Change::AddMember { account: nobody(), entitlement: entitlement("nothing_here") },
        Change::SetPassword { account: nobody(), password: Secret::new("x".into()) },
    ];
    for change in beginning {
        assert_eq!(fault(&connector, &change).await.kind, FaultKind::Refused, "{change:?}");
        not_so(&connector, &change).await;
    }
}
