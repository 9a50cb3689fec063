//! People over SCIM: an identity provider is a source, and what it says goes the way of an import.

use chrono::TimeDelta;
use serde_json::json;
use tenure_domain::access::{Channel, PortalRole};
use tenure_domain::identity::LifecycleState::{Active, PreHire, Suspended, Terminated};
use tenure_domain::identity::Transition;
use tenure_domain::operation::OperationKind::ChangeAccount;
use tenure_domain::target::OnEnd;
use tenure_scim::ScimType;
use tenure_services::accounts::set_portal_role;
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity, show_identity};
use tenure_services::scim::{create_user, delete_user, patch_user, read_user, replace_user};
use tenure_services::targets::{reconcile_target, set_mapping};

use super::scim_support::*;
use super::support::*;
use super::targets::{with_directory, work};

#[tokio::test]
async fn a_user_is_a_joiner_with_birthrights_and_reads_back_what_was_written() {
    on_each(async |app| {
        let admin = admin(&app);
        let ledger = application(&admin, "Ledger").await;
        birthright(&admin, ledger, "read", "Sales", 0).await;
        let okta = provider(&app, "okta").await;
        let boss = made(&okta, &user("boss")).await;
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
            "userName": "Ann.Example", "externalId": "00u1", "displayName": "Ann Example", "nickName": "Annie", "password": "t1meMa$heen",
            "name": { "givenName": "Ann", "familyName": "Example", "middleName": "B" },
            "emails": [{ "value": "home@example.org", "type": "home" }, { "value": "ann@example.com", "type": "work", "primary": true }],
            "phoneNumbers": [{ "value": "tel:+43-1", "type": "work" }],
            (ENTERPRISE): { "employeeNumber": "701984", "department": "Sales", "costCenter": "4130", "manager": { "value": boss.id } },
        });
        let ann = made(&okta, &body).await;
        assert_eq!(ann.location, format!("{BASE}/Users/{}", ann.id));
        for (pointer, expected) in [
            ("/userName", json!("Ann.Example")),
            ("/externalId", json!("00u1")),
            ("/nickName", json!("Annie")),
            ("/active", json!(true)),
            ("/name/middleName", json!("B")),
            ("/phoneNumbers/0/value", json!("tel:+43-1")),
            ("/emails/1/primary", json!(true)),
            ("/meta/resourceType", json!("User")),
        ] {
            assert_eq!(ann.body.pointer(pointer), Some(&expected), "{pointer}");
        }
        assert_eq!(ann.body[ENTERPRISE]["manager"]["value"], json!(boss.id));
        assert!(ann.body.get("password").is_none());
        let i = identity(&app, "ann.example").await;
        assert_eq!((i.state, i.email.as_str(), i.department.as_str()), (Active, "ann@example.com", "Sales"));
        assert_eq!((i.employee_id.as_deref(), i.manager_id), (Some("701984"), Some(key(&boss))));
        assert_eq!(i.attributes["cost_center"].value, "4130");
        assert_eq!(held(&admin, i.id).await.len(), 1, "the rule gives it");
        let shown = show_identity(&admin, i.id).await.unwrap();
        assert_eq!((shown.employments.len(), shown.source.as_deref()), (1, Some("SCIM: okta")));
        let joined = &events(&app, "identity.joined").await[0];
        assert!(joined.body.contains("\"channel\":\"scim\"") && joined.body.contains("SCIM: okta"), "{}", joined.body);
        for event in events(&app, "").await {
            assert!(!event.body.contains("t1meMa$heen"), "{}", event.action);
        }
    })
    .await;
}

