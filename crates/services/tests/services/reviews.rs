//! Reviews of drift: who may be asked, who decides, what comes of it, and when there is nothing to decide any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use tenure_domain::access::PortalRole;
use tenure_domain::id::{AccountId, ApplicationId, IdentityId, ReviewId};
use tenure_domain::identity::Transition;
use tenure_domain::operation::OperationState::Verified;
use tenure_domain::review::ReviewState;
use tenure_domain::target::OnEnd;
use tenure_services::access::{NewApplication, create_application};
use tenure_services::home::{overview, own};
use tenure_services::identities::{change_lifecycle, end_identity};
use tenure_services::reviews::{Asking, Decision, ask_review, decide_review, list_reviews, show_review, withdraw_review};
use tenure_services::schedule::run_due;
use tenure_services::targets::{
    accept_drift, configure_target, correlate_account, reconcile_target, reject_drift, repair_account, set_mapping,
};
use tenure_services::{App, Ctx, ServiceError, testing};
use tenure_store::PageRequest;
use tenure_store::reviews::{ReviewFilter, ReviewRow};
use tenure_store::targets::AccountView;

use super::support::*;
use super::targets::*;

/// Ann's account says `Board` there, and `Legal` is recorded. The application is Olga's; Rita knows why.
struct Stage {
    app: Arc<App>,
    directory: Directory,
    target: ApplicationId,
    ann: IdentityId,
    account: AccountId,
    rita: IdentityId,
    olga: IdentityId,
}

async fn on_stage(test: impl AsyncFn(Stage)) {
    for (engine, store) in testing::stores().await {
        println!("on {engine}");
        let directory = Directory::default();
        let app = testing::app_with(store, Arc::new(directory.clone())).await;
        let ctx = admin(&app);
        let (olga, rita) = (person(&ctx, "olga").await, person(&ctx, "rita").await);
        let new = NewApplication { name: "Directory".to_owned(), owner_id: Some(olga), ..NewApplication::default() };
        let target = create_application(&ctx, &new).await.unwrap();
        configure_target(&ctx, target, &draft(OnEnd::Disable)).await.unwrap();
        directory.contents().groups.insert("staff".to_owned(), [].into());
        reconcile_target(&ctx, target, false).await.unwrap();
        let mapping = json!({ "name": "lower(user_name)", "attributes": { "ou": "department", "employeeNumber": "employee_id" } });
        set_mapping(&ctx, target, 1, Some(&mapping)).await.unwrap();
        let staff = app.store.read().await.unwrap().entitlements_of(target).await.unwrap()[0].id;
        let role = put_role(&ctx, &role_draft("Legal people", &[staff])).await;
        put_rule(&ctx, &rule_draft("Legal", role, "department == \"Legal\"")).await;
        import(&ctx, &[row("E1", "ann", "Legal")]).await.unwrap();
        work(&app, target, TimeDelta::zero()).await;
        let ann = identity(&app, "ann").await.id;
        let account = app.store.read().await.unwrap().accounts_of(ann).await.unwrap()[0].account.id;
        let stage = Stage { app, directory, target, ann, account, rita, olga };
        stage.there("Board");
        assert_eq!(reconcile_target(&stage.day(2), target, false).await.unwrap().drifted, 1);
        test(stage).await;
    }
}

impl Stage {
    /// An administrator on a day of March.
    fn day(&self, day: u32) -> Ctx {
        admin_at(&self.app, &format!("2024-03-{day:02}T12:00:00Z"))
    }

    /// Somebody on the third of March.
    fn as_person(&self, who: IdentityId) -> Ctx {
        testing::person_ctx(&self.app, who, &[PortalRole::Employee]).at(moment("2024-03-03T12:00:00Z"))
    }

    fn there(&self, ou: &str) {
        self.directory.contents().attributes.get_mut("ann").unwrap().insert("ou".to_owned(), vec![ou.to_owned()]);
    }

    fn asking(&self, reviewer: IdentityId, ou: &str) -> Asking {
        Asking { seen: seen(ou), reviewer, due_on: day("2024-03-08"), note: "Is she on the board?".to_owned() }
    }

    async fn ask(&self, reviewer: IdentityId, ou: &str) -> ReviewId {
        ask_review(&self.day(2), self.account, &self.asking(reviewer, ou)).await.unwrap()
    }

