//! Whatever is wrong with a target, the record of a leaver stays open and says why, other targets are done meanwhile, and
//! after the repair it completes by itself: each kind of target, each fault, against real servers.

use std::time::Duration;

use serde_json::Value;
use tenure_tests::offboarding::Record;
use tenure_tests::targets::{Answers, Directory, Domain, Roles, Service, Setup, Wire};
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    whatever_is_wrong_with_a_directory_its_record_says_why_and_completes_after_the_repair,
    whatever_is_wrong_with_a_database_its_record_says_why_and_completes_after_the_repair,
    whatever_is_wrong_with_a_service_its_record_says_why_and_completes_after_the_repair,
    what_waits_behind_a_failing_or_held_target_says_so_on_its_own_record,
);

/// Making a domain takes long, and what differs between the engines is not in it.
#[test]
fn whatever_is_wrong_with_a_domain_its_record_says_why_and_completes_after_the_repair() {
    // Its certificate is checked as that of any directory.
    let faults = Fault::ALL.into_iter().filter(|fault| *fault != Fault::Certificate);
    each(&Database::sqlite(), Domain::with(&names()), faults);
}

fn whatever_is_wrong_with_a_directory_its_record_says_why_and_completes_after_the_repair(database: Database) {
    each(&database, directory(), Fault::ALL);
}

fn whatever_is_wrong_with_a_database_its_record_says_why_and_completes_after_the_repair(database: Database) {
    each(&database, Roles::with(&names()), Fault::ALL);
}

fn whatever_is_wrong_with_a_service_its_record_says_why_and_completes_after_the_repair(database: Database) {
    each(&database, Cloud::start(), Fault::ALL);
}

/// What can be wrong with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Stopped,
    Slow,
    Cut,
    Garbage,
    Password,
    Certificate,
}

impl Fault {
    const ALL: [Self; 6] = [Self::Stopped, Self::Slow, Self::Cut, Self::Garbage, Self::Password, Self::Certificate];

    /// Who leaves while it is so.
    fn leaver(self) -> &'static str {
        match self {
            Self::Stopped => "ada.stopped",
            Self::Slow => "ada.slow",
            Self::Cut => "ada.cut",
            Self::Garbage => "ada.garbage",
            Self::Password => "ada.password",
            Self::Certificate => "ada.certificate",
        }
    }
}

fn names() -> [&'static str; 6] {
    Fault::ALL.map(Fault::leaver)
}

/// A real target that things happen to.
trait Target {
    /// As it is reached usually, and with TLS; each as it is now.
    fn setup(&self) -> Setup;
    fn secure_setup(&self) -> Setup;
    fn wire(&mut self) -> &mut Wire;
    fn change_password(&mut self);
    fn change_certificate(&mut self);
    fn lets_in(&self, name: &str) -> bool;
    /// After how many bytes an answer breaks off in its middle, after Tenure has signed in; and what comes instead of one.
    fn middle(&self) -> usize;
    fn needs_tls(&self, fault: Fault) -> bool {
        fault == Fault::Certificate
    }
    fn garbage(&self) -> &'static [u8] {
        b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\nThis is a web server.\r\n"
    }
    /// What the record has to say.
    fn words(&self, fault: Fault) -> &'static [&'static str];
}

/// A company in which all who leave have accounts on the target and on one that is well.
struct Company {
    admin: Client,
    program: Client,
    well: Directory,
    _server: Server,
}

impl Company {
    fn of(database: &Database) -> Self {
        let mut people = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\n".to_owned();
        for (n, name) in names().iter().enumerate() {
            people.push_str(&format!("E{n},{name},Ada,Varga {n},{name}@example.test,Finance,Analyst,,2020-01-01\n"));
        }
        let file = database.write("people.csv", people);
        database.import(&file, "2024-01-01", &[]).done();
        let server = Server::start(database);
        let mut admin = server.administrator();
        let well = directory();
        well.setup("Well", "people", "groups").record(&mut admin);
        Self { program: admin.program("read"), admin, well, _server: server }
    }