#[tokio::test]
async fn another_department_makes_a_mover_and_the_same_word_twice_changes_nothing() {
    on_each(async |app| {
        let admin = admin(&app);
        let ledger = application(&admin, "Ledger").await;
        birthright(&admin, ledger, "read", "Sales", 0).await;
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &json!({ "userName": "ann", (ENTERPRISE): { "department": "Core" } })).await;
        let move_to = json!([{ "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Sales" }]);
        let moved = patched(&okta, &ann.id, move_to.clone()).await;
        assert_eq!(held(&admin, key(&ann)).await.len(), 1);
        assert_eq!(events(&app, "identity.moved").await.len(), 1);
        assert_ne!(moved.version, ann.version);
        let again = patched(&okta, &ann.id, move_to).await;
        assert_eq!(again.version, moved.version);
        assert_eq!(events(&app, "identity.moved").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn inactive_ends_by_the_one_way_and_active_again_is_a_rehire() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        // As Entra ID writes it.
        let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
        assert_eq!(patched(&okta, &ann.id, off).await.body["active"], json!(false));
        let i = identity(&app, "ann").await;
        assert_eq!((i.state, i.epoch), (Terminated, 1));
        let ended = &events(&app, "identity.ended").await[0];
        assert!(ended.body.contains("deactivated by SCIM: okta"), "{}", ended.body);
        // As Okta writes it.
        let on = json!([{ "op": "replace", "value": { "active": true } }]);
        assert_eq!(patched(&okta, &ann.id, on).await.body["active"], json!(true));
        assert_eq!(state(&app, "ann").await, Active);
        assert_eq!(events(&app, "identity.rehired").await.len(), 1);
        assert_eq!(show_identity(&admin(&app), key(&ann)).await.unwrap().employments.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn whom_tenure_ended_the_provider_does_not_bring_back_unless_it_says_first_that_they_left() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        end_identity(&admin(&app), key(&ann), "stole").await.unwrap();
        let error = refused(patch_user(&okta, &ann.id, &view(), &ops(active(true)), None).await);
        assert!(error.status == 403 && error.detail.contains("administrator"), "{error:?}");
        assert_eq!(refused_events(&app).await[0].action, "provision-identities");
        assert_eq!(read_user(&okta, &ann.id, &view()).await.unwrap().body["active"], json!(false));
        patched(&okta, &ann.id, active(false)).await;
        patched(&okta, &ann.id, active(true)).await;
        assert_eq!(state(&app, "ann").await, Active);
    })
    .await;
}

#[tokio::test]
async fn a_suspension_is_not_lifted_from_outside_and_an_inactive_user_is_a_pre_hire() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        change_lifecycle(&admin(&app), key(&ann), Transition::Suspend, "looked into").await.unwrap();
        patched(&okta, &ann.id, active(true)).await;
        assert_eq!(state(&app, "ann").await, Suspended);
        let ben = made(&okta, &json!({ "userName": "ben", "active": false })).await;
        assert_eq!((state(&app, "ben").await, ben.body["active"].clone()), (PreHire, json!(false)));
        assert_eq!(patched(&okta, &ben.id, active(true)).await.body["active"], json!(true));
        assert_eq!(show_identity(&admin(&app), key(&ben)).await.unwrap().employments.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_comes_back_under_the_same_name_as_the_same_person() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &json!({ "userName": "ann", "externalId": "1" })).await;
        delete_user(&okta, &ann.id, None).await.unwrap();
        assert_eq!(state(&app, "ann").await, Terminated);
        for error in [
            refused(read_user(&okta, &ann.id, &view()).await),
            refused(delete_user(&okta, &ann.id, None).await),
            refused(patch_user(&okta, &ann.id, &view(), &ops(active(true)), None).await),
        ] {
            assert_eq!(error.status, 404);
        }
        assert_eq!(found(&okta, &asked("userName eq \"ann\"")).await, (Vec::new(), 0));
        let back = made(&okta, &json!({ "userName": "ANN", "externalId": "1" })).await;
        assert_eq!(back.id, ann.id, "one person, one history");
        assert_eq!(state(&app, "ann").await, Active);
        // Somebody else of the same name is somebody else.
        delete_user(&okta, &ann.id, None).await.unwrap();
        let other = made(&okta, &json!({ "userName": "ann", "externalId": "2" })).await;
        assert_ne!(other.id, ann.id);
        assert_eq!(events(&app, "identity.archive").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn names_are_taken_once_whatever_their_case() {
    on_each(async |app| {
        let (okta, entra) = (provider(&app, "okta").await, provider(&app, "entra").await);
        made(&okta, &json!({ "userName": "ann", "externalId": "1", (ENTERPRISE): { "employeeNumber": "7" } })).await;
        let ben = made(&okta, &user("ben")).await;
        for body in [
            json!({ "userName": "ANN" }),
            json!({ "userName": "cem", "externalId": "1" }),
            json!({ "userName": "cem", (ENTERPRISE): { "employeeNumber": "7" } }),
            // A machine has the name.
            json!({ "userName": "Okta" }),
        ] {
            let error = refused(create_user(&okta, &view(), &body).await);
            assert_eq!((error.status, error.scim_type), (409, Some(ScimType::Uniqueness)), "{body}");
        }
        let rename = ops(json!([{ "op": "replace", "path": "userName", "value": "Ann" }]));
        assert_eq!(refused(patch_user(&okta, &ben.id, &view(), &rename, None).await).status, 409);
        // Another provider has names of its own for its people, and does not see these.
        let theirs = made(&entra, &json!({ "userName": "dan", "externalId": "1" })).await;
        assert!(read_user(&okta, &theirs.id, &view()).await.unwrap().body.get("externalId").is_none());
    })
    .await;
}

#[tokio::test]
async fn other_sources_people_are_read_and_not_changed_and_nobodys_are_taken_over() {
    on_each(async |app| {
        let admin = admin(&app);
        import(&admin, &[row("E1", "eva", "Core")]).await.unwrap();
        let ann = person(&admin, "ann").await;
        let boss = person(&admin, "boss").await;
        set_portal_role(&admin, boss, PortalRole::Auditor, true).await.unwrap();
        let okta = provider(&app, "okta").await;
        let title = ops(json!([{ "op": "add", "path": "title", "value": "Clerk" }]));
        let eva = identity(&app, "eva").await.id.to_string();
        assert_eq!(read_user(&okta, &eva, &view()).await.unwrap().body[ENTERPRISE]["employeeNumber"], json!("E1"));
        for (who, words) in [(eva, "source hr"), (boss.to_string(), "role in the portal")] {
            let error = refused(patch_user(&okta, &who, &view(), &title, None).await);
            assert!(error.status == 403 && error.detail.contains(words), "{error:?}");
            assert_eq!(refused(delete_user(&okta, &who, None).await).status, 403);
        }
        patch_user(&okta, &ann.to_string(), &view(), &title, None).await.unwrap();
        let i = identity(&app, "ann").await;
        assert_eq!((i.title.as_str(), i.department.as_str()), ("Clerk", "Sales"), "the rest stays");
        assert_eq!(events(&app, "identity.taken-over").await.len(), 1);
        let entra = provider(&app, "entra").await;
        assert_eq!(refused(patch_user(&entra, &ann.to_string(), &view(), &title, None).await).status, 403);
        assert_eq!(
            refused(read_user(&okta, &okta.principal.identity_id().unwrap().to_string(), &view()).await).status,
            404,
            "a machine is no user"
        );
    })
    .await;
}

#[tokio::test]
async fn a_version_that_is_not_the_current_one_is_refused_and_two_changes_at_once_are_both_kept() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        let title = |value: &str| ops(json!([{ "op": "replace", "path": "title", "value": value }]));
        let second = patch_user(&okta, &ann.id, &view(), &title("Clerk"), Some(&ann.version)).await.unwrap();
        assert_eq!(refused(patch_user(&okta, &ann.id, &view(), &title("Boss"), Some(&ann.version)).await).status, 412);
        assert_eq!(refused(delete_user(&okta, &ann.id, Some(&ann.version)).await).status, 412);
        patch_user(&okta, &ann.id, &view(), &title("Boss"), Some(&format!("\"x\", {}", second.version))).await.unwrap();
        let (view, body) =
            (view(), [json!("nickName"), json!("locale")].map(|path| ops(json!([{ "op": "add", "path": path, "value": "at" }]))));
        let (a, b) =
            futures::future::join(patch_user(&okta, &ann.id, &view, &body[0], None), patch_user(&okta, &ann.id, &view, &body[1], None))
                .await;
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        let now = read_user(&okta, &ann.id, &view).await.unwrap().body;
        assert_eq!((now["nickName"].clone(), now["locale"].clone()), (json!("at"), json!("at")));
    })
    .await;
}

