//! `/account/draft`: a form that came after the session had run out, to be sent again with a click.

use leptos::prelude::*;
use tenure_services::accounts::Draft;

use crate::components::{Button, Empty, Fact, Facts, FactsLook, LinkButton, Look, PageHeader, PostForm, Query, Time};
use crate::page::Frame;
use crate::pages::words::capital;

/// The page.
pub fn page(frame: &Frame, draft: Option<Draft>) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page("Your form", None, move || {
        let Some(draft) = draft else {
            return view! {
                <PageHeader title="Your form"/>
                <Empty title="Nothing is kept" icon="clock" level=2>"A form that comes after your session has run out is kept for ten minutes, so that you can send it once you have signed in again."</Empty>
            }
            .into_any();
        };
        let query = Query::parse(&draft.fields);
        let facts: Vec<Fact> = query
            .pairs()
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| Fact::new(capital(&name.replace(['_', '-'], " ")), value.clone()))
            .collect();
        let hidden = query.pairs().iter().map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone()/> }).collect_view();
        let other = token.clone();
        view! {
            <PageHeader title="Your form" lead="Your session had run out when you sent this, so nothing was changed. Look at it, and send it again."/>
            <Facts facts look=FactsLook::Lines/>
            <PostForm action=draft.path token>
                {hidden}
                <div class="row"><Button look=Look::Main>"Send it"</Button><LinkButton href="/" look=Look::Quiet>"Not now"</LinkButton></div>
            </PostForm>
            <PostForm action="/account/draft/discard" token=other class="">
                <Button small=true>"Forget it"</Button>
            </PostForm>
            <p class="faint">"It is kept until "<Time at=draft.expires_at now short=true/>"."</p>
        }
        .into_any()
    })
}
