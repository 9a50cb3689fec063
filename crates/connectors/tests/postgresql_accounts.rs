//! Accounts of a real cluster: one by a fresh look, and whose a name is that is there already.

#![allow(clippy::unwrap_used)]

mod documented;
mod postgresql_support;

use futures::TryStreamExt;
use postgresql_support::*;
use tenure_connectors::{AccountDraft, AccountRef, Change, Connector, FaultKind, Found, Outcome};

fn named(name: &str) -> AccountRef {
    AccountRef { key: String::new(), name: name.into() }
}

#[tokio::test]
async fn an_account_is_found_by_its_key_or_its_name_with_all_that_a_change_sets() {
    let connector = cluster().connector();
    twice(&connector, &Change::Create(draft("f_anna", &[("rolconnlimit", "3"), ("comment", "4711")]))).await;
    for account in [account("f_anna"), named("f_anna")] {
        let found = connector.find(&account, &[]).await.unwrap().unwrap();
        assert_eq!((found.account.key.as_str(), found.enabled), ("f_anna", true));
        for (name, value) in [("rolconnlimit", "3"), ("rolinherit", "true"), ("rolcreatedb", "false"), ("comment", "4711")] {
            assert_eq!(found.attributes[name], [value], "{name}");
        }
        let all: Vec<Found> = connector.reconcile(None, &[]).await.unwrap().try_collect().await.unwrap();
        assert!(all.contains(&Found::Account(found)), "a whole look tells the same");
    }
    connector.perform(&Change::Disable(account("f_anna"))).await.unwrap();
    let found = connector.find(&named("f_anna"), &["rolconnlimit".into()]).await.unwrap().unwrap();
    // What it is to have again, as a change would set it.
    assert!(!found.enabled && found.attributes["rolconnlimit"] == ["3"] && found.attributes["comment"] == ["4711"], "{found:?}");
    twice(&connector, &Change::Delete { account: account("f_anna"), heir: None }).await;
    for account in [account("f_anna"), named("f_anna")] {
        assert_eq!(connector.find(&account, &[]).await, Ok(None));
    }
}

#[tokio::test]
async fn a_group_is_no_account_but_an_account_whose_login_was_taken_away_is_not_gone() {
    let connector = cluster().connector();
    run(&mut cluster().admin("postgres").await, "CREATE ROLE f_group").await;
    assert_eq!(connector.find(&named("f_group"), &[]).await, Ok(None));
    let known = connector.find(&account("f_group"), &[]).await.unwrap().unwrap();
    assert!(!known.enabled);
    assert_eq!(connector.find(&named(""), &[]).await.unwrap_err().kind, FaultKind::Refused);
}

#[tokio::test]
async fn an_account_is_made_once_and_its_name_is_not_given_to_another_person() {
    let connector = cluster().connector();
    let of = |number| Change::Create(draft("t_smith", &[("rolconnlimit", "3"), ("comment", number)]));
    twice(&connector, &of("E-7")).await;
    let taken = fault(&connector, &of("E-8")).await;
    assert_eq!(taken.kind, FaultKind::NameTaken, "{taken}");
    assert!(taken.words.contains("E-7") && taken.words.contains("another name"), "{taken}");
    assert_eq!(connector.find(&named("t_smith"), &[]).await.unwrap().unwrap().attributes["comment"], ["E-7"]);
    // The person's by its comment, and not as drafted: nobody of the kind makes that by itself.
    for (name, value) in [("rolconnlimit", "9"), ("rolcreatedb", "true")] {
        let other = Change::Create(draft("t_smith", &[(name, value), ("comment", "E-7")]));
        assert_eq!(fault(&connector, &other).await.kind, FaultKind::NeedsDecision);
    }
    connector.perform(&Change::Disable(account("t_smith"))).await.unwrap();
    assert_eq!(fault(&connector, &of("E-7")).await.kind, FaultKind::NeedsDecision);
    assert_eq!(fault(&connector, &of("E-8")).await.kind, FaultKind::NameTaken);
}

#[tokio::test]
async fn a_name_that_is_taken_or_may_not_be_given_is_told_so() {
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE t_group; CREATE ROLE t_other LOGIN CONNECTION LIMIT 9; CREATE ROLE t_boss SUPERUSER LOGIN").await;
    let mut settings = cluster().settings();
    settings.protected = vec!["t_kept".into()];
    let connector = connector(settings, PASSWORD);
    for name in ["t_group", "t_other", "t_boss", "tenure", "pg_anna", "pg_monitor", "t_kept"] {
        let taken = fault(&connector, &Change::Create(draft(name, &[("rolconnlimit", "3")]))).await;
        assert_eq!(taken.kind, FaultKind::NameTaken, "{taken}");
        assert!(taken.words.contains(name) && taken.words.contains("another name"), "{taken}");
    }
}

#[tokio::test]
async fn two_who_make_the_same_account_at_once_make_one_and_two_persons_do_not_share_it() {
    let connector = cluster().connector();
    for round in 0..5 {
        let name = format!("t_race{round}");
        let of = |number| Change::Create(draft(&name, &[("comment", number)]));
        let (mine, again, other) = (of("1"), of("1"), of("2"));
        let (mine, again, other) = tokio::join!(connector.perform(&mine), connector.perform(&again), connector.perform(&other));
        let comment = connector.find(&named(&name), &[]).await.unwrap().unwrap().attributes["comment"][0].clone();
        let done = [&mine, &again, &other].iter().filter(|outcome| ***outcome == Ok(Outcome::Done)).count();
        assert_eq!(done, 1, "{mine:?} {again:?} {other:?}");
        let losers = if comment == "1" { vec![other] } else { vec![mine, again] };
        for loser in losers {
            assert_eq!(loser.unwrap_err().kind, FaultKind::NameTaken);
        }
    }
}

#[tokio::test]
async fn the_mapping_in_the_documentation_makes_an_account() {
    let draft = AccountDraft { account: account("app_anna"), attributes: documented::documented("PostgreSQL") };
    twice(&cluster().connector(), &Change::Create(draft)).await;
}
