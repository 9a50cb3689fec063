use crate::components as c;
use crate::components::*;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

fn steps() -> Vec<Step> {
    vec![
        Step::new("identity", "Priya Raghunathan"),
        Step::new("rule", "Treasury staff").href("/style"),
        Step::new("role", "Treasury analyst").href("/style"),
        Step::new("entitlement", "Approve payment runs"),
    ]
}

pub(super) fn whys(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    view! { <WhyPath steps=steps()/><WhyPath steps=steps() rail=true/><WhyPath steps=Vec::new()/> }.into_any()
}

pub(super) fn facts(side: &'static str, now: DateTime<Utc>) -> AnyView {
    let facts = move || {
        vec![
            Fact::new("State", "Active"),
            Fact::new("Manager", view! { <a href="/style">"Ingrid Solberg"</a> }),
            Fact::new("Data age", view! { <Time at=now - TimeDelta::minutes(130) now/> }),
        ]
    };
    view! {
        <Facts facts=facts()/>
        <Facts facts=facts() look=FactsLook::Wide/>
        <Facts facts=facts() look=FactsLook::Lines/>
        <Stats>
            <Stat label="Gain access" value="14" unit="people" href="/style"/>
            <Stat label="New SoD conflicts" value="2" href="/style" tone=Tone::Danger/>
            <Stat label="p95" value="38" unit="min" note="target: under 60"/>
        </Stats>
        <Progress value=14 max=41 label=format!("14 of 41 decided, {side}")/>
    }
    .into_any()
}

fn weeks() -> Vec<String> {
    ["7 Sep", "14 Sep", "21 Sep", "28 Sep", "5 Oct", "12 Oct", "19 Oct", "26 Oct", "2 Nov", "9 Nov", "16 Nov"].map(String::from).into()
}

fn values<const N: usize>(numbers: [u32; N]) -> Vec<Option<f64>> {
    numbers.map(|number| Some(f64::from(number))).into()
}

pub(super) fn charts(side: &'static str, now: DateTime<Utc>) -> AnyView {
    let risk = vec![
        Series::new("High", Fill::Danger, values([31, 29, 30, 26, 24, 21, 22, 18, 19, 14, 12])).hrefs((0..11).map(|_| "/style".to_owned())),
        Series::new("Medium", Fill::Warning, values([62, 60, 57, 55, 52, 50, 51, 46, 44, 39, 35])),
    ];
    let mut slow = values([96, 88, 104, 81, 74, 77, 58, 61, 49, 43, 38]);
    let times =
        vec![Series::new("p50", Fill::Accent, values([11, 9, 9, 8, 7, 8, 6, 5, 5, 4, 4])), Series::new("p95", Fill::Soft, slow.clone())];
    slow[4] = None;
    let broken = vec![Series::new("Score", Fill::Accent, slow)];
    let heats = [Heat::Fine, Heat::Watch, Heat::Outside, Heat::First];
    let cell = |row: usize, at: usize| HeatCell {
        n: [812, 96, 21, 0, 388, 74, 29, 17, 71, 34, 27, 79][row * 4 + at],
        heat: heats[(row + at).saturating_sub(1).min(3)],
        href: "/style".to_owned(),
    };
    let rows = ["≤ 90 days", "91–180 days", "Over 2 years"];
    let rows = rows.into_iter().enumerate().map(|(row, title)| (title.to_owned(), (0..4).map(|at| cell(row, at)).collect())).collect();
    let columns = ["≤ 7 days", "8–45", "46–90", "Over 90"].map(String::from).into();
    view! {
        <div>
            <h3>"Columns, stacked"</h3>
            <div class="chart__fig">
                <a class="big" href="/style">"47"</a>
                <ul class="key"><li><span class="swatch f-danger"></span>"12 high"</li><li><span class="swatch f-warning"></span>"35 medium"</li></ul>
            </div>
            <ColumnChart said="Open risk by week: from 93 on 7 September to 47 on 16 November" title=format!("Open risk, {side}") labels=weeks() series=risk/>
        </div>
        <div>
            <h3>"Lines with a limit"</h3>
            <LineChart said="Time from leaver event to zero access: the 95th percentile fell from 96 to 38 minutes" title=format!("Leaver time, {side}") labels=weeks() series=times limit=60.0 area=true/>
        </div>
        <div>
            <h3>"A gap where nothing is known"</h3>
            <LineChart said="Score by week, without data on 5 October" title=format!("Score, {side}") labels=weeks() series=broken/>
        </div>
        <div>
            <h3>"Bars"</h3>
            <ul class="key"><li><span class="swatch f-accent"></span>"Kept"</li><li><span class="swatch f-danger"></span>"Removed"</li><li><span class="swatch f-mute"></span>"Open"</li></ul>
            <Bar said="237 kept, 31 removed, 144 open" parts=vec![(Fill::Accent, 237), (Fill::Danger, 31)] of=412/>
            <ul class="list clauses">
                <BarRow label="Department is Treasury" n=41 of=1_214 unit="people" href="/style"/>
                <BarRow label="State is active or on leave" n=1_188 of=1_214 unit="people" href="/style"/>
                <BarRow label="All of these" n=38 of=1_214 unit="people"/>
            </ul>
        </div>
        <div>
            <h3>"Heat grid"</h3>
            <HeatGrid caption="Active credentials by age and by last use" unit="credentials" rows_are="Age" columns_are="last used" columns rows/>
        </div>
        <Empty title="Not enough weeks to draw" icon="clock" level=4>"The first point comes on "<Date day=now.date_naive()/>"."</Empty>
    }
    .into_any()
}

