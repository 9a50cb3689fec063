//! `tenure doctor`: looks at everything, says everything, changes nothing.

mod installation;
mod mail;
mod restored;
mod targets;
mod tls;

use serde::Serialize;

use super::args::Args;
use super::output::{Failed, Output};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    what: String,
    sound: bool,
    words: String,
}

/// Everything that was looked at so far.
#[derive(Debug, Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn note(&mut self, what: impl Into<String>, outcome: Result<String, String>) {
        let sound = outcome.is_ok();
        let (Ok(words) | Err(words)) = outcome;
        self.0.push(Check { what: what.into(), sound, words });
    }

    /// What another system had a say in: one line, without anything that a terminal would obey.
    fn note_foreign(&mut self, what: &str, outcome: Result<String, String>) {
        let line =
            |text: &str| text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        self.note(line(what), outcome.map(|words| line(&words)).map_err(|words| line(&words)));
    }

    fn lines(&self) -> String {
        let width = self.0.iter().map(|check| check.what.chars().count()).max().unwrap_or_default();
        self.0.iter().map(|c| format!("{} {:<width$} {}\n", if c.sound { "ok  " } else { "BAD " }, c.what, c.words)).collect()
    }
}

pub(super) async fn run(args: &Args, output: &Output, mail_to: Option<&str>) -> Result<(), Failed> {
    let mut checks = Checks::default();
    match super::configure(args) {
        Ok(config) => {
            let file = args.config.as_ref().map_or_else(|| "none given, or tenure.toml".to_owned(), |f| f.display().to_string());
            checks.note("configuration", Ok(file));
            tls::look(config.tls.clone(), chrono::Utc::now(), &mut checks);
            if let Some(app) = installation::look(&config, &mut checks).await {
                restored::look(&app, &mut checks).await;
                targets::look(&super::operator(&app), &mut checks).await;
                app.store.close().await;
            }
            mail::look(config.mail, mail_to, &mut checks).await;
        }
        Err(failed) => checks.note("configuration", Err(failed.words().to_owned())),
    }
    let sound = checks.0.iter().all(|c| c.sound);
    let answer = serde_json::json!({ "sound": sound, "checks": checks.0 });
    if sound {
        output.say(&answer, || checks.lines());
        Ok(())
    } else {
        Err(Failed::with(format!("something is wrong:\n{}", checks.lines()), answer))
    }
}
