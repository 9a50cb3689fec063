//! `kill -9` at random moments: nothing is half done, nothing that was answered is lost, and the
//! audit log is sound.

#[path = "power_cut/state.rs"]
mod state;

use state::{picture, prepare, violations};
use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};
use tenure_tests::{Answer, Company, Database, Expected, Random, on_both};

on_both!(fifty_kills_at_random_moments_leave_nothing_half_done);

const PEOPLE: usize = 500;
const KILLS: usize = 50;

/// What is running when the power fails.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// People join, move, change and leave.
    Import,
    /// A third of the company ends at once.
    EndMany,
    /// Most of those who left come back.
    BringBack,
    /// What is really held.
    Memberships,
    /// One person ends.
    Offboard,
}

const KINDS: [Kind; 6] = [Kind::Import, Kind::Offboard, Kind::EndMany, Kind::Offboard, Kind::BringBack, Kind::Memberships];

/// One command, and what it must do.
struct Step {
    kind: Kind,
    arguments: Vec<String>,
    expected: Expected,
    user: String,
}

struct Trial {
    database: Database,
    company: Company,
    random: Random,
    /// How long each kind takes, by the longest run seen.
    took: [Duration; KINDS.len()],
}

fn fifty_kills_at_random_moments_leave_nothing_half_done(database: Database) {
    let mut random = Random::new(&format!("{:?}", database.engine));
    let company = Company::new(Random::of(random.number()), PEOPLE);
    let mut trial = Trial { database, company, random, took: [Duration::ZERO; KINDS.len()] };
    let begun = Instant::now();
    trial.first_import();
    // Each kind once without a cut: what it takes, and that it works at all.
    for (turn, kind) in KINDS.iter().enumerate() {
        let took = trial.whole(turn);
        println!("{kind:?} takes {} ms", took.as_millis());
    }
    let mut outcome = [0; 3];
    for kill in 0..KILLS {
        outcome[trial.cut(kill % KINDS.len()) as usize] += 1;
    }
    println!(
        "{KILLS} kills in {:.0} s: {} before anything was done, {} after all was done, {} after the answer; {} audit events",
        begun.elapsed().as_secs_f64(),
        outcome[0],
        outcome[1],
        outcome[2],
        trial.database.events(),
    );
    trial.database.assert_sound();
}

/// When the cut came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Before,
    After,
    Answered,
}

impl Trial {
    fn first_import(&mut self) {
        let file = self.database.write("people.csv", self.company.csv());
        let answer = self.database.import(&file, &self.company.day(), &[]).done();
        assert_eq!(answer.number("joiners"), PEOPLE as i64);
        prepare(&self.database);
        self.database.json(["recompute"]).done();
    }

    /// The next command. The company goes on with it.
    fn step(&mut self, turn: usize) -> Step {
        let kind = KINDS[turn];
        let mut user = String::new();
        let expected = match kind {
            Kind::Import => self.company.go_on(8, 5, 4, 20, 5),
            Kind::EndMany => self.company.go_on(2, 0, 33, 0, 1),
            Kind::BringBack => self.company.go_on(3, 2, 1, 80, 0),
            Kind::Memberships => Expected::default(),
            Kind::Offboard => {
                let names = self.company.user_names();
                user = names[self.random.below(names.len())].clone();
                self.company.without(&user);
                Expected::default()
            }
        };
        let day = self.company.day();
        let (name, content) = match kind {
            Kind::Memberships => ("memberships.csv", self.company.memberships()),
            _ => ("people.csv", self.company.csv()),
        };
        let file = self.database.write(name, content);
        let file = file.to_str().expect("a plain name");
        let line = match kind {
            Kind::Offboard => format!("offboard {user} --reason cut"),
            Kind::Memberships => format!("import memberships {file} --as-of {day}"),
            _ => format!("import people {file} --as-of {day} --allow-leavers 9999 --allow-changes 9999"),
        };
        let arguments = line.split(' ').map(str::to_owned).collect();
        Step { kind, arguments, expected, user }
    }

