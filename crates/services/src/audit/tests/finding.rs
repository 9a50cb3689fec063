//! Finding events by what is typed, and one event with what belongs to it.

use tenure_store::PageRequest;

use super::*;
use crate::ServiceError;
use crate::audit::{Inclusion, event_detail, find_events, parse_audit_query, sealing};
use crate::identities::{NewIdentity, create_identity};

async fn person(ctx: &Ctx, name: &str) {
    let new = NewIdentity::person(name, name);
    create_identity(ctx, &new).await.unwrap();
}

async fn found(ctx: &Ctx, asked: &str) -> Vec<String> {
    let page = find_events(ctx, &parse_audit_query(asked).unwrap(), &PageRequest::default()).await.unwrap();
    page.page.rows.into_iter().map(|r| r.action).collect()
}

#[tokio::test]
async fn names_and_days_find_their_events() {
    for trial in trials().await {
        let ctx = trial.ctx.at(trial.ctx.now - chrono::Duration::days(10));
        person(&ctx, "ada").await;
        person(&trial.ctx, "bob").await;
        assert_eq!(found(&trial.ctx, "action:identity.").await.len(), 2);
        assert_eq!(found(&trial.ctx, "about:ADA").await, ["identity.created"], "whatever the case");
        let (old, today) = (ctx.today(), trial.ctx.today());
        assert_eq!(found(&trial.ctx, &format!("action:identity. from:{old} to:{old}")).await.len(), 1);
        assert_eq!(found(&trial.ctx, &format!("action:identity. from:{today}")).await.len(), 1);
        assert_eq!(found(&trial.ctx, &format!("action:identity. to:{today}")).await.len(), 2);
        assert_eq!(found(&trial.ctx, "action:identity. outcome:refused").await.len(), 0);
        let nobody = find_events(&trial.ctx, &parse_audit_query("actor:nobody about:noone").unwrap(), &PageRequest::default()).await;
        assert!(matches!(nobody, Err(ServiceError::Invalid(faults)) if faults.len() == 2));
    }
}

#[tokio::test]
async fn days_before_and_after_all_calendars_are_days_like_others() {
    for trial in trials().await {
        person(&trial.ctx, "ada").await;
        for (asked, n) in [
            ("from:-262143-01-01", 1),
            ("from:-4800-01-01 to:+262142-12-31", 1),
            ("to:-262143-01-01", 0),
            ("from:+262142-12-31", 0),
            ("from:9999-12-31", 0),
            ("target:a\0b", 0),
            ("request:\0b", 0),
        ] {
            assert_eq!(found(&trial.ctx, &format!("action:identity.created {asked}")).await.len(), n, "{asked}");
        }
    }
}

#[tokio::test]
async fn an_event_stands_among_those_of_its_request() {
    for trial in trials().await {
        trial.record(30).await;
        let rows = find_events(&trial.ctx, &parse_audit_query("action:identity.changed").unwrap(), &PageRequest::default())
            .await
            .unwrap()
            .page
            .rows;
        let middle = event_detail(&trial.ctx, rows[15].id).await.unwrap();
        assert_eq!(middle.inclusion, Inclusion::Unsealed);
        let around: Vec<_> = middle.chain.iter().map(|r| r.id).collect();
        let expected: Vec<_> = rows[5..=25].iter().rev().map(|r| r.id).collect();
        assert_eq!(around, expected, "ten before and ten after, the first first");
        assert!(middle.more);
        trial.seal().await;
        let state = sealing(&trial.ctx).await.unwrap();
        assert_eq!((state.sealed, state.unsealed), (31, 0));
        assert!(matches!(
            event_detail(&trial.ctx, rows[15].id).await.unwrap().inclusion,
            Inclusion::Covered { tree_size: 31, fault: None, .. }
        ));
        trial.sql("UPDATE audit_events SET actor_label = 'somebody else' WHERE leaf = 15").await;
        let rows = find_events(&trial.ctx, &parse_audit_query("").unwrap(), &PageRequest::default()).await.unwrap().page.rows;
        let changed = rows.iter().find(|r| r.leaf == Some(15)).unwrap();
        let Inclusion::Covered { fault: Some(fault), .. } = event_detail(&trial.ctx, changed.id).await.unwrap().inclusion else {
            panic!("it was changed")
        };
        assert!(fault.contains("actor_label"), "{fault}");
    }
}
