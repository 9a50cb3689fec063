//! Imports in the portal: upload, map, look, apply once.

use std::sync::Arc;

use tenure_domain::id::ImportId;
use tenure_domain::people::Allowed;
use tenure_services::list_imports::{ListKind, ListSummary, apply_list, show_list, stage_list};
use tenure_services::people::{apply_staged, discard_staged, export_plan, remap_staged, show_staged, stage_upload};
use tenure_services::{App, Ctx, ServiceError};

use super::support::*;

async fn staged(app: &Arc<App>, content: &str) -> (Ctx, ImportId) {
    let ctx = admin(app);
    let id = stage_upload(&ctx, "hr", "people.csv", ctx.today(), content.as_bytes()).await.unwrap();
    (ctx, id)
}

async fn hash_seen(ctx: &Ctx, id: ImportId) -> String {
    show_staged(ctx, id).await.unwrap().plan.unwrap().0.hash()
}

#[tokio::test]
async fn what_was_looked_at_is_applied_once() {
    on_each(async |app| {
        let (ctx, id) = staged(&app, &file(&[row("1", "ann", "Sales"), row("2", "ben", "Sales")])).await;
        let seen = hash_seen(&ctx, id).await;
        assert!(everybody(&app).await.is_empty(), "a look changes nothing");
        assert_eq!(apply_staged(&ctx, id, &seen, Allowed::default(), false).await.unwrap().joiners, 2);
        assert!(matches!(apply_staged(&ctx, id, &seen, Allowed::default(), false).await, Err(ServiceError::Conflict(_))), "a second click");
        assert_eq!(everybody(&app).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_was_overtaken_is_refused() {
    on_each(async |app| {
        let (ctx, id) = staged(&app, &file(&[row("1", "ann", "Sales")])).await;
        let seen = hash_seen(&ctx, id).await;
        import(&ctx, &[row("1", "ann", "Care"), row("2", "ben", "Care")]).await.unwrap();
        let all = Allowed { leavers: Some(9), changes: Some(9), ..Allowed::default() };
        assert!(matches!(apply_staged(&ctx, id, &seen, all, false).await, Err(ServiceError::Conflict(_))));
        assert_eq!(identity(&app, "ann").await.department, "Care");
    })
    .await;
}

#[tokio::test]
async fn limits_hold_in_the_portal_too() {
    on_each(async |app| {
        import(&admin(&app), &crowd(10)).await.unwrap();
        let (ctx, id) = staged(&app, &file(&crowd(5))).await;
        let shown = show_staged(&ctx, id).await.unwrap();
        assert_eq!(shown.exceeded.len(), 1);
        let seen = shown.plan.unwrap().0.hash();
        assert!(matches!(apply_staged(&ctx, id, &seen, Allowed::default(), false).await, Err(ServiceError::Limit(_))));
        assert_eq!(
            apply_staged(&ctx, id, &seen, Allowed { leavers: Some(5), changes: None, ..Allowed::default() }, false).await.unwrap().leavers,
            5
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_with_other_columns_is_mapped_before_it_is_applied() {
    on_each(async |app| {
        let content = "Number;Login;First Name;Last Name;Email;Team;Title;Manager;Start\n1;ann;Ann;Test;;Sales;;;2020-01-01\n";
        let (ctx, id) = staged(&app, content).await;
        let shown = show_staged(&ctx, id).await.unwrap();
        assert!(shown.plan.is_err() && shown.mapping.user_name == "Login" && shown.mapping.delimiter == ';');
        let mut mapping = shown.mapping;
        (mapping.employee_id, mapping.department, mapping.start_date) = ("Number".to_owned(), "Team".to_owned(), "Start".to_owned());
        remap_staged(&ctx, id, ctx.today(), &mapping).await.unwrap();
        let seen = hash_seen(&ctx, id).await;
        apply_staged(&ctx, id, &seen, Allowed::default(), false).await.unwrap();
        assert_eq!(identity(&app, "ann").await.department, "Sales");
    })
    .await;
}

#[tokio::test]
async fn what_was_discarded_is_over() {
    on_each(async |app| {
        let (ctx, id) = staged(&app, &file(&[row("1", "ann", "Sales")])).await;
        let seen = hash_seen(&ctx, id).await;
        discard_staged(&ctx, id).await.unwrap();
        assert!(matches!(discard_staged(&ctx, id).await, Err(ServiceError::Conflict(_))));
        assert!(matches!(apply_staged(&ctx, id, &seen, Allowed::default(), false).await, Err(ServiceError::Conflict(_))));
        assert!(everybody(&app).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_list_of_memberships_is_tried_and_applied_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        let kind = ListKind::Memberships { source: "hr".to_owned(), application: "Git".to_owned() };
        let id = stage_list(&ctx, &kind, "members.csv", ctx.today(), b"employee_id,team,role\n1,core,lead\n").await.unwrap();
        let shown = show_list(&ctx, id).await.unwrap();
        let Some(Ok(ListSummary::Memberships(counts))) = &shown.outcome else { panic!("{:?}", shown.outcome) };
        assert_eq!((counts.newly_out_of_band, counts.dry_run), (1, true));
        let ann = identity(&app, "ann").await.id;
        assert!(held(&ctx, ann).await.is_empty());
        assert!(matches!(apply_list(&ctx, id, "another", false).await, Err(ServiceError::Conflict(_))));
        apply_list(&ctx, id, &shown.seen, false).await.unwrap();
        assert_eq!(held(&ctx, ann).await.len(), 1);
        assert!(matches!(apply_list(&ctx, id, &shown.seen, false).await, Err(ServiceError::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn the_next_file_of_a_source_is_read_as_the_last_one_was() {
    on_each(async |app| {
        let content = "Number;Login;First Name;Last Name;Email;Team;Title;Manager;Start;Site\n1;ann;Ann;Test;;Sales;;;2020-01-01;Ghent\n";
        let (ctx, id) = staged(&app, content).await;
        let mut mapping = show_staged(&ctx, id).await.unwrap().mapping;
        (mapping.employee_id, mapping.department, mapping.start_date) = ("Number".to_owned(), "Team".to_owned(), "Start".to_owned());
        mapping.attributes.insert("site".to_owned(), "Site".to_owned());
        remap_staged(&ctx, id, ctx.today(), &mapping).await.unwrap();
        let seen = hash_seen(&ctx, id).await;
        apply_staged(&ctx, id, &seen, Allowed::default(), false).await.unwrap();
        let (ctx, next) = staged(&app, &content.replace("Ghent", "Porto")).await;
        let shown = show_staged(&ctx, next).await.unwrap();
        assert_eq!(shown.mapping, mapping);
        assert_eq!(shown.plan.unwrap().0.planned[0].fields[0].after, "Porto");
        let csv = String::from_utf8(export_plan(&ctx, next).await.unwrap()).unwrap();
        assert!(csv.contains("changed,2,1,Ann Test,site,Ghent,Porto,"), "{csv}");
    })
    .await;
}

#[tokio::test]
async fn a_staged_list_that_was_overtaken_by_a_newer_one_says_so_and_is_refused() {
    on_each(async |app| {
        let (ctx, id) = staged(&app, &file(&[row("1", "ann", "Sales")])).await;
        assert_eq!(show_staged(&ctx, id).await.unwrap().newer, None);
        import(&admin_at(&app, "2024-04-01T12:00:00Z"), &[row("1", "ann", "Sales")]).await.unwrap();
        assert_eq!(show_staged(&ctx, id).await.unwrap().newer, Some(day("2024-04-01")));
        let seen = hash_seen(&ctx, id).await;
        assert!(matches!(apply_staged(&ctx, id, &seen, Allowed::default(), false).await, Err(ServiceError::Refused(_))));
        apply_staged(&ctx, id, &seen, Allowed { older: true, ..Allowed::default() }, false).await.unwrap();
    })
    .await;
}
