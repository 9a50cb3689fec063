//! What the palette knows: what was typed, what was answered, and which line is active. No browser in it.

use super::PaletteHit;

/// The palette's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    query: String,
    asked: u64,
    answered: bool,
    failed: bool,
    hits: Vec<PaletteHit>,
    active: usize,
}

/// Which way the active line moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the line below, from the last to the first.
    Down,
    /// To the line above, from the first to the last.
    Up,
}

/// Names one question, so that an answer which comes late can be told from the one awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

impl State {
    /// Takes what is typed now. Whatever was asked before is stale from here on.
    pub fn typed(&mut self, query: String) -> Ticket {
        self.query = query;
        self.asked += 1;
        self.answered = false;
        Ticket(self.asked)
    }

    /// Whether the question is still the one to answer.
    pub fn awaits(&self, ticket: Ticket) -> bool {
        ticket.0 == self.asked && !self.answered
    }

    /// Takes an answer, unless it is stale.
    pub fn answer(&mut self, ticket: Ticket, answer: Option<Vec<PaletteHit>>) {
        if !self.awaits(ticket) {
            return;
        }
        self.answered = true;
        self.failed = answer.is_none();
        self.hits = answer.unwrap_or_default();
        self.active = 0;
    }

    /// What is typed.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The lines shown. Those of the last answer stay until the next, so that the list does not flicker.
    pub fn hits(&self) -> &[PaletteHit] {
        &self.hits
    }

    /// Which line is active: the one that Enter opens.
    ///
    /// None while an answer is awaited: Enter must not open a line that belongs to other words.
    pub fn active(&self) -> Option<usize> {
        (self.answered && self.active < self.hits.len()).then_some(self.active)
    }

    /// Moves the active line.
    pub fn step(&mut self, step: Step) {
        let count = self.hits.len();
        if self.active().is_some() {
            self.active = match step {
                Step::Down => (self.active + 1) % count,
                Step::Up => (self.active + count - 1) % count,
            };
        }
    }

    /// Makes one line active.
    pub fn point(&mut self, line: usize) {
        if line < self.hits.len() {
            self.active = line;
        }
    }

    /// What to say about the answer, and no number while it is awaited.
    pub fn status(&self) -> String {
        match (self.answered, self.failed, self.hits.len()) {
            (false, ..) => String::new(),
            (_, true, _) => "Search does not answer. Press Enter for the search page.".into(),
            (.., 0) if self.query.trim().is_empty() => String::new(),
            (.., 0) => "Nothing found. Press Enter for the search page.".into(),
            (.., 1) => "1 result".into(),
            (.., count) => format!("{count} results"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(labels: &[&str]) -> Option<Vec<PaletteHit>> {
        let hit = |label: &&str| PaletteHit { kind: "Person".into(), label: (*label).into(), detail: String::new(), href: "/".into() };
        Some(labels.iter().map(hit).collect())
    }

    #[test]
    fn a_late_answer_to_an_earlier_question_is_dropped() {
        let mut state = State::default();
        let first = state.typed("p".into());
        let second = state.typed("pr".into());
        state.answer(second, hits(&["Priya"]));
        state.answer(first, hits(&["Paul", "Petra"]));
        assert_eq!(state.hits().len(), 1);
        assert!(!state.awaits(first) && !state.awaits(second));
    }

    #[test]
    fn nothing_is_active_while_the_answer_belongs_to_other_words() {
        let mut state = State::default();
        let ticket = state.typed("p".into());
        assert_eq!(state.active(), None);
        state.answer(ticket, hits(&["Priya", "Paul"]));
        assert_eq!(state.active(), Some(0));
        state.typed("pa".into());
        assert_eq!(state.active(), None);
        assert_eq!(state.hits().len(), 2, "the old lines stay in sight");
    }

    #[test]
    fn the_active_line_goes_round() {
        let mut state = State::default();
        let ticket = state.typed("p".into());
        state.answer(ticket, hits(&["a", "b", "c"]));
        state.step(Step::Up);
        assert_eq!(state.active(), Some(2));
        state.step(Step::Down);
        assert_eq!(state.active(), Some(0));
        state.point(1);
        state.point(9);
        assert_eq!(state.active(), Some(1));
    }

    #[test]
    fn steps_without_lines_do_nothing() {
        let mut state = State::default();
        state.step(Step::Down);
        let ticket = state.typed("x".into());
        state.answer(ticket, hits(&[]));
        state.step(Step::Up);
        assert_eq!(state.active(), None);
    }

    #[test]
    fn it_says_what_came_of_the_question() {
        let mut state = State::default();
        assert_eq!(state.status(), "");
        let ticket = state.typed("x".into());
        state.answer(ticket, hits(&["a"]));
        assert_eq!(state.status(), "1 result");
        let ticket = state.typed("xy".into());
        assert_eq!(state.status(), "");
        state.answer(ticket, hits(&[]));
        assert!(state.status().starts_with("Nothing found"));
        let ticket = state.typed("xyz".into());
        state.answer(ticket, None);
        assert!(state.status().starts_with("Search does not answer"));
        let ticket = state.typed(" ".into());
        state.answer(ticket, hits(&[]));
        assert_eq!(state.status(), "");
    }
}
