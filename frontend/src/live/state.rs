//! When to load the page again, and when to say that nobody tells any more. Pure: the island has the clock.

use std::time::Duration;

/// The first pause after something did not work.
const FIRST: u64 = 10;
/// The longest.
const LONGEST: u64 = 600;

/// Pauses that double, in seconds, until it works again.
#[derive(Debug, Default)]
struct Pauses(u32);

impl Pauses {
    fn next(&mut self) -> Duration {
        let seconds = (FIRST << self.0).min(LONGEST);
        // Further it does not matter.
        self.0 = (self.0 + 1).min(10);
        Duration::from_secs(seconds)
    }

    fn reset(&mut self) {
        self.0 = 0;
    }
}

/// What the island knows.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The version of what is shown.
    shown: String,
    /// Loading, or resting after it.
    busy: bool,
    /// Something has changed meanwhile.
    again: bool,
    /// Nothing will change any more.
    over: bool,
    /// How often the connection was lost or came back: whoever waits compares.
    turn: u32,
    lost: bool,
    /// Before the next connection where the server refused one.
    connections: Pauses,
    /// Before the next load where one failed.
    loads: Pauses,
}

impl State {
    /// Shows a version from the start.
    pub(super) fn showing(version: String) -> Self {
        Self { shown: version, ..Self::default() }
    }

    /// The server says which version there is. True when the page is to be loaded now.
    pub(super) fn changed(&mut self, version: &str) -> bool {
        if self.busy {
            self.again = true;
            return false;
        }
        self.busy = version != self.shown;
        self.busy
    }

    /// It was loaded with this version.
    pub(super) fn loaded(&mut self, version: String) {
        self.shown = version;
        self.loads.reset();
    }

    /// It could not be loaded: it is tried again after this pause.
    pub(super) fn failed(&mut self) -> Duration {
        self.again = true;
        self.loads.next()
    }

    /// The server refuses to tell. The pause before it is asked again, and whether the page is to be loaded now:
    /// it shows whether this person may still see it.
    pub(super) fn refused(&mut self) -> (Duration, bool) {
        let loads = !self.busy;
        self.busy = true;
        self.again |= !loads;
        (self.connections.next(), loads)
    }

    /// This person may not see it any more: nothing is loaded, and nothing is said of the connection.
    pub(super) fn stop(&mut self) {
        self.over = true;
        self.lost = false;
        self.busy = true;
    }

    /// Whether nothing is to be connected any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// It has rested after loading. True when the page is to be loaded again.
    pub(super) fn rested(&mut self) -> bool {
        self.busy = std::mem::take(&mut self.again);
        self.busy
    }

    /// Nothing will change any more.
    pub(super) fn complete(&mut self) {
        self.over = true;
    }

    /// The connection is there.
    pub(super) fn connected(&mut self) {
        self.lost = false;
        self.turn += 1;
        self.connections.reset();
    }

    /// The connection is lost. The turn, when it was there until now: to ask [`State::is_lost_since`] later.
    pub(super) fn lost(&mut self) -> Option<u32> {
        if self.lost || self.over {
            return None;
        }
        self.lost = true;
        self.turn += 1;
        Some(self.turn)
    }

    /// Whether it was lost in that turn, and not found since.
    pub(super) fn is_lost_since(&self, turn: u32) -> bool {
        self.lost && self.turn == turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_is_shown_is_not_loaded_again() {
        let mut state = State::showing("a".to_owned());
        assert!(!state.changed("a"));
        assert!(state.changed("b"));
        state.loaded("b".to_owned());
        assert!(!state.rested());
        assert!(!state.changed("b"));
    }

    #[test]
    fn what_changes_while_it_loads_or_rests_is_loaded_once_afterwards() {
        let mut state = State::showing("a".to_owned());
        assert!(state.changed("b"));
        assert!(!state.changed("c") && !state.changed("d"));
        state.loaded("d".to_owned());
        assert!(state.rested());
        state.loaded("d".to_owned());
        assert!(!state.rested());
    }

    #[test]
    fn what_could_not_be_loaded_is_tried_again() {
        let mut state = State::showing("a".to_owned());
        assert!(state.changed("b"));
        state.failed();
        assert!(state.rested());
    }

    #[test]
    fn pauses_double_up_to_ten_minutes_until_it_works_again() {
        let mut state = State::default();
        let seconds: Vec<u64> = (0..20).map(|_| state.refused().0.as_secs()).collect();
        assert_eq!(seconds[..8], [10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!((seconds[19], state.failed().as_secs(), state.failed().as_secs()), (600, 10, 20));
        state.connected();
        state.loaded("a".to_owned());
        assert_eq!((state.refused().0.as_secs(), state.failed().as_secs()), (10, 10));
    }

    #[test]
    fn after_a_refusal_the_page_is_loaded_once() {
        let mut state = State::showing("a".to_owned());
        assert!(state.refused().1);
        assert!(!state.refused().1, "it loads already");
        state.loaded("a".to_owned());
        assert!(state.rested(), "for the other refusal");
        assert!(!state.rested());
    }

    #[test]
    fn who_may_not_see_it_any_more_is_told_nothing_more() {
        let mut state = State::showing("a".to_owned());
        let turn = state.lost().expect("it was there");
        state.refused();
        state.stop();
        assert!(state.is_over() && !state.is_lost_since(turn) && !state.changed("b"));
        assert_eq!(state.lost(), None);
    }

    #[test]
    fn a_loss_counts_from_its_beginning_until_the_connection_is_back() {
        let mut state = State::default();
        let turn = state.lost().expect("it was there");
        assert_eq!(state.lost(), None, "the same loss");
        assert!(state.is_lost_since(turn));
        state.connected();
        assert!(!state.is_lost_since(turn));
        let next = state.lost().expect("another loss");
        assert!(!state.is_lost_since(turn) && state.is_lost_since(next));
    }

    #[test]
    fn nothing_is_lost_when_all_is_over() {
        let mut state = State::default();
        state.complete();
        assert_eq!(state.lost(), None);
    }
}