    fn command(&self, step: &Step) -> std::process::Command {
        let mut command = self.database.command();
        command.args(["--format", "json"]).args(&step.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a step of this kind to its end, and takes the time.
    fn whole(&mut self, turn: usize) -> Duration {
        let step = self.step(turn);
        let begun = Instant::now();
        let child = self.command(&step).spawn().expect("it starts");
        let answer = Answer::wait("whole", child, begun).done();
        self.took[turn] = answer.took;
        answer.took
    }

    /// Starts a command, kills it at a random moment of its time, and looks at what is left.
    fn cut(&mut self, turn: usize) -> Cut {
        let step = self.step(turn);
        let before = picture(&self.database);
        let delay = self.random.within(self.took[turn].mul_f64(1.05));
        let begun = Instant::now();
        let mut child = self.command(&step).spawn().expect("it starts");
        thread::sleep(delay.saturating_sub(begun.elapsed()));
        child.kill().expect("it can be killed");
        let answer = Answer::wait("killed", child, begun);
        let answered = !answer.out.is_empty();
        let place = format!("{:?} killed after {} ms", step.kind, delay.as_millis());

        self.database.sql().wait_until_alone();
        // Tenure itself is the first to open what the dead process left.
        self.database.assert_sound();
        let left = picture(&self.database);
        assert_eq!(violations(&self.database), Vec::<String>::new(), "{place}");
        assert!(!answered || left != before, "{place}: answered, and lost");

        let done = left != before;
        self.finish(&step, done, &place);
        let after = picture(&self.database);
        if done {
            // Looking once more at what is really held is an event each time, and nothing else.
            let looked = |line: &&String| !line.starts_with("events memberships.imported");
            let [left, after] = [&left, &after].map(|p| p.iter().filter(looked).collect::<Vec<_>>());
            state::assert_same(&left, &after, &format!("{place}: it was half done"));
        }
        assert_eq!(violations(&self.database), Vec::<String>::new(), "{place}");
        self.assert_end_state(&place);
        match (done, answered) {
            (false, _) => Cut::Before,
            (true, false) => Cut::After,
            (true, true) => Cut::Answered,
        }
    }

    /// Runs the same command again: it does all of it, or finds that nothing is left to do.
    fn finish(&mut self, step: &Step, done: bool, place: &str) {
        let child = self.command(step).spawn().expect("it starts");
        let answer = Answer::wait(place, child, Instant::now());
        match (step.kind, done) {
            (Kind::Offboard, true) => drop(answer.refused()),
            (Kind::Offboard, false) => assert_eq!(answer.done().json()["user_name"], *step.user),
            (Kind::Memberships, true) => {
                let answer = answer.done();
                assert_eq!(answer.number("newly_out_of_band"), 0, "{place}");
                assert_eq!(answer.number("vanished"), 0, "{place}");
            }
            (Kind::Memberships, false) => drop(answer.done()),
            (_, done) => {
                let answer = answer.done();
                let quiet = Expected { people: step.expected.people, ..Expected::default() };
                let found = Expected {
                    people: answer.number("people"),
                    joiners: answer.number("joiners"),
                    movers: answer.number("movers"),
                    leavers: answer.number("leavers"),
                    changed: answer.number("changed"),
                };
                assert_eq!(found, if done { quiet } else { step.expected }, "{place}");
            }
        }
    }

    /// Who is listed is at work, who is not has ended: as the company itself says.
    fn assert_end_state(&self, place: &str) {
        let mut sql = self.database.sql();
        let mut with = |state: &str| {
            sql.texts(&format!("SELECT employee_id FROM identities WHERE state = '{state}' AND source_id IS NOT NULL ORDER BY employee_id"))
        };
        let (listed, mut gone) = self.company.keys();
        gone.sort();
        assert_eq!(with("active"), listed, "{place}");
        assert_eq!(with("terminated"), gone, "{place}");
    }
}
