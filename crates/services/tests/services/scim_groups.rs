//! Groups over SCIM are roles, and members assignments.

use serde_json::{Value, json};
use tenure_domain::grant::{AssignmentReason, GrantState};
use tenure_scim::ScimType;
use tenure_services::access::{RoleDraft, assign_role};
use tenure_services::identities::show_identity;
use tenure_services::scim::{create_group, delete_group, patch_group, read_group, read_user, replace_group, run_bulk};

use super::scim_support::*;
use super::support::*;

fn member_ids(body: &Value) -> Vec<String> {
    body["members"].as_array().map(|all| all.iter().map(|m| m["value"].as_str().unwrap().to_owned()).collect()).unwrap_or_default()
}

#[tokio::test]
async fn a_group_is_a_role_that_gives_what_an_administrator_puts_into_it() {
    on_each(async |app| {
        let admin = admin(&app);
        let okta = provider(&app, "okta").await;
        let (ann, ben) = (made(&okta, &user("ann")).await, made(&okta, &user("ben")).await);
        let body = json!({ "displayName": "Anglers", "externalId": "g1", "members": [{ "value": ann.id }] });
        let group = create_group(&okta, &view(), &body).await.unwrap();
        assert_eq!((group.body["externalId"].clone(), member_ids(&group.body)), (json!("g1"), vec![ann.id.clone()]));
        let ledger = application(&admin, "Ledger").await;
        let fish = entitlement(&admin, ledger, "fish").await;
        let draft = RoleDraft { id: Some(group.id.parse().unwrap()), version: 1, ..role_draft("Anglers", &[fish]) };
        put_role(&admin, &draft).await;
        assert_eq!(held(&admin, key(&ann)).await, [("fish".to_owned(), GrantState::Held)]);
        // Entra ID: add one, remove another by a list of values.
        let change = ops(json!([
            { "op": "Add", "path": "members", "value": [{ "value": ben.id }] },
            { "op": "Remove", "path": "members", "value": [{ "value": ann.id }] },
        ]));
        let after = patch_group(&okta, &group.id, &view(), &change, None).await.unwrap();
        assert_eq!(member_ids(&after.body), std::slice::from_ref(&ben.id));
        assert_ne!(after.version, group.version);
        assert_eq!(held(&admin, key(&ann)).await, [("fish".to_owned(), GrantState::RemovalOwed)]);
        assert_eq!(held(&admin, key(&ben)).await, [("fish".to_owned(), GrantState::Held)]);
        let assigned = show_identity(&admin, key(&ben)).await.unwrap().assignments.remove(0);
        assert_eq!((assigned.reason, assigned.note.as_str()), (AssignmentReason::Scim, "in the group Anglers of SCIM: okta"));
        assert_eq!(read_user(&okta, &ben.id, &view()).await.unwrap().body["groups"][0]["display"], json!("Anglers"));
        assert_eq!(groups_found(&okta, &format!("members.value eq \"{}\"", ben.id)).await, ["Anglers"]);
        assert_eq!(groups_found(&okta, &format!("members[value eq \"{}\"]", ann.id)).await, [""; 0]);
        assert_eq!(groups_found(&okta, "displayName eq \"anglers\" and externalId eq \"g1\"").await, ["Anglers"]);
        // Somebody else has it by hand: the group does not speak of them.
        let cem = person(&admin, "cem").await;
        assign_role(&admin, cem, group.id.parse().unwrap(), "also fishes", None).await.unwrap();
        let gone = replace_group(&okta, &group.id, &view(), &json!({ "displayName": "Fishers" }), None).await.unwrap();
        assert_eq!((gone.body["displayName"].clone(), member_ids(&gone.body).len()), (json!("Fishers"), 0));
        assert_eq!(held(&admin, cem).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn roles_of_tenure_and_of_others_are_read_and_not_changed() {
    on_each(async |app| {
        let admin = admin(&app);
        let role = put_role(&admin, &role_draft("Bosses", &[])).await;
        let ann = person(&admin, "ann").await;
        assign_role(&admin, ann, role, "is one", None).await.unwrap();
        let (okta, entra) = (provider(&app, "okta").await, provider(&app, "entra").await);
        let theirs = create_group(&entra, &view(), &json!({ "displayName": "Theirs" })).await.unwrap().id;
        let ben = made(&okta, &user("ben")).await;
        let bosses = read_group(&okta, &role.to_string(), &view()).await.unwrap();
        assert_eq!(member_ids(&bosses.body), [ann.to_string()]);
        for id in [role.to_string(), theirs] {
            let add = ops(json!([{ "op": "add", "path": "members", "value": [{ "value": ben.id }] }]));
            let error = refused(patch_group(&okta, &id, &view(), &add, None).await);
            assert!(error.status == 403 && error.detail.contains("group of your own"), "{error:?}");
            assert_eq!(refused(replace_group(&okta, &id, &view(), &json!({ "displayName": "Mine" }), None).await).status, 403);
            assert_eq!(refused(delete_group(&okta, &id, None).await).status, 403);
        }
        for name in ["Bosses", "BOSSES"] {
            let error = refused(create_group(&okta, &view(), &json!({ "displayName": name })).await);
            assert_eq!((error.status, error.scim_type), (409, Some(ScimType::Uniqueness)), "{name}");
        }
        let short = read_group(&okta, &role.to_string(), &only("displayName")).await.unwrap();
        assert_eq!(short.body.get("members"), None);
        // Who comes into it by hand makes another version of what is shown.
        assert_eq!(read_group(&okta, &role.to_string(), &view()).await.unwrap().version, bosses.version);
        assign_role(&admin, person(&admin, "cem").await, role, "is one, too", None).await.unwrap();
        assert_ne!(read_group(&okta, &role.to_string(), &view()).await.unwrap().version, bosses.version);
        assert_eq!(read_group(&okta, &role.to_string(), &only("displayName")).await.unwrap().version, short.version);
        let add = ops(json!([{ "op": "add", "path": "members", "value": [{ "value": ben.id }] }]));
        assert_eq!(refused(patch_group(&okta, &role.to_string(), &view(), &add, Some(&bosses.version)).await).status, 403);
    })
    .await;
}

#[tokio::test]
async fn who_cannot_be_a_member_is_named_and_nothing_is_changed() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        let group = create_group(&okta, &view(), &json!({ "displayName": "Anglers" })).await.unwrap();
        let robot = okta.principal.identity_id().unwrap().to_string();
        for (member, word) in [
            (json!({ "value": "nobody" }), "nobody"),
            (json!({ "value": robot }), "no user"),
            (json!({ "value": group.id, "type": "Group" }), "group"),
        ] {
            let body = ops(json!([{ "op": "add", "path": "members", "value": [{ "value": ann.id }, member] }]));
            let error = refused(patch_group(&okta, &group.id, &view(), &body, None).await);
            assert!(error.status == 400 && error.detail.contains(word), "{word}: {error:?}");
        }
        assert!(member_ids(&read_group(&okta, &group.id, &view()).await.unwrap().body).is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_deleted_group_lets_everybody_go_and_gives_its_name_free() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let ann = made(&okta, &user("ann")).await;
        let body = json!({ "displayName": "Anglers", "members": [{ "value": ann.id }] });
        let group = create_group(&okta, &view(), &body).await.unwrap();
        assert_eq!(refused(delete_group(&okta, &group.id, Some("W/\"77\"")).await).status, 412);
        delete_group(&okta, &group.id, Some(&group.version)).await.unwrap();
        assert_eq!(refused(read_group(&okta, &group.id, &view()).await).status, 404);
        assert_eq!(refused(delete_group(&okta, &group.id, None).await).status, 404);
        assert!(show_identity(&admin(&app), key(&ann)).await.unwrap().assignments.is_empty());
        assert!(read_user(&okta, &ann.id, &view()).await.unwrap().body.get("groups").is_none());
        assert_eq!(groups_found(&okta, "displayName sw \"Anglers\"").await, [""; 0]);
        create_group(&okta, &view(), &body).await.unwrap();
        assert_eq!(events(&app, "role.retired").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_members_come_and_go_in_one_request() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let owner = admin(&app);
        import(&owner, &crowd(1000)).await.unwrap();
        let ids: Vec<Value> =
            everybody(&app).await.iter().filter(|i| i.source_id.is_some()).map(|i| json!({ "value": i.id.to_string() })).collect();
        let group = create_group(&okta, &view(), &json!({ "displayName": "All" })).await.unwrap();
        let add = ops(json!([{ "op": "add", "path": "members", "value": ids }]));
        assert_eq!(member_ids(&patch_group(&okta, &group.id, &view(), &add, None).await.unwrap().body).len(), 1000);
        let remove = ops(json!([{ "op": "remove", "path": "members" }]));
        assert!(member_ids(&patch_group(&okta, &group.id, &view(), &remove, None).await.unwrap().body).is_empty());
        assert_eq!(events(&app, "assignment.ended").await.len(), 1000);
    })
    .await;
}

#[tokio::test]
async fn bulk_makes_what_refers_to_each_other_and_stops_after_as_many_errors_as_it_is_told() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        // RFC 7644, 3.7.2: the group comes first, and refers to the user.
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                { "method": "POST", "path": "/Groups", "bulkId": "ytrewq", "data": {
                    "displayName": "Tour Guides", "members": [{ "type": "User", "value": "bulkId:qwerty" }] } },
                { "method": "POST", "path": "/Users", "bulkId": "qwerty", "data": { "userName": "Alice" } },
            ],
        });
        let done = run_bulk(&okta, &view(), &body).await.unwrap();
        let statuses: Vec<_> = done["Operations"].as_array().unwrap().iter().map(|o| o["status"].as_str().unwrap().to_owned()).collect();
        assert_eq!(statuses, ["201", "201"], "{done}");
        let alice = identity(&app, "alice").await.id.to_string();
        assert_eq!(groups_found(&okta, &format!("members.value eq \"{alice}\"")).await, ["Tour Guides"]);
        let taken = |n: u32| json!({ "method": "POST", "path": "/Users", "bulkId": format!("b{n}"), "data": { "userName": "alice" } });
        let rename = json!({ "method": "PATCH", "path": format!("/Users/{alice}"), "version": "W/\"99\"", "data": ops(active(true)) });
        let body = json!({ "failOnErrors": 2, "Operations": [taken(1), rename, taken(3)] });
        let done = run_bulk(&okta, &view(), &body).await.unwrap();
        let operations = done["Operations"].as_array().unwrap();
        assert_eq!(operations.iter().map(|o| o["status"].as_str().unwrap()).collect::<Vec<_>>(), ["409", "412"]);
        assert_eq!(operations[0]["response"]["scimType"], json!("uniqueness"));
        let many: Vec<Value> = (0..1001).map(taken).collect();
        assert_eq!(refused(run_bulk(&okta, &view(), &json!({ "Operations": many })).await).status, 413);
    })
    .await;
}

