//! Lists of identities: every order, both ways, page by page, and only what the scope allows.

use tenure_domain::access::PortalRole;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_store::identities::{IdentityFilter, IdentitySort};
use tenure_store::{Cursor, Direction, PageRequest, Store};

use super::support::*;

/// Forty identities with many equal names, whose order differs by collation.
fn crowd() -> Vec<Identity> {
    let names = ["Zoe", "anna", "Anna", "a-b", "a b", "Ängström", "Åse", "eva-maria", "Éva", "o'neil"];
    let states = [LifecycleState::Active, LifecycleState::Suspended, LifecycleState::OnLeave];
    let kinds = [IdentityKind::Person, IdentityKind::Service, IdentityKind::Agent, IdentityKind::Vendor];
    (0..40_usize)
        .map(|n| Identity {
            state: states[n % states.len()],
            kind: kinds[n % kinds.len()],
            department: ["core", "Cargo", "", "écoles"][n % 4].to_owned(),
            ..person(n as u128 + 1, names[n % names.len()])
        })
        .collect()
}

fn keys(sort: IdentitySort, i: &Identity) -> (String, String, tenure_domain::id::IdentityId) {
    let first = match sort {
        IdentitySort::Name => String::new(),
        IdentitySort::Department => i.department.clone(),
        IdentitySort::State => i.state.to_string(),
        IdentitySort::Kind => i.kind.to_string(),
    };
    (first, i.name_key(), i.id)
}

async fn walk(store: &Store, filter: &IdentityFilter, limit: usize) -> (Vec<Identity>, Vec<Identity>) {
    let mut tx = store.read().await.unwrap();
    let mut forward = Vec::new();
    let mut request = PageRequest { limit, ..PageRequest::default() };
    let mut last = loop {
        let page = tx.list_identities(everything(), filter, &request).await.unwrap();
        assert_eq!(page.previous.is_some(), request.after.is_some(), "only the first page has none before it");
        forward.extend(page.rows.iter().cloned());
        match page.next.clone() {
            Some(next) => request.after = Some(next),
            None => break page,
        }
    };
    let mut backward: Vec<Identity> = last.rows.iter().rev().cloned().collect();
    while let Some(previous) = last.previous.clone() {
        let request = PageRequest { before: Some(previous), after: None, limit };
        last = tx.list_identities(everything(), filter, &request).await.unwrap();
        assert!(last.next.is_some());
        backward.extend(last.rows.iter().rev().cloned());
    }
    (forward, backward)
}

