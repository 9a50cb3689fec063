//! Saved views.

use tenure_store::views::SavedView;

use super::support::*;

#[tokio::test]
async fn a_view_is_its_owners_alone_and_its_name_is_kept_once() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let view = |n: u128, who: u128, name: &str, query: &str| SavedView {
            id: id(n),
            identity_id: id(who),
            page: "identities".to_owned(),
            name: name.to_owned(),
            query: query.to_owned(),
        };
        change(&store, async |tx| {
            for v in [view(1, 1, "Team", "a=1"), view(2, 1, "Core", "a=2"), view(3, 2, "Team", "a=3"), view(4, 1, "Team", "a=4")] {
                tx.put_view(&proof::views(), &v).await.unwrap();
            }
            tx.put_view(&proof::views(), &SavedView { page: "audit".to_owned(), ..view(5, 1, "Team", "a=5") }).await.unwrap();
        })
        .await;
        let mine = store.read().await.unwrap().saved_views(id(1), "identities").await.unwrap();
        assert_eq!(mine, [view(2, 1, "Core", "a=2"), view(1, 1, "Team", "a=4")], "{engine}: by name, the last query of a name");
        let delete = async |n, who| change(&store, async |tx| tx.delete_view(&proof::views(), id(n), id(who)).await.unwrap()).await;
        assert!(!delete(3, 1).await, "{engine}: another's is not touched");
        assert!(delete(3, 2).await && !delete(3, 2).await, "{engine}");
    }
}
