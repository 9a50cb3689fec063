//! An invented company whose people join, move and leave from file to file, and what each file
//! must yield.

use crate::Random;
use std::{collections::BTreeMap, fmt::Write as _};

const DEPARTMENTS: [&str; 6] = ["core", "sales", "finance", "support", "legal", "people"];

/// The people that are listed now, and those that were.
#[derive(Debug, Clone)]
pub struct Company {
    random: Random,
    listed: BTreeMap<usize, Person>,
    /// With the day of the first file in which they are not.
    gone: BTreeMap<usize, (Person, usize)>,
    next: usize,
    day: usize,
}

#[derive(Debug, Clone)]
struct Person {
    department: usize,
    title: usize,
}

/// What a file must yield.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    pub people: i64,
    pub joiners: i64,
    pub movers: i64,
    pub leavers: i64,
    pub changed: i64,
}

impl Company {
    /// A company of so many people.
    pub fn new(random: Random, people: usize) -> Self {
        let mut company = Company { random, listed: BTreeMap::new(), gone: BTreeMap::new(), next: 1, day: 0 };
        company.join(people);
        company
    }

    /// The day of the newest file.
    pub fn day(&self) -> String {
        let (year, rest) = (2020 + self.day / 336, self.day % 336);
        format!("{year}-{:02}-{:02}", 1 + rest / 28, 1 + rest % 28)
    }

    /// User names of people that are listed now, and may leave.
    pub fn user_names(&self) -> Vec<String> {
        let keys = self.listed.keys().filter(|key| **key > 1);
        keys.map(|key| format!("user{key:05}")).collect()
    }

    /// Keys in the source of those who are listed, and of those who are gone.
    pub fn keys(&self) -> (Vec<String>, Vec<String>) {
        let key = |key: &usize| format!("E{key:05}");
        let listed = self.listed.keys().map(key).collect();
        (listed, self.gone.keys().map(key).collect())
    }

    /// Takes a person out of the list without a file, as an end by hand does.
    pub fn without(&mut self, user_name: &str) {
        let key = user_name.trim_start_matches("user").parse();
        let key: usize = key.expect("one of ours");
        let person = self.listed.remove(&key).expect("it is listed");
        self.gone.insert(key, (person, self.day + 1));
    }

    /// The next day: so many percent move, are renamed, leave, come back, join.
    pub fn go_on(&mut self, movers: usize, changed: usize, leavers: usize, back: usize, joiners: usize) -> Expected {
        self.day += 1;
        let percent = |percent: usize, of: usize| percent * of / 100;
        let all = self.listed.len();
        let mut order: Vec<usize> = self.listed.keys().copied().filter(|key| *key > 1).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, self.random.below(at + 1));
        }
        let mut order = order.into_iter();
        let leave: Vec<_> = order.by_ref().take(percent(leavers, all)).collect();
        let moving: Vec<_> = order.by_ref().take(percent(movers, all)).collect();
        let change: Vec<_> = order.take(percent(changed, all)).collect();
        // Only a file in which somebody is not tells a return from a stale list.
        let day = self.day;
        let missed = self.gone.iter().filter(|(_, (_, since))| *since < day);
        let missed: Vec<usize> = missed.map(|(key, _)| *key).collect();
        for key in &moving {
            let other = 1 + self.random.below(DEPARTMENTS.len() - 1);
            let person = self.listed.get_mut(key).expect("it is listed");
            person.department = (person.department + other) % DEPARTMENTS.len();
        }
        for key in &change {
            self.listed.get_mut(key).expect("it is listed").title += 1;
        }
        let return_keys = &missed[..percent(back, missed.len())];
        for key in return_keys {
            let (person, _) = self.gone.remove(key).expect("it is gone");
            self.listed.insert(*key, person);
        }
        for key in &leave {
            let person = self.listed.remove(key).expect("it is listed");
            self.gone.insert(*key, (person, self.day));
        }
        self.join(percent(joiners, all));
        Expected {
            people: self.listed.len() as i64,
            joiners: (percent(joiners, all) + return_keys.len()) as i64,
            movers: moving.len() as i64,
            leavers: leave.len() as i64,
            changed: change.len() as i64,
        }
    }

    fn join(&mut self, people: usize) {
        for _ in 0..people {
            let department = self.random.below(DEPARTMENTS.len());
            let person = Person { department, title: 0 };
            self.listed.insert(self.next, person);
            self.next += 1;
        }
    }

    /// The list as a file.
    pub fn csv(&self) -> String {
        let mut csv = String::from("employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\n");
        for (key, person) in &self.listed {
            // The first one leads everybody and never leaves.
            let manager = if *key == 1 { "" } else { "E00001" };
            let (department, title) = (DEPARTMENTS[person.department], person.title);
            let _ = writeln!(
                csv,
                "E{key:05},user{key:05},Given {key},Öberg,user{key}@example.com,{department},Title {title},{manager},2019-01-01"
            );
        }
        csv
    }

    /// What everybody who is listed holds: a team for each of three numbers.
    pub fn memberships(&self) -> String {
        let mut csv = String::from("employee_id,team,role\n");
        for key in self.listed.keys() {
            for team in [key % 3, 3 + key % 4, 7 + key % 5] {
                let _ = writeln!(csv, "E{key:05},team-{team},member");
            }
        }
        csv
    }
}
