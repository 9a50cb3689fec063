//! A role's end on a real cluster: its sessions, what it owns in each database, its groups, and itself.

#![allow(clippy::unwrap_used)]

mod postgresql_support;

use std::time::Duration;

use futures::TryStreamExt;
use postgresql_support::*;
use sqlx::PgConnection;
use tenure_connectors::{
    Change, Connector, CredentialRef, EntitlementRef, FaultKind, Found, Limits, Outcome, Secret, postgresql::Postgresql,
};

fn delete(name: &str, heir: Option<&str>) -> Change {
    Change::Delete { account: account(name), heir: heir.map(account) }
}

/// A role with a password, and two databases in which it owns things.
async fn leaver(name: &str, databases: [&str; 2]) -> PgConnection {
    let mut admin = cluster().admin("postgres").await;
    run(
        &mut admin,
        &format!("CREATE ROLE {name} LOGIN PASSWORD 'pw'; CREATE ROLE {name}_heir; CREATE ROLE {name}_group; CREATE ROLE {name}_outer"),
    )
    .await;
    run(&mut admin, &format!("GRANT {name}_outer TO {name}_group; GRANT {name}_group TO {name}")).await;
    for database in databases {
        run(&mut admin, &format!("CREATE DATABASE {database}")).await;
        run(&mut admin, &format!("GRANT ALL ON DATABASE {database} TO {name}")).await;
        let mut own = cluster().sign_in(name, "pw", database).await.unwrap();
        let things = "CREATE SCHEMA mine; CREATE TABLE mine.orders (id serial PRIMARY KEY, what text); INSERT INTO mine.orders (what) VALUES ('kept'); \
                      CREATE FUNCTION mine.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mine.mood AS ENUM ('fine'); SELECT lo_create(0); \
                      ALTER DEFAULT PRIVILEGES IN SCHEMA mine GRANT SELECT ON TABLES TO PUBLIC";
        run(&mut own, things).await;
    }
    run(&mut admin, &format!("ALTER DATABASE {} OWNER TO {name}", databases[1])).await;
    admin
}

async fn is_the_heirs(name: &str, database: &str) {
    let mut there = cluster().admin(database).await;
    assert!(truth(&mut there, "count(*) = 1 FROM mine.orders WHERE what = 'kept'").await);
    for what in [
        "relowner FROM pg_class WHERE oid = 'mine.orders'::regclass",
        "nspowner FROM pg_namespace WHERE nspname = 'mine'",
        "proowner FROM pg_proc WHERE proname = 'f'",
    ] {
        let (column, rest) = what.split_once(' ').unwrap();
        assert!(truth(&mut there, &format!("{column} = '{name}_heir'::regrole {rest}")).await, "{what} in {database}");
    }
    assert!(truth(&mut there, "count(*) = 0 FROM pg_default_acl").await, "default privileges are left in {database}");
}

#[tokio::test]
async fn a_leaver_with_open_connections_owned_things_and_nested_groups_is_gone_and_nothing_is_lost() {
    let (cluster, connector) = (cluster(), cluster().connector());
    let mut admin = leaver("e_lea", ["e_shop", "e_stock"]).await;
    let mut open = [
        cluster.sign_in("e_lea", "pw", "e_shop").await.unwrap(),
        cluster.sign_in("e_lea", "pw", "e_stock").await.unwrap(),
        cluster.sign_in("e_lea", "pw", "e_stock").await.unwrap(),
    ];
    let sessions = Change::EndSessions(account("e_lea"));
    let why = not_so(&connector, &sessions).await;
    assert!(why.contains("3 sessions") && why.contains("e_shop, e_stock"), "{why}");

    // Nobody is named to take over: it is dead all the same, and what it owns is told.
    let decide = fault(&connector, &delete("e_lea", None)).await;
    assert_eq!(decide.kind, FaultKind::NeedsDecision);
    for word in ["e_shop", "e_stock", "table mine.orders", "schema mine", "database e_stock"] {
        assert!(decide.words.contains(word), "{word} is not in: {decide}");
    }
    assert!(decide.words.matches("; ").count() < 11, "{decide}");
    for connection in &mut open {
        assert!(sqlx::query("SELECT 1").execute(connection).await.is_err(), "a session goes on");
    }
    so(&connector, &sessions).await;
    so(&connector, &Change::Disable(account("e_lea"))).await;
    assert!(cluster.sign_in("e_lea", "pw", "e_shop").await.is_err());

    let group = |role: &str| Change::RemoveMember { account: account("e_lea"), entitlement: EntitlementRef { key: role.into() } };
    assert!(not_so(&connector, &group("e_lea_outer")).await.contains("e_lea → e_lea_group → e_lea_outer"));
    twice(&connector, &group("e_lea_group")).await;
    so(&connector, &group("e_lea_outer")).await;

    assert!(not_so(&connector, &delete("e_lea", None)).await.contains("still there"));
    let evidence = twice(&connector, &delete("e_lea", Some("e_lea_heir"))).await;
    assert_eq!(evidence, "pg_roles: no role e_lea");
    is_the_heirs("e_lea", "e_shop").await;
    is_the_heirs("e_lea", "e_stock").await;
    assert!(truth(&mut admin, "datdba = 'e_lea_heir'::regrole FROM pg_database WHERE datname = 'e_stock'").await);
}

