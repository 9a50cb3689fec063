//! When to load the page again, and when to say that nobody tells any more. Pure: the island has the clock.

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

    /// It was loaded with this version, or could not be: then it is tried again.
    pub(super) fn loaded(&mut self, version: Option<String>) {
        match version {
            Some(version) => self.shown = version,
            None => self.again = true,
        }
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
        state.loaded(Some("b".to_owned()));
        assert!(!state.rested());
        assert!(!state.changed("b"));
    }

    #[test]
    fn what_changes_while_it_loads_or_rests_is_loaded_once_afterwards() {
        let mut state = State::showing("a".to_owned());
        assert!(state.changed("b"));
        assert!(!state.changed("c") && !state.changed("d"));
        state.loaded(Some("d".to_owned()));
        assert!(state.rested());
        state.loaded(Some("d".to_owned()));
        assert!(!state.rested());
    }

    #[test]
    fn what_could_not_be_loaded_is_tried_again() {
        let mut state = State::showing("a".to_owned());
        assert!(state.changed("b"));
        state.loaded(None);
        assert!(state.rested());
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