    async fn review(&self, id: ReviewId) -> ReviewRow {
        self.app.store.read().await.unwrap().review(id).await.unwrap().unwrap()
    }

    async fn view(&self) -> AccountView {
        self.app.store.read().await.unwrap().account_view(self.account).await.unwrap().unwrap()
    }

    async fn reads(&self, on: u32) -> tenure_services::targets::Reconciled {
        reconcile_target(&self.day(on), self.target, false).await.unwrap()
    }
}

fn seen(ou: &str) -> BTreeMap<String, Vec<String>> {
    [("ou".to_owned(), vec![ou.to_owned()])].into()
}

async fn listed(ctx: &Ctx, filter: &ReviewFilter) -> Vec<ReviewRow> {
    list_reviews(ctx, filter, &PageRequest::default()).await.unwrap().rows
}

fn field(done: Result<ReviewId, ServiceError>) -> &'static str {
    match done {
        Err(ServiceError::Invalid(faults)) => faults[0].field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_is_asked_sees_both_values_and_what_they_leave_so_is_left_so() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        let rita = stage.as_person(stage.rita);
        let waiting = listed(&rita, &ReviewFilter::default()).await;
        assert_eq!((waiting.len(), waiting[0].id, waiting[0].due_on), (1, id, day("2024-03-08")));
        let ou = &waiting[0].question["ou"];
        assert_eq!((ou.recorded.as_slice(), ou.real.as_slice()), (&["Legal".to_owned()][..], &["Board".to_owned()][..]));
        assert_eq!(stage.view().await.review_id, Some(id));
        assert!(show_review(&rita, id).await.unwrap().may_decide);
        assert_eq!(own(&rita).await.unwrap().unwrap().reviews.waiting, 1);
        assert!(matches!(decide_review(&rita, id, Decision::Accept, " ").await, Err(ServiceError::Invalid(faults)) if faults[0].field == "reason"));
        decide_review(&rita, id, Decision::Accept, "she sits on the board").await.unwrap();
        let (review, view) = (stage.review(id).await, stage.view().await);
        assert_eq!((review.state, review.reason.as_str()), (ReviewState::Accepted, "she sits on the board"));
        assert_eq!((view.drift, view.review_id), (None, None));
        assert_eq!(view.accepted.unwrap()["ou"].by, review.decided_by, "it is her word that stands with the account");
        for action in ["review.accepted", "account.drift-accepted"] {
            assert_eq!(events(&stage.app, action).await.len(), 1, "{action}");
        }
        assert!(matches!(decide_review(&rita, id, Decision::Repair, "").await, Err(ServiceError::Refused(_))), "once");
        assert!(listed(&rita, &ReviewFilter::default()).await.is_empty());
        assert_eq!(listed(&rita, &ReviewFilter { settled: true, ..ReviewFilter::default() }).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_to_be_made_as_recorded_is_owed_and_read_back() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        decide_review(&stage.as_person(stage.rita), id, Decision::Repair, "").await.unwrap();
        assert_eq!(work(&stage.app, stage.target, TimeDelta::days(3)).await, [Verified]);
        assert_eq!(stage.directory.contents().attributes["ann"]["ou"], ["Legal"]);
        assert_eq!(stage.review(id).await.state, ReviewState::Repaired);
        assert_eq!(stage.view().await.drift, None);
        assert_eq!(events(&stage.app, "account.repair-owed").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_about_themselves_nor_who_cannot_decide_nor_in_the_past() {
    on_stage(async |stage| {
        let ctx = stage.day(2);
        let other = persona(&ctx, "ann.admin", stage.ann).await;
        let machine = service(&ctx, "svc.build", stage.olga).await;
        let gone = person(&ctx, "gone").await;
        end_identity(&ctx, gone, "left").await.unwrap();
        for who in [stage.ann, other, machine, gone] {
            assert_eq!(field(ask_review(&ctx, stage.account, &stage.asking(who, "Board")).await), "reviewer");
        }
        let asking = stage.asking(stage.rita, "Board");
        for due_on in ["2024-03-01", "2026-01-01"].map(|text| text.parse::<NaiveDate>().unwrap()) {
            assert_eq!(field(ask_review(&ctx, stage.account, &Asking { due_on, ..asking.clone() }).await), "due_on");
        }
        assert_eq!(field(ask_review(&ctx, stage.account, &Asking { note: "?".to_owned(), ..asking.clone() }).await), "note");
        let other_than_seen = ask_review(&ctx, stage.account, &stage.asking(stage.rita, "Court")).await;
        assert!(matches!(other_than_seen, Err(ServiceError::Conflict(_))), "{other_than_seen:?}");
        assert!(matches!(ask_review(&stage.as_person(stage.rita), stage.account, &asking).await, Err(ServiceError::Denied(_))));
        ask_review(&ctx, stage.account, &asking).await.unwrap();
        assert!(
            matches!(ask_review(&ctx, stage.account, &stage.asking(stage.olga, "Board")).await, Err(ServiceError::Refused(_))),
            "one at a time"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_else_decides_and_nobody_about_their_own_account() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        let ann = testing::person_ctx(&stage.app, stage.ann, &[PortalRole::Admin]).at(moment("2024-03-03T12:00:00Z"));
        assert!(matches!(decide_review(&ann, id, Decision::Accept, "it is me").await, Err(ServiceError::Refused(_))));
        assert!(!show_review(&ann, id).await.unwrap().may_decide);
        let olga = stage.as_person(stage.olga);
        assert!(matches!(decide_review(&olga, id, Decision::Accept, "mine too").await, Err(ServiceError::Denied(_))));
        assert!(matches!(show_review(&olga, id).await, Err(ServiceError::NotFound(_))));
        assert!(listed(&olga, &ReviewFilter::default()).await.is_empty());
        assert_eq!(stage.review(id).await.state, ReviewState::Open);
        decide_review(&stage.day(4), id, Decision::Accept, "an administrator knows").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_administrator_decides_about_their_own_account_by_no_other_way_either() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        let other = persona(&stage.day(2), "ann.admin", stage.ann).await;
        for who in [stage.ann, other] {
            let ann = testing::person_ctx(&stage.app, who, &[PortalRole::Admin]).at(moment("2024-03-03T12:00:00Z"));
            for refused in [
                accept_drift(&ann, stage.account, &seen("Board"), "it is me").await,
                reject_drift(&ann, stage.account).await,
                repair_account(&ann, stage.account).await,
                withdraw_review(&ann, id, "").await,
            ] {
                assert!(matches!(refused, Err(ServiceError::Refused(ref words)) if words.contains("your own")), "{refused:?}");
            }
            let page = show_review(&ann, id).await.unwrap();
            assert!(!page.may_decide && !page.may_withdraw);
        }
        assert_eq!(stage.review(id).await.state, ReviewState::Open);
        assert!(stage.view().await.drift.is_some() && stage.view().await.accepted.is_none());
    })
    .await;
}

#[tokio::test]
async fn when_who_is_asked_ends_the_owner_decides_and_then_administrators() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        let nobodys = |ctx: Ctx| async move { overview(&ctx).await.unwrap().unwrap().reviews.waiting };
        let boss = person(&stage.day(2), "boss").await;
        let boss = testing::person_ctx(&stage.app, boss, &[PortalRole::Admin]).at(moment("2024-03-09T12:00:00Z"));
        assert_eq!(nobodys(boss.clone()).await, 0);
        end_identity(&stage.day(2), stage.rita, "left").await.unwrap();
        assert!(matches!(
            decide_review(&stage.as_person(stage.rita), id, Decision::Accept, "by a ghost").await,
            Err(ServiceError::Denied(_) | ServiceError::Over(_))
        ));
        assert_eq!(listed(&stage.as_person(stage.olga), &ReviewFilter::default()).await.len(), 1);
        assert_eq!(own(&stage.as_person(stage.olga)).await.unwrap().unwrap().reviews.waiting, 1, "as the owner of the application");
        change_lifecycle(&stage.day(2), stage.olga, Transition::StartLeave, "a year abroad").await.unwrap();
        let review = stage.review(id).await;
        assert_eq!((review.reviewer_id, review.asked.as_str()), (None, "rita"));
        assert_eq!(nobodys(boss.clone()).await, 1);
        assert_eq!(overview(&boss).await.unwrap().unwrap().overdue_reviews, 1, "the eighth is over");
        decide_review(&boss, id, Decision::Repair, "").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_reading_that_finds_it_gone_or_changed_closes_the_question_and_says_so() {
    on_stage(async |stage| {
        let first = stage.ask(stage.rita, "Board").await;
        assert_eq!(stage.reads(3).await.moot_reviews, 0, "it is as it was");
        stage.there("Court");
        assert_eq!(stage.reads(4).await.moot_reviews, 1);
        let review = stage.review(first).await;
        assert_eq!((review.state, review.decided_by.as_str()), (ReviewState::Moot, ""));
        assert!(review.reason.contains("otherwise by now"), "{}", review.reason);
        let asking = Asking { due_on: day("2024-03-20"), ..stage.asking(stage.rita, "Court") };
        let second = ask_review(&stage.day(4), stage.account, &asking).await.unwrap();
        stage.there("Legal");
        assert_eq!(stage.reads(5).await.moot_reviews, 1);
        assert_eq!(stage.review(second).await.reason, "nothing is otherwise than recorded any more");
        assert_eq!(events(&stage.app, "review.moot").await.len(), 2);
        let late = decide_review(&stage.as_person(stage.rita), second, Decision::Accept, "too late").await;
        assert!(matches!(late, Err(ServiceError::Refused(ref words)) if words.contains("no longer a question")), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_else_decides_about_the_account_closes_the_question_too() {
    on_stage(async |stage| {
        // An administrator leaves it so.
        let id = stage.ask(stage.rita, "Board").await;
        let boss = stage.day(3);
        accept_drift(&boss, stage.account, &seen("Board"), "she sits on the board").await.unwrap();
        let review = stage.review(id).await;
        assert_eq!(review.state, ReviewState::Moot);
        assert_eq!(review.reason, format!("{} decided about the account: left as it is", boss.principal.label));
        // Or has it made as recorded: the schedule sees that it is.
        stage.there("Court");
        stage.reads(4).await;
        let id = ask_review(&stage.day(4), stage.account, &stage.asking(stage.rita, "Court")).await.unwrap();
        repair_account(&stage.day(4), stage.account).await.unwrap();
        work(&stage.app, stage.target, TimeDelta::days(4)).await;
        assert_eq!(run_due(&stage.day(5)).await.unwrap().moot, 1);
        assert_eq!(run_due(&stage.day(5)).await.unwrap().moot, 0);
        assert_eq!(stage.review(id).await.state, ReviewState::Moot);
        // Or says that it is somebody else's account.
        stage.there("Court");
        stage.reads(6).await;
        let id = ask_review(&stage.day(6), stage.account, &stage.asking(stage.rita, "Court")).await.unwrap();
        correlate_account(&stage.day(6), stage.account, Some(stage.olga)).await.unwrap();
        assert_eq!(stage.review(id).await.reason, "the account is not theirs any more");
    })
    .await;
}

#[tokio::test]
async fn a_question_is_withdrawn_by_administrators_and_may_be_asked_again() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        assert!(matches!(withdraw_review(&stage.as_person(stage.rita), id, "").await, Err(ServiceError::Denied(_))));
        withdraw_review(&stage.day(3), id, "asked the wrong one").await.unwrap();
        assert!(matches!(withdraw_review(&stage.day(3), id, "").await, Err(ServiceError::Refused(_))));
        assert_eq!(stage.review(id).await.state, ReviewState::Withdrawn);
        assert!(stage.view().await.drift.is_some(), "it is still otherwise");
        stage.ask(stage.olga, "Board").await;
    })
    .await;
}

#[tokio::test]
async fn the_end_of_the_person_closes_the_question_about_their_account() {
    on_stage(async |stage| {
        let id = stage.ask(stage.rita, "Board").await;
        end_identity(&stage.day(3), stage.ann, "left").await.unwrap();
        let refused = decide_review(&stage.as_person(stage.rita), id, Decision::Repair, "").await;
        assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
        assert_eq!(run_due(&stage.day(3)).await.unwrap().moot, 1);
        assert_eq!(stage.review(id).await.reason, "its person has ended");
    })
    .await;
}

#[tokio::test]
async fn questions_are_listed_by_their_day_page_by_page_and_back() {
    on_stage(async |stage| {
        let names = ["ann", "bob", "cid"];
        let rows: Vec<String> = names.iter().enumerate().map(|(n, name)| row(&format!("E{}", n + 1), name, "Legal")).collect();
        import(&stage.day(2), &rows).await.unwrap();
        work(&stage.app, stage.target, TimeDelta::days(2)).await;
        for name in names {
            stage.directory.contents().attributes.get_mut(name).unwrap().insert("ou".to_owned(), vec!["Board".to_owned()]);
        }
        assert_eq!(stage.reads(4).await.drifted, 3);
        for (name, due_on) in names.into_iter().zip(["2024-03-20", "2024-03-10", "2024-03-10"]) {
            let who = identity(&stage.app, name).await.id;
            let account = stage.app.store.read().await.unwrap().accounts_of(who).await.unwrap()[0].account.id;
            let asking = Asking { due_on: day(due_on), ..stage.asking(stage.rita, "Board") };
            ask_review(&stage.day(4), account, &asking).await.unwrap();
        }
        let rita = stage.as_person(stage.rita);
        let (mut request, mut seen, mut last) = (PageRequest { limit: 1, ..PageRequest::default() }, Vec::new(), None);
        loop {
            let page = list_reviews(&rita, &ReviewFilter::default(), &request).await.unwrap();
            seen.extend(page.rows.into_iter().map(|review| review.account));
            let Some(next) = page.next else { break };
            last = Some(next.clone());
            request.after = Some(next);
        }
        assert_eq!(seen, ["bob", "cid", "ann"]);
        let back = PageRequest { before: last, limit: 1, ..PageRequest::default() };
        let before = list_reviews(&rita, &ReviewFilter::default(), &back).await.unwrap();
        assert_eq!(before.rows[0].account, "bob", "what comes before cid");
        let elsewhere = ReviewFilter { application_id: Some(application(&stage.day(4), "Else").await), ..ReviewFilter::default() };
        assert!(listed(&rita, &elsewhere).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_moot_is_closed_behind_however_many_questions_about_which_there_is_something_to_decide() {
    on_stage(async |stage| {
        let names: Vec<String> = (0..200).map(|n| format!("p{n:03}")).collect();
        let rows: Vec<String> =
            names.iter().map(|name| row(&name.to_uppercase(), name, "Sales")).chain([row("E1", "ann", "Legal")]).collect();
        import(&stage.day(2), &rows).await.unwrap();
        let theirs = |values: [&str; 2]| {
            let mut it = stage.directory.contents();
            for name in &names {
                it.accounts.insert(name.clone(), true);
                let values = values.iter().map(|value| (*value).to_owned()).collect();
                it.attributes.entry(name.clone()).or_default().insert("ou".to_owned(), values);
            }
        };
        theirs(["Board", "Court"]);
        assert_eq!(stage.reads(3).await.drifted, 201);
        let both = [("ou".to_owned(), vec!["Board".to_owned(), "Court".to_owned()])];
        for name in &names {
            let who = identity(&stage.app, name).await.id;
            let account = stage.app.store.read().await.unwrap().accounts_of(who).await.unwrap()[0].account.id;
            let asking = Asking { seen: both.clone().into(), ..stage.asking(stage.rita, "Board") };
            ask_review(&stage.day(3), account, &asking).await.unwrap();
        }
        let last = ask_review(&stage.day(4), stage.account, &stage.asking(stage.rita, "Board")).await.unwrap();
        // The target tells the same in another order, and of one account something else.
        theirs(["Court", "Board"]);
        stage.there("Court");
        assert_eq!(stage.reads(5).await.moot_reviews, 1);
        assert_eq!(stage.review(last).await.state, ReviewState::Moot);
        // So does the schedule.
        let asking = stage.asking(stage.rita, "Court");
        let last = ask_review(&stage.day(6), stage.account, &asking).await.unwrap();
        end_identity(&stage.day(6), stage.ann, "left").await.unwrap();
        assert_eq!(run_due(&stage.day(6)).await.unwrap().moot, 1);
        assert_eq!(stage.review(last).await.reason, "its person has ended");
    })
    .await;
}
