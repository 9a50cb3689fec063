//! An import of people that is over: what it did.

use leptos::prelude::*;
use tenure_services::people::{PeopleSummary, StagedImport};

use super::plan::rows;
use crate::components::{Banner, LinkButton, Stat, Stats, Tone, count};

/// What was done, or that nothing was.
pub(super) fn outcome(staged: &StagedImport) -> AnyView {
    if staged.import.state != "applied" {
        return view! { <Banner title="This import was discarded.">"It changed nothing, and its file is not kept. "<a href="/imports/new">"Send another file"</a></Banner> }.into_any();
    }
    let Ok(s) = serde_json::from_value::<PeopleSummary>(staged.import.summary.clone()) else {
        return view! { <Banner title="This import was applied.">"Its counts were not kept."</Banner> }.into_any();
    };
    let n = |n: usize| count(n as i128);
    let (rejected, warnings) = (s.rejected.clone(), s.warnings.clone());
    let joiners_note = (s.rehires > 0).then(|| format!("{} of them rehires", n(s.rehires)));
    let rejected_tone = if rejected.is_empty() { Tone::Plain } else { Tone::Warning };
    let refused = rows(
        "Rejected rows",
        "rejected",
        "These rows changed nothing: whoever they are of stays as recorded. Correct them at the source; the next list takes them.",
        &rejected,
    );
    let looked = rows("To be looked at", "warnings", "These rows were taken.", &warnings);
    let rejected = n(rejected.len());
    view! {
        <Stats>
            <Stat label="People" value=n(s.people)/>
            <Stat label="Joiners" value=n(s.joiners) note=joiners_note/>
            <Stat label="Movers" value=n(s.movers)/>
            <Stat label="Leavers" value=n(s.leavers)/>
            <Stat label="Changed" value=n(s.changed)/>
            <Stat label="Unchanged" value=n(s.unchanged)/>
            <Stat label="Rejected" value=rejected tone=rejected_tone/>
        </Stats>
        {refused}
        {looked}
        <div class="row"><LinkButton href="/identities">"Identities"</LinkButton><LinkButton href="/imports">"All imports"</LinkButton></div>
    }
    .into_any()
}
