//! Lists over SCIM: filters, orders, pages.

use serde_json::json;
use tenure_scim::ScimType;
use tenure_scim::list::SearchRequest;
use tenure_services::scim::{list_users, search};

use super::scim_support::*;
use super::support::*;

#[tokio::test]
async fn filters_find_what_they_say_whether_the_database_answers_or_each_is_asked() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        for (name, title, shown) in [("bjensen", "Tour Guide", "Babs Jensen"), ("jsmith", "", "John Smith"), ("kim", "Guide", "Kim Łoś")]
        {
            let mail =
                [json!({ "value": format!("{name}@example.com"), "type": "work" }), json!({ "value": format!("{name}@home.example") })];
            let mut body = json!({ "userName": name, "externalId": name, "displayName": shown, "emails": mail });
            if !title.is_empty() {
                body["title"] = json!(title);
            }
            made(&okta, &body).await;
        }
        let kim = identity(&app, "kim").await;
        patched(&okta, &kim.id.to_string(), active(false)).await;
        for (filter, expected) in [
            ("userName eq \"BJENSEN\"", vec!["bjensen"]),
            ("userName Eq \"bjensen\" and active eq true", vec!["bjensen"]),
            ("userName eq \"bjensen\" and active eq false", vec![]),
            ("externalId eq \"jsmith\"", vec!["jsmith"]),
            ("externalId eq \"JSMITH\"", vec![]),
            ("emails.value eq \"kim@home.example\"", vec!["kim"]),
            ("emails[type eq \"work\" and value co \"@example.com\"]", vec!["bjensen", "jsmith", "kim"]),
            ("displayName sw \"babs j\"", vec!["bjensen"]),
            ("displayName sw \"jensen\"", vec![]),
            ("displayName co \"los\" or displayName co \"łoś\"", vec!["kim"]),
            ("title pr", vec!["bjensen", "kim"]),
            ("active eq false and title pr", vec!["kim"]),
            ("not (title pr) and userName sw \"j\"", vec!["jsmith"]),
            ("title eq \"guide\" or userName ew \"smith\"", vec!["jsmith", "kim"]),
            ("id eq \"nobody\"", vec![]),
            ("meta.lastModified gt \"2030-01-01T00:00:00Z\"", vec![]),
            ("userName sw \"b\" and meta.lastModified ge \"2011-05-13T04:42:34Z\"", vec!["bjensen"]),
            ("meta.resourceType eq \"Group\"", vec![]),
        ] {
            let (mut names, total) = found(&okta, &asked(filter)).await;
            names.sort();
            assert_eq!(names, expected, "{filter}");
            assert_eq!(total, expected.len() as u64, "{filter}");
        }
        assert_eq!(found(&okta, &asked(&format!("id eq \"{}\"", kim.id))).await.1, 1);
        for (filter, kind) in [("userName regex \"x\"", ScimType::InvalidFilter), ("active gt true", ScimType::InvalidFilter)] {
            assert_eq!(refused(list_users(&okta, &view(), &asked(filter)).await).scim_type, Some(kind), "{filter}");
        }
        assert_eq!(refused(list_users(&okta, &view(), &asked("password eq \"x\"")).await).status, 403);
    })
    .await;
}

#[tokio::test]
async fn pages_by_number_and_by_cursor_hold_everybody_once_in_every_order() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        for n in 0..7 {
            made(&okta, &json!({ "userName": format!("p{n}"), "title": format!("T{}", (n * 3) % 7) })).await;
        }
        let ordered = SearchRequest { sort_by: Some("title".to_owned()), sort_order: Some("descending".to_owned()), ..asked("title pr") };
        for request in [SearchRequest::default(), asked("userName sw \"p\""), ordered] {
            let (all, total) = found(&okta, &request).await;
            let mut by_number = Vec::new();
            for start in (1..20).step_by(3) {
                let page = SearchRequest { start_index: Some(start), count: Some(3), ..request.clone() };
                let (names, n) = found(&okta, &page).await;
                assert_eq!(n, total);
                by_number.extend(names);
            }
            assert_eq!(by_number, all, "{request:?}");
            let (mut by_cursor, mut cursor) = (Vec::new(), Some(String::new()));
            while let Some(from) = cursor {
                let page = SearchRequest { cursor: Some(from), count: Some(3), ..request.clone() };
                let list = list_users(&okta, &view(), &page).await.unwrap();
                assert_eq!((list.total_results, list.start_index), (Some(total), None));
                by_cursor.extend(list.resources.iter().map(|r| r["userName"].as_str().unwrap().to_owned()));
                cursor = list.next_cursor;
            }
            assert_eq!(by_cursor, all, "{request:?}");
        }
        let sorted = SearchRequest { sort_by: Some("title".to_owned()), ..asked("title pr") };
        assert_eq!(found(&okta, &sorted).await.0, ["p0", "p5", "p3", "p1", "p6", "p4", "p2"]);
        let none = SearchRequest { count: Some(0), ..SearchRequest::default() };
        assert_eq!(found(&okta, &none).await.0, [""; 0]);
        for (request, kind) in [
            (SearchRequest { cursor: Some("x".to_owned()), ..none.clone() }, ScimType::InvalidCursor),
            (SearchRequest { cursor: Some(String::new()), start_index: Some(1), ..none.clone() }, ScimType::InvalidValue),
            (SearchRequest { sort_by: Some("nothing".to_owned()), ..none.clone() }, ScimType::InvalidValue),
            (SearchRequest { sort_by: Some("title".to_owned()), start_index: Some(20_000), ..none }, ScimType::TooMany),
        ] {
            assert_eq!(refused(list_users(&okta, &view(), &request).await).scim_type, Some(kind), "{request:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_at_the_root_finds_users_and_groups() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        made(&okta, &json!({ "userName": "ann", "displayName": "Zoe" })).await;
        tenure_services::scim::create_group(&okta, &view(), &json!({ "displayName": "Anglers" })).await.unwrap();
        let kinds = async |request: SearchRequest| -> Vec<String> {
            let list = search(&okta, &only("displayName,meta"), &request).await.unwrap();
            list.resources.iter().map(|r| r["displayName"].as_str().unwrap_or_default().to_owned()).collect()
        };
        let both = asked("displayName eq \"zoe\" or displayName eq \"Anglers\"");
        assert_eq!(kinds(both.clone()).await, ["Zoe", "Anglers"]);
        assert_eq!(kinds(SearchRequest { start_index: Some(2), ..both.clone() }).await, ["Anglers"]);
        assert_eq!(kinds(SearchRequest { sort_by: Some("displayName".to_owned()), ..both }).await, ["Anglers", "Zoe"]);
    })
    .await;
}
