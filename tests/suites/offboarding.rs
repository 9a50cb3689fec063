//! Somebody leaves, and real servers let them in no more: OpenLDAP and PostgreSQL, asked by clients that
//! know nothing of Tenure. The record is verified by the binary and by the Python script, elsewhere.

use tenure_tests::offboarding::Record;
use tenure_tests::targets::{Directory, Roles};
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    a_leavers_accounts_groups_and_database_roles_die_on_real_servers_and_the_record_proves_it,
    a_target_that_is_down_keeps_the_record_open_says_why_and_delays_no_other
);

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,nadia.varga,Nadia,Varga,nadia@example.test,Finance,Analyst,,2020-01-01
E2,sam.stone,Sam,Stone,sam@example.test,Finance,Head,,2020-01-01
";

/// A company with two people, its portal, and its administrator.
fn company(database: &Database) -> (Server, Client) {
    let file = database.write("people.csv", PEOPLE);
    database.import(&file, "2024-01-01", &[]).done();
    let server = Server::start(database);
    let admin = server.administrator();
    (server, admin)
}

fn a_leavers_accounts_groups_and_database_roles_die_on_real_servers_and_the_record_proves_it(database: Database) {
    let (directory, roles) = (Directory::start(), Roles::start());
    let (server, mut admin) = company(&database);
    directory.configure(&mut admin);
    roles.configure(&mut admin);
    assert!(directory.lets_in("nadia.varga") && roles.lets_in("nadia.varga"), "before");
    let open = roles.session_of("nadia.varga");
    let mut nadia = server.person(&database, "nadia.varga");

    let record = Record::of_the_end(&mut admin, &database, "nadia.varga");
    assert_eq!(nadia.get("/").status, 303, "her session is dead");
    let took = wait_until("complete", || record.is_complete(&mut admin));
    println!("complete after {} ms", took.as_millis());

    assert!(!directory.lets_in("nadia.varga"), "the directory lets her in no more");
    assert!(!directory.members("staff").contains("nadia.varga") && !directory.members("everybody").contains("nadia.varga"));
    assert!(!roles.lets_in("nadia.varga") && !roles.exists("nadia.varga"), "the database lets her in no more");
    assert!(roles.is_over(open), "her open session was ended");
    assert_eq!(roles.owner_of("ledger"), roles.heir(), "what she owned has another owner");
    assert!(directory.lets_in("sam.stone") && roles.lets_in("sam.stone"), "nobody else lost anything");

    record.verify_elsewhere(&mut admin);
    let paper = admin.get(&format!("{}/record.pdf", record.at));
    assert!(paper.status == 200 && paper.body.starts_with(b"%PDF-"), "the paper");
    let page = record.page(&mut admin);
    assert!(page.contains("Complete: nothing can act in this name any more"), "the page says so");
    database.assert_sound();
}

fn a_target_that_is_down_keeps_the_record_open_says_why_and_delays_no_other(database: Database) {
    let (mut directory, roles) = (Directory::start(), Roles::start());
    let (_server, mut admin) = company(&database);
    directory.configure(&mut admin);
    roles.configure(&mut admin);
    directory.cut_off();

    let record = Record::of_the_end(&mut admin, &database, "nadia.varga");
    wait_until("the database lets her in no more", || !roles.exists("nadia.varga"));
    wait_until("the record says why", || record.page(&mut admin).contains("127.0.0.1"));
    assert!(!record.is_complete(&mut admin));
    assert!(directory.lets_in("nadia.varga"), "nothing is done where nobody answers");

    directory.mend();
    wait_until("complete by itself", || record.is_complete(&mut admin));
    assert!(!directory.lets_in("nadia.varga"));
    record.verify_elsewhere(&mut admin);
}