#[tokio::test]
async fn walking_all_pages_meets_every_row_once_in_every_order_and_both_ways() {
    for (engine, store) in stores().await {
        let crowd = crowd();
        put(&store, &crowd).await;
        for sort in [IdentitySort::Name, IdentitySort::Department, IdentitySort::State, IdentitySort::Kind] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let mut expected = crowd.clone();
                expected.sort_by_key(|i| keys(sort, i));
                if direction == Direction::Descending {
                    expected.reverse();
                }
                let expected: Vec<_> = expected.iter().map(|i| i.id).collect();
                for limit in [1, 7, 40, 100] {
                    let filter = IdentityFilter { sort, direction, ..IdentityFilter::default() };
                    let (forward, mut backward) = walk(&store, &filter, limit).await;
                    backward.reverse();
                    let ids = |rows: &[Identity]| rows.iter().map(|i| i.id).collect::<Vec<_>>();
                    assert_eq!(ids(&forward), expected, "{engine} {sort:?} {direction:?} by {limit}, forward");
                    assert_eq!(ids(&backward), expected, "{engine} {sort:?} {direction:?} by {limit}, backward");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_survives_a_url_and_one_that_is_not_ours_is_none() {
    for (engine, store) in stores().await {
        put(&store, &crowd()).await;
        let mut tx = store.read().await.unwrap();
        let filter = IdentityFilter { sort: IdentitySort::Department, ..IdentityFilter::default() };
        let page = tx.list_identities(everything(), &filter, &PageRequest { limit: 3, ..PageRequest::default() }).await.unwrap();
        let next = page.next.unwrap();
        assert_eq!(Cursor::decode(&next.encode()), Some(next.clone()), "{engine}");
        // A cursor of another order: the list begins at its beginning.
        let by_name = IdentityFilter::default();
        let request = PageRequest { after: Some(next), limit: 3, ..PageRequest::default() };
        assert_eq!(tx.list_identities(everything(), &by_name, &request).await.unwrap().rows[0].display_name, "a b", "{engine}");
    }
    for text in ["", "nonsense", "[1,2]", "[[\"a\"],\"not-a-uuid\"]"] {
        assert_eq!(Cursor::decode(text), None, "{text}");
    }
}

#[tokio::test]
async fn each_filter_lets_only_its_own_through() {
    for (engine, store) in stores().await {
        let ended = LifecycleState::Terminated;
        put(&store, &[person(1, "Boss"), Identity { state: ended, ..person(2, "Gone") }]).await;
        put(
            &store,
            &[
                Identity { manager_id: Some(id(1)), department: "core".to_owned(), ..person(3, "Report") },
                service(4, "Owned", Some(1)),
                service(5, "Orphan", None),
                service(6, "Owner gone", Some(2)),
                Identity { state: ended, ..service(7, "Ended orphan", None) },
                Identity { kind: IdentityKind::Agent, ..service(8, "Agent", Some(1)) },
            ],
        )
        .await;
        let none = IdentityFilter::default;
        for (name, filter, expected) in [
            ("state", IdentityFilter { state: Some(ended), ..none() }, vec![2, 7]),
            ("kind", IdentityFilter { kind: Some(IdentityKind::Agent), ..none() }, vec![8]),
            ("non-human", IdentityFilter { non_human: true, ..none() }, vec![4, 5, 6, 7, 8]),
            ("department", IdentityFilter { department: Some("core".to_owned()), ..none() }, vec![3]),
            ("no department", IdentityFilter { department: Some("Core".to_owned()), ..none() }, vec![]),
            ("manager", IdentityFilter { manager_id: Some(id(1)), ..none() }, vec![3]),
            ("owner", IdentityFilter { owner_id: Some(id(1)), ..none() }, vec![4, 8]),
            ("without owner", IdentityFilter { without_owner: true, ..none() }, vec![5, 6]),
            (
                "two at once",
                IdentityFilter { non_human: true, owner_id: Some(id(1)), kind: Some(IdentityKind::Service), ..none() },
                vec![4],
            ),
            ("everything", none(), (1..=8).collect()),
        ] {
            let mut tx = store.read().await.unwrap();
            let mut found: Vec<_> =
                tx.list_identities(everything(), &filter, &PageRequest::default()).await.unwrap().rows.iter().map(|i| i.id).collect();
            found.sort_unstable();
            let expected: Vec<_> = expected.into_iter().map(id).collect();
            assert_eq!(found, expected, "{engine}: {name}");
            assert_eq!(tx.count_identities(everything(), &filter, 100).await.unwrap(), expected.len() as i64, "{engine}: {name}");
        }
        assert_eq!(
            store.read().await.unwrap().count_identities(everything(), &none(), 3).await.unwrap(),
            3,
            "{engine}: counted up to a limit"
        );
    }
}

#[tokio::test]
async fn a_scope_is_part_of_the_query() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Me"), person(2, "Stranger")]).await;
        put(
            &store,
            &[Identity { manager_id: Some(id(1)), ..person(3, "Report") }, service(4, "Mine", Some(1)), service(5, "Another's", Some(2))],
        )
        .await;
        put(&store, &[service(6, "Of my report", Some(3))]).await;
        let see = async |scope, filter: IdentityFilter| {
            let mut tx = store.read().await.unwrap();
            let mut found: Vec<_> =
                tx.list_identities(scope, &filter, &PageRequest::default()).await.unwrap().rows.iter().map(|i| i.id).collect();
            found.sort_unstable();
            assert_eq!(tx.count_identities(scope, &filter, 100).await.unwrap(), found.len() as i64, "{engine}");
            found
        };
        let employee = scope_of(id(1), &[PortalRole::Employee]);
        let manager = scope_of(id(1), &[PortalRole::Employee, PortalRole::Manager]);
        let auditor = scope_of(id(1), &[PortalRole::Employee, PortalRole::Auditor]);
        let none = IdentityFilter::default;
        assert_eq!(see(employee, none()).await, [id(1), id(4)], "{engine}: own");
        assert_eq!(see(manager, none()).await, [id(1), id(3), id(4)], "{engine}: team");
        assert_eq!(see(auditor, none()).await.len(), 6, "{engine}: all");
        let asked = IdentityFilter { owner_id: Some(id(2)), ..none() };
        assert!(see(manager, asked).await.is_empty(), "{engine}: a filter does not widen a scope");
        assert!(see(employee, IdentityFilter { search: "stranger".to_owned(), ..none() }).await.is_empty(), "{engine}: nor does a search");
    }
}
