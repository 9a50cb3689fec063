//! Thousands of wrong passwords for one account, from many addresses: its owner gets in, others sign in meanwhile, and
//! memory stays bounded. What it prints are figures of the binary it is given: `cargo test -p tenure-tests --test attack --
//! --nocapture`, with `TENURE_BIN` a release build and `TENURE_ADDRESSES=1000`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tenure_tests::server::PASSWORD;
use tenure_tests::{Client, Database, Server, on_both};

on_both!(thousands_of_wrong_passwords_keep_neither_the_owner_nor_others_out);

/// So many tries from each address.
const EACH: usize = 10;

/// From how many addresses: a thousand for the measurement (`TENURE_ADDRESSES=1000`), a hundred with every run of the suites.
fn addresses() -> usize {
    std::env::var("TENURE_ADDRESSES").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

const ATTACKERS: usize = 8;
const WRONG: &str = "a crane stands in shallow water";

fn from(server: &Server, address: &str) -> Client {
    let mut client = server.client();
    client.headers.push(("x-forwarded-for".to_owned(), address.to_owned()));
    client
}

/// Good sign-ins a second, one after the other, for as long as `goes_on` says, and at least ten.
fn good(server: &Server, goes_on: impl Fn() -> bool) -> (usize, f64) {
    let begun = Instant::now();
    let mut done = 0;
    while done < 10 || goes_on() {
        let reply = from(server, &format!("203.0.113.{}", done % 250)).sign_in("person.1", PASSWORD);
        assert_eq!(reply.status, 303, "{}", reply.text());
        done += 1;
    }
    (done, done as f64 / begun.elapsed().as_secs_f64())
}

/// The most memory that a process ever had, in MB.
fn most_memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn thousands_of_wrong_passwords_keep_neither_the_owner_nor_others_out(database: Database) {
    let addresses = addresses();
    let all = addresses * EACH;
    let csv = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E0,person.0,Person,Zero,person.0@example.com,core,Engineer,,2020-01-01
E1,person.1,Person,One,person.1@example.com,core,Engineer,,2020-01-01
";
    database.import(&database.write("people.csv", csv), "2024-01-01", &[]).done();
    let config = database.write("tenure.toml", "trusted_proxies = [\"127.0.0.1\"]\n");
    let server = Server::start_with(&database, database.command().arg("--config").arg(config));
    let mut owner = server.person(&database, "person.0");
    owner.cookies.retain(|name, _| name == "tenure-device");
    server.person(&database, "person.1");
    let (_, quiet) = good(&server, || false);
    let before = most_memory(server.id());

    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let (tries, meanwhile) = std::thread::scope(|scope| {
        for _ in 0..ATTACKERS {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= all {
                        break;
                    }
                    let reply =
                        from(&server, &format!("198.18.{}.{}", n % addresses / 250, n % addresses % 250)).sign_in("person.0", WRONG);
                    assert!(matches!(reply.status, 422 | 503), "{}", reply.status);
                }
            });
        }
        let (good, a_second) = good(&server, || next.load(Ordering::Relaxed) < all);
        (begun.elapsed(), (good, a_second))
    });
    let refused = from(&server, "203.0.113.9").sign_in("person.0", PASSWORD).status;
    let own = owner.sign_in("person.0", PASSWORD).status;
    println!(
        "{:?}: {all} wrong tries from {addresses} addresses in {:.1} s ({:.0}/s); good sign-ins of another {:.1}/s before, {:.1}/s meanwhile ({}); \
         memory {before} MB before, {} MB at most",
        database.engine,
        tries.as_secs_f64(),
        all as f64 / tries.as_secs_f64(),
        quiet,
        meanwhile.1,
        meanwhile.0,
        most_memory(server.id())
    );
    assert_eq!((refused, own), (422, 303), "locked from elsewhere, and open for the owner's browser");
    assert!(most_memory(server.id()) < before + 200, "memory is bounded");
    assert!(tries < Duration::from_secs(600));
    let rows = database.sql().number("SELECT count(*) FROM audit_events WHERE action = 'sign-in' AND outcome = 'refused'");
    assert!(rows <= 40, "a flood writes nothing: {rows}");
}
