//! Made-up people, as files: sizes and shapes like a large company's.

use std::fmt::Write as _;

const GIVEN: [&str; 24] = [
    "Nadia", "Otto", "Yusuf", "Inês", "Hana", "Callum", "Priya", "Joost", "Amara", "Mateo", "Freya", "Kenji", "Leila", "Tomás", "Zofia",
    "Emeka", "Aoife", "Ravi", "Signe", "Bo", "Marta", "Igor", "Mei", "Sami",
];
const FAMILY: [&str; 24] = [
    "Varga",
    "Wang",
    "Ferrari",
    "Carvalho",
    "Suzuki",
    "Okafor",
    "Nair",
    "Verhoeven",
    "Nwosu",
    "Silva",
    "Lund",
    "Tanaka",
    "Haddad",
    "Novák",
    "Kowalska",
    "Eze",
    "Byrne",
    "Patel",
    "Dahl",
    "Larsen",
    "Rossi",
    "Petrov",
    "Chen",
    "Nieminen",
];

/// A snapshot of so many people. `shift` moves every twentieth to another department.
pub fn people(rows: usize, shift: usize) -> String {
    let mut csv = String::from("employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\n");
    for n in 0..rows {
        let (given, family) = (GIVEN[n % 24], FAMILY[(n / 24) % 24]);
        let moved = if n % 20 == 7 { shift } else { 0 };
        let manager = if n < 50 { String::new() } else { format!("B{:06}", n / 12) };
        let _ = writeln!(
            csv,
            "B{n:06},user{n},{given},{family},user{n}@example.com,Department {:03},Title {:02},{manager},20{:02}-0{}-1{}",
            (n + moved) % 200,
            n % 40,
            10 + n % 15,
            1 + n % 9,
            n % 9
        );
    }
    csv
}

/// An inventory of credentials.
pub fn credentials(rows: usize, each: usize) -> String {
    let mut csv =
        String::from("issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents,state\n");
    let kinds = ["password", "api-key", "token", "certificate", "ssh-key", "mfa-factor", "cloud-role"];
    for n in 0..rows * each {
        let _ = writeln!(
            csv,
            "Directory,C{n:07},{},Credential {n:07},Work,user{},,20{:02}-03-1{},2026-0{}-0{},,2027-0{}-01,,active",
            kinds[n % 7],
            n % rows,
            15 + n % 11,
            n % 9,
            1 + n % 9,
            1 + n % 9,
            1 + n % 9
        );
    }
    csv
}
