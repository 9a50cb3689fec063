//! Why something that is owed is not done yet, where no attempt of its own tells.

use chrono::{DateTime, Utc};
use tenure_domain::target::TargetState;
use tenure_store::records::WaitingItem;

/// What stands in the way of something that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// In words, and what to do.
    pub words: String,
    /// When it is tried again by itself, if that is known.
    pub until: Option<DateTime<Utc>>,
}

/// What stands in the way of it now; nothing does if its turn has only not come yet.
pub(super) fn why(item: &WaitingItem, all_held: bool, now: DateTime<Utc>) -> Option<Waits> {
    let own = item.said.trim();
    let target = item.application.as_deref().unwrap_or("its target");
    let after = |words: String| {
        let words = if own.is_empty() { words } else { format!("{words} Before that: {own}") };
        Some(Waits { words, until: None })
    };
    let Some(state) = item.target_state else {
        // Tenure does not reach it; the item itself says what a person has to do.
        return (!own.is_empty()).then(|| Waits { words: own.to_owned(), until: None });
    };
    if all_held {
        return after("Nothing goes out to any target until somebody has looked at the restored database, under Operations.".to_owned());
    }
    if state == TargetState::Held {
        return after(format!(
            "{target} is held: nothing goes out there until somebody lets it go, on the page that says how it is reached."
        ));
    }
    if item.reconciled_at.is_none() && !item.is_by_hand {
        return after(format!(
            "How {target} is reached was changed, and it was not read since: read it, on the page that says how it is reached."
        ));
    }
    let until = item.next_at.max(item.open_until.unwrap_or(item.next_at));
    let until = (until > now).then_some(until);
    if !own.is_empty() {
        return Some(Waits { words: own.to_owned(), until });
    }
    if item.target_failures > 0 && !item.target_said.is_empty() {
        return Some(Waits { words: format!("{target} is in trouble, and this waits for it. {}", item.target_said), until });
    }
    item.has_predecessor
        .then(|| Waits { words: format!("It waits its turn: what comes before it on {target} is not done yet."), until: None })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use tenure_domain::id::{Id as _, OperationId};

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn item() -> WaitingItem {
        WaitingItem {
            operation_id: OperationId::from_uuid(uuid::Uuid::nil()),
            application: Some("Directory".to_owned()),
            said: String::new(),
            next_at: NOW,
            target_state: Some(TargetState::Live),
            target_failures: 0,
            target_said: String::new(),
            open_until: None,
            reconciled_at: Some(NOW),
            is_by_hand: false,
            has_predecessor: false,
        }
    }

    fn words(item: &WaitingItem) -> String {
        why(item, false, NOW).map(|waits| waits.words).unwrap_or_default()
    }

    #[test]
    fn what_is_only_not_done_yet_says_nothing() {
        assert_eq!(why(&item(), false, NOW), None);
    }

    #[test]
    fn what_was_never_tried_says_what_its_target_said_to_others_and_when_it_is_asked_again() {
        let later = NOW + TimeDelta::minutes(3);
        let failing = WaitingItem { target_failures: 4, target_said: "Nobody listens.".to_owned(), open_until: Some(later), ..item() };
        let waits = why(&failing, false, NOW).expect("a reason");
        assert_eq!(
            waits,
            Waits { words: "Directory is in trouble, and this waits for it. Nobody listens.".to_owned(), until: Some(later) }
        );
    }

    #[test]
    fn what_was_tried_says_what_came_of_that() {
        let tried =
            WaitingItem { said: "The name is taken.".to_owned(), target_failures: 4, target_said: "Nobody listens.".to_owned(), ..item() };
        assert_eq!(words(&tried), "The name is taken.");
    }

    #[test]
    fn a_hold_comes_first_and_a_target_that_was_not_read_since_it_was_changed() {
        let held = WaitingItem { target_state: Some(TargetState::Held), said: "Nobody listens.".to_owned(), ..item() };
        assert!(words(&held).contains("Directory is held") && words(&held).ends_with("Before that: Nobody listens."), "{}", words(&held));
        let unread = WaitingItem { reconciled_at: None, ..item() };
        assert!(words(&unread).contains("not read since"), "{}", words(&unread));
        assert_eq!(words(&WaitingItem { is_by_hand: true, ..unread }), "", "nobody reads what a person serves");
        let restored = why(&item(), true, NOW).expect("a reason");
        assert!(restored.words.contains("restored database"), "{}", restored.words);
    }

    #[test]
    fn what_has_to_wait_for_another_says_so() {
        assert!(words(&WaitingItem { has_predecessor: true, ..item() }).contains("waits its turn"));
    }
}
