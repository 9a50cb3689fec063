use crate::components::*;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

pub(super) fn fields(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let id = move |name: &str| format!("{name}-{side}");
    let environments = options([("production", "Production"), ("staging", "Staging"), ("test", "Test")]);
    view! {
        <PostForm action="/style" token="example" label=format!("Fields, {side}")>
            <TextField label="Name" name="name" id=id("name") value="svc-dock-planner" hint="Lower case, as it appears on targets" width=Width::Medium mono=true/>
            <ComboField
                label="Owner"
                name="owner"
                id=id("owner")
                value="Callum Okafor"
                options=vec!["Mei Tanaka".into(), "Mateus Ferreira".into()]
                hint="A person who answers for it and gets its reviews"
                error="Choose an owner who is active: Callum Okafor left today"
                after=view! { "Next in the line: "<Button look=Look::Link name="use" value="mei">"Mei Tanaka, site reliability lead"</Button> }
            />
            <TextArea label="Purpose" name="purpose" id=id("purpose") value="Plans docks & gates <hourly>" hint="Reviewers who know nothing about it will read this"/>
            <SelectField label="Environment" name="environment" id=id("environment") options=environments none="Choose one" value="staging"/>
            <DateField
                legend="Ends on"
                name=id("ends")
                value=("31".into(), "5".into(), "2026".into())
                hint="At most 12 months ahead, for example 31 5 2027"
                error="The end must be after today, 19 November 2026"
            />
            <TextField label="Password" name="password" id=id("password") kind="password" autocomplete="new-password" hint="15 characters or more; a sentence is fine"/>
            <FileField label="File" name=id("file") accept=".csv,text/csv" hint="CSV, 50 MB at most"/>
            <TextField label="Employee number" name="number" id=id("number") value="10-4471" readonly=true hint="Comes from the HR feed" width=Width::Short/>
            <TextField label="Disabled" name="off" id=id("off") disabled=true hint="Can be set once the source is connected"/>
            <div class="row">
                <Button look=Look::Main kind="button">"Register identity"</Button>
                <LinkButton href="/style" look=Look::Quiet>"Cancel"</LinkButton>
            </div>
        </PostForm>
    }
    .into_any()
}

pub(super) fn choices(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let more = view! { <TextField label="Until" name="until" id=format!("until-{side}") width=Width::Short/> };
    let kinds = vec![
        Choice::new("service", "Service"),
        Choice::new("agent", "AI agent").hint("Also asks which person it may act for"),
        Choice::new("vendor", "Vendor, for a time").checked(true).more(more),
        Choice::new("person", "Person").hint("People come from the HR feed").disabled(true),
    ];
    let marks = vec![
        Choice::new("owner", "Notify the owner").checked(true),
        Choice::new("review", "Start a micro-review").hint("One subject, due in 5 days"),
    ];
    view! {
        <div class="form">
            <ChoiceGroup legend="Kind" name=format!("kind-{side}") choices=kinds hint="An agent acts on its own judgement; a service does what it is told."/>
            <ChoiceGroup legend="Also" name=format!("also-{side}") choices=marks multiple=true error="Choose at least one"/>
            <Checkbox label="I have read the plan" name="read" id=format!("read-{side}") hint="14 gain, 3 lose, 2 new SoD conflicts"/>
        </div>
    }
    .into_any()
}

pub(super) fn summary(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let errors: FormErrors = [
        (format!("owner-{side}"), "Choose an owner who is active: Callum Okafor left today"),
        (format!("ends-{side}-day"), "The end must be after today, 19 November 2026"),
    ]
    .into_iter()
    .collect();
    view! { <ErrorSummary errors level=3 focus=false/> }.into_any()
}

pub(super) fn dialogs(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let id = format!("rotate-{side}");
    view! {
        <div class="row"><Button kind="button" opens=id.clone()>"Rotate now"</Button></div>
        <Dialog id=id.clone() title="Rotate release-2025?" level=3>
            <p>"3 dependents get the new version. The old one works for 24 hours more."</p>
            <PostForm action="/style" token="example">
                <TextField label="Reason" name="reason" id=format!("{id}-reason")/>
                <div class="row"><Button look=Look::Main kind="button">"Rotate"</Button></div>
            </PostForm>
        </Dialog>
    }
    .into_any()
}