#[tokio::test]
async fn a_deletion_cut_off_in_its_second_database_completes_the_next_time() {
    let connector = cluster().connector();
    let mut admin = leaver("k_max", ["k_first", "k_second"]).await;
    // Somebody holds a table, so that the second database has to wait, and there it is cut off.
    let mut holder = cluster().admin("k_second").await;
    run(&mut holder, "BEGIN; LOCK TABLE mine.orders").await;
    let change = delete("k_max", Some("k_max_heir"));
    let cut = async {
        let waiting = "pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenure' AND datname = 'k_second' AND wait_event_type = 'Lock'";
        while !sqlx::query_scalar::<_, bool>(sqlx::AssertSqlSafe(format!("SELECT {waiting}")))
            .fetch_optional(&mut admin)
            .await
            .unwrap()
            .unwrap_or(false)
        {
            tokio::task::yield_now().await;
        }
    };
    let (outcome, ()) = tokio::join!(connector.perform(&change), cut);
    let fault = outcome.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable, "{fault}");
    is_the_heirs("k_max", "k_first").await;
    not_so(&connector, &change).await;
    run(&mut holder, "ROLLBACK").await;
    twice(&connector, &change).await;
    is_the_heirs("k_max", "k_second").await;
}

#[tokio::test]
async fn a_deletion_dropped_at_any_moment_completes_the_next_time() {
    let connector = cluster().connector();
    let _admin = leaver("d_eva", ["d_first", "d_second"]).await;
    let change = delete("d_eva", Some("d_eva_heir"));
    // Each try gets a little further before its worker is killed.
    let mut cut = 0;
    for milliseconds in (1..).step_by(3) {
        match tokio::time::timeout(Duration::from_millis(milliseconds), connector.perform(&change)).await {
            Err(_) => cut += 1,
            Ok(outcome) => {
                outcome.unwrap();
                break;
            }
        }
    }
    assert!(cut > 3, "it was cut off {cut} times only");
    so(&connector, &change).await;
    is_the_heirs("d_eva", "d_first").await;
    is_the_heirs("d_eva", "d_second").await;
}

#[tokio::test]
async fn steps_done_by_hand_are_not_done_again() {
    let connector = cluster().connector();
    let mut admin = leaver("h_uwe", ["h_first", "h_second"]).await;
    run(&mut admin, "ALTER ROLE h_uwe NOLOGIN; ALTER DATABASE h_second OWNER TO h_uwe_heir").await;
    let mut first = cluster().admin("h_first").await;
    run(&mut first, "REASSIGN OWNED BY h_uwe TO h_uwe_heir; DROP OWNED BY h_uwe").await;
    twice(&connector, &delete("h_uwe", Some("h_uwe_heir"))).await;
    is_the_heirs("h_uwe", "h_second").await;
}

#[tokio::test]
async fn a_held_table_is_told_and_the_limit_is_kept() {
    let _admin = leaver("w_ira", ["w_first", "w_second"]).await;
    let mut holder = cluster().admin("w_first").await;
    run(&mut holder, "BEGIN; LOCK TABLE mine.orders").await;
    let limits = Limits { timeout: Duration::from_millis(1500) };
    let connector = Postgresql::new(cluster().settings(), Secret::new(PASSWORD.into()), limits).unwrap();
    let fault = fault(&connector, &delete("w_ira", Some("w_ira_heir"))).await;
    assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    assert!(fault.words.contains("holds a lock") && fault.words.contains("w_first"), "{fault}");
}

