//! A page of somebody who is signed in: what every page needs besides its own model.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;
use tenure_frontend::Palette;

use crate::components::{Banner, Tone, absolute};
use crate::layout::{Density, NavItem, PlainShell, Shell, ShellUser, Theme, render};

/// What every page needs besides its own model.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Who is signed in.
    pub user: ShellUser,
    /// The entries this person may use.
    pub nav: Vec<NavItem>,
    /// The colours the person chose.
    pub theme: Theme,
    /// How close rows stand.
    pub density: Density,
    /// The nonce of the answer.
    pub nonce: String,
    /// Whether the binary carries islands.
    pub islands: bool,
    /// What the person just did, for the live region and a banner; empty for nothing.
    pub said: String,
    /// Nothing goes out to targets, because the database was restored, and this person can change that.
    pub held: bool,
    /// A break-glass account is in use, and this person can see it.
    pub alarm: bool,
    /// When the session ends: if nobody uses it from now on, and however much it is used.
    pub ends: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Now.
    pub now: DateTime<Utc>,
}

impl Frame {
    /// The token of the session's forms.
    pub fn token(&self) -> String {
        self.user.token.clone()
    }

    /// Writes a page with the rail. `title` begins with `Error:` when a form has errors.
    pub fn page<V: IntoView + 'static>(&self, title: impl Into<String>, current: Option<NavItem>, body: impl FnOnce() -> V) -> String {
        self.page_searched(title, current, String::new(), body)
    }

    /// As [`Self::page`], with the search that the page answers.
    pub fn page_searched<V: IntoView + 'static>(
        &self,
        title: impl Into<String>,
        current: Option<NavItem>,
        searched: String,
        body: impl FnOnce() -> V,
    ) -> String {
        let frame = self.clone();
        let title = title.into();
        render(move || {
            let content = body().into_any();
            let palette = frame.islands.then(|| view! { <Palette/> });
            let said = frame.said.clone();
            let banner = (!said.is_empty()).then(
                || view! { <div class="banner banner--success"><crate::components::Icon name="m-verified"/><p>{said.clone()}</p></div> },
            );
            let held = frame.held.then(held);
            let alarm = frame.alarm.then(alarm);
            let ends = frame.ends.map(|(idle, overall)| ends(idle, overall));
            view! {
                <Shell title user=frame.user nav_items=frame.nav nostrip:current=current theme=frame.theme density=frame.density searched
                    status=said.clone() islands=frame.islands nonce=frame.nonce palette=palette.into_any()>
                    <div class="flow">{alarm}{held}{banner}{content}{ends}</div>
                </Shell>
            }
        })
    }
}

/// On every page of an administrator, until one of them has looked.
fn held() -> AnyView {
    view! {
        <Banner tone=Tone::Warning title="Restored database: nothing goes out until somebody has looked.">
            <a href="/operations/restored">"Look at the difference"</a>
        </Banner>
    }
    .into_any()
}

/// Below every page: until when somebody is signed in. Told for whoever types for long.
fn ends(idle: DateTime<Utc>, overall: DateTime<Utc>) -> AnyView {
    let moment = |at: DateTime<Utc>| view! { <time datetime=at.to_rfc3339()>{absolute(at, Tz::UTC)}</time> };
    let last = (overall > idle).then(|| view! { "; at the latest at "{moment(overall)} });
    view! { <p class="faint" id="session-ends">"If you do nothing here, you are signed out at "{moment(idle)}{last}"."</p> }.into_any()
}

/// On every page of who may see it, while the session lives.
fn alarm() -> AnyView {
    view! {
        <Banner tone=Tone::Danger title="A break-glass account is in use.">
            <a href="/settings/break-glass">"Who it is, why, and until when"</a>
        </Banner>
    }
    .into_any()
}

/// A page of nobody in particular: sign-in, set-up, errors. It holds no script but the one that a passkey needs.
pub fn plain<V: IntoView + 'static>(title: &str, theme: Theme, body: impl FnOnce() -> V) -> String {
    let title = title.to_owned();
    render(move || {
        let content = body().into_any();
        view! { <PlainShell title theme>{content}</PlainShell> }
    })
}
