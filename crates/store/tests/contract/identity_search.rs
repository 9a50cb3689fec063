//! Search by the beginnings of words.

use tenure_domain::identity::Identity;
use tenure_store::identities::{IdentityFilter, IdentitySort};
use tenure_store::{Direction, PageRequest, Store};

use super::support::*;

async fn find(store: &Store, words: &str) -> Vec<u128> {
    use tenure_domain::id::Id as _;
    let filter = IdentityFilter { search: words.to_owned(), ..IdentityFilter::default() };
    let page = store.read().await.unwrap().list_identities(everything(), &filter, &PageRequest::default()).await.unwrap();
    let mut found: Vec<_> = page.rows.iter().map(|i| i.id.uuid().as_u128()).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn words_are_found_by_their_beginnings_whatever_their_signs() {
    for (engine, store) in stores().await {
        let with = |n, name: &str, user: &str, department: &str, title: &str| Identity {
            user_name: user.to_owned(),
            department: department.to_owned(),
            title: title.to_owned(),
            ..person(n, name)
        };
        put(
            &store,
            &[
                with(1, "Inês Carvalho", "ines.carvalho", "core", "Team lead"),
                with(2, "Ines O'Neil-Smith", "ines2", "cargo", "Member"),
                Identity {
                    employee_id: Some("E00042".to_owned()),
                    email: "someone@example.com".to_owned(),
                    ..with(3, "Łukasz Þór", "lukasz", "infra & ops", "")
                },
                with(4, "李小龍", "bruce", "", "1e5 things"),
                with(5, "Carvalho", "c5", "", "the and or not near"),
            ],
        )
        .await;
        for (words, expected) in [
            ("ines", vec![1, 2]),
            ("INÊS", vec![1, 2]),
            ("ine car", vec![1, 2]),
            ("carv", vec![1, 5]),
            ("ines carv", vec![1]),
            ("carv ines lead", vec![1]),
            ("arvalho", vec![]),
            ("o'neil", vec![2]),
            ("smith", vec![2]),
            ("ines.carvalho", vec![1]),
            ("ines.carv", vec![1]),
            ("e00042", vec![3]),
            ("someone", vec![3]),
            ("infra", vec![3]),
            ("þór", vec![3]),
            ("łuk", vec![3]),
            ("李小", vec![4]),
            ("1e5", vec![4]),
            ("1e", vec![4]),
            ("the and", vec![5]),
            ("not near", vec![5]),
            ("\"ines\"", vec![1, 2]),
            ("ines\" OR \"x", vec![]),
            ("ines*", vec![1, 2]),
            ("'ines' & !carvalho", vec![1]),
            ("ines:carvalho", vec![1]),
            ("nobody", vec![]),
        ] {
            assert_eq!(find(&store, words).await, expected, "{engine}: {words:?}");
        }
    }
}

#[tokio::test]
async fn signs_alone_are_no_words_and_limit_nothing() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        for words in ["", "   ", "\"", "'", "&|!", "%_", "\\", "\0", "( )", ";--", "\u{300}"] {
            assert_eq!(find(&store, words).await, [1, 2], "{engine}: {words:?}");
        }
    }
}

#[tokio::test]
async fn a_search_of_any_length_is_answered() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Anna"), person(2, &"x".repeat(200))]).await;
        assert_eq!(find(&store, &"y".repeat(50_000)).await, Vec::<u128>::new(), "{engine}: one long word");
        assert_eq!(find(&store, &"x".repeat(150)).await, [2], "{engine}: the beginning of a long name");
        assert_eq!(find(&store, &"anna ".repeat(10_000)).await, [1], "{engine}: many words");
    }
}

#[tokio::test]
async fn what_changed_is_found_by_its_new_words_only() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Nadia Varga")]).await;
        let read = identity(&store, 1).await;
        put(&store, &[Identity { display_name: "Nadia Wang".to_owned(), version: 2, ..read }]).await;
        assert!(find(&store, "varga").await.is_empty(), "{engine}");
        assert_eq!(find(&store, "wang").await, [1], "{engine}");
    }
}

#[tokio::test]
async fn a_search_that_finds_many_shows_them_in_order_page_by_page_and_counts_them() {
    for (engine, store) in stores().await {
        let named = |n: u128| person(n, &format!("{} {:04}", if n.is_multiple_of(7) { "Rare" } else { "Common" }, 5_000 - n));
        put(&store, &(1..=900).map(named).collect::<Vec<_>>()).await;
        for (words, up_to, expected) in [("common", 10_000, 772), ("common", 100, 100), ("rare", 10_000, 128), ("common 4", 10_000, 772)] {
            for (sort, direction) in [(IdentitySort::Name, Direction::Ascending), (IdentitySort::State, Direction::Descending)] {
                let filter = IdentityFilter { search: words.to_owned(), sort, direction, ..IdentityFilter::default() };
                let mut request = PageRequest { limit: 100, ..PageRequest::default() };
                let mut names = Vec::new();
                loop {
                    let mut tx = store.read().await.unwrap();
                    let (page, total) = tx.search_identities(everything(), &filter, &request, up_to).await.unwrap();
                    assert_eq!(total, expected, "{engine}: {words} up to {up_to}");
                    names.extend(page.rows.into_iter().map(|i| i.display_name));
                    let Some(next) = page.next else { break };
                    request.after = Some(next);
                }
                let mut sorted = names.clone();
                sorted.sort_unstable();
                if direction == Direction::Descending {
                    sorted.reverse();
                }
                sorted.dedup();
                assert_eq!(names, sorted, "{engine}: {words}, each once and in order");
                assert_eq!(names.len(), if words == "rare" { 128 } else { 772 }, "{engine}: {words}");
            }
        }
    }
}
