//! Applications, roles, rules, assignments, grants.

use tenure_domain::grant::{AssignmentReason, AssignmentState, GrantState};
use tenure_domain::id::{Id, IdentityId};
use tenure_domain::role::RoleKind;
use tenure_store::access::{NewAssignment, RoleFilter, RoleRow, RuleRow};
use tenure_store::{PageRequest, Store, StoreError};

use super::support::*;

fn rule(n: u128, name: &str, role: u128, expression: &str) -> RuleRow {
    RuleRow {
        id: id(n),
        name: name.to_owned(),
        role_id: id(role),
        expression: expression.to_owned(),
        enabled: true,
        version: 1,
        created_at: moment(),
        updated_at: moment(),
    }
}

#[tokio::test]
async fn the_catalogue_is_kept_by_name_and_refuses_a_name_twice() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.applications().await.unwrap(), [application(100, "Ledger")], "{engine}");
        assert_eq!(tx.application_by_name("Ledger").await.unwrap(), Some(application(100, "Ledger")), "{engine}");
        assert_eq!(tx.application_by_name("ledger").await.unwrap(), None, "{engine}");
        let names: Vec<_> = tx.entitlements_of(id(100)).await.unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["close", "read", "write"], "{engine}");
        assert_eq!(tx.entitlements().await.unwrap()[0], entitlement(103, 100, "close"), "{engine}");
        assert_eq!(tx.entitlement_applications().await.unwrap()[&id(101)], id(100), "{engine}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert!(
            matches!(tx.insert_application(&proof::applications(), &application(200, "Ledger")).await, Err(StoreError::Duplicate(_))),
            "{engine}"
        );
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert!(
            matches!(tx.insert_entitlements(&proof::applications(), &[entitlement(201, 100, "read")]).await, Err(StoreError::Duplicate(_))),
            "{engine}"
        );
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert!(
            matches!(tx.insert_entitlements(&proof::applications(), &[entitlement(201, 999, "read")]).await, Err(StoreError::Missing(_))),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn a_role_is_changed_only_from_the_version_that_was_read() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        let second = RoleRow { version: 2, grace_days: 14, ..role(111, "Senior accountant") };
        change(&store, async |tx| tx.put_role(&proof::roles(), &second, &[id(101)], &[]).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.put_role(&proof::roles(), &second, &[], &[]).await, Err(StoreError::Conflict(_))), "{engine}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        let taken = RoleRow { version: 3, ..role(111, "Closer") };
        assert!(matches!(tx.put_role(&proof::roles(), &taken, &[], &[]).await, Err(StoreError::Duplicate(_))), "{engine}");
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.role(id(111)).await.unwrap(), Some(second.clone()), "{engine}");
        assert_eq!(tx.role_by_name("Senior accountant").await.unwrap(), Some(second), "{engine}");
        assert_eq!(tx.role_entitlement_ids(id(111)).await.unwrap(), [id(101)], "{engine}");
        let nodes = tx.role_nodes().await.unwrap();
        assert_eq!((nodes[&id(111)].grace_days, nodes[&id(111)].induced.len(), nodes[&id(112)].entitlements.len()), (14, 0, 1), "{engine}");
    }
}

#[tokio::test]
async fn a_rule_is_changed_only_from_the_version_that_was_read() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        let first = rule(1, "Core", 111, "department == \"core\"");
        change(&store, async |tx| tx.put_rule(&proof::roles(), &first).await.unwrap()).await;
        let off = RuleRow { version: 2, enabled: false, ..first.clone() };
        change(&store, async |tx| tx.put_rule(&proof::roles(), &off).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.put_rule(&proof::roles(), &off).await, Err(StoreError::Conflict(_))), "{engine}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.put_rule(&proof::roles(), &rule(2, "Core", 111, "true")).await, Err(StoreError::Duplicate(_))), "{engine}");
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.rule(id(1)).await.unwrap(), Some(off.clone()), "{engine}");
        assert_eq!(tx.rules().await.unwrap(), [off], "{engine}");
        assert!(tx.access_model().await.unwrap().rules.is_empty(), "{engine}: a rule that is off is not in force");
    }
}

