use crate::components::*;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

pub(super) fn colour(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let names = ["canvas", "paper", "sunken", "line", "ink2", "ink", "accent", "accent-soft", "danger", "warning", "success", "info"];
    let swatches = names.map(|name| view! { <li><i class=format!("b-{name}")></i>{name}</li> });
    view! { <ul class="swatches">{swatches.into_iter().collect_view()}</ul> }.into_any()
}

pub(super) fn letters(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    view! {
        <p class="form-title g-flat"><b>"Title of a form, 32"</b></p>
        <p class="big">"Page title and big numbers, 24"</p>
        <p>"Body of the admin pages, 14. It wraps at a comfortable measure and keeps numbers like 1,111 and 8,888 in line."</p>
        <p class="sub">"Secondary, 13"</p>
        <p class="faint">"Faint, 13, still 4.5 : 1"</p>
        <p class="hash">"9f4c 1be0 77d2 a358 6c01 e9aa 40bd 2f17"</p>
    }
    .into_any()
}

pub(super) fn buttons(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let rows = vec![("comfortable", "Comfortable"), ("compact", "Compact")];
    view! {
        <div class="row">
            <Button look=Look::Main>"Main"</Button>
            <Button>"Default"</Button>
            <Button look=Look::Quiet>"Quiet"</Button>
            <Button look=Look::Danger>"Danger"</Button>
            <Button look=Look::DangerMain>"End 31 items"</Button>
            <Button busy=true>"Working"</Button>
            <Button icon="copy" label="Copy"/>
        </div>
        <div class="row">
            <Button look=Look::Main value=side disabled_because="Name a new owner first">"Offboard"</Button>
        </div>
        <div class="row">
            <Button look=Look::Main small=true>"Small main"</Button>
            <Button small=true>"Small"</Button>
            <LinkButton href="/style" small=true icon="download" download=true>"CSV"</LinkButton>
            <LinkButton href="/style" look=Look::Quiet small=true>"Cancel"</LinkButton>
            <Segmented label=format!("Rows, {side}") name="density" options=rows current="comfortable"/>
        </div>
        <p>"A "<a href="/style">"link in a sentence"</a>" is underlined, and so is "<Button look=Look::Link>"a button that reads as one"</Button>"."</p>
    }
    .into_any()
}

pub(super) fn tags(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    view! {
        <div class="row">
            <Tag>"Pre-hire"</Tag>
            <Tag tone=Tone::Success icon="check">"Active"</Tag>
            <Tag tone=Tone::Info>"On leave"</Tag>
            <Tag tone=Tone::Warning>"Suspended"</Tag>
            <Tag tone=Tone::Danger>"Terminated"</Tag>
            <Tag tone=Tone::Off>"Archived"</Tag>
            <Tag tone=Tone::Accent icon="lock">"Privileged"</Tag>
            <Tag tone=Tone::Danger icon="warn">"SoD violation"</Tag>
            <Tag>"Birthright"</Tag>
            <Count n=128u64 of="open"/>
            <Count n=1_214u64/>
        </div>
    }
    .into_any()
}

pub(super) fn marks(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let all = Proof::ALL.map(|state| view! { <li><ProofMark state/></li> });
    view! {
        <ul class="tally">
            {all.into_iter().collect_view()}
            <li><ProofMark state=Proof::Late words="Late by 1 h 10 min"/></li>
            <li><ProofMark state=Proof::Verified words="Healthy"/></li>
        </ul>
    }
    .into_any()
}

pub(super) fn chips(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    view! {
        <div class="row g-wide">
            <Chip name="Hana Suzuki" href="/style" note="Credit controller"/>
            <Chip kind=Kind::Service name="svc-etl-nightly" href="/style" note="Service, owner Arjun Mehta"/>
            <Chip kind=Kind::Workload name="edge-nl-04" href="/style" note="Workload"/>
            <Chip kind=Kind::Agent name="agent-dunning" href="/style" note="AI agent, acts for Hana Suzuki"/>
            <Chip kind=Kind::Vendor name="Kestrel Routing BV" href="/style" note="Vendor, ends 31 Dec 2026"/>
            <Chip name="Without a link"/>
        </div>
    }
    .into_any()
}

