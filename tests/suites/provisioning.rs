//! Somebody joins, moves and leaves, and real targets show it: an account with a name of its own and the
//! attributes of the person, the groups that roles give, and nothing any more at the end.

use tenure_tests::birthright::give_by_rule;
use tenure_tests::targets::{Directory, Roles, read};
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    a_joiner_gets_an_account_and_groups_a_mover_other_ones_and_a_leaver_none,
    a_joiner_gets_a_role_of_a_database_and_who_is_suspended_is_sent_out_of_it,
    what_somebody_changes_on_the_target_is_shown_and_made_as_recorded_on_a_click,
    what_somebody_is_asked_about_is_decided_and_read_back,
    an_account_that_is_made_by_hand_on_the_target_is_found_by_the_plan_and_nobodys_until_somebody_decides,
    a_server_that_is_killed_while_it_reads_makes_nothing_gone,
);

const HEADER: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date";
const STAFF: &str = "E1,nadia.varga,Nadia,Varga,nadia@example.test,Finance,Analyst,,2020-01-01
E2,sam.stone,Sam,Stone,sam@example.test,Finance,Head,,2020-01-01";
const MAPPING: &str = r#"name = "lower(ascii(first(given_name, 1) + family_name))"

[attributes]
cn = "display_name"
sn = "family_name"
givenName = "given_name"
mail = "email"
title = "title"
departmentNumber = "department"
employeeNumber = "employee_id"
"#;

fn import(database: &Database, as_of: &str, joiners: &[&str]) {
    let file = database.write("people.csv", format!("{HEADER}\n{STAFF}\n{}\n", joiners.join("\n")));
    database.import(&file, as_of, &["--allow-leavers", "5", "--allow-changes", "5"]).done();
}

/// A company with its portal, and a target that it fills: everybody in Engineering gets an entitlement there.
fn company(
    database: &Database,
    configure: impl FnOnce(&mut Client) -> String,
    mapping: &str,
    entitlement: &str,
) -> (Server, Client, String) {
    import(database, "2024-01-01", &[]);
    let server = Server::start(database);
    let mut admin = server.administrator();
    let target = configure(&mut admin);
    let version = admin.get(&format!("{target}/mapping")).hidden("version").expect("a version");
    let saved = admin.send(&format!("{target}/mapping"), &[("version", &version), ("mapping", mapping)]);
    assert_eq!(saved.status, 303, "{}", saved.text());
    give_by_rule(&mut admin, entitlement, "Engineers", "department == \"Engineering\"");
    (server, admin, target)
}

fn a_joiner_gets_an_account_and_groups_a_mover_other_ones_and_a_leaver_none(database: Database) {
    let directory = Directory::start();
    let (_server, mut admin, target) = company(&database, |admin| directory.configure(admin), MAPPING, "staff");
    let tried = admin.send(&format!("{target}/mapping/try"), &[("mapping", MAPPING), ("person", "sam.stone")]);
    assert!(tried.status == 200 && tried.text().contains("sstone"), "{}", tried.text());

    // Two of one name: each gets one of their own.
    let (joris, jana) = (
        "E3,joris.strand,Joris,Strånd,joris@example.test,Engineering,Engineer,,2024-02-01",
        "E4,jana.strand,Jana,Strånd,jana@example.test,Engineering,Engineer,,2024-02-01",
    );
    import(&database, "2024-02-01", &[joris, jana]);
    let took = wait_until("both have accounts and the group", || {
        let members = directory.members("staff");
        members.contains("uid=jstrand,") && members.contains("uid=jstrand2,")
    });
    println!("two joiners provisioned after {} ms", took.as_millis());
    let entries = directory.account("jstrand") + &directory.account("jstrand2");
    for expected in ["employeeNumber: E3", "employeeNumber: E4", "mail: joris@example.test", "departmentNumber: Engineering"] {
        assert!(entries.contains(expected), "{expected}: {entries}");
    }
    let of_joris = if directory.account("jstrand").contains("employeeNumber: E3") { "jstrand" } else { "jstrand2" };

    import(&database, "2024-03-01", &[&joris.replace("Engineering,Engineer", "Sales,Seller"), jana]);
    wait_until("Joris lost the group and the account says Sales", || {
        !directory.members("staff").contains(&format!("uid={of_joris},")) && directory.account(of_joris).contains("departmentNumber: Sales")
    });
    assert_eq!(directory.members("staff").matches("uid=jstrand").count(), 1, "Jana keeps hers");

    import(&database, "2024-04-01", &[&joris.replace("Engineering,Engineer", "Sales,Seller")]);
    wait_until("Jana lost the group", || !directory.members("staff").contains("uid=jstrand"));
    wait_until("nothing is owed", || admin.get("/operations").text().contains("Nothing is owed"));
    database.assert_sound();
}