#[tokio::test]
async fn the_model_holds_roles_with_what_is_inside_and_rules_in_force() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        change(&store, async |tx| {
            tx.lock_model(&proof::roles()).await.unwrap();
            tx.put_rule(&proof::roles(), &rule(1, "Core", 111, "department == \"core\"")).await.unwrap();
        })
        .await;
        let model = store.read().await.unwrap().access_model().await.unwrap();
        assert_eq!(model.roles.entitlements(id(111)), [id(101), id(102), id(103)], "{engine}");
        assert_eq!(model.rules.len(), 1, "{engine}");
        change(&store, async |tx| tx.put_rule(&proof::roles(), &rule(2, "Broken", 111, "department ==")).await.unwrap()).await;
        assert!(matches!(store.read().await.unwrap().access_model().await, Err(StoreError::Corrupt(_))), "{engine}");
    }
}

async fn role_names(store: &Store, filter: &RoleFilter, limit: usize) -> Vec<String> {
    let mut tx = store.read().await.unwrap();
    let mut request = PageRequest { limit, ..PageRequest::default() };
    let mut names = Vec::new();
    loop {
        let page = tx.list_roles(filter, &request).await.unwrap();
        names.extend(page.rows.iter().map(|r| r.role.name.clone()));
        let Some(next) = page.next else { break };
        if let Some(previous) = &page.previous {
            let back =
                tx.list_roles(filter, &PageRequest { before: Some(previous.clone()), limit, ..PageRequest::default() }).await.unwrap();
            assert_eq!(back.rows.last().map(|r| &r.role.name), names.get(names.len() - page.rows.len() - 1));
        }
        request.after = Some(next);
    }
    names
}

#[tokio::test]
async fn roles_are_listed_by_name_page_by_page_with_their_counts() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        change(&store, async |tx| {
            for (n, name) in [(113, "Über-Admin"), (114, "100 % read_only"), (115, "zeta"), (116, "a-role"), (117, "a role")] {
                tx.put_role(&proof::roles(), &RoleRow { kind: RoleKind::Application, ..role(n, name) }, &[], &[]).await.unwrap();
            }
            tx.insert_assignments(&proof::access(), &[assignment(1, 1, 111), assignment(2, 2, 111)]).await.unwrap();
            tx.end_assignments(&proof::access(), &[id(2)], moment()).await.unwrap();
        })
        .await;
        let all = ["100 % read_only", "Accountant", "Closer", "a role", "a-role", "zeta", "Über-Admin"];
        for limit in [1, 2, 50] {
            assert_eq!(role_names(&store, &RoleFilter::default(), limit).await, all, "{engine} by {limit}");
        }
        for (words, expected) in [
            ("ACCOUNT", vec!["Accountant"]),
            ("über", vec!["Über-Admin"]),
            ("ÜBER", vec!["Über-Admin"]),
            ("%", vec!["100 % read_only"]),
            ("_", vec!["100 % read_only"]),
            ("!", vec![]),
            ("role", vec!["a role", "a-role"]),
        ] {
            assert_eq!(role_names(&store, &RoleFilter { name: words.to_owned(), kind: None }, 50).await, expected, "{engine}: {words}");
        }
        assert_eq!(
            role_names(&store, &RoleFilter { kind: Some(RoleKind::Business), ..RoleFilter::default() }, 50).await,
            ["Accountant", "Closer"],
            "{engine}"
        );
        let page = store
            .read()
            .await
            .unwrap()
            .list_roles(&RoleFilter { name: "accountant".to_owned(), kind: None }, &PageRequest::default())
            .await
            .unwrap();
        assert_eq!((page.rows[0].entitlements, page.rows[0].induced, page.rows[0].members), (2, 1, 1), "{engine}");
    }
}