#[tokio::test]
async fn who_cannot_hold_access_is_passed_over_and_keeps_nobody_else_in_or_out() {
    on_each(async |app| {
        let app = without_limits(&app);
        let okta = provider(&app, "okta").await;
        let (ann, ben, gone) = (made(&okta, &user("ann")).await, made(&okta, &user("ben")).await, made(&okta, &user("gone")).await);
        let sleeper = made(&okta, &json!({ "userName": "sleeper", "active": false })).await;
        patched(&okta, &gone.id, active(false)).await;
        let listed = |ids: &[&str]| {
            let members: Vec<Value> = ids.iter().map(|id| json!({ "value": id })).collect();
            json!({ "displayName": "Anglers", "members": members })
        };
        let group = create_group(&okta, &view(), &listed(&[&ann.id, &gone.id])).await.unwrap();
        assert_eq!(member_ids(&group.body), std::slice::from_ref(&ann.id));
        let wanted = listed(&[&ben.id, &gone.id, &sleeper.id]);
        let after = replace_group(&okta, &group.id, &view(), &wanted, None).await.unwrap();
        assert_eq!(member_ids(&after.body), std::slice::from_ref(&ben.id));
        let changed = events(&app, "group.members-changed").await;
        assert!(changed[0].body.contains("\"skipped\":2"), "{}", changed[0].body);
        let again = replace_group(&okta, &group.id, &view(), &wanted, None).await.unwrap();
        assert_eq!((again.version, events(&app, "group.members-changed").await.len()), (after.version, 1), "nothing changes");
        patched(&okta, &sleeper.id, active(true)).await;
        assert_eq!(member_ids(&replace_group(&okta, &group.id, &view(), &wanted, None).await.unwrap().body).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_has_a_role_in_two_ways_counts_once_against_the_limit_of_an_answer() {
    on_each(async |app| {
        let admin = admin(&app);
        let (ann, ben) = (person(&admin, "ann").await, person(&admin, "ben").await);
        let role = put_role(&admin, &role_draft("Sellers", &[])).await;
        put_rule(&admin, &rule_draft("Sales", role, "department == \"Sales\"")).await;
        assign_role(&admin, ann, role, "also by hand", None).await.unwrap();
        let members = app.store.read().await.unwrap().scim_members(&[role], 2).await.unwrap().remove(&role).unwrap();
        assert_eq!(members.iter().map(|m| m.identity_id).collect::<Vec<_>>(), [ann, ben]);
    })
    .await;
}