fn a_joiner_gets_a_role_of_a_database_and_who_is_suspended_is_sent_out_of_it(database: Database) {
    let roles = Roles::start();
    let mapping = "name = \"user_name\"\n\n[attributes]\ncomment = \"employee_id\"\n";
    let (_server, mut admin, _) = company(&database, |admin| roles.configure(admin), mapping, "finance");
    import(&database, "2024-02-01", &["E3,joris.strand,Joris,Strånd,joris@example.test,Engineering,Engineer,,2024-02-01"]);
    wait_until("he is let in and holds the role", || roles.lets_in("joris.strand") && roles.holds("joris.strand", "finance"));
    let open = roles.session_of("joris.strand");

    let id = database.json(["identity", "show", "joris.strand"]).done().json()["id"].as_str().expect("an id").to_owned();
    let suspended = admin.send(&format!("/identities/{id}/lifecycle"), &[("to", "suspend"), ("reason", "under inquiry")]);
    assert_eq!(suspended.status, 303, "{}", suspended.text());
    wait_until("he is not let in", || !roles.lets_in("joris.strand"));
    wait_until("nothing is owed", || admin.get("/operations").text().contains("Nothing is owed"));
    assert!(roles.is_over(open), "his open session was ended");
    assert!(roles.exists("joris.strand") && roles.lets_in("sam.stone"));
    database.assert_sound();
}

fn what_somebody_changes_on_the_target_is_shown_and_made_as_recorded_on_a_click(database: Database) {
    let directory = Directory::start();
    let (_server, mut admin, target) = company(&database, |admin| directory.configure(admin), MAPPING, "staff");
    import(&database, "2024-02-01", &["E3,joris.strand,Joris,Strånd,joris@example.test,Engineering,Engineer,,2024-02-01"]);
    wait_until("he has the group", || directory.members("staff").contains("uid=jstrand,"));
    wait_until("nothing is owed", || admin.get("/operations").text().contains("Nothing is owed"));

    directory.change("jstrand", "replace: title\ntitle: Director\n");
    directory.leave("staff", "jstrand");
    read(&mut admin, &target);
    let drifted = admin.get(&format!("{target}/accounts?drifted=yes")).text();
    assert!(drifted.contains("is Director, recorded is Engineer"), "{drifted}");
    let missing = admin.get(&format!("{target}/missing")).text();
    assert!(missing.contains("Strånd") && missing.contains("staff"), "{missing}");
    for page in [&drifted, &missing] {
        let action = page.split("action=\"").map(|rest| rest.split('"').next().unwrap_or_default());
        let action = action.into_iter().find(|a| a.ends_with("/repair") || a.contains("/missing/")).expect("a button").to_owned();
        assert_eq!(admin.send(&action, &[]).status, 303);
    }
    wait_until("it is as recorded", || {
        directory.account("jstrand").contains("title: Engineer") && directory.members("staff").contains("uid=jstrand,")
    });
}

fn what_somebody_is_asked_about_is_decided_and_read_back(database: Database) {
    let directory = Directory::start();
    let (server, mut admin, target) = company(&database, |admin| directory.configure(admin), MAPPING, "staff");
    import(&database, "2024-02-01", &["E3,joris.strand,Joris,Strånd,joris@example.test,Engineering,Engineer,,2024-02-01"]);
    wait_until("nothing is owed", || {
        directory.members("staff").contains("uid=jstrand,") && admin.get("/operations").text().contains("Nothing is owed")
    });
    let mut sam = server.person(&database, "sam.stone");
    assert!(!sam.get("/").text().contains("yours to decide"));

    // Asked by the page, decided by it: made as recorded.
    directory.change("jstrand", "replace: title\ntitle: Director\n");
    read(&mut admin, &target);
    ask(&mut admin, &target, "Is he a director now?");
    assert!(sam.get("/").text().contains("1 question is yours to decide"));
    let at = question(&mut sam);
    let page = sam.get(&at).text();
    assert!(page.contains("Director") && page.contains("Engineer") && page.contains("Is he a director now?"), "{page}");
    let without_reason = sam.send(&format!("{at}/accept"), &[("reason", "")]);
    assert!(without_reason.status == 422 && without_reason.text().contains("Say why it may stay so"), "{}", without_reason.text());
    assert_eq!(sam.send(&format!("{at}/repair"), &[("reason", "")]).status, 303);
    wait_until("it is as recorded", || directory.account("jstrand").contains("title: Engineer"));

    // Asked again: it may stay so, and a reading leaves it so.
    directory.change("jstrand", "replace: title\ntitle: Director\n");
    read(&mut admin, &target);
    ask(&mut admin, &target, "He says that he is.");
    let at = question(&mut sam);
    assert_eq!(sam.send(&format!("{at}/accept"), &[("reason", "he is, from May on")]).status, 303);
    read(&mut admin, &target);
    assert!(!admin.get(&format!("{target}/accounts?drifted=yes")).text().contains("jstrand"));
    let left = admin.get(&format!("{target}/accounts?accepted=yes")).text();
    assert!(left.contains("stays Director") && left.contains("he is, from May on"), "{left}");

    // And once more, mended there meanwhile: there is nothing to decide.
    directory.change("jstrand", "replace: title\ntitle: Owner\n");
    read(&mut admin, &target);
    ask(&mut admin, &target, "And now?");
    let at = question(&mut sam);
    directory.change("jstrand", "replace: title\ntitle: Engineer\n");
    read(&mut admin, &target);
    let page = sam.get(&at).text();
    assert!(page.contains("No longer a question") && page.contains("nothing is otherwise than recorded"), "{page}");
    assert!(!sam.get("/").text().contains("yours to decide"));
    database.assert_sound();
}