#[tokio::test]
async fn an_assignment_lives_through_grace_return_and_end() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let by_rule = NewAssignment {
            reason: AssignmentReason::Rule,
            origin: id::<IdentityId>(500).uuid(),
            note: String::new(),
            ..assignment(2, 1, 112)
        };
        change(&store, async |tx| tx.put_rule(&proof::roles(), &rule(500, "Closers", 112, "true")).await.unwrap()).await;
        change(&store, async |tx| tx.insert_assignments(&proof::access(), &[assignment(1, 1, 111), by_rule.clone()]).await.unwrap()).await;

        let mut tx = store.read().await.unwrap();
        let views = tx.assignments_of(id(1)).await.unwrap();
        assert_eq!(
            views.iter().map(|v| (v.role.as_str(), v.rule.as_deref(), v.note.as_str())).collect::<Vec<_>>(),
            [("Accountant", None, "because"), ("Closer", Some("Closers"), "")],
            "{engine}"
        );
        assert_eq!(tx.holders_of_role(id(111), 10).await.unwrap()[0].identity_id, id(1), "{engine}");
        drop(tx);

        let mut tx = store.write().await.unwrap();
        let again = NewAssignment { id: id(3), ..by_rule.clone() };
        assert!(
            matches!(tx.insert_assignments(&proof::access(), std::slice::from_ref(&again)).await, Err(StoreError::Duplicate(_))),
            "{engine}: one rule gives one role once"
        );
        drop(tx);

        let until = moment() + days(14);
        change(&store, async |tx| tx.grace_assignments(&proof::access(), &[id(1), id(2)], until).await.unwrap()).await;
        let mut tx = store.read().await.unwrap();
        assert!(
            tx.assignments_of(id(1)).await.unwrap().iter().all(|a| a.state == AssignmentState::Grace && a.until == Some(until)),
            "{engine}"
        );
        assert_eq!(tx.identities_with_due_assignments(until, 10).await.unwrap(), [id::<IdentityId>(1)], "{engine}");
        assert!(tx.identities_with_due_assignments(until - chrono::Duration::microseconds(1), 10).await.unwrap().is_empty(), "{engine}");
        drop(tx);

        change(&store, async |tx| tx.restore_assignments(&proof::access(), &[id(2)]).await.unwrap()).await;
        change(&store, async |tx| tx.end_assignments(&proof::access(), &[id(1)], until).await.unwrap()).await;
        let left = store.read().await.unwrap().assignments_of(id(1)).await.unwrap();
        assert_eq!(left.iter().map(|a| (a.id, a.state, a.until)).collect::<Vec<_>>(), [(id(2), AssignmentState::Active, None)], "{engine}");
        change(&store, async |tx| tx.end_assignments(&proof::access(), &[id(2)], until).await.unwrap()).await;
        change(&store, async |tx| tx.insert_assignments(&proof::access(), &[again]).await.unwrap()).await;
    }
}

#[tokio::test]
async fn what_is_held_is_read_in_bulk_by_key_and_by_range() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        put(&store, &(1..=3).map(|n| person(n, "x")).collect::<Vec<_>>()).await;
        change(&store, async |tx| {
            tx.insert_assignments(&proof::access(), &[assignment(1, 1, 111), assignment(2, 2, 112), assignment(3, 3, 112)]).await.unwrap();
            tx.end_assignments(&proof::access(), &[id(2)], moment()).await.unwrap();
            tx.insert_grants(
                &proof::access(),
                &[
                    grant(1, 1, 101, GrantState::Held),
                    grant(2, 1, 102, GrantState::RemovalOwed),
                    grant(3, 2, 101, GrantState::OutOfBand),
                    grant(4, 3, 101, GrantState::Removed),
                ],
            )
            .await
            .unwrap();
        })
        .await;
        let mut tx = store.read().await.unwrap();
        for held in [tx.held_by(&[id(1), id(2), id(3)]).await.unwrap(), tx.held_between(id(1), id(3)).await.unwrap()] {
            assert_eq!((held[&id(1)].assignments.len(), held[&id(1)].grants.len()), (1, 2), "{engine}");
            assert_eq!((held[&id(2)].assignments.len(), held[&id(2)].grants.len()), (0, 1), "{engine}");
            assert_eq!((held[&id(3)].assignments.len(), held[&id(3)].grants.len()), (1, 0), "{engine}");
        }
        assert_eq!(tx.held_between(id(2), id(2)).await.unwrap().len(), 1, "{engine}");
        assert!(tx.held_by(&[]).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn a_grant_that_was_removed_comes_back_under_its_old_key() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        put(&store, &[person(1, "A")]).await;
        change(&store, async |tx| {
            tx.insert_grants(&proof::access(), &[grant(1, 1, 101, GrantState::Held)]).await.unwrap();
            tx.set_grants(&proof::access(), &[id(1)], GrantState::Removed).await.unwrap();
        })
        .await;
        assert!(store.read().await.unwrap().grants_of(id(1)).await.unwrap().is_empty(), "{engine}");
        let again = tenure_store::access::NewGrant {
            since: moment() + days(9),
            observed_at: Some(moment() + days(9)),
            ..grant(77, 1, 101, GrantState::OutOfBand)
        };
        change(&store, async |tx| tx.insert_grants(&proof::access(), &[again]).await.unwrap()).await;
        let grants = store.read().await.unwrap().grants_of(id(1)).await.unwrap();
        assert_eq!(grants.len(), 1, "{engine}");
        assert_eq!(
            (grants[0].id, grants[0].state, grants[0].since, grants[0].observed_at),
            (id(1), GrantState::OutOfBand, moment() + days(9), Some(moment() + days(9))),
            "{engine}"
        );
        assert_eq!((grants[0].application.as_str(), grants[0].entitlement.as_str()), ("Ledger", "read"), "{engine}");
        change(&store, async |tx| tx.observe_grants(&proof::access(), &[id(1)], None).await.unwrap()).await;
        assert_eq!(store.read().await.unwrap().grants_of(id(1)).await.unwrap()[0].observed_at, None, "{engine}");
    }
}