#[tokio::test]
async fn a_replacement_unassigns_what_it_does_not_say_but_not_whether_somebody_is_active() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &json!({ "userName": "ann", "title": "Clerk", "nickName": "A" })).await;
        let after = replace_user(&okta, &ann.id, &view(), &json!({ "userName": "ann.b", "nickName": "B" }), None).await.unwrap().body;
        assert_eq!((after["userName"].clone(), after["nickName"].clone(), after.get("title")), (json!("ann.b"), json!("B"), None));
        assert_eq!(after["active"], json!(true));
        assert_eq!(identity(&app, "ann.b").await.title, "");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_at_its_attribute_and_nothing_is_kept() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        for (body, word) in [
            (json!({ "userName": "a b" }), "userName"),
            (json!({}), "userName"),
            (json!({ "userName": "a", "displayName": "=cmd()" }), "displayName"),
            (json!({ "userName": "a", "emails": [{ "value": "nobody" }] }), "emails"),
            (json!({ "userName": "a", "active": "perhaps" }), "active"),
            (json!({ "userName": "a", "nickName": "\u{0}" }), "U+0000"),
            (json!({ "userName": "a", "nickName": "x".repeat(70_000) }), "bytes"),
        ] {
            let error = refused(create_user(&okta, &view(), &body).await);
            assert!(error.status == 400 && error.detail.contains(word), "{word}: {error:?}");
        }
        assert!(events(&app, "identity.joined").await.is_empty() && events(&app, "source.created").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_token_without_the_role_does_nothing_and_a_provisioner_nothing_else() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let employee = by_token(&app, ann, &[PortalRole::Employee]);
        assert_eq!(refused(create_user(&employee, &view(), &user("x")).await).status, 403);
        assert_eq!(refused(read_user(&employee, &ann.to_string(), &view()).await).status, 403);
        let auditor = by_token(&app, ann, &[PortalRole::Auditor]);
        read_user(&auditor, &ann.to_string(), &view()).await.unwrap();
        assert_eq!(refused(delete_user(&auditor, &ann.to_string(), None).await).status, 403);
        let okta = provider(&app, "okta").await;
        assert_eq!(okta.channel, Channel::Scim);
        assert!(show_identity(&okta, ann).await.is_err() && end_identity(&okta, ann, "x").await.is_err());
        let person = set_portal_role(&ctx, ann, PortalRole::Provisioner, true).await;
        assert!(person.is_err(), "a provisioner is a machine");
        // A file would end everybody whom it does not list.
        made(&okta, &user("ben")).await;
        let file = tenure_services::people::ImportOptions { source: "SCIM: okta".to_owned(), ..options("2024-03-01") };
        let error =
            tenure_services::people::import_people(&ctx, &file, self::file(&[row("E1", "eva", "Core")]).as_bytes()).await.unwrap_err();
        assert!(error.to_string().contains("SCIM"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn who_was_archived_in_the_portal_gives_every_name_free() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let body = json!({ "userName": "ann", "externalId": "1", (ENTERPRISE): { "employeeNumber": "7" } });
        let ann = made(&okta, &body).await;
        patched(&okta, &ann.id, active(false)).await;
        change_lifecycle(&admin(&app), key(&ann), Transition::Archive, "put away").await.unwrap();
        assert_eq!(refused(read_user(&okta, &ann.id, &view()).await).status, 404);
        let next = made(&okta, &body).await;
        assert_ne!(next.id, ann.id);
        assert_eq!(found(&okta, &asked("externalId eq \"1\"")).await.1, 1);
    })
    .await;
}