    /// What stands in the way of what is open, as programs read it.
    fn reasons(&mut self, record: &Record) -> Vec<String> {
        let standing = self.program.get(&record.at.replace("/offboarding/", "/api/v1/offboarding-records/")).json();
        let waiting = standing["waiting"].as_array().expect("a list").iter();
        waiting.filter_map(|item| item["why"].as_str().map(str::to_owned)).collect()
    }
}

fn directory() -> Directory {
    let people: Vec<String> = names().iter().enumerate().map(|(n, name)| Directory::person("people", name, &format!("E{n}"))).collect();
    Directory::start_with(&people.concat())
}

/// One after the other, each with a leaver of its own.
fn each(database: &Database, mut target: impl Target, faults: impl IntoIterator<Item = Fault>) {
    let mut company = Company::of(database);
    // Not to wait long for a slow one; an administrator may say so as well.
    let patient = |setup: Setup| Setup { timeout_seconds: 2, ..setup };
    let at = patient(target.setup()).record(&mut company.admin);
    for fault in faults {
        let name = fault.leaver();
        if target.needs_tls(fault) {
            let secure = patient(target.secure_setup());
            secure.change(&mut company.admin, &at);
            secure.read(&mut company.admin, &at);
        }
        assert!(target.lets_in(name) && company.well.lets_in(name), "{name}, before");
        let (middle, garbage) = (target.middle(), target.garbage());
        match fault {
            Fault::Stopped => target.wire().cut(),
            Fault::Slow => target.wire().answer(Answers::Late(Duration::from_secs(30))),
            Fault::Cut => target.wire().answer(Answers::CutAfter(middle)),
            Fault::Garbage => target.wire().answer(Answers::Instead(garbage)),
            Fault::Password => target.change_password(),
            Fault::Certificate => target.change_certificate(),
        }
        let record = Record::of_the_end(&mut company.admin, database, name);
        let well = wait_until("the other target is done", || !company.well.lets_in(name));
        let words = target.words(fault);
        let said = |reasons: &[String]| reasons.iter().any(|why| words.iter().all(|word| why.contains(word)));
        let mut reasons = Vec::new();
        let told = wait_until(&format!("{fault:?}: the record says {words:?}"), || {
            let now = company.reasons(&record);
            if !now.is_empty() {
                reasons = now;
            }
            said(&reasons) || {
                std::thread::sleep(Duration::from_millis(50));
                false
            }
        });
        let page = record.page(&mut company.admin);
        assert!(words.iter().all(|word| page.contains(word)), "{fault:?}: the page says it too: {words:?}");
        assert!(!record.is_complete(&mut company.admin), "{fault:?}: it stays open");
        if fault != Fault::Slow && fault != Fault::Cut {
            assert!(target.lets_in(name), "{fault:?}: nothing is done where nothing is heard");
        }

        target.wire().mend();
        // What only an administrator can do, by the page.
        match fault {
            Fault::Password if target.needs_tls(Fault::Garbage) => patient(target.secure_setup()).change(&mut company.admin, &at),
            Fault::Password => patient(target.setup()).change(&mut company.admin, &at),
            Fault::Certificate => {
                let secure = patient(target.secure_setup());
                secure.change(&mut company.admin, &at);
                assert!(company.reasons(&record).iter().any(|why| why.contains("read it")), "until it was read, the record says so");
                secure.read(&mut company.admin, &at);
            }
            _ => {}
        }
        let healed = wait_until(&format!("{fault:?}: complete by itself"), || record.is_complete(&mut company.admin));
        assert!(!target.lets_in(name), "{fault:?}: it lets nobody in any more");
        println!(
            "{fault:?}: the other target done after {:.2} s (its record: {:.2} s); why, after {:.2} s; complete {:.2} s after the repair\n    {}",
            well.as_secs_f64(),
            slowest_on(&record.json(&mut company.admin), "Well"),
            told.as_secs_f64(),
            healed.as_secs_f64(),
            reasons.iter().find(|why| words.iter().all(|word| why.contains(word))).expect("a reason")
        );
        assert!(well < Duration::from_secs(5), "the other target is not delayed");
    }
    database.assert_sound();
}

