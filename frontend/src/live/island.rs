//! The island: listens, loads, renews, and says so when it cannot.

use super::state::State;
use crate::browser::{Events, Heard, Page};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc, time::Duration};

/// Between two loads of the page.
const REST: Duration = Duration::from_secs(1);
/// Before it is said that the connection is lost.
const PATIENCE: Duration = Duration::from_secs(10);

const LOST: &str = "The connection is lost: what you see may be old. It is tried again.";
const GONE: &str = "You are signed out or may not see this any more. Load the page again.";

/// What may change. As many are in the page at any time, in the same order.
const PARTS: &str = "[data-live]";
/// Says which version of these parts it is. It stands outside of them.
const VERSION: &str = "data-live-version";
/// Says where the events are.
const EVENTS: &str = "data-live-events";

/// Keeps the page current: its parts with `data-live`, of the version that stands in `data-live-version`.
/// One is enough for a page.
#[component]
pub fn LivePage(
    /// The address of the events.
    events: String,
) -> impl IntoView {
    view! {
        <span data-live-events=events>
            <LiveIsland />
        </span>
    }
}

#[island]
fn LiveIsland() -> impl IntoView {
    let said = RwSignal::new("");
    // Without an effect, for weight: on the server there is nothing to listen to.
    Live::start(said);
    view! {
        <span class="sub" role="status">
            {said}
        </span>
    }
}

/// What all the handlers share. It lives as long as the page.
#[derive(Clone)]
struct Live(Rc<Shared>);

struct Shared {
    state: RefCell<State>,
    events: Events,
    address: String,
    said: RwSignal<&'static str>,
}

impl Live {
    fn start(said: RwSignal<&'static str>) {
        let given = |name| Page::open().attribute(name).unwrap_or_default();
        let (address, state) = (given(EVENTS), RefCell::new(State::showing(given(VERSION))));
        let live = Self(Rc::new(Shared { state, events: Events::default(), address, said }));
        let hearing = live.clone();
        live.0.events.hear(move |heard| hearing.hears(heard));
        live.0.events.connect(&live.0.address);
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.state.borrow_mut())
    }

    /// Does something later; `turn` is for its own use.
    fn later(&self, rest: Duration, turn: u32, then: fn(&Self, u32)) {
        let live = self.clone();
        set_timeout(move || then(&live, turn), rest);
    }

    fn hears(&self, heard: Heard) {
        match heard {
            Heard::Open => {
                self.with(State::connected);
                self.0.said.set("");
            }
            Heard::Changed(version) => {
                if self.with(|state| state.changed(&version)) {
                    self.0.events.load();
                }
            }
            Heard::Loaded(page) => self.loaded(page),
            Heard::Complete => {
                self.with(State::complete);
                self.0.events.close();
            }
            Heard::Lost => self.lost(),
            Heard::Refused => {
                self.lost();
                let (rest, loads) = self.with(State::refused);
                if loads {
                    self.0.events.load();
                }
                self.later(rest, 0, |live, _| {
                    if !live.with(|state| state.is_over()) {
                        live.0.events.connect(&live.0.address);
                    }
                });
            }
        }
    }

    fn lost(&self) {
        if let Some(turn) = self.with(State::lost) {
            self.later(PATIENCE, turn, |live, turn| {
                if live.with(|state| state.is_lost_since(turn)) {
                    live.0.said.set(LOST);
                }
            });
        }
    }

    /// Shows what was loaded, and rests. Another page than this one is that of somebody who may not see it.
    fn loaded(&self, page: Option<Page>) {
        let rest = match page.map(|page| (page.attribute(VERSION), page)) {
            Some((Some(version), page)) => {
                Page::open().renew(&page, PARTS);
                self.with(|state| state.loaded(version));
                REST
            }
            Some(_) => {
                self.with(State::stop);
                self.0.events.close();
                return self.0.said.set(GONE);
            }
            None => self.with(State::failed),
        };
        self.later(rest, 0, |live, _| {
            if live.with(State::rested) {
                live.0.events.load();
            }
        });
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn it_carries_its_address_and_says_nothing_yet() {
        let html = view! { <LivePage events="/offboarding/1/events".to_owned() /> }.to_html();
        assert!(html.contains("data-live-events=\"/offboarding/1/events\""), "{html}");
        assert!(html.contains("<leptos-island data-component=\"LiveIsland_"), "{html}");
        assert!(html.contains("role=\"status\"") && !html.contains("data-props") && !html.contains("lost"), "{html}");
    }
}