#[tokio::test]
async fn no_administrator_ends_or_is_taken_over_through_the_person_behind_a_persona() {
    on_each(async |app| {
        let app = without_limits(&app);
        let ctx = admin(&app);
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        let second = persona(&ctx, "ann-admin", key(&ann)).await;
        set_portal_role(&ctx, second, PortalRole::Admin, true).await.unwrap();
        for error in [
            refused(patch_user(&okta, &ann.id, &view(), &ops(active(false)), None).await),
            refused(delete_user(&okta, &ann.id, None).await),
        ] {
            assert!(error.status == 403 && error.detail.contains("last administrator"), "{error:?}");
        }
        assert_eq!(state(&app, "ann-admin").await, Active);
        // Recorded by hand: neither the persona nor the person behind it is taken over.
        let ben = person(&ctx, "ben").await;
        let audits = persona(&ctx, "ben-audits", ben).await;
        let deep = persona(&ctx, "ben-deep", audits).await;
        let title = ops(json!([{ "op": "add", "path": "title", "value": "Clerk" }]));
        assert_eq!(refused(patch_user(&okta, &deep.to_string(), &view(), &title, None).await).status, 403);
        set_portal_role(&ctx, deep, PortalRole::Auditor, true).await.unwrap();
        let error = refused(patch_user(&okta, &ben.to_string(), &view(), &title, None).await);
        assert!(error.status == 403 && error.detail.contains("persona"), "{error:?}");
        set_portal_role(&ctx, deep, PortalRole::Auditor, false).await.unwrap();
        patch_user(&okta, &ben.to_string(), &view(), &title, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_is_to_come_back_on_a_day_leaves_when_the_provider_says_so() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        patched(&okta, &ann.id, active(false)).await;
        rehire_identity(&admin(&app), key(&ann), day("2024-04-01"), "comes back").await.unwrap();
        assert_eq!(state(&app, "ann").await, PreHire);
        patched(&okta, &ann.id, active(false)).await;
        assert_eq!(state(&app, "ann").await, Terminated);
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_before_the_day_has_one_more_period_and_the_old_account() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let app = without_limits(&app);
        let ctx = admin(&app);
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        directory.contents().accounts.insert("ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        let mapping = json!({ "name": "lower(user_name)", "attributes": { "title": "title" } });
        set_mapping(&ctx, target, 1, Some(&mapping)).await.unwrap();
        patched(&okta, &ann.id, active(false)).await;
        work(&app, target, TimeDelta::zero()).await;
        assert!(!directory.contents().accounts["ann"]);
        let changes = async || super::targets::operations(&app, "ann").await.iter().filter(|(kind, _)| *kind == ChangeAccount).count();
        let before = changes().await;
        patched(&okta, &ann.id, json!([{ "op": "add", "path": "title", "value": "Clerk" }])).await;
        assert_eq!(changes().await, before, "nobody's account is made the same after the end");
        rehire_identity(&ctx, key(&ann), day("2024-04-01"), "comes back").await.unwrap();
        patched(&okta, &ann.id, active(true)).await;
        assert_eq!(state(&app, "ann").await, Active);
        let periods = show_identity(&ctx, key(&ann)).await.unwrap().employments;
        assert_eq!(periods.len(), 2, "{periods:?}");
        assert!(periods.iter().any(|p| p.ended_on.is_none() && p.started_on == day("2024-03-01")), "{periods:?}");
        work(&app, target, TimeDelta::zero()).await;
        assert!(directory.contents().accounts["ann"]);
    })
    .await;
}

#[tokio::test]
async fn somebody_else_takes_no_name_of_whom_an_administrator_brought_back() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let john = made(&okta, &json!({ "userName": "jsmith", "externalId": "A", "displayName": "John" })).await;
        delete_user(&okta, &john.id, None).await.unwrap();
        rehire_identity(&admin(&app), key(&john), day("2024-03-01"), "back").await.unwrap();
        let jane = json!({ "userName": "jsmith", "externalId": "B", "displayName": "Jane" });
        let error = refused(create_user(&okta, &view(), &jane).await);
        assert_eq!((error.status, error.scim_type), (409, Some(ScimType::Uniqueness)));
        assert_eq!(identity(&app, "jsmith").await.display_name, "John");
        // The same person is told of again.
        assert_eq!(made(&okta, &json!({ "userName": "jsmith", "externalId": "A" })).await.id, john.id);
    })
    .await;
}

