use crate::components::*;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

pub(super) fn menus(side: &'static str, _now: DateTime<Utc>) -> AnyView {
    let views = vec![
        Tab::new("All", "/style").count(1_689),
        Tab::new("Finance, present", "/style").count(128).current(true),
        Tab::new("Open risk", "/style").count(47),
    ];
    let tabs = vec![Tab::new("Access", "/style").count(31).current(true), Tab::new("Accounts", "/style"), Tab::new("Timeline", "/style")];
    view! {
        <Views label=format!("Saved views, {side}") views/>
        <Tabs label=format!("Parts, {side}") tabs/>
        <div class="g-menu">
            <Menu label="More" start=true small=true open=true>
                <div class="stack stack--s">
                    <a class="row" href="/style"><Icon name="print" small=true/>"Print the record"</a>
                    <a class="row" href="/style"><Icon name="refresh" small=true/>"Read back again"</a>
                </div>
            </Menu>
        </div>
    }
    .into_any()
}

pub(super) fn tables(side: &'static str, now: DateTime<Utc>) -> AnyView {
    let query = Query::parse("department=finance&sort=name");
    let sorting = Sorting::new("/style", &query, "name");
    let columns = vec![
        Column::new("Identity").sorts("name", &sorting),
        Column::new("State").sorts("state", &sorting).hide(Hide::Small),
        Column::new("Grants").sorts("grants", &sorting).numeric(),
        Column::new("Last sign-in").hide(Hide::Small),
    ];
    let rows = [
        ("Adaeze Eze", "Graduate accountant", false, 7, 43),
        ("Anders Holm", "Customs and duty analyst", true, 11, 1_500),
        ("Chiara Bellini", "Billing analyst", false, 11, 40_000),
    ];
    let row = move |(name, title, checked, grants, minutes): (&'static str, &'static str, bool, u64, i64)| {
        let state = if name.starts_with('C') { view! { <Tag tone=Tone::Info>"On leave"</Tag> }.into_any() } else { "Active".into_any() };
        view! {
            <tr>
                <RowCheck value=name label=format!("Select {name}") checked/>
                <th scope="row"><Chip name href="/style" note=title/></th>
                <td class="hide-s">{state}</td>
                <td class="num"><a href="/style">{grants}</a></td>
                <td class="hide-s nowrap"><Time at=now - chrono::TimeDelta::minutes(minutes) now short=true/></td>
            </tr>
        }
    };
    let filters = vec![Filter::new("Department", "Finance", query.without("department").to_href("/style"))];
    let more = view! {
        <SelectField label="State" name="state" id=format!("state-{side}") none="Any" options=options([("active", "Active")])/>
        <SelectField label="Risk" name="risk" id=format!("risk-{side}") none="Any" options=options([("high", "High")])/>
    };
    let shown = vec![("state", "State", true), ("grants", "Grants", true), ("source", "Source", false)];
    view! {
        <FilterBar
            path="/style"
            label=format!("Filter identities, {side}")
            id=format!("filter-{side}")
            query=query.clone()
            search="Name, mail or employee number"
            filters
            controls=vec!["state", "risk", "col"]
            more
        >
            <ColumnMenu columns=shown/>
            <LinkButton href="/style" small=true icon="download" download=true>"CSV"</LinkButton>
        </FilterBar>
        <PostForm action="/style" token="example" class="" label=format!("Selected identities, {side}")>
            <SelectionBar said="1 selected on this page" matching=128>
                <Button small=true kind="button">"Start a micro-review"</Button>
            </SelectionBar>
            <Table
                caption="Identities in Finance, by name. 128 match, 3 shown."
                name=format!("Identities, {side}")
                columns
                select="Select the 3 rows on this page"
            >
                {rows.map(row).into_iter().collect_view()}
            </Table>
            <Pager shown="3 of 128, by name" next="/style?after=x" label=format!("Pages, {side}")/>
        </PostForm>
        <Table
            caption="What dies with Callum Okafor"
            name=format!("What dies, {side}")
            captioned=true
            look=TableLook::Top
            columns=vec![Column::new("Item"), Column::new("State"), Column::new("Tools").quiet()]
            foot=view! { <tr><th scope="row">"All"</th><td colspan="2">"1 of 2 proven"</td></tr> }
        >
            <GroupRow span=3>"Sessions and credentials"</GroupRow>
            <tr>
                <th scope="row">"2 browser sessions"</th>
                <td><ProofMark state=Proof::Verified/><p class="faint">"attempt 1, 4 s"</p></td>
                <td></td>
            </tr>
            <tr>
                <th scope="row">"role callum_o on Warehouse database"</th>
                <td><ProofMark state=Proof::NeedsHuman/><p class="faint">"owns 3 objects"</p></td>
                <td><Button small=true kind="button">"Resolve"</Button></td>
            </tr>
        </Table>
    }
    .into_any()
}
