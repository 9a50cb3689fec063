//! Mail of the built binary, through a real SMTP server: a forgotten password from the form to the new one; a server that
//! is down and comes back; two instances; and no server at all.

use std::path::PathBuf;

use tenure_test_support::mail_server::{MailServer, Offers};
use tenure_tests::server::PASSWORD;
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    a_forgotten_password_is_replaced_by_a_mailed_link_and_every_session_ends,
    while_the_server_is_down_mails_wait_and_each_arrives_once_in_order_when_it_is_back,
    without_a_mail_server_an_administrator_hands_the_link_on,
    ten_wrong_passwords_from_elsewhere_lock_nobody_out_of_their_own_browser,
);

const NEW: &str = "seven otters under the bridge";
const PLAIN: Offers = Offers { security: "none", sign_in: false, certificate_for: "127.0.0.1" };

fn people(database: &Database, many: usize) {
    let mut csv = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\n".to_owned();
    for n in 0..many {
        csv.push_str(&format!("E{n},person.{n},Person,{n},person.{n}@example.com,core,Engineer,,2020-01-01\n"));
    }
    let file = database.write("people.csv", csv);
    database.import(&file, "2024-01-01", &[]).done();
}

fn mail_server(port: Option<u16>) -> MailServer {
    let started = port.map_or_else(|| MailServer::start(PLAIN), |port| MailServer::start_at(PLAIN, port));
    started.unwrap_or_else(|error| panic!("{error}"))
}

fn configuration(database: &Database, port: u16) -> PathBuf {
    let text = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"Tenure <tenure@example.com>\"\ntimeout_seconds = 3\n"
    );
    database.write("tenure.toml", text)
}

fn serve(database: &Database, port: u16) -> Server {
    Server::start_with(database, database.command().arg("--config").arg(configuration(database, port)))
}

/// What a mail says, as its reader sees it.
fn readable(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
}

fn to<'m>(mails: &'m [String], address: &str) -> Vec<&'m String> {
    mails.iter().filter(|mail| mail.lines().nth(1) == Some(&format!("to {address}"))).collect()
}

fn subject(mail: &str) -> &str {
    mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default()
}

fn id(mail: &str) -> &str {
    mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("a Message-ID")
}

/// Path and query of the link in a mail.
fn link(mail: &str) -> String {
    let text = readable(mail);
    let at = text.find("/set-up?token=").expect("a link");
    text[at..].split_whitespace().next().expect("a link").to_owned()
}

#[track_caller]
fn is_signed_in(client: &mut Client, so: bool) {
    assert_eq!(client.get("/account").status, if so { 200 } else { 303 });
}

fn a_forgotten_password_is_replaced_by_a_mailed_link_and_every_session_ends(database: Database) {
    people(&database, 2);
    let mail = mail_server(None);
    let server = serve(&database, mail.port());
    let mut session = server.person(&database, "person.0");
    let with = |words: &str| mail.messages().into_iter().filter(|mail| subject(mail) == words).collect::<Vec<_>>();
    wait_until("the invitation arrives", || with("Tenure: choose your password").len() == 1);
    let mut anybody = server.client();
    let asked: Vec<_> = ["person.0", "nobody", "person.1"].map(|name| anybody.post("/sign-in/forgotten", &[("user_name", name)])).into();
    assert!(asked.iter().all(|reply| reply.status == 303), "{}", asked[0].text());
    let places: Vec<_> = asked.iter().map(|reply| reply.header("location")).collect();
    assert!(places.windows(2).all(|two| two[0] == two[1]), "{places:?}");
    wait_until("the link arrives", || with("Tenure: choose a new password").len() == 1);
    let reset = with("Tenure: choose a new password").remove(0);
    assert!(reset.contains("Content-Type: text/html") && reset.contains("Auto-Submitted: auto-generated"), "{reset}");
    let link = link(&reset);
    for _ in 0..3 {
        assert_eq!(anybody.get(&link).status, 200, "to look at it changes nothing");
    }
    is_signed_in(&mut session, true);
    let (_, token) = link.split_once("token=").expect("a token");
    assert_eq!(anybody.post("/set-up", &[("token", token), ("password", NEW), ("repeated", NEW)]).status, 303);
    is_signed_in(&mut session, false);
    assert_eq!(anybody.sign_in("person.0", PASSWORD).status, 422);
    assert_eq!(server.client().sign_in("person.0", NEW).status, 303);
    assert!(anybody.get(&link).text().contains("works only once"));
    // Once when the first was set, once for the new one.
    wait_until("both are told", || with("Tenure: your password was changed").len() == 2);
    assert_eq!(to(&mail.messages(), "person.1@example.com").len(), 0, "who has no password gets no link");
    assert!(!server.log().contains(token), "no link in the log");
    database.assert_sound();
}