pub(super) fn headers(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let tags = view! { <Tag tone=Tone::Info>"On leave"</Tag><Tag tone=Tone::Danger icon="warn">"SoD violation"</Tag> };
    // One way to a page: only the first of the pair shows it.
    let crumbs = if side == "light" { vec![("Identities".to_owned(), "/style".to_owned())] } else { Vec::new() };
    view! {
        <PageHeader
            title="Priya Raghunathan"
            kind=Kind::Person
            crumbs
            lead="Treasury analyst · Finance · since 2 Nov 2026"
            tags
        >
            <Button>"Edit"</Button>
            <LinkButton href="/style" look=Look::Danger>"Offboard"</LinkButton>
        </PageHeader>
        <PageHeader title="svc-etl-nightly" kind=Kind::Service lead="Service, owner Arjun Mehta"/>
    }
    .into_any()
}

pub(super) fn sections(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let aside = || view! { <a class="sub" href="/style">"All tasks (6)"</a> };
    view! {
        <Panel title=format!("Your work, {side}") id=format!("work-{side}") level=3 aside=aside() note="What waits for you, the most pressing first.">
            <p>"A section."</p>
        </Panel>
        <Panel title=format!("Of less weight, {side}") id=format!("light-{side}") level=3 light=true><p>"A section with a thin rule."</p></Panel>
        <Card title="First run" level=3 aside=view! { <span class="faint">"3 of 5 done"</span> } paper=true>
            <Progress value=3 max=5 label=format!("First run, {side}: 3 of 5 steps done")/>
        </Card>
        <Card title="A card" level=3><p class="sub">"It asks for an act, or keeps a record."</p></Card>
        <Disclosure summary="What it hides"><p>"It opens where it stands."</p></Disclosure>
    }
    .into_any()
}

pub(super) fn banners(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    view! {
        <Banner title="Reviews open on 1 December.">"Reviewers get their list by mail."</Banner>
        <Banner tone=Tone::Success title="Role applied.">"19 operations verified in 3 min 12 s. "<a href="/style">"See them"</a></Banner>
        <Banner tone=Tone::Warning title="The HR feed is 2 h 10 min old.">"Its limit is 60 min."</Banner>
        <Banner tone=Tone::Danger title="Import held: 212 people would end, the limit is 25.">
            "Nothing was applied."
            <div class="row"><LinkButton href="/style" small=true>"Read the plan"</LinkButton></div>
        </Banner>
    }
    .into_any()
}

pub(super) fn empties(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let action = view! { <LinkButton href="/style" small=true>"Remove filter"</LinkButton> };
    view! {
        <Empty title="No identity matches these filters" action>"1,689 exist. Remove "<q>"Location: Porto"</q>" to see 12."</Empty>
        <Empty title="Nothing waits for you" icon="m-verified">"You get a mail when something comes."</Empty>
    }
    .into_any()
}

pub(super) fn icons(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let names = [
        "home",
        "badge",
        "tasks",
        "people",
        "layers",
        "key",
        "campaign",
        "book",
        "search",
        "menu",
        "filter",
        "columns",
        "download",
        "upload",
        "plus",
        "edit",
        "x",
        "check",
        "next",
        "prev",
        "down",
        "sort",
        "asc",
        "desc",
        "clock",
        "info",
        "warn",
        "copy",
        "server",
        "cube",
        "agent",
        "vendor",
        "session",
        "lock",
        "out",
        "print",
        "refresh",
        "seal",
        "seal-open",
        "m-queued",
        "m-running",
        "m-ack",
        "m-verified",
        "m-attested",
        "m-human",
    ];
    let icons = names.map(|name| view! { <li class="row"><Icon name/>{name}</li> });
    view! { <ul class="swatches">{icons.into_iter().collect_view()}</ul> }.into_any()
}