/// How long after the end the last item of a target was read back, in seconds.
fn slowest_on(record: &Value, target: &str) -> f64 {
    let items: Vec<&Value> =
        record["items"].as_array().expect("a list").iter().filter(|item| item["target"] == target).map(|item| &item["id"]).collect();
    let events = record["events"].as_array().expect("a list").iter().filter(|event| items.contains(&&event["item"]));
    let ended = micros(&record["manifest"]["ended_at"]);
    events.map(|event| (micros(&event["at"]) - ended).rem_euclid(86_400_000_000) as f64 / 1e6).fold(0.0, f64::max)
}

/// Microseconds since midnight of a moment such as `2026-11-20T16:00:00.000250Z`.
fn micros(moment: &Value) -> i64 {
    let moment = moment.as_str().expect("a moment");
    let number = |from: usize, to: usize| moment[from..to].parse::<i64>().expect("digits");
    ((number(11, 13) * 60 + number(14, 16)) * 60 + number(17, 19)) * 1_000_000 + number(20, 26)
}

fn what_waits_behind_a_failing_or_held_target_says_so_on_its_own_record(database: Database) {
    let mut company = Company::of(&database);
    let mut target = directory();
    let at = Setup { at_once: 1, ..target.setup("Directory", "people", "groups") }.record(&mut company.admin);
    target.wire.cut();
    let mut people = names().into_iter();
    let mut end = |company: &mut Company| Record::of_the_end(&mut company.admin, &database, people.next().expect("somebody"));
    let first = [end(&mut company), end(&mut company)];
    wait_until("the target is left alone", || company.admin.get(&format!("{at}/target")).text().contains("Asked again"));

    let behind = end(&mut company);
    let why = |company: &mut Company, record: &Record, words: &str| {
        wait_until(words, || company.reasons(record).iter().any(|why| why.contains(words)));
        assert!(record.page(&mut company.admin).contains(words), "the page says it too: {words}");
    };
    why(&mut company, &behind, "Nobody listens at 127.0.0.1");
    let hold = |company: &mut Company, state: &str| {
        assert_eq!(company.admin.send(&format!("{at}/target/hold"), &[("state", state)]).status, 303);
    };
    hold(&mut company, "held");
    why(&mut company, &behind, "Directory is held: nothing goes out there until somebody lets it go");
    target.wire.mend();
    hold(&mut company, "live");
    for record in first.iter().chain([&behind]) {
        wait_until("complete by itself", || record.is_complete(&mut company.admin));
    }
}

impl Target for Directory {
    fn setup(&self) -> Setup {
        self.setup("Target", "people", "groups")
    }
    fn secure_setup(&self) -> Setup {
        self.secure_setup("Target")
    }
    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
    fn change_password(&mut self) {
        self.change_password();
    }
    fn change_certificate(&mut self) {
        self.change_certificate();
    }
    fn lets_in(&self, name: &str) -> bool {
        self.lets_in(name)
    }
    fn middle(&self) -> usize {
        // A bind is answered with 14.
        20
    }
    fn words(&self, fault: Fault) -> &'static [&'static str] {
        match fault {
            Fault::Stopped => &["Nobody listens at 127.0.0.1", "is the directory running"],
            Fault::Slow => &["gave no answer within 2 s"],
            Fault::Cut => &["closed the connection before it had answered", "see its log"],
            Fault::Garbage => &["What came is not LDAP", "another service"],
            Fault::Password => &["does not let cn=tenure,dc=example,dc=test in", "the password is wrong"],
            Fault::Certificate => &["is not from an authority that is trusted here", "Set ca-certificate"],
        }
    }
}