#[tokio::test]
async fn the_employee_number_of_a_deleted_user_finds_them_or_is_given_on() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let body =
            |name: &str, external: &str| json!({ "userName": name, "externalId": external, (ENTERPRISE): { "employeeNumber": "7" } });
        let ann = made(&okta, &body("ann", "1")).await;
        delete_user(&okta, &ann.id, None).await.unwrap();
        let married = made(&okta, &body("ann.b", "1")).await;
        assert_eq!(married.id, ann.id, "one person under a new name");
        assert_eq!(state(&app, "ann.b").await, Active);
        assert_eq!(refused(create_user(&okta, &view(), &body("ben", "2")).await).status, 409, "it belongs to somebody");
        delete_user(&okta, &ann.id, None).await.unwrap();
        let ben = made(&okta, &body("ben", "2")).await;
        assert_ne!(ben.id, ann.id);
        assert_eq!(events(&app, "identity.archive").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_name_with_a_character_that_no_database_keeps_is_refused() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        let error = refused(create_user(&okta, &view(), &json!({ "userName": "ben", "externalId": "a\u{0}b" })).await);
        assert!(error.status == 400 && error.detail.contains("externalId"), "{error:?}");
        let rename = ops(json!([{ "op": "add", "path": "externalId", "value": "\u{0}" }]));
        assert_eq!(refused(patch_user(&okta, &ann.id, &view(), &rename, None).await).status, 400);
    })
    .await;
}