pub(super) fn times(side: &'static str, now: DateTime<Utc>) -> AnyView {
    let happenings = vec![
        Happening::new(now - TimeDelta::hours(3), "Certificate rotation began").tone(Tone::Info).note("Step set done, test runs"),
        Happening::new(now - TimeDelta::days(17), "SoD violation found").tone(Tone::Danger),
        Happening::new(now - TimeDelta::days(154), "Review signed off").tone(Tone::Success).note("By Joost Verhoeven"),
        Happening::new(now - TimeDelta::days(500), "Joined"),
    ];
    let copy = view! { <tenure_frontend::CopyButton text="9f4c1be077d2a3586c01e9aa40bd2f17".to_owned() what=format!("the hash, {side}")/> };
    view! {
        <p><Time at=now - TimeDelta::minutes(11) now/></p>
        <p>"Short: "<Time at=now - TimeDelta::minutes(11) now short=true/>"; a day: "<Date day=now.date_naive()/></p>
        <p><Copy text="9f4c1be077d2a3586c01e9aa40bd2f17" button=copy.into_any()/></p>
        <Timeline happenings now/>
    }
    .into_any()
}

pub(super) fn changes(_side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let changed = |field: &str, before: Option<&str>, after: Option<&str>| Change {
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let plan = vec![
        (DiffKind::Plus, "Approve payment runs".to_owned(), Some("Finance ERP, privileged".to_owned())),
        (DiffKind::Minus, "Read bank statements".to_owned(), None),
        (DiffKind::Same, "Read cash position".to_owned(), None),
    ];
    let list = vec![
        (Done::Yes, "Connect a source".to_owned(), Some("HR feed, 1,214 people".to_owned()), None),
        (Done::Now, "Find owners of orphan accounts".to_owned(), Some("14 of 96 left".to_owned()), Some("/style".to_owned())),
        (Done::Later, "Start your first access review".to_owned(), None, Some("/style".to_owned())),
    ];
    view! {
        <c::Changes changes=vec![changed("Department", Some("Accounting"), Some("Treasury")), changed("Cost centre", None, Some("4410"))]/>
        <Diff lines=plan/>
        <Checklist steps=list/>
        <Record title="Open" level=3 sealed=false tally=vec![(Proof::Verified, 26), (Proof::Attested, 0), (Proof::NeedsHuman, 5)] note="5 of 31 items are not proven."/>
        <Record title="Sealed" level=3 sealed=true tally=vec![(Proof::Verified, 16), (Proof::Attested, 1)] hash="9f4c 1be0 77d2 a358 6c01 e9aa 40bd 2f17" note="17 of 17 proven, signature valid."/>
    }
    .into_any()
}
