//! The second implementation, `docs/record-format/verify.py`, says the same of the same files.

use std::path::Path;
use std::process::Command;

use super::super::verify_record;
use super::changes::lawless;
use super::{example, examples, signer};

/// What either implementation says: nothing of a sound record, or the place of the fault.
type Verdict = Option<String>;

fn of_rust(file: &[u8]) -> Verdict {
    let fault = verify_record(file, Some(&signer().public_key())).err()?;
    Some(fault.place.to_string().split(" (").next().unwrap_or_default().to_owned())
}

/// Runs the script once over all files.
fn of_python(files: &[Vec<u8>]) -> Vec<Verdict> {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<_> = (0..files.len()).map(|number| folder.path().join(format!("{number}.json"))).collect();
    for (name, file) in names.iter().zip(files) {
        std::fs::write(name, file).unwrap();
    }
    let output = python(&example::folder().join("example.key"), &names);
    let text = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<Verdict> = text.lines().map(verdict).collect();
    assert_eq!(verdicts.len(), files.len(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(i32::from(verdicts.iter().any(Option::is_some))));
    verdicts
}

fn python(key: &Path, names: &[std::path::PathBuf]) -> std::process::Output {
    let mut command = Command::new("python3");
    command.arg(example::folder().join("verify.py")).arg("--key").arg(key).args(names);
    command.output().expect("python3 3.9 or later runs: install Debian's `python3`")
}

fn verdict(line: &str) -> Verdict {
    let said = line.split_once(".json: ").unwrap().1;
    let fault = said.strip_prefix("NOT SOUND, ").map(|fault| fault.split(": ").next().unwrap_or_default().to_owned());
    assert!(fault.is_some() || said.starts_with("sound, "), "{line}");
    fault
}

/// Pseudo-random numbers, the same in each run (Knuth's multiplier).
fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    let step = |n: &u64| Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(seed), step).skip(1).map(|n| (n >> 33) as usize)
}

#[test]
fn both_implementations_accept_the_examples_and_say_the_same_of_them() {
    assert_eq!(of_python(&examples()), [None, None]);
}

#[test]
fn both_find_one_changed_byte_in_each_of_two_hundred_copies_and_name_the_same_place() {
    let mut numbers = numbers(2026);
    let mut files = Vec::new();
    for example in examples() {
        for _ in 0..100 {
            let mut file = example.clone();
            let at = numbers.next().unwrap() % file.len();
            file[at] ^= u8::try_from(1 + numbers.next().unwrap() % 255).unwrap();
            files.push(file);
        }
    }
    let python = of_python(&files);
    let rust: Vec<_> = files.iter().map(|file| of_rust(file)).collect();
    assert_eq!(rust, python);
    assert!(rust.iter().all(Option::is_some));
}

#[test]
fn both_refuse_what_is_signed_but_breaks_a_rule_at_the_same_place() {
    let (places, files): (Vec<_>, Vec<_>) = lawless().into_iter().unzip();
    let python: Vec<_> = of_python(&files).into_iter().flatten().collect();
    assert_eq!(python, places);
}

#[test]
fn both_refuse_what_is_no_record_at_all() {
    let files: Vec<Vec<u8>> =
        ["", "{}\n", "[]\n", "null\n", "\"\\ud800\"\n", "{\"a\":NaN}\n", "1e999\n"].iter().map(|text| text.as_bytes().to_vec()).collect();
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let files = [files, vec![deep, vec![0xff; 10]]].concat();
    assert!(of_python(&files).iter().all(|verdict| verdict.as_deref() == Some("file")));
    assert!(files.iter().all(|file| of_rust(file).as_deref() == Some("file")));
}
