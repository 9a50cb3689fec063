//! Targets that a person serves by hand: whose task it is, until when, and what their word leaves behind.

use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tenure_domain::access::PortalRole;
use tenure_domain::id::{ApplicationId, Id as _, IdentityId, OperationId, RoleId};
use tenure_domain::identity::Transition;
use tenure_domain::operation::OperationKind::{AddEntitlement, CreateAccount, DisableAccount, RemoveEntitlement};
use tenure_domain::operation::OperationState::{Attested, NeedsHuman};
use tenure_domain::target::{OnEnd, TargetKind};
use tenure_services::access::{NewApplication, assign_role, create_application, unassign_role};
use tenure_services::home::{overview, own};
use tenure_services::identities::{change_lifecycle, end_identity, show_identity};
use tenure_services::operations::{Attestation, MAX_FILE, NewFile, attest_task, targets_due};
use tenure_services::records::{record_of, show_record};
use tenure_services::targets::{TargetDraft, configure_target, set_mapping};
use tenure_services::tasks::{cannot_be_done, list_my_tasks, show_task, task_file};
use tenure_services::{App, Ctx, ServiceError, testing};

use super::support::*;
use super::targets::{noon, operations};

/// A target that Dora serves by hand, whose owner is Olga, and a role on it.
struct ByHand {
    target: ApplicationId,
    role: RoleId,
    dora: IdentityId,
    olga: IdentityId,
}

fn draft(settings: serde_json::Value) -> TargetDraft {
    TargetDraft {
        version: 0,
        kind: TargetKind::Manual,
        settings,
        secret: None,
        on_end: OnEnd::Disable,
        at_once: 4,
        per_minute: 600,
        timeout_seconds: 10,
        reading: tenure_domain::target::ReadingPlan::default(),
    }
}

async fn by_hand(ctx: &Ctx) -> ByHand {
    let (dora, olga) = (person(ctx, "dora").await, person(ctx, "olga").await);
    let new = NewApplication { name: "Badges".to_owned(), owner_id: Some(olga), ..NewApplication::default() };
    let target = create_application(ctx, &new).await.unwrap();
    let settings = json!({ "done-by": "dora", "due-hours": 8, "make-account": "1. Open the cabinet", "give": "Cut a badge", "take": "Take the badge" });
    configure_target(ctx, target, &draft(settings)).await.unwrap();
    set_mapping(ctx, target, 1, Some(&json!({ "name": "upper(user_name)" }))).await.unwrap();
    let gate = entitlement(ctx, target, "gate").await;
    let role = put_role(ctx, &role_draft("Gate keepers", &[gate])).await;
    ByHand { target, role, dora, olga }
}

fn as_person(app: &std::sync::Arc<App>, who: IdentityId) -> Ctx {
    signed_in(app, who, &[PortalRole::Employee])
}

/// Ann, who is owed an account and the gate.
async fn ann_is_owed(ctx: &Ctx, by_hand: &ByHand) -> IdentityId {
    let ann = person(ctx, "ann").await;
    assign_role(ctx, ann, by_hand.role, "for a test", None).await.unwrap();
    ann
}

async fn task_of(ctx: &Ctx, kind: tenure_domain::operation::OperationKind) -> OperationId {
    list_my_tasks(ctx).await.unwrap().0.into_iter().find(|t| t.kind == kind).unwrap_or_else(|| panic!("a task to {kind}")).id
}

fn word(note: &str) -> Attestation {
    Attestation { note: note.to_owned(), ..Attestation::default() }
}

#[tokio::test]
async fn what_is_owed_is_a_task_of_the_named_person_with_steps_and_a_due_time() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        ann_is_owed(&ctx, &by_hand).await;
        assert_eq!(targets_due(&testing::worker_ctx(&app).at(noon() + TimeDelta::days(1))).await.unwrap(), [], "no worker takes it");
        let doras = as_person(&app, by_hand.dora);
        let (tasks, _) = list_my_tasks(&doras).await.unwrap();
        let kinds: Vec<_> = tasks.iter().map(|t| (t.kind, t.due_at, t.doer.as_deref())).collect();
        let due = Some(noon() + TimeDelta::hours(8));
        assert_eq!(kinds.len(), 2, "{kinds:?}");
        for kind in [CreateAccount, AddEntitlement] {
            assert!(kinds.contains(&(kind, due, Some("dora"))), "{kinds:?}");
        }
        let page = show_task(&doras, task_of(&doras, CreateAccount).await).await.unwrap();
        assert_eq!((page.steps.as_str(), page.suggested.as_str(), page.may_settle), ("1. Open the cabinet", "ANN", true));
        assert!(list_my_tasks(&as_person(&app, by_hand.olga)).await.unwrap().0.is_empty());

        assert_eq!(own(&doras).await.unwrap().unwrap().tasks.waiting, 2);
        let late = ctx.at(noon() + TimeDelta::hours(9));
        assert_eq!(overview(&late).await.unwrap().unwrap().overdue_tasks, 2, "overdue, and counted");
        assert_eq!(own(&doras.at(noon() + TimeDelta::hours(9))).await.unwrap().unwrap().tasks.overdue, 2);
    })
    .await;
}

