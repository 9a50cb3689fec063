//! `/style`: every component in all its states, light and dark beside each other.
//! It is what one looks at before and after a change of a component.

mod basics;
mod data;
mod forms;
mod lists;

use crate::components::*;
use crate::layout::NavItem;
use crate::page::Frame;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// Draws a sample once for each theme. `side` goes into ids and names, which must
/// differ on a page.
type Draw = fn(side: &'static str, now: DateTime<Utc>) -> AnyView;

const SECTIONS: &[(&str, &str, Draw)] = &[
    (
        "Colour",
        "Neutrals carry the page. Petrol is the one accent: it means “you can act here”. The other four mean something or they are not used.",
        basics::colour,
    ),
    ("Type", "System fonts, seven sizes, tabular numbers everywhere.", basics::letters),
    (
        "Button and link",
        "One main button on a page. Danger is outlined until the last step of an irreversible act. A disabled button has its reason beside it.",
        basics::buttons,
    ),
    ("Tag and count", "A word first; colour repeats it. The normal state is plain text.", basics::tags),
    (
        "Proof mark",
        "The six states of an operation. Attested (a person says so) never looks like verified (a machine read it back).",
        basics::marks,
    ),
    ("Identity chip", "A circle is a person, a square is not.", basics::chips),
    ("Page header", "Where one is, what this is, what can be done here.", basics::headers),
    ("Section and card", "A section is ruled, not boxed. A box says: act here, a message, or a record.", basics::sections),
    ("Why-path", "Identity → rule → role → entitlement, in a line inside lists and as a rail where there is room.", data::whys),
    ("Banner", "Says what is so, then what to do. No toasts.", basics::banners),
    ("Empty state", "Says why it is empty, and the next step if there is one.", basics::empties),
    ("Fields", "Label, hint, error, control: always in this order.", forms::fields),
    ("Choices", "One of a few, any of a few, yes or nothing.", forms::choices),
    ("Error summary", "Takes the focus, leads to the fields, in the same words.", forms::summary),
    ("Dialog", "Native, and without script. An irreversible act has a page of its own.", forms::dialogs),
    ("Menu, views and tabs", "Native details and links.", lists::menus),
    ("Table", "One contract: caption, scope, sort links, a named region that scrolls. A row click does nothing.", lists::tables),
    ("Facts, stats and progress", "Numbers line up and open their list.", data::facts),
    ("Charts", "SVG from the server, coloured by class. Words stay HTML, so they never shrink.", data::charts),
    ("Time, copy and timeline", "Relative and absolute with zone, in one time element.", data::times),
    ("Changes, plan, checklist and record", "Before and after; what a plan does; how far one is; what is proven.", data::changes),
    ("Icons", "20 px grid, 1.5 px stroke, one sprite.", basics::icons),
];

/// The gallery.
pub fn page(frame: &Frame) -> String {
    let now = frame.now;
    let sections = SECTIONS.iter().map(move |(title, note, draw)| {
        view! {
            <section>
                <div><h2>{*title}</h2><p class="sub">{*note}</p></div>
                <div class="pair">
                    <div data-theme="light">{draw("light", now)}</div>
                    <div data-theme="dark">{draw("dark", now)}</div>
                </div>
            </section>
        }
    });
    frame.page("Components", Some(NavItem::Audit), move || {
        let lead = view! { "Every component with its states. Served in debug builds at "<code>"/style"</code>"." };
        view! {
            <PageHeader title="Components" lead/>
            <div class="gallery">{sections.collect_view()}</div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Density, ShellUser, Theme};
    use chrono::TimeZone;

    #[test]
    fn the_gallery_holds_neither_script_nor_inline_style() {
        let now = Utc.with_ymd_and_hms(2026, 11, 19, 9, 14, 0).single().unwrap_or_default();
        let user = ShellUser { name: "Inês Carvalho".into(), note: "Identity operations".into(), ..ShellUser::default() };
        let frame = Frame {
            user,
            nav: NavItem::ALL.to_vec(),
            theme: Theme::System,
            density: Density::Comfortable,
            nonce: String::new(),
            islands: false,
            said: String::new(),
            held: false,
            alarm: false,
            ends: None,
            now,
        };
        let html = page(&frame);
        assert!(!html.contains("<script") && !html.contains(" style="));
        // For looking at it without a server: TENURE_GALLERY=/tmp/x.html cargo test -p tenure-app gallery
        if let Some(path) = std::env::var_os("TENURE_GALLERY") {
            std::fs::write(path, html).expect("the gallery can be written");
        }
    }
}
