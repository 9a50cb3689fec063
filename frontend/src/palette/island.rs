//! The palette's dialog: a combobox with a listbox, after the ARIA authoring practices.

use super::{
    PaletteHit, search,
    state::{State, Step},
};
use crate::browser;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys};
use std::time::Duration;

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(120);

/// What opens the palette by click, besides Ctrl/⌘-K: the link to `/search`, marked so.
const OPENERS: &str = "[data-palette-open]";

/// The search dialog. Place it once, at the end of a signed-in page.
#[island]
pub fn Palette() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let state = RwSignal::new(State::default());
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);

    let ask_after = move |rest: Duration| {
        let Some(field) = input.get_untracked() else {
            return;
        };
        let query = field.value();
        let ticket = state.try_update(|state| state.typed(query.clone()));
        let Some(ticket) = ticket else { return };
        let ask = move || {
            leptos::task::spawn_local(async move {
                let answer = search::ask(&query).await;
                state.update(|state| state.answer(ticket, answer));
            });
        };
        let timer = set_timeout_with_handle(ask, rest).ok();
        if let Some(before) = waiting.try_update_value(|waiting| std::mem::replace(waiting, timer))
            && let Some(before) = before
        {
            before.clear();
        }
    };

    let toggle = move || {
        let (Some(dialog), Some(field)) = (dialog.get_untracked(), input.get_untracked()) else {
            return;
        };
        if dialog.open() {
            dialog.close();
        } else if dialog.show_modal().is_ok() {
            let _ = field.focus();
            field.select();
            ask_after(Duration::ZERO);
        }
    };

    // An effect runs in the browser only; the listeners live as long as the page.
    Effect::new(move |_| {
        let _ = window_event_listener(ev::keydown, move |event| {
            let plain_k = event.key().eq_ignore_ascii_case("k") && !event.alt_key() && !event.shift_key();
            if plain_k && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                toggle();
            }
        });
        let _ = window_event_listener(ev::click, move |event| {
            // A click with a key held, or another button, wants the link itself.
            let plain = event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
            let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
            let opener = target.and_then(|it| it.closest(OPENERS).ok().flatten());
            if plain && opener.is_some() {
                event.prevent_default();
                toggle();
            }
        });
    });

    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    // The dialog's own box is the backdrop; what is inside it covers the rest.
    let click_outside = move |event: ev::MouseEvent| {
        if event.target() == event.current_target() {
            close();
        }
    };
    let keydown = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => move_active(&event, state, Step::Down),
            "ArrowUp" => move_active(&event, state, Step::Up),
            "Enter" => {
                // A click on the link itself: the browser opens it the way it opens links.
                // With no active line, the form goes to the search page.
                if let Some(line) = state.with_untracked(State::active).and_then(line_element) {
                    event.prevent_default();
                    line.click();
                }
            }
            _ => {}
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        if state.with_untracked(|state| state.query().trim().is_empty()) {
            event.prevent_default();
        }
    };

    let hits = Memo::new(move |_| state.with(|state| state.hits().to_vec()));
    let active = Memo::new(move |_| state.with(State::active));
    let none = move || hits.with(Vec::is_empty);
    let lines = move || {
        let line = |(line, hit)| view_line(line, hit, active, state);
        hits.get().into_iter().enumerate().map(line).collect_view()
    };

    view! {
        <dialog node_ref=dialog class="palette" aria-label="Search" on:click=click_outside>
            <div class="palette__box">
                <form class="palette__form" action="/search" method="get" role="search" on:submit=submit>
                    <label class="vh" for="palette-q">
                        "Search people, access, credentials and actions"
                    </label>
                    <input
                        node_ref=input
                        id="palette-q"
                        class="palette__input"
                        type="text"
                        name="q"
                        role="combobox"
                        aria-autocomplete="list"
                        aria-controls="palette-list"
                        aria-expanded=move || (!none()).to_string()
                        aria-activedescendant=move || active.get().map(line_id)
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        enterkeyhint="go"
                        placeholder="People, access, credentials, actions"
                        on:input=move |_| ask_after(REST)
                        on:keydown=keydown
                    />
                    <kbd class="palette__esc" aria-hidden="true">
                        "Esc"
                    </kbd>
                </form>
                <div
                    id="palette-list"
                    class="palette__list"
                    role="listbox"
                    aria-label="Results"
                    hidden=none
                    on:click=move |_| close()
                >
                    {lines}
                </div>
                <p class="palette__status" role="status">
                    {move || state.with(State::status)}
                </p>
            </div>
        </dialog>
    }
}

/// One line: a link, so that it can be opened in a new tab, and an option of the listbox.
fn view_line(line: usize, hit: PaletteHit, active: Memo<Option<usize>>, state: RwSignal<State>) -> impl IntoView {
    let is_active = move || active.get() == Some(line);
    let point = move |_| {
        if active.get_untracked() != Some(line) {
            state.update(|state| state.point(line));
        }
    };
    let detail = Some(hit.detail).filter(|detail| !detail.is_empty());
    view! {
        <a
            id=line_id(line)
            class="palette__hit"
            role="option"
            tabindex="-1"
            href=hit.href
            aria-selected=move || is_active().to_string()
            on:pointermove=point
        >
            <span class="palette__label">{hit.label}</span>
            <span class="palette__kind">{hit.kind}</span>
            {detail.map(|detail| view! { <span class="palette__detail">{detail}</span> })}
        </a>
    }
}

fn move_active(event: &ev::KeyboardEvent, state: RwSignal<State>, step: Step) {
    event.prevent_default();
    state.update(|state| state.step(step));
    if let Some(line) = state.with_untracked(State::active).and_then(line_element) {
        browser::scroll_to(&line);
    }
}

fn line_id(line: usize) -> String {
    format!("palette-hit-{line}")
}

fn line_element(line: usize) -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(&line_id(line))?.dyn_into().ok()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn it_renders_closed_and_empty_as_a_combobox_with_its_listbox() {
        let html = view! { <Palette /> }.to_html();
        for part in [
            "<leptos-island data-component=\"Palette_",
            "<dialog aria-label=\"Search\" class=\"palette\"",
            "role=\"combobox\"",
            "aria-expanded=\"false\"",
            "aria-controls=\"palette-list\"",
            "role=\"listbox\"",
            "action=\"/search\"",
        ] {
            assert!(html.contains(part), "no {part} in {html}");
        }
        assert!(!html.contains(" open"), "{html}");
        assert!(!html.contains("style="), "inline style breaks the policy: {html}");
    }
}