#[tokio::test]
async fn only_the_named_person_or_an_administrator_settles_a_task_and_never_who_it_is_about() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        let ann = ann_is_owed(&ctx, &by_hand).await;
        let doras = as_person(&app, by_hand.dora);
        let id = task_of(&doras, AddEntitlement).await;
        let bob = person(&ctx, "bob").await;
        for who in [bob, by_hand.olga, ann] {
            let other = as_person(&app, who);
            assert!(matches!(show_task(&other, id).await, Err(ServiceError::NotFound(_))));
            assert!(matches!(attest_task(&other, id, word("I saw it with my own eyes")).await, Err(ServiceError::Denied(_))));
            assert!(matches!(cannot_be_done(&other, id, "I do not feel like it").await, Err(ServiceError::Denied(_))));
        }
        let herself = signed_in(&app, ann, &[PortalRole::Admin]);
        assert!(matches!(attest_task(&herself, id, word("I saw it with my own eyes")).await, Err(ServiceError::Refused(_))));
        assert!(matches!(attest_task(&doras, id, word("ok")).await, Err(ServiceError::Invalid(_))), "a note of two letters says nothing");
        attest_task(&doras, id, word("badge 17 is cut and works")).await.unwrap();
        assert!(matches!(attest_task(&doras, id, word("badge 17 is cut and works")).await, Err(ServiceError::Refused(_))));
        assert!(operations(&app, "ann").await.contains(&(AddEntitlement, Attested)));

        // Dora's own badge is not hers to cut.
        assign_role(&ctx, by_hand.dora, by_hand.role, "for a test", None).await.unwrap();
        let olgas = as_person(&app, by_hand.olga);
        let (tasks, _) = list_my_tasks(&olgas).await.unwrap();
        assert!(tasks.len() == 2 && tasks.iter().all(|t| t.identity_id == Some(by_hand.dora)), "the owner does it: {tasks:?}");
    })
    .await;
}

#[tokio::test]
async fn a_task_falls_to_the_owner_and_then_to_administrators_when_its_person_ends() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        ann_is_owed(&ctx, &by_hand).await;
        let olgas = as_person(&app, by_hand.olga);
        end_identity(&ctx, by_hand.dora, "left").await.unwrap();
        let id = task_of(&olgas, AddEntitlement).await;
        change_lifecycle(&ctx, by_hand.olga, Transition::Suspend, "lost a laptop").await.unwrap();
        assert!(list_my_tasks(&olgas).await.unwrap().0.is_empty());
        let page = show_task(&ctx, id).await.unwrap();
        assert_eq!((page.task.doer, page.may_settle), (None, true), "an administrator");
        attest_task(&ctx, id, word("cut by the locksmith himself")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_file_is_kept_with_its_hash_and_shown_to_those_of_the_task_alone() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        let ann = ann_is_owed(&ctx, &by_hand).await;
        let doras = as_person(&app, by_hand.dora);
        attest_task(&doras, task_of(&doras, AddEntitlement).await, word("badge 17 is cut and works")).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        let id = task_of(&doras, RemoveEntitlement).await;
        let with = |content: Vec<u8>, too_large| {
            let file = NewFile { name: "shredder.jpg\n".to_owned(), content, too_large };
            Attestation { file: Some(file), ..word("the badge went through the shredder") }
        };
        for large in [with(Vec::new(), true), with(vec![0; MAX_FILE + 1], false)] {
            let Err(ServiceError::Invalid(faults)) = attest_task(&doras, id, large).await else { panic!("too large") };
            assert_eq!(faults[0].field, "file");
        }
        let picture = b"\xff\xd8\xff a picture".as_slice();
        let Err(ServiceError::Invalid(faults)) = attest_task(&doras, id, with(b"MZ no picture".to_vec(), false)).await else {
            panic!("not what its name says")
        };
        assert_eq!(faults[0].field, "file");
        attest_task(&doras, id, with(picture.to_vec(), false)).await.unwrap();
        let file = task_file(&doras, id).await.unwrap();
        assert_eq!((file.name.as_str(), file.content.as_slice()), ("shredder.jpg", picture));
        let auditor = signed_in(&app, by_hand.olga, &[PortalRole::Employee, PortalRole::Auditor]);
        assert!(task_file(&auditor, id).await.is_ok());
        let stranger = as_person(&app, by_hand.olga);
        assert!(matches!(task_file(&stranger, id).await, Err(ServiceError::NotFound(_))));

        let hash = Sha256::digest(picture);
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let told = events(&app, "operation.attested").await;
        assert!(told[0].body.contains(&hex) && told[0].body.contains("shredder.jpg"), "{}", told[0].body);
        let record = show_record(&ctx.at(noon() + TimeDelta::minutes(1)), record_of(&ctx, ann).await.unwrap().unwrap()).await.unwrap();
        let file = record.file.record.events.iter().find_map(|e| e.file.as_ref()).unwrap();
        assert_eq!((file.name.as_str(), file.sha256.as_bytes().as_slice()), ("shredder.jpg", hash.as_slice()));
        let item = record.file.record.items.iter().find(|i| i.id == id.uuid()).unwrap();
        assert!(!item.enforceable && item.note.as_deref().unwrap().contains("does not reach Badges"));
    })
    .await;
}

