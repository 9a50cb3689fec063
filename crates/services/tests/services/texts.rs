//! Texts that somebody types: checked as those of a file are, and the same on both engines.

use tenure_services::ServiceError;
use tenure_services::access::{NewApplication, create_application};
use tenure_services::identities::{IdentityChange, NewIdentity, create_identity, edit_identity, list_identities};
use tenure_services::list_imports::{ListKind, stage_list};
use tenure_services::people::{ImportOptions, import_people, stage_upload};
use tenure_store::PageRequest;
use tenure_store::identities::IdentityFilter;

use super::support::*;

fn fields(error: &ServiceError) -> Vec<&'static str> {
    let ServiceError::Invalid(faults) = error else { panic!("{error}") };
    faults.iter().map(|f| f.field).collect()
}

#[tokio::test]
async fn every_text_of_a_form_is_checked_at_its_field() {
    on_each(async |app| {
        let ctx = admin(&app);
        let bad = NewIdentity {
            user_name: "an\0n".to_owned(),
            display_name: "An\u{202e}n".to_owned(),
            email: "a\0@example.com".to_owned(),
            department: "D".repeat(10_000),
            title: "=1+1".to_owned(),
            purpose: "\u{7}".to_owned(),
            ..new_person("ann")
        };
        let error = create_identity(&ctx, &bad).await.unwrap_err();
        assert_eq!(fields(&error), ["user_name", "display_name", "email", "department", "title", "purpose"]);
        assert!(everybody(&app).await.is_empty());

        let ann = person(&ctx, "ann").await;
        let before = identity(&app, "ann").await;
        let change = IdentityChange {
            version: before.version,
            display_name: bad.display_name.clone(),
            email: bad.email.clone(),
            department: bad.department.clone(),
            title: bad.title.clone(),
            purpose: bad.purpose.clone(),
            owner_id: None,
            work: tenure_services::identities::Work::default(),
        };
        let error = edit_identity(&ctx, ann, &change).await.unwrap_err();
        assert_eq!(fields(&error), ["display_name", "email", "department", "title", "purpose"]);
        assert_eq!(identity(&app, "ann").await, before);
    })
    .await;
}

#[tokio::test]
async fn names_of_applications_views_and_sources_can_be_seen() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let new = NewApplication { name: "Led\0ger".to_owned(), description: "a\0b".to_owned(), owner_id: None };
        assert_eq!(fields(&create_application(&ctx, &new).await.unwrap_err()), ["name", "description"]);
        let me = signed_in(&app, ann, &[tenure_domain::access::PortalRole::Employee]);
        assert_eq!(fields(&tenure_services::views::save_view(&me, "identities", "a\0b", "").await.unwrap_err()), ["name"]);
        let staged = stage_upload(&ctx, "h\0r", "people.csv", ctx.today(), b"x").await;
        assert_eq!(fields(&staged.unwrap_err()), ["source"]);
        let options = ImportOptions { source: "h\0r".to_owned(), ..options("2024-03-01") };
        assert_eq!(fields(&import_people(&ctx, &options, b"x".as_slice()).await.unwrap_err()), ["source"]);
        let kind = ListKind::Memberships { source: "h\0r".to_owned(), application: "G\0it".to_owned() };
        for name in ["members.xlsx", "members", "members.csv.exe"] {
            let sound = ListKind::Credentials;
            let staged = stage_list(&ctx, &sound, name, ctx.today(), b"x").await;
            assert!(matches!(&staged, Err(ServiceError::Invalid(faults)) if faults[0].field == "file"), "{name}: {staged:?}");
        }
        let staged = stage_list(&ctx, &kind, "members.csv", ctx.today(), b"x").await;
        assert_eq!(fields(&staged.unwrap_err()), ["source", "application"]);
    })
    .await;
}

#[tokio::test]
async fn the_longest_name_in_the_longest_department_is_kept_and_listed() {
    on_each(async |app| {
        let ctx = admin(&app);
        // Different letters: PostgreSQL would make equal ones short before it looks at their length.
        let letters = |n: u32, from: u32| (0..n).filter_map(|i| char::from_u32(from + (i * 7919) % 20_000)).collect::<String>();
        let (given, department) = (letters(250, 0x4e00), letters(333, 0x4e10));
        let family = letters(249, 0x5000);
        let line = format!("1,ann,{given},{family},,{department},,,2020-01-01,,");
        import(&ctx, &[line]).await.unwrap();
        let ann = identity(&app, "ann").await;
        assert_eq!((ann.display_name.len(), ann.department.len()), (499 * 3 + 1, 999));

        let error = import(&ctx, &[format!("1,ann,{given},{family}{given},,{department},,,2020-01-01,,")]).await.unwrap_err();
        assert!(error.to_string().contains("at most 1500"), "{error}");
        let error = import(&ctx, &[format!("1,ann,{given},{family},,{department}{given},,,2020-01-01,,")]).await.unwrap_err();
        assert!(matches!(error, ServiceError::File(_)), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_nul_or_an_endless_word_in_a_filter_is_no_error() {
    on_each(async |app| {
        let ctx = admin(&app);
        person(&ctx, "ann").await;
        for filter in [
            IdentityFilter { search: "x\0y".to_owned(), ..IdentityFilter::default() },
            IdentityFilter { search: "y".repeat(5_000), ..IdentityFilter::default() },
            IdentityFilter { department: Some("X\0Y".to_owned()), ..IdentityFilter::default() },
        ] {
            assert!(list_identities(&ctx, &filter, &PageRequest::default()).await.unwrap().page.rows.is_empty(), "{filter:?}");
        }
        assert!(app.store.read().await.unwrap().identity_by_user_name("nob\0ody").await.unwrap().is_none());
        let roles = tenure_store::access::RoleFilter { name: "a\0".to_owned(), kind: None };
        assert!(app.store.read().await.unwrap().list_roles(&roles, &PageRequest::default()).await.unwrap().rows.is_empty());
        assert_eq!(tenure_store::Cursor::decode("[[\"a\\u0000\"],\"018f0000-0000-7000-8000-000000000000\"]"), None);
    })
    .await;
}
