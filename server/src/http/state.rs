//! What all requests share.

use std::net::IpAddr;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tenure_services::App;

/// What all requests share.
pub(crate) struct Web {
    /// The services.
    pub app: Arc<App>,
    /// The address by which browsers reach the portal.
    pub origin: String,
    /// Who may read `/metrics`, besides the machine itself.
    pub metrics_allow: Vec<IpAddr>,
    /// The numbers.
    pub metrics: PrometheusHandle,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Web({})", self.origin)
    }
}
