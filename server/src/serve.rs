//! `tenure serve`: the portal and its workers, until somebody stops them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use tenure_services::accounts::LAPSED_HOURS;
use tenure_services::restores::look_for_restore;
use tenure_services::{App, accounts, schedule};
use tenure_store::Opening;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Config;
use crate::http::certificate::Certificate;
use crate::http::connections::Patience;
use crate::http::{Web, certificate, connections, router};
use crate::{asked, assets, log, mail, readings, runtime, seal, signals, targets};

/// How long the worker rests when nothing is due.
const ROUND: Duration = Duration::from_secs(15);
/// How often the numbers of the times are put together: until then each is kept by itself.
const UPKEEP: Duration = Duration::from_secs(5);
/// How long requests may still take when the server is to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until a signal comes.
///
/// # Errors
/// In words, when it cannot begin or has to stop.
pub(crate) async fn serve(config: &Config, said: impl Fn(&str)) -> Result<(), String> {
    config.is_fit_to_serve()?;
    let app = runtime::open(config, Opening::MayCreate).await.map_err(|e| e.to_string())?;
    // Before any worker begins.
    let looked = look_for_restore(&runtime::system(&app, "looking for a restored database")).await.map_err(|e| e.to_string())?;
    tenure_app::layout::set_assets(|name| assets::find(name).map_or_else(String::new, |a| a.path.to_owned()));
    let metrics = PrometheusBuilder::new().install_recorder().map_err(|e| format!("metrics cannot be kept: {e}"))?;
    seal::gauge(looked.held.as_ref());
    let web = Web::new(Arc::clone(&app), config.origin(), config.metrics_allow.clone(), metrics);
    let web = Arc::new(Web { trusted_proxies: config.trusted_proxies.clone(), ..web });

    let certificate = config.tls.clone().map(Certificate::open).transpose()?.map(Arc::new);
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|e| format!("{} cannot be listened on: {e}. Choose another by --listen", config.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let origin = if config.public_url.is_some() { config.origin() } else { config.origin_at(address) };
    said(&format!("Tenure is at {origin}"));
    seal::words(&looked).iter().for_each(|words| said(words));
    if looked.held.is_some() {
        said(&format!("  Look at the difference, and let it go on: {origin}/operations/restored"));
    }
    if let Some(first) = accounts::first_administrator(&runtime::system(&app, "first start")).await.map_err(|e| e.to_string())? {
        said(&format!("Nobody can administer it yet. Set the password of `{}` by this link, once, within 72 hours:", first.user_name));
        said(&format!("  {origin}/set-up?token={}", first.token.expose()));
    } else {
        said(&format!("Sign in at {origin}/sign-in"));
    }

    let (stop, stopped) = watch::channel(false);
    let workers = tokio::spawn(work(Arc::clone(&app), stopped.clone()));
    let targets = tokio::spawn(targets::work(Arc::clone(&app), stopped.clone()));
    let signals = tokio::spawn(signals::work(Arc::clone(&app), web.origin.clone(), stopped.clone()));
    let mails = tokio::spawn(mail::work(Arc::clone(&app), stopped.clone()));
    let readings = tokio::spawn(readings::work(Arc::clone(&app), stopped.clone()));
    let asked = tokio::spawn(asked::tell(Arc::clone(&app), stopped.clone()));
    let sealer = tokio::spawn(seal::work(Arc::clone(&app), stopped.clone()));
    let log = tokio::spawn(log::work(Arc::clone(&app), stopped.clone()));
    let upkeep = tokio::spawn(keep_up(Arc::clone(&web), stopped.clone()));
    let renewed = tokio::spawn(certificate::renew(certificate.clone(), stopped.clone()));
    let encrypted = certificate.map(certificate::acceptor).transpose()?;
    let server = tokio::spawn(connections::serve(listener, encrypted, router(Arc::clone(&web)), Patience::default(), stopped));
    signal().await;
    tracing::info!("stopping");
    let _ = stop.send(true);
    // They would go on for minutes: browsers come back by themselves, to another instance.
    web.live.end();
    if tokio::time::timeout(GRACE, server).await.is_err() {
        tracing::warn!("some requests took too long and were cut off");
    }
    let _ = tokio::time::timeout(GRACE, workers).await;
    let _ = tokio::time::timeout(GRACE, targets).await;
    let _ = tokio::time::timeout(GRACE, signals).await;
    let _ = tokio::time::timeout(GRACE, mails).await;
    let _ = tokio::time::timeout(GRACE, readings).await;
    let _ = tokio::time::timeout(GRACE, asked).await;
    let _ = tokio::time::timeout(GRACE, sealer).await;
    let _ = tokio::time::timeout(GRACE, seal::last(&app)).await;
    let _ = upkeep.await;
    let _ = renewed.await;
    let _ = log.await;
    if tokio::time::timeout(GRACE, app.store.close()).await.is_err() {
        // All of it is one transaction: it waits to be applied again.
        tracing::warn!("an import was under way and is not applied");
    }
    Ok(())
}

/// Waits for the wish to stop.
async fn signal() {
    let ctrl_c = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = ctrl_c => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = ctrl_c.await;
}

/// Does what is due, again and again. A failure is logged and tried again: what is due stays due.
async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    every(ROUND, stopped, || async {
        loop {
            match schedule::run_due(&runtime::system(&app, "schedule")).await {
                Ok(report) if report.is_full() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::error!(%error, "what is due could not be done; it is tried again");
                    break;
                }
            }
        }
        // A session that ran out still says for a while whose form it is that comes too late.
        let lapsed = chrono::Utc::now() - chrono::Duration::hours(LAPSED_HOURS);
        if let Err(error) = app.store.sweep_sessions(lapsed).await {
            tracing::error!(%error, "old sessions could not be swept");
        }
        if let Err(error) = app.store.sweep_drafts(chrono::Utc::now()).await {
            tracing::error!(%error, "forms that were kept could not be swept");
        }
        if let Err(error) = app.store.sweep_sign_ins(chrono::Utc::now()).await {
            tracing::error!(%error, "sign-ins that never came back could not be swept");
        }
    })
    .await;
}

async fn keep_up(web: Arc<Web>, stopped: watch::Receiver<bool>) {
    every(UPKEEP, stopped, || async { web.metrics.run_upkeep() }).await;
}

pub(crate) async fn every<F: Future<Output = ()>>(rest: Duration, mut stopped: watch::Receiver<bool>, step: impl Fn() -> F) {
    loop {
        step().await;
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