#[tokio::test]
async fn ten_thousand_grants_are_written_and_changed_in_bulk() {
    for (engine, store) in stores().await {
        change(&store, async |tx| {
            tx.insert_application(&proof::applications(), &application(100, "Big")).await.unwrap();
            let rows: Vec<_> = (0..10_000_u128).map(|n| entitlement(100_000 + n, 100, &format!("e{n}"))).collect();
            tx.insert_entitlements(&proof::applications(), &rows).await.unwrap();
        })
        .await;
        put(&store, &[person(1, "A")]).await;
        let rows: Vec<_> = (0..10_000).map(|n| grant(n + 1, 1, 100_000 + n, GrantState::Held)).collect();
        change(&store, async |tx| tx.insert_grants(&proof::access(), &rows).await.unwrap()).await;
        let ids: Vec<_> = rows.iter().skip(1).map(|g| g.id).collect();
        change(&store, async |tx| tx.set_grants(&proof::access(), &ids, GrantState::Removed).await.unwrap()).await;
        assert_eq!(store.read().await.unwrap().grants_of(id(1)).await.unwrap().len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn so_many_rows_that_the_planner_is_told_of_them_are_all_there() {
    for (engine, store) in stores().await {
        change(&store, async |tx| {
            tx.insert_application(&proof::applications(), &application(100, "Big")).await.unwrap();
            let rows: Vec<_> = (0..20_001_u128).map(|n| entitlement(100_000 + n, 100, &format!("e{n}"))).collect();
            tx.insert_entitlements(&proof::applications(), &rows).await.unwrap();
        })
        .await;
        assert_eq!(store.read().await.unwrap().entitlements().await.unwrap().len(), 20_001, "{engine}");
    }
}

#[tokio::test]
async fn the_model_has_another_key_after_each_change_of_it_and_only_then() {
    for (engine, store) in stores().await {
        let version = async || store.write().await.unwrap().access_model_version().await.unwrap();
        let first = version().await;
        small_model(&store).await;
        let second = version().await;
        change(&store, async |tx| tx.put_rule(&proof::roles(), &rule(1, "Core", 111, "true")).await.unwrap()).await;
        let third = version().await;
        put(&store, &[person(1, "Ann")]).await;
        assert_eq!(version().await, third, "{engine}: people are not the model");
        assert!(first != second && second != third, "{engine}: {first} {second} {third}");

        let mut tx = store.write().await.unwrap();
        tx.put_rule(&proof::roles(), &rule(2, "More", 111, "true")).await.unwrap();
        let given_up = tx.access_model_version().await.unwrap();
        drop(tx);
        assert_eq!(version().await, third, "{engine}");
        change(&store, async |tx| tx.put_rule(&proof::roles(), &rule(2, "Other", 111, "true")).await.unwrap()).await;
        assert_ne!(version().await, given_up, "{engine}: what was given up is never taken for what came after");
    }
}

#[tokio::test]
async fn the_grants_of_some_are_theirs_alone_also_where_others_keys_lie_between() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        let people: Vec<_> = (1001..=1020).map(|n| person(n, "P")).collect();
        let grants: Vec<_> = (1001..=1020).map(|n| grant(n + 1000, n, 101, GrantState::Held)).collect();
        let mut tx = store.write().await.unwrap();
        tx.put_identities(&proof::identities(), &people).await.unwrap();
        tx.insert_grants(&proof::access(), &grants).await.unwrap();
        tx.commit(event()).await.unwrap();
        let some: Vec<IdentityId> = [1019, 1003, 1007].map(id).to_vec();
        let mut tx = store.read().await.unwrap();
        let mut found: Vec<IdentityId> =
            tx.grants_on_target_of(id(100), &some).await.unwrap().into_iter().map(|grant| grant.identity_id).collect();
        found.sort_unstable();
        assert_eq!(found, [1003, 1007, 1019].map(id), "{engine}");
        assert!(tx.grants_on_target_of(id(100), &[]).await.unwrap().is_empty(), "{engine}");
        let mut held: Vec<IdentityId> = tx.held_by(&some).await.unwrap().into_keys().collect();
        held.sort_unstable();
        assert_eq!(held, found, "{engine}");
    }
}
