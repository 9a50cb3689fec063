//! What acts in the invented company without being a person.

use tenure_domain::identity::IdentityKind::{self, Agent, Service, Vendor, Workload};

/// A non-human identity.
pub(super) struct Machine {
    pub(super) kind: IdentityKind,
    pub(super) user_name: &'static str,
    pub(super) name: &'static str,
    pub(super) purpose: &'static str,
    /// The department of its owner, its place in the list.
    pub(super) department: usize,
    /// A role that it was given.
    pub(super) role: Option<&'static str>,
}

const fn m(kind: IdentityKind, user_name: &'static str, name: &'static str, purpose: &'static str, department: usize) -> Machine {
    Machine { kind, user_name, name, purpose, department, role: None }
}

const fn with(
    kind: IdentityKind,
    user_name: &'static str,
    name: &'static str,
    purpose: &'static str,
    department: usize,
    role: &'static str,
) -> Machine {
    Machine { kind, user_name, name, purpose, department, role: Some(role) }
}

/// In the order in which they were made, spread over the five years.
pub(super) const MACHINES: [Machine; 60] = [
    m(Service, "svc-backup", "Nightly backup", "Copies all databases to the second site every night.", 9),
    with(
        Service,
        "svc-directory-sync",
        "Directory sync",
        "Brings groups from the directory into the applications.",
        9,
        "Directory operator",
    ),
    with(Service, "svc-build", "Build runner", "Builds and tests every change of source code.", 2, "Forge developer"),
    with(Service, "svc-invoice-scan", "Invoice scanner", "Reads invoices of suppliers and enters them.", 10, "Ledger accountant"),
    m(Vendor, "ven-bank-link", "House bank", "Fetches account statements and delivers payment files.", 10),
    with(Service, "svc-pay-export", "Pay export", "Hands the monthly pay over to the ledger.", 10, "Payroll"),
    with(Workload, "wl-telemetry-intake", "Telemetry intake", "Takes in measurements that instruments send.", 2, "Cloud operator"),
    with(Service, "svc-crm-bridge", "Customer bridge", "Keeps customers in Atlas and Helpdesk the same.", 3, "Sales desk"),
    m(Vendor, "ven-freight", "Freight forwarder", "Picks up orders that are ready and reports where they are.", 7),
    m(Service, "svc-mail-relay", "Mail relay", "Sends mail of all applications.", 9),
    with(Service, "svc-shopfloor-gateway", "Shopfloor gateway", "Connects machines with production orders.", 1, "Shopfloor terminal"),
    m(Workload, "wl-log-shipper", "Log shipper", "Collects logs of all services in one place.", 9),
    with(Service, "svc-label-printer", "Label printing", "Prints serial numbers for instruments.", 1, "Shopfloor terminal"),
    m(Service, "svc-monitoring", "Monitoring", "Watches servers and services and calls whoever is on duty.", 9),
    m(Vendor, "ven-payslip-print", "Payslip printer", "Prints and sends payslips to people without mail.", 12),
    with(Workload, "wl-archive-mover", "Archive mover", "Moves measurements older than two years to cheap storage.", 2, "Cloud operator"),
    with(Service, "svc-firmware-sign", "Firmware signer", "Signs firmware after two approvals.", 2, "Release manager"),
    m(Service, "svc-badge", "Door badges", "Opens doors for people who are at work.", 9),
    with(Service, "svc-stock-count", "Stock counter", "Compares scales in the store with the books.", 7, "Stock keeper"),
    m(Vendor, "ven-translation", "Translation office", "Fetches texts of manuals and brings them back translated.", 11),
    with(Workload, "wl-report-builder", "Report builder", "Computes monthly figures for all departments.", 10, "Ledger reader"),
    with(Service, "svc-training", "Training portal", "Books courses and records who took them.", 12, "Own people record"),
    m(Workload, "wl-portal-web", "Customer portal, web", "Serves the pages on which customers see their instruments.", 2),
    m(Workload, "wl-portal-api", "Customer portal, interface", "Answers the questions of the customer portal.", 2),
    with(
        Service,
        "svc-calibration-certs",
        "Calibration certificates",
        "Makes certificates of calibrations and sends them out.",
        6,
        "Quality desk",
    ),
    m(Vendor, "ven-penetration-test", "Security testers", "Looks for holes in the customer portal once a year.", 9),
    m(Service, "svc-dns", "Name service", "Changes names of servers when they move.", 9),
    m(Service, "svc-cert-renewal", "Certificate renewal", "Asks for new certificates before old ones end.", 9),
    with(Workload, "wl-nightly-tests", "Nightly tests", "Runs the long tests on real instruments.", 2, "Forge reader"),
    with(Service, "svc-helpdesk-mail", "Helpdesk mail", "Turns mail of customers into tickets.", 4, "Support desk"),
    m(Workload, "wl-dashboard", "Wall dashboards", "Shows figures on the screens in the halls.", 1),
    m(Vendor, "ven-tax-adviser", "Tax adviser", "Reads bookings before the year is closed.", 10),
    with(Workload, "wl-data-lab", "Data laboratory", "Runs notebooks over measurements without names.", 8, "Cloud developer"),
    m(Service, "svc-phone", "Telephony", "Connects calls and knows who is at work.", 9),
    m(Service, "svc-fleet", "Service cars", "Plans routes of technicians.", 5),
    with(Workload, "wl-image-build", "Image builder", "Builds the images that run in the cloud.", 2, "Forge developer"),
    with(Workload, "wl-schema-change", "Schema changes", "Changes tables in production during releases.", 2, "Cloud operator"),
    m(Vendor, "ven-fair-booking", "Fair organiser", "Takes lists of invited customers.", 11),
    m(Service, "svc-scan-station", "Scan stations", "Sends scanned paper to whom it belongs.", 10),
    with(Workload, "wl-usage-meter", "Usage meter", "Counts measurements for invoices.", 3, "Sales desk"),
    m(Workload, "wl-cache-warmer", "Cache warmer", "Opens slow pages before people come to work.", 2),
    m(Service, "svc-lab-gateway", "Laboratory gateway", "Connects the instruments of the laboratory.", 8),
    with(Agent, "ai-ticket-triage", "Ticket triage", "Reads new tickets, sorts them and suggests answers.", 4, "Support desk"),
    m(Vendor, "ven-recruiting-board", "Job board", "Publishes open positions and brings applications.", 12),
    m(Workload, "wl-feature-flags", "Feature switches", "Switches new functions on for some customers first.", 2),
    with(Agent, "ai-code-review", "Code reviewer", "Reads changes and comments on them. Approves nothing.", 2, "Forge reader"),
    m(Workload, "wl-edge-update", "Edge updates", "Brings new firmware to instruments in the field.", 2),
    m(Service, "svc-recycling", "Returns", "Records instruments that come back.", 5),
    with(Agent, "ai-contract-reader", "Contract reader", "Finds dates and duties in contracts.", 13, "Customer reader"),
    m(Workload, "wl-vector-index", "Search index", "Keeps manuals searchable.", 2),
    with(Agent, "ai-demand-forecast", "Demand forecast", "Estimates which parts will run short.", 7, "Shopfloor terminal"),
    m(Service, "svc-status-page", "Status page", "Tells customers when a service is down.", 9),
    with(Agent, "ai-invoice-check", "Invoice checker", "Compares invoices with orders and flags what does not fit.", 10, "Ledger reader"),
    m(Workload, "wl-model-serving", "Model serving", "Answers what the agents ask.", 8),
    with(Agent, "ai-release-notes", "Release note writer", "Drafts release notes from changes.", 2, "Forge reader"),
    m(Vendor, "ven-model-host", "Model host", "Runs language models for the agents; sees no customer data.", 8),
    with(Agent, "ai-sales-brief", "Sales briefings", "Puts together what is known of a customer before a visit.", 3, "Customer reader"),
    with(Agent, "ai-field-helper", "Field helper", "Answers questions of technicians from manuals and tickets.", 5, "Support desk"),
    m(Workload, "wl-agent-gateway", "Agent gateway", "Checks and records every call that an agent makes.", 9),
    m(Workload, "wl-synthetic-checks", "Synthetic checks", "Plays a customer every five minutes.", 9),
];