#[tokio::test]
async fn an_heir_must_be_there_and_must_not_be_a_superuser() {
    let connector = cluster().connector();
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE i_ole LOGIN; CREATE ROLE i_root SUPERUSER").await;
    for heir in ["nobody_here", "i_root", "pg_monitor", "i_ole"] {
        let fault = fault(&connector, &delete("i_ole", Some(heir))).await;
        assert_eq!(fault.kind, FaultKind::NeedsDecision, "{fault}");
        assert!(fault.words.contains(heir), "{fault}");
    }
    run(&mut admin, "CREATE ROLE i_default").await;
    let mut settings = cluster().settings();
    settings.reassign_to = Some("i_default".into());
    twice(&postgresql_support::connector(settings, PASSWORD), &delete("i_ole", None)).await;
}

#[tokio::test]
async fn a_group_is_not_deleted_as_an_account() {
    let connector = cluster().connector();
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE j_group; CREATE ROLE j_pia LOGIN; GRANT j_group TO j_pia").await;
    assert_eq!(fault(&connector, &delete("j_group", None)).await.kind, FaultKind::NeedsDecision);
    assert_eq!(fault(&connector, &Change::Enable(account("j_group"))).await.kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_role_with_createrole_is_enough() {
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'kept'; GRANT pg_signal_backend TO keeper").await;
    run(&mut admin, "CREATE DATABASE q_data").await;
    run(&mut admin, "GRANT ALL ON DATABASE q_data TO keeper").await;
    let mut settings = cluster().settings();
    settings.user = "keeper".into();
    let connector = connector(settings, "kept");
    let probe = connector.probe().await.unwrap();
    assert_eq!(probe.signed_in_as, "keeper (CREATEROLE)");
    assert!(probe.remarks.iter().any(|remark| remark.contains("pg_authid")), "{:?}", probe.remarks);

    for name in ["q_rita", "q_heir"] {
        twice(&connector, &Change::Create(draft(name, &[("comment", "by the keeper")]))).await;
    }
    let set = |password: &str| Change::SetPassword { account: account("q_rita"), password: Secret::new(password.into()) };
    // Without pg_authid nothing shows that it is set already: it is set again.
    assert_eq!(connector.perform(&set("pw of rita")).await, Ok(Outcome::Done));
    assert!(so(&connector, &set("pw of rita")).await.contains("signed in"));
    not_so(&connector, &set("another")).await;

    run(&mut admin, "GRANT CREATE ON DATABASE q_data TO q_rita, q_heir").await;
    let mut own = cluster().sign_in("q_rita", "pw of rita", "q_data").await.unwrap();
    run(&mut own, "CREATE SCHEMA mine; CREATE TABLE mine.t (id int)").await;
    let revoke = Change::RevokeCredential(CredentialRef { key: "q_rita".into(), account: account("q_rita") });
    assert_eq!(connector.perform(&revoke).await, Ok(Outcome::Done));
    assert!(not_so(&connector, &revoke).await.contains("may not be read"));
    twice(&connector, &Change::Disable(account("q_rita"))).await;
    so(&connector, &revoke).await;
    so(&connector, &Change::EndSessions(account("q_rita"))).await;
}

#[tokio::test]
async fn a_role_with_createrole_hands_over_and_keeps_no_borrowed_right() {
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE \"War\"\"den\" LOGIN CREATEROLE PASSWORD 'kept'; GRANT pg_signal_backend TO \"War\"\"den\"").await;
    run(&mut admin, "CREATE DATABASE x_data").await;
    run(&mut admin, "GRANT ALL ON DATABASE x_data TO \"War\"\"den\"").await;
    let mut settings = cluster().settings();
    settings.user = "War\"den".into();
    let connector = connector(settings, "kept");
    assert!(connector.reconcile(None, &[]).await.unwrap().try_collect::<Vec<Found>>().await.is_ok());
    for name in ["x_rosa", "x_heir"] {
        twice(&connector, &Change::Create(draft(name, &[]))).await;
    }
    run(&mut admin, "GRANT CREATE ON DATABASE x_data TO x_rosa, x_heir; GRANT pg_read_all_data TO x_rosa; ALTER ROLE x_rosa PASSWORD 'pw'")
        .await;
    let mut own = cluster().sign_in("x_rosa", "pw", "x_data").await.unwrap();
    run(&mut own, "CREATE SCHEMA mine; CREATE TABLE mine.t (id int)").await;
    // What the database's owner granted, only the owner or a superuser takes away.
    let left = fault(&connector, &delete("x_rosa", Some("x_heir"))).await;
    assert!(left.kind == FaultKind::NeedsDecision && left.words.contains("privileges for database x_data"), "{left}");
    run(&mut admin, "ALTER DATABASE x_data OWNER TO \"War\"\"den\"").await;
    twice(&connector, &delete("x_rosa", Some("x_heir"))).await;
    let mut there = cluster().admin("x_data").await;
    assert!(truth(&mut there, "relowner = 'x_heir'::regrole FROM pg_class WHERE oid = 'mine.t'::regclass").await);
    assert!(truth(&mut admin, "NOT pg_has_role('War\"den', 'x_heir', 'USAGE')").await, "it still may act for the heir");

    run(&mut admin, "CREATE ROLE x_root SUPERUSER; CREATE ROLE x_own LOGIN").await;
    assert_eq!(fault(&connector, &Change::Disable(account("x_root"))).await.kind, FaultKind::Refused);
    run(&mut admin, "ALTER ROLE \"War\"\"den\" NOCREATEROLE").await;
    let forbidden = fault(&connector, &Change::Disable(account("x_own"))).await;
    assert_eq!(forbidden.kind, FaultKind::Forbidden, "{forbidden}");
    assert!(forbidden.words.contains("CREATEROLE"), "{forbidden}");
}

#[tokio::test]
async fn all_roles_are_found_page_by_page_with_their_groups_and_passwords() {
    let connector = cluster().connector();
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE z_group; COMMENT ON ROLE z_group IS 'who counts'; CREATE ROLE z_inner; GRANT z_group TO z_inner").await;
    run(&mut admin, "DO $$ BEGIN FOR i IN 1..2500 LOOP EXECUTE format('CREATE ROLE z_%s LOGIN IN ROLE z_group', i); END LOOP; END $$")
        .await;
    run(&mut admin, "ALTER ROLE z_1 PASSWORD 'x' VALID UNTIL '2001-01-01'; ALTER ROLE z_2 PASSWORD 'x' VALID UNTIL 'infinity'; ALTER ROLE z_3 PASSWORD 'x' VALID UNTIL '290000-01-01'").await;
    run(&mut admin, "GRANT z_5 TO z_6").await;
    connector.perform(&Change::Disable(account("z_4"))).await.unwrap();

    let found: Vec<Found> = connector.reconcile(None, &[]).await.unwrap().try_collect().await.unwrap();
    let (mut accounts, mut members, mut passwords) = (Vec::new(), Vec::new(), Vec::new());
    let mut groups = Vec::new();
    let mut order = Vec::new();
    for item in &found {
        order.push(match item {
            Found::Account(account) => {
                accounts.push(account);
                0
            }
            Found::Entitlement(group) => {
                groups.push(group);
                1
            }
            Found::Membership(member) => {
                members.push(member);
                2
            }
            Found::Credential(password) => {
                passwords.push(password);
                3
            }
            Found::Watermark(_) => 4,
            Found::Gone(_) => panic!("a full look finds nothing gone"),
        });
    }
    assert!(order.is_sorted() && order.last() == Some(&4));
    let ours = |name: &&str| name.starts_with("z_");
    let names: Vec<&str> = accounts.iter().map(|found| found.account.key.as_str()).filter(ours).collect();
    let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!((names.len(), distinct.len()), (2500, 2500));
    let enabled = |name: &str| accounts.iter().find(|found| found.account.name == name).unwrap().enabled;
    // 1 is past its end; 4 was disabled by Tenure, and is an account all the same.
    assert_eq!([1, 2, 3, 4].map(|i| enabled(&format!("z_{i}"))), [false, true, true, false]);
    let group = groups.iter().find(|group| group.key == "z_group").unwrap();
    assert_eq!(group.description, "who counts");
    // An account that another one may act for is both.
    assert!(groups.iter().any(|group| group.key == "z_5") && !groups.iter().any(|group| group.key == "z_6"));
    assert_eq!(members.iter().filter(|member| member.entitlement == "z_group" && !member.nested).count(), 2500);
    assert!(members.iter().any(|member| member.entitlement == "z_group" && member.nested && member.member == "z_inner"));
    let live: Vec<(&str, bool, bool)> = passwords
        .iter()
        .filter(|found| ours(&found.key.as_str()))
        .map(|found| (found.key.as_str(), found.live, found.expires_at.is_some()))
        .collect();
    assert_eq!(live, [("z_1", false, true), ("z_2", true, false), ("z_3", true, false)]);
}