#[tokio::test]
async fn an_account_that_was_made_by_hand_is_owed_its_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        let ann = ann_is_owed(&ctx, &by_hand).await;
        let doras = as_person(&app, by_hand.dora);
        let made = Attestation { account: "ann-17".to_owned(), ..word("typed into the gate's own list") };
        attest_task(&doras, task_of(&doras, CreateAccount).await, made).await.unwrap();
        let bob = person(&ctx, "bob").await;
        assign_role(&ctx, bob, by_hand.role, "for a test", None).await.unwrap();
        let same = Attestation { account: "Ann-17".to_owned(), ..word("typed into the gate's own list") };
        let Err(ServiceError::Invalid(faults)) = attest_task(&doras, task_of(&doras, CreateAccount).await, same).await else {
            panic!("two of one name")
        };
        assert_eq!(faults[0].field, "account");
        end_identity(&ctx, ann, "left").await.unwrap();
        let id = task_of(&doras, DisableAccount).await;
        assert_eq!(show_task(&doras, id).await.unwrap().task.account.as_deref(), Some("ann-17"));
        attest_task(&doras, id, word("struck off the gate's list")).await.unwrap();
        let _ = by_hand.target;
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_while_a_person_may_be_giving_it_is_owed_back() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        let ann = ann_is_owed(&ctx, &by_hand).await;
        let doras = as_person(&app, by_hand.dora);
        task_of(&doras, AddEntitlement).await;
        let role = show_identity(&ctx, ann).await.unwrap().assignments.remove(0).id;
        unassign_role(&ctx, ann, role, "no longer needed").await.unwrap();
        task_of(&doras, RemoveEntitlement).await;
        let open = list_my_tasks(&doras).await.unwrap().0;
        assert!(open.iter().all(|task| task.kind != AddEntitlement), "nobody is to give it any more");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_done_stays_owed_and_needs_a_human() {
    on_each(async |app| {
        let ctx = admin(&app);
        let by_hand = by_hand(&ctx).await;
        ann_is_owed(&ctx, &by_hand).await;
        let doras = as_person(&app, by_hand.dora);
        let id = task_of(&doras, AddEntitlement).await;
        assert!(matches!(cannot_be_done(&doras, id, "no").await, Err(ServiceError::Invalid(_))));
        cannot_be_done(&doras, id, "the cutter is broken until Monday").await.unwrap();
        assert!(operations(&app, "ann").await.contains(&(AddEntitlement, NeedsHuman)));
        assert_eq!(events(&app, "operation.needs-human").await.len(), 1);
        attest_task(&ctx, id, word("cut by the locksmith himself")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn settings_name_a_person_who_is_there_and_what_was_owed_before_gets_its_time() {
    on_each(async |app| {
        let ctx = admin(&app);
        let target = application(&ctx, "Badges").await;
        let gate = entitlement(&ctx, target, "gate").await;
        let role = put_role(&ctx, &role_draft("Gate keepers", &[gate])).await;
        let ann = person(&ctx, "ann").await;
        assign_role(&ctx, ann, role, "for a test", None).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        let Err(ServiceError::Invalid(faults)) = configure_target(&ctx, target, &draft(json!({ "done-by": "nobody" }))).await else {
            panic!("nobody")
        };
        assert!(faults[0].field == "settings" && faults[0].message.contains("done-by"), "{faults:?}");
        let dora = person(&ctx, "dora").await;
        let later = ctx.at(noon() + TimeDelta::days(3));
        configure_target(&later, target, &draft(json!({ "done-by": "Dora" }))).await.unwrap();
        let (tasks, _) = list_my_tasks(&as_person(&app, dora)).await.unwrap();
        assert_eq!(tasks[0].due_at, Some(noon() + TimeDelta::days(4)), "a day from when it became a task");
    })
    .await;
}
