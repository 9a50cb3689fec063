//! `tenure record …`: on any machine, without a database.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::json;
use tenure_domain::record::LARGEST;
use tenure_vault::{PublicKey, verify_record};

use super::output::{Failed, Output};

/// Above this a file is not one with a public key.
const LARGEST_KEY: usize = 4096;

pub(super) fn verify(output: &Output, file: &Path, key: Option<&str>, known: Option<&Path>) -> Result<(), Failed> {
    let key = key.map(public_key).transpose()?;
    let bytes = read(file, LARGEST)?;
    let earlier = known.map(earlier_note).transpose()?;
    let checked = verify_record(&bytes, key.as_ref()).and_then(|verified| {
        if let Some(earlier) = &earlier {
            verified.continues(earlier)?;
        }
        Ok(verified.verdict())
    });
    let verdict = checked.map_err(|fault| {
        let answer = json!({ "sound": false, "place": fault.place, "what": fault.what });
        Failed::with(format!("the record is not sound. The first fault:\n  {}", plain(&fault.to_string())), answer)
    })?;
    output.say(&verdict, || {
        let who =
            if verdict.key_given { "signed by the key that was given" } else { "who signed it is unproven, because no key was given" };
        let tally = verdict.tally;
        let state = if verdict.complete { "Complete: nothing is owed.".to_owned() } else { format!("Open: {} items are owed.", tally.open) };
        let continued = if earlier.is_some() { "It continues the record that was known.\n" } else { "" };
        format!(
            "The record of {} ({}), ended {}: nothing was changed, removed or put in; {who}.\n{continued}{state} Verified {}, attested {}, superseded {}.\n  signed {}\n  root {}",
            plain(&verdict.manifest.identity.display_name),
            plain(&verdict.manifest.identity.user_name),
            verdict.manifest.ended_at,
            tally.verified,
            tally.attested,
            tally.superseded,
            verdict.signed_at,
            verdict.root,
        )
    });
    Ok(())
}

/// Without what would act on a terminal, or make a line of its own: anybody can write a record.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The key itself, or a file with it.
fn public_key(text: &str) -> Result<PublicKey, Failed> {
    let refused = |e: &dyn std::fmt::Display| Failed::new(format!("the key cannot be read: {e}"));
    match text.parse() {
        Ok(key) => Ok(key),
        Err(_) if Path::new(text).is_file() => {
            let bytes = read(Path::new(text), LARGEST_KEY)?;
            String::from_utf8_lossy(&bytes).trim().parse().map_err(|e| refused(&e))
        }
        Err(error) => Err(refused(&format!("{error}, and there is no file of this name"))),
    }
}

/// The note of an earlier record, or a note that was kept by itself.
fn earlier_note(path: &Path) -> Result<String, Failed> {
    let bytes = read(path, LARGEST)?;
    match tenure_domain::record::LooseFile::read(&bytes) {
        Ok(file) => Ok(file.note),
        Err(_) => String::from_utf8(bytes).map_err(|_| Failed::new(format!("{} is neither a record nor its note", path.display()))),
    }
}

fn read(path: &Path, most: usize) -> Result<Vec<u8>, Failed> {
    let failed = |e: std::io::Error| Failed::new(format!("{} cannot be read: {e}", path.display()));
    let mut bytes = Vec::new();
    let most = most as u64;
    File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(Failed::new(format!("{} is larger than {most} bytes, which no such file is", path.display())));
    }
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use clap::Parser as _;

    use super::super::{Args, Format, run};
    use super::*;

    fn example(name: &str) -> String {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "docs", "record-format", name].iter().collect();
        path.to_str().unwrap().to_owned()
    }

    async fn tenure(words: &[&str]) -> Result<(), Failed> {
        let line = ["tenure", "--format", "json", "record", "verify"];
        run(Args::try_parse_from(line.iter().chain(words)).unwrap(), &Output::new(Format::Json)).await
    }

    #[tokio::test]
    async fn an_example_is_sound_with_its_key_as_text_and_as_a_file_and_opens_no_database() {
        let key = std::fs::read_to_string(example("example.key")).unwrap();
        tenure(&[&example("example.json"), "--key", key.trim()]).await.unwrap();
        tenure(&[&example("example-open.json"), "--key", &example("example.key")]).await.unwrap();
        // An address that cannot be opened is not looked at.
        let line = ["tenure", "--database", "postgres://nobody@127.0.0.1:1/none", "record", "verify", &example("example.json")];
        run(Args::try_parse_from(line).unwrap(), &Output::new(Format::Text)).await.unwrap();
    }

    #[tokio::test]
    async fn a_changed_record_fails_and_the_place_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let changed = folder.path().join("changed.json");
        let text = std::fs::read_to_string(example("example.json")).unwrap().replace("badge 4711", "badge 4712");
        std::fs::write(&changed, text).unwrap();
        let failed = tenure(&[changed.to_str().unwrap(), "--key", &example("example.key")]).await.unwrap_err();
        assert_eq!(failed.detail()["sound"], false);
        assert!(failed.detail()["place"].as_str().unwrap().starts_with("item 9 ("), "{}", failed.words());
    }

    #[test]
    fn what_a_record_says_cannot_act_on_a_terminal() {
        assert_eq!(plain("Zoë\u{1b}[2J\nComplete"), "Zoë\u{fffd}[2J\u{fffd}Complete");
    }

    #[tokio::test]
    async fn a_key_that_is_neither_text_nor_file_and_a_file_that_is_not_there_are_told() {
        let failed = tenure(&[&example("example.json"), "--key", "nonsense"]).await.unwrap_err();
        assert!(failed.words().starts_with("the key cannot be read"), "{}", failed.words());
        let failed = tenure(&["/nowhere/record.json"]).await.unwrap_err();
        assert!(failed.words().contains("cannot be read"), "{}", failed.words());
    }

    #[tokio::test]
    async fn a_later_record_continues_the_known_one_and_not_the_other_way_round() {
        tenure(&[&example("example.json"), "--known", &example("example-open.json")]).await.unwrap();
        let failed = tenure(&[&example("example-open.json"), "--known", &example("example.json")]).await.unwrap_err();
        assert_eq!(failed.detail()["place"], "leaves");
    }
}
