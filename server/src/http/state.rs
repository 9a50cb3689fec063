//! What all requests share.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tenure_services::App;
use tokio::sync::Semaphore;

use super::limits;
use crate::web::Live;
use tenure_domain::network::Network;

/// What all requests share.
pub(crate) struct Web {
    /// The services.
    pub app: Arc<App>,
    /// The address by which browsers reach the portal.
    pub origin: String,
    /// Who may read `/metrics`, besides the machine itself.
    pub metrics_allow: Vec<IpAddr>,
    /// Whose word counts of where a request comes from.
    pub trusted_proxies: Vec<Network>,
    /// How long the whole of an ordinary form may take.
    pub form_time: Duration,
    /// A place for each file that is taken in.
    pub uploads: Arc<Semaphore>,
    /// Pages that move by themselves.
    pub live: Live,
    /// The numbers.
    pub metrics: PrometheusHandle,
}

impl Web {
    /// What all requests share.
    pub(crate) fn new(app: Arc<App>, origin: String, metrics_allow: Vec<IpAddr>, metrics: PrometheusHandle) -> Self {
        Self {
            app,
            origin,
            metrics_allow,
            trusted_proxies: Vec::new(),
            form_time: limits::FORM_TIME,
            uploads: Arc::new(Semaphore::new(limits::UPLOADS)),
            live: Live::default(),
            metrics,
        }
    }
}

impl Web {
    /// Whether browsers reach the portal by encrypted connections alone.
    pub(crate) fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Web({})", self.origin)
    }
}