/// Asks Sam Stone about the one account that is otherwise than recorded, by the form and its proposed day.
fn ask(admin: &mut Client, target: &str, note: &str) {
    let links = admin.get(&format!("{target}/accounts?drifted=yes")).attributes("href");
    let at = links.into_iter().find(|link| link.ends_with("/review")).expect("a way to ask");
    let form = admin.get(&at);
    let seen = form.hidden("seen").unwrap_or_else(|| panic!("{}", form.text()));
    let day = |part: &str| {
        let page = form.text();
        let rest = page.split(&format!("name=\"due_on-{part}\"")).nth(1).expect("a field").to_owned();
        rest.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value").to_owned()
    };
    let (on, month, year) = (day("day"), day("month"), day("year"));
    let fields = [
        ("seen", seen.as_str()),
        ("reviewer", "sam.stone"),
        ("note", note),
        ("due_on-day", on.as_str()),
        ("due_on-month", month.as_str()),
        ("due_on-year", year.as_str()),
    ];
    let asked = admin.send(&at, &fields);
    assert_eq!(asked.status, 303, "{}", asked.text());
}

/// The one question that waits for somebody.
fn question(who: &mut Client) -> String {
    let page = who.get("/drift-reviews");
    let mut links = page.attributes("href").into_iter().filter(|link| link.starts_with("/drift-reviews/"));
    links.next().unwrap_or_else(|| panic!("{}", page.text()))
}

/// The moment at which a target is read by itself, moved to now: nobody waits for it.
fn it_is_time(database: &Database) {
    let touched = database.sql().execute("UPDATE targets SET next_read_at = NULL");
    assert_eq!(touched, 1);
}

fn an_account_that_is_made_by_hand_on_the_target_is_found_by_the_plan_and_nobodys_until_somebody_decides(database: Database) {
    let directory = Directory::start();
    import(&database, "2024-01-01", &[]);
    let server = Server::start(&database);
    let mut admin = server.administrator();
    let target = directory.configure(&mut admin);
    directory.add("n.varga", "Nadia Varga");
    assert!(!admin.get(&format!("{target}/accounts?orphans=yes")).text().contains("n.varga"), "it is not time yet");
    it_is_time(&database);
    let found = wait_until("the account was found", || admin.get(&format!("{target}/accounts?orphans=yes")).text().contains("n.varga"));
    println!("found by the plan after {} ms", found.as_millis());
    let page = admin.get(&format!("{target}/target")).text();
    assert!(page.contains("by the schedule") && page.contains("What changed"), "{page}");
    let page = admin.get(&format!("{target}/accounts?orphans=yes")).text();
    assert!(page.contains("Perhaps") && page.contains("Nadia Varga"), "the name there is hers alone: {page}");
    let credentials = admin.get("/credentials?finding=without-owner").text();
    assert!(credentials.contains("n.varga: password"), "{credentials}");
    let action = page.split("action=\"").map(|rest| rest.split('"').next().unwrap_or_default());
    let action = action.into_iter().find(|a| a.contains("/accounts/") && a.ends_with("/remove")).expect("a button").to_owned();
    assert!(directory.lets_in("n.varga"));
    assert_eq!(admin.send(&action, &[]).status, 303);
    wait_until("nobody can sign in as it", || !directory.lets_in("n.varga"));
}

fn a_server_that_is_killed_while_it_reads_makes_nothing_gone(database: Database) {
    let mut directory = Directory::start();
    import(&database, "2024-01-01", &[]);
    let server = Server::start(&database);
    let mut admin = server.administrator();
    let target = directory.configure(&mut admin);
    let seen = |admin: &mut Client| admin.get(&format!("{target}/accounts")).text().matches("sam.stone").count();
    assert!(seen(&mut admin) > 0);
    directory.cut_off();
    assert_eq!(admin.send(&format!("{target}/target/read"), &[]).status, 303);
    // Killed, as a machine that loses its power.
    drop(server);
    directory.mend();
    let server = Server::start(&database);
    let mut admin = server.signed_in("admin");
    assert!(seen(&mut admin) > 0, "nothing follows from a reading that was not finished");
    // Whoever died is noticed within a minute.
    wait_until("it was begun anew, or had failed before", || !admin.get(&format!("{target}/target")).text().contains("Stop it"));
    read(&mut admin, &target);
    assert!(seen(&mut admin) > 0);
}
