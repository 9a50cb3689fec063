//! Rows that were put in.

use super::*;

#[tokio::test]
async fn a_copied_row_is_named() {
    for trial in sealed_trials().await {
        let row = trial.rows().await.swap_remove(3);
        let id = Uuid::from_u128(row.id.clone().unwrap().uuid().as_u128() + 1);
        trial.put_in(id, row.body.as_ref().unwrap(), row.mac.as_ref().unwrap(), "NULL").await;
        let verdict = trial.verify().await;
        assert_eq!((verdict.fault_count, verdict.unsealed), (1, 1));
        assert_eq!(verdict.faults[0].id, Some(EventId::from_uuid(id)));
        assert_eq!(verdict.faults[0].what, "not sealed yet: column `id` differs from the event");
    }
}

#[tokio::test]
async fn a_forged_row_is_named_and_never_sealed() {
    for trial in sealed_trials().await {
        let id = trial.ctx.id::<EventId>().uuid();
        let (body, mac) = forged(&trial.rows().await[3], id);
        trial.put_in(id, &body, &mac, "NULL").await;
        trial.record(3).await;
        assert_eq!(trial.seal().await, 3);
        let verdict = trial.verify().await;
        assert_eq!((verdict.fault_count, verdict.sealed, verdict.unsealed), (1, 27, 1));
        assert_eq!(verdict.faults[0].id, Some(EventId::from_uuid(id)));
        assert!(verdict.faults[0].what.contains("put in by another hand"));
    }
}

#[tokio::test]
async fn a_row_put_in_between_by_moving_the_others_up_is_named() {
    for trial in sealed_trials().await {
        let id = trial.ctx.id::<EventId>().uuid();
        let (body, mac) = forged(&trial.rows().await[3], id);
        // By way of negative numbers, because each is unique.
        trial.sql("UPDATE audit_events SET leaf = -1000 - leaf WHERE leaf >= 11").await;
        trial.sql("UPDATE audit_events SET leaf = -999 - leaf WHERE leaf < 0").await;
        trial.put_in(id, &body, &mac, "11").await;
        let verdict = trial.verify().await;
        assert_eq!((verdict.faults[0].leaf, verdict.faults[0].id), (Some(11), Some(EventId::from_uuid(id))));
        assert!(verdict.faults[0].what.contains("`body` was changed"), "{}", verdict.faults[0].what);
        assert!(verdict.faults[1].what.contains("the checkpoint of 16 events is signed for another root"), "{:#?}", verdict.faults);
    }
}

#[tokio::test]
async fn a_row_with_a_number_at_the_end_is_named() {
    for trial in sealed_trials().await {
        let id = trial.ctx.id::<EventId>().uuid();
        let (body, mac) = forged(&trial.rows().await[3], id);
        trial.put_in(id, &body, &mac, "24").await;
        trial.first_fault(24).await;
        let all: Vec<_> = trial.verify().await.faults.into_iter().map(|f| f.what).collect();
        assert!(all[1].starts_with("number 24 was never given, the newest checkpoint is of 24 events"), "{all:#?}");
    }
}

#[tokio::test]
async fn a_number_that_is_there_twice_is_named() {
    for trial in sealed_trials().await {
        trial.sql("DROP INDEX audit_events_leaf").await;
        let row = trial.rows().await.swap_remove(3);
        let genuine = row.id.clone().unwrap().uuid().as_u128();
        for id in [genuine - 1, genuine + 1].map(Uuid::from_u128) {
            trial.put_in(id, row.body.as_ref().unwrap(), row.mac.as_ref().unwrap(), "3").await;
            let what = trial.first_fault(3).await;
            let faults = trial.verify().await.faults;
            assert_eq!(faults[0].id, Some(EventId::from_uuid(id)), "the forged one is the first: {what}");
            assert!(faults.iter().any(|f| f.what.starts_with("number 3 is there twice")), "{faults:#?}");
            trial.sql(&format!("DELETE FROM audit_events WHERE id = {}", trial.key(id))).await;
            trial.assert_sound().await;
        }
    }
}

#[tokio::test]
async fn more_rows_of_one_number_than_fit_a_piece_do_not_stop_the_walk() {
    for trial in sealed_trials().await {
        trial.sql("DROP INDEX audit_events_leaf").await;
        let source = if trial.sqlite {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT randomblob(16)"
        } else {
            "WITH n AS (SELECT generate_series(1, 2500)) SELECT gen_random_uuid()"
        };
        trial
            .sql(&format!(
                "INSERT INTO audit_events (id, at, stream, action, actor_label, channel, request_id, target_kind, target_id, outcome, body, mac, leaf)
                 {source}, e.at, e.stream, '', '', '', '', '', '', '', '', e.mac, 5 FROM n, audit_events e WHERE e.leaf = 5"
            ))
            .await;
        let verdict = trial.verify().await;
        assert_eq!((verdict.faults[0].leaf, verdict.faults.len()), (Some(5), 100));
        assert_eq!(verdict.checkpoints, 3);
    }
}
