//! The command line: the same services as the portal, under an audited local operator.
//!
//! Exit codes: 0 done, 1 refused or failed, 2 not a command.

mod account;
mod args;
mod audit;
mod backup;
mod demo;
mod doctor;
mod identity;
mod import;
mod line;
mod offboard;
mod operator;
mod output;
mod passwords;
mod record;
mod restore;
#[cfg(test)]
mod tests;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tenure_domain::access::{Channel, Principal};
use tenure_services::{App, Ctx};
use tenure_store::Opening;

use crate::config::{Config, LogFormat, Overrides};
use crate::{runtime, serve};
use args::{Args, Command, Format};
use output::{Failed, Output};

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let output = Output::new(args.format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.fail(&Failed::new(format!("the process cannot start: {error}"))),
    };
    match runtime.block_on(run(args, &output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => output.fail(&failed),
    }
}

async fn run(args: Args, output: &Output) -> Result<(), Failed> {
    // The doctor looks at what the others refuse to start with.
    if let Command::Doctor { mail_to } = &args.command {
        return doctor::run(&args, output, mail_to.as_deref()).await;
    }
    if let Command::Audit(args::Audit::VerifyFile { file, key }) = &args.command {
        return audit::verify_file(output, file, key.as_deref());
    }
    if let Command::Record(args::Record::Verify { file, key, known }) = &args.command {
        return record::verify(output, file, key.as_deref(), known.as_deref());
    }
    if let Command::Passwords(args::Passwords::BuildFilter { input, output: file, at_least }) = &args.command {
        return passwords::build(output, input, file, *at_least);
    }
    let config = configure(&args)?;
    log(&config, &args);
    if let Command::Serve { .. } = args.command {
        return serve::serve(&config, output::line).await.map_err(Failed::new);
    }
    let app = runtime::open(&config, opening(&args.command)).await?;
    let writes = opening(&args.command) != Opening::Looks;
    if writes {
        restore::look(&app, output).await?;
    }
    let done = command(&args, &config, &app, output).await;
    let mut sealed = tenure_services::audit::seal_pending(&app, chrono::Utc::now()).await.map(drop);
    if writes && sealed.is_ok() {
        sealed = restore::keep(&app).await.map(drop);
    }
    app.store.close().await;
    done?;
    // What is done is done: whoever is told that it failed does it again.
    if let Err(error) = sealed {
        output.warn(&format!(
            "done, but the newest events of the audit log could not be sealed; the server or the next command tries again: {error}"
        ));
    }
    Ok(())
}

/// What a command may do to a database in order to open it. A wrong address must not become a new
/// database of which everything is said to be well.
fn opening(command: &Command) -> Opening {
    match command {
        Command::Serve { .. } | Command::Demo { .. } | Command::Import(_) => Opening::MayCreate,
        Command::Offboard { .. } | Command::Account(_) | Command::Recompute | Command::Restore(_) => Opening::MustExist,
        Command::Identity(_)
        | Command::Audit(_)
        | Command::Record(_)
        | Command::Passwords(_)
        | Command::Backup { .. }
        | Command::Doctor { .. } => Opening::Looks,
    }
}

async fn command(args: &Args, config: &Config, app: &Arc<App>, output: &Output) -> Result<(), Failed> {
    let ctx = operator(app);
    match &args.command {
        Command::Demo { seed } => demo::run(&ctx, config, output, *seed).await,
        Command::Import(what) => import::run(&ctx, config, output, what).await,
        Command::Identity(args::Identity::Show { user }) => identity::show(&ctx, output, user).await,
        Command::Offboard { user, reason, dry_run } => offboard::run(&ctx, output, user, reason, *dry_run).await,
        Command::Audit(args::Audit::Verify { known }) => audit::verify(&ctx, output, known.as_deref()).await,
        Command::Audit(args::Audit::Export { output: file }) => audit::export(&ctx, output, file.as_deref()).await,
        Command::Account(args::Account::Invite { user }) => account::invite(&ctx, config, output, user).await,
        Command::Account(args::Account::Grant { user, role }) => account::grant(&ctx, output, user, *role, true).await,
        Command::Account(args::Account::Revoke { user, role }) => account::grant(&ctx, output, user, *role, false).await,
        Command::Recompute => identity::recompute(&ctx, output).await,
        Command::Restore(args::Restore::Hold { reason }) => restore::hold(&ctx, output, reason).await,
        Command::Backup { file } => backup::run(&ctx, output, file).await,
        // Handled before the database is opened.
        Command::Serve { .. }
        | Command::Doctor { .. }
        | Command::Record(_)
        | Command::Passwords(_)
        | Command::Audit(args::Audit::VerifyFile { .. }) => Ok(()),
    }
}

/// What configuration, environment and command line say together.
fn configure(args: &Args) -> Result<Config, Failed> {
    let file = args.config.clone().or_else(|| {
        let usual = std::path::PathBuf::from("tenure.toml");
        usual.is_file().then_some(usual)
    });
    let over = Overrides {
        database: args.database.clone(),
        key_file: args.key_file.clone(),
        public_url: args.public_url.clone(),
        mail_password_file: args.mail_password_file.clone(),
        tls_certificate_file: args.tls_certificate_file.clone(),
        tls_key_file: args.tls_key_file.clone(),
        listen: match args.command {
            Command::Serve { listen } => listen,
            _ => None,
        },
    };
    Config::read(file.as_deref(), over).map_err(|e| Failed::new(e.to_string()))
}

/// Who is at the command line.
fn operator(app: &Arc<App>) -> Ctx {
    runtime::context(app, Principal::local_operator(&operator::account()), Channel::Cli)
}

fn log(config: &Config, args: &Args) {
    use std::io::IsTerminal as _;
    use tracing_subscriber::EnvFilter;
    // A command says what it has to say by itself; its log is for faults only. A program that reads
    // its answer as JSON gets nothing else on either stream, unless somebody asks for a log.
    let usual = match (&args.command, args.format) {
        (Command::Serve { .. }, _) => config.log.as_str(),
        (_, Format::Text) => "error",
        (_, Format::Json) => "off",
    };
    let filter = EnvFilter::try_from_env("TENURE_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(line::OneLine::stderr).with_ansi(std::io::stderr().is_terminal());
    let started = match config.log_format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.with_target(false).try_init(),
    };
    // A second subscriber in one process is a test's: the first one stays.
    drop(started);
}