impl Target for Domain {
    fn setup(&self) -> Setup {
        self.setup("Target")
    }
    fn secure_setup(&self) -> Setup {
        self.setup("Target")
    }
    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
    fn change_password(&mut self) {
        self.change_password();
    }
    fn change_certificate(&mut self) {}
    fn lets_in(&self, name: &str) -> bool {
        self.lets_in(name)
    }
    fn middle(&self) -> usize {
        // In the middle of TLS: what comes later is not told apart from outside.
        500
    }
    fn words(&self, fault: Fault) -> &'static [&'static str] {
        match fault {
            Fault::Stopped => &["Nobody listens at 127.0.0.1", "is the directory running"],
            Fault::Slow => &["gave no answer within 2 s"],
            Fault::Cut => &["closed the connection in the middle of TLS"],
            Fault::Garbage => &["No TLS with 127.0.0.1", "Does this port speak TLS?"],
            Fault::Password => &["does not let CN=tenure,CN=Users,DC=example,DC=test in", "the password is wrong"],
            Fault::Certificate => &["is not from an authority that is trusted here"],
        }
    }
}

impl Target for Roles {
    fn setup(&self) -> Setup {
        self.setup("Target")
    }
    fn secure_setup(&self) -> Setup {
        self.secure_setup("Target")
    }
    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
    fn change_password(&mut self) {
        self.change_password();
    }
    fn change_certificate(&mut self) {
        self.change_certificate();
    }
    fn lets_in(&self, name: &str) -> bool {
        self.lets_in(name)
    }
    fn middle(&self) -> usize {
        700
    }
    /// Without TLS, which is for the loopback only, what is no answer of PostgreSQL looks like the beginning of a long one.
    fn needs_tls(&self, fault: Fault) -> bool {
        matches!(fault, Fault::Garbage | Fault::Certificate)
    }
    fn words(&self, fault: Fault) -> &'static [&'static str] {
        match fault {
            Fault::Stopped => &["nobody answers at 127.0.0.1", "whether the server runs"],
            Fault::Slow => &["gave no answer within 2 s"],
            Fault::Cut => &["the connection to 127.0.0.1", "was cut during"],
            Fault::Garbage => &["did not speak", "Is another service listening there?"],
            Fault::Password => &["password authentication failed", "Give this target the password that its role has now"],
            Fault::Certificate => &["the certificate of 127.0.0.1", "is not accepted", "ca-pem"],
        }
    }
}

/// The service, with who has which account.
struct Cloud {
    service: Service,
    ids: Vec<String>,
}

impl Cloud {
    fn start() -> Self {
        let service = Service::start();
        let ids = names().iter().enumerate().map(|(n, name)| service.add_user(name, &format!("E{n}"))).collect();
        Self { service, ids }
    }
}

impl Target for Cloud {
    fn setup(&self) -> Setup {
        self.service.setup("Target")
    }
    fn secure_setup(&self) -> Setup {
        self.service.secure_setup("Target")
    }
    fn wire(&mut self) -> &mut Wire {
        &mut self.service.wire
    }
    fn change_password(&mut self) {
        self.service.change_password();
    }
    fn change_certificate(&mut self) {
        self.service.change_certificate();
    }
    fn lets_in(&self, name: &str) -> bool {
        let at = names().iter().position(|known| *known == name).expect("one of them");
        self.service.is_active(&self.ids[at]) == Some(true)
    }
    fn middle(&self) -> usize {
        150
    }
    fn garbage(&self) -> &'static [u8] {
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 32\r\nconnection: close\r\n\r\n<h1>Welcome to our service.</h1>"
    }
    fn words(&self, fault: Fault) -> &'static [&'static str] {
        match fault {
            Fault::Stopped => &["Nobody answers at the address"],
            Fault::Slow => &["did not answer in time"],
            Fault::Cut => &["broke off in the middle"],
            Fault::Garbage => &["something that is not JSON"],
            Fault::Password => &["token is not accepted; give a new one"],
            Fault::Certificate => &["certificate is not trusted", "ca-pem"],
        }
    }
}
