//! Giving numbers.

use super::*;

#[tokio::test]
async fn everything_is_sealed_once() {
    for trial in trials().await {
        assert_eq!(trial.seal().await, 1);
        assert_eq!(trial.seal().await, 0);
        for n in [999, 1000, 1, 2001] {
            trial.record(n).await;
            assert_eq!(trial.seal().await, n);
            trial.assert_sound().await;
        }
        assert_eq!(trial.verify().await.sealed, 4002);
    }
}

#[tokio::test]
async fn many_sealers_and_writers_at_once_lose_nothing() {
    for trial in trials().await {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let trial = Trial { app: Arc::clone(&trial.app), ctx: trial.ctx.clone(), sqlite: trial.sqlite };
            tasks.spawn(async move {
                for _ in 0..6 {
                    trial.record(50).await;
                    trial.seal().await;
                }
            });
        }
        tasks.join_all().await;
        trial.seal().await;
        let verdict = trial.verify().await;
        assert!(verdict.sound, "{:#?}", verdict.faults);
        assert_eq!((verdict.sealed, verdict.unsealed), (1201, 0));
    }
}

#[tokio::test]
async fn forged_rows_in_front_are_in_nobodys_way() {
    for trial in sealed_trials().await {
        let keys = if trial.sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
        let numbers = if trial.sqlite {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        } else {
            "WITH n AS (SELECT generate_series(1, 5000))"
        };
        let put_in = |key: &str| {
            format!(
                "INSERT INTO audit_events (id, at, stream, action, actor_label, channel, request_id, target_kind, target_id, outcome, body, mac)
                 {numbers} SELECT {key}, e.at, e.stream, '', '', '', '', '', '', '', e.body, e.mac FROM n, audit_events e WHERE e.leaf = 5"
            )
        };
        trial.sql(&put_in(keys)).await;
        let mut forged = 5000;
        if trial.sqlite {
            // Keys that are none, before all others.
            trial.sql(&put_in("CAST(x'00' || randomblob(7) AS BLOB)")).await;
            forged += 5000;
        }
        trial.record(1500).await;
        assert_eq!(trial.seal().await, 1500);
        let verdict = trial.verify().await;
        assert_eq!((verdict.sealed, verdict.unsealed, verdict.fault_count), (1524, forged, forged));
    }
}

#[tokio::test]
async fn a_number_that_another_hand_gave_is_in_nobodys_way() {
    for trial in sealed_trials().await {
        let id = trial.ctx.id::<EventId>().uuid();
        let (body, mac) = forged(&trial.rows().await[3], id);
        trial.put_in(id, &body, &mac, "25").await;
        trial.record(5).await;
        // The five, and the event that says that a number was taken back.
        assert_eq!(trial.seal().await, 6);
        let verdict = trial.verify().await;
        assert_eq!((verdict.sealed, verdict.unsealed, verdict.fault_count), (30, 1, 1));
        assert_eq!(verdict.faults[0].id, Some(EventId::from_uuid(id)));
    }
}

#[tokio::test]
async fn a_database_without_an_instance_is_not_sealed() {
    for trial in trials().await {
        trial.sql("DELETE FROM instance").await;
        let error = seal_pending(&trial.app, trial.ctx.now).await.unwrap_err().to_string();
        assert!(error.starts_with("the database does not say which instance"), "{error}");
    }
}