fn while_the_server_is_down_mails_wait_and_each_arrives_once_in_order_when_it_is_back(database: Database) {
    people(&database, 3);
    let mail = mail_server(None);
    let port = mail.port();
    let server = serve(&database, port);
    let mut admin = server.person(&database, "person.0");
    database.json(["account", "grant", "person.0", "admin"]).done();
    wait_until("what is owed so far arrives", || mail.messages().len() == 2);
    drop(mail);
    for _ in 0..4 {
        assert_eq!(admin.send("/settings/mail/test", &[]).status, 303);
    }
    database.json(["account", "invite", "person.1"]).done();
    wait_until("the page says so", || admin.get("/settings/mail").text().contains("does not take mails"));
    let mail = mail_server(Some(port));
    wait_until("all arrive", || mail.messages().len() >= 5);
    wait_until("nothing waits", || database.sql().number("SELECT count(*) FROM mails WHERE state = 'owed'") == 0);
    let mails = mail.messages();
    let tests: Vec<_> = to(&mails, "person.0@example.com").into_iter().map(|mail| id(mail)).collect();
    assert_eq!((mails.len(), tests.len()), (5, 4), "each once");
    // Their keys are of the order in which they were written.
    assert!(tests.is_sorted(), "{tests:?}");
    assert!(admin.get("/settings/mail").text().contains("last took one"));
}

fn without_a_mail_server_an_administrator_hands_the_link_on(database: Database) {
    people(&database, 1);
    let server = Server::start(&database);
    let mut admin = server.administrator();
    database.json(["account", "invite", "person.0"]).done();
    let list = admin.get("/settings/mail").text();
    assert!(list.contains("No mail server is configured"), "{list}");
    let at = list.find("href=\"/settings/mail/").expect("a link to the mail") + 6;
    let path = list[at..].split('"').next().expect("a path").to_owned();
    let page = admin.get(&path).text();
    let at = page.find("/set-up?token=").expect("the link");
    let link = page[at..].split(['"', '<', '\n']).next().expect("the link").to_owned();
    server.set_password(&link);
    assert_eq!(database.sql().number("SELECT count(*) FROM audit_events WHERE action = 'mail.read'"), 1);
    // Whoever the mail is for reads it elsewhere, and nobody else at all.
    assert_eq!(server.signed_in("person.0").get(&path).status, 404);
    assert_eq!(server.client().get(&path).status, 303);
}

fn ten_wrong_passwords_from_elsewhere_lock_nobody_out_of_their_own_browser(database: Database) {
    people(&database, 2);
    let proxied = database.write("tenure.toml", "trusted_proxies = [\"127.0.0.1\"]\n");
    let server = Server::start_with(&database, database.command().arg("--config").arg(proxied));
    let mut own = server.person(&database, "person.0");
    own.cookies.retain(|name, _| name == "tenure-device");
    assert_eq!(own.cookies.len(), 1, "the browser is known");
    for n in 0..30 {
        let mut stranger = server.client();
        stranger.headers.push(("x-forwarded-for".to_owned(), format!("198.51.100.{n}")));
        assert_eq!(stranger.sign_in("person.0", "a crane stands in shallow water").status, 422);
    }
    assert_eq!(server.client().sign_in("person.0", PASSWORD).status, 422, "the password is locked");
    assert_eq!(own.sign_in("person.0", PASSWORD).status, 303, "but not for the browser of its owner");
    assert_eq!(database.sql().number("SELECT count(*) FROM attempts WHERE kind = 'sign-in-address'"), 10);
}

#[test]
fn two_instances_send_each_mail_once() {
    let database = Database::postgres();
    people(&database, 40);
    let mail = mail_server(None);
    let one = serve(&database, mail.port());
    let two = serve(&database, mail.port());
    for n in 0..40 {
        database.json(["account", "invite", &format!("person.{n}")]).done();
    }
    wait_until("all arrive", || mail.messages().len() >= 40);
    wait_until("nothing waits", || database.sql().number("SELECT count(*) FROM mails WHERE state = 'owed'") == 0);
    let mails = mail.messages();
    let mut ids: Vec<_> = mails.iter().map(|mail| id(mail)).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((mails.len(), ids.len()), (40, 40));
    one.stop();
    two.stop();
}
