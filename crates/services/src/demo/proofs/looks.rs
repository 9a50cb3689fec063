//! How credentials of a kind look, and what depends on them.

pub(super) const THINGS: [&str; 16] = [
    "Customer portal",
    "Calibration certificates",
    "Month-end close",
    "Nightly backup",
    "Wall dashboards",
    "Telemetry intake",
    "Door badges",
    "Firmware releases",
    "Payment run",
    "Service desk mail",
    "Shopfloor terminals",
    "Measurement archive",
    "Supplier invoices",
    "Field service planning",
    "Training portal",
    "Partner exchange",
];

/// How a kind of credential looks: issuer, application, what names it, what it is for.
pub(super) type Look = (&'static str, &'static str, &'static str, &'static str);

pub(super) const API_KEYS: [Look; 5] = [
    ("Skyline", "Skyline", "key", "Calls services in the cloud."),
    ("Atlas", "Atlas", "interface key", "Reads and writes customers."),
    ("Ledger", "Ledger", "interface key", "Hands bookings over."),
    ("Helpdesk", "Helpdesk", "interface key", "Reads and writes tickets."),
    ("Shopfloor", "Shopfloor", "interface key", "Reads production orders."),
];
pub(super) const TOKENS: [Look; 2] = [
    ("Forge", "Forge", "access token", "Reads and pushes source code."),
    ("Forge", "Forge", "package token", "Fetches packages during builds."),
];
pub(super) const CERTIFICATES: [Look; 3] = [
    ("Internal CA", "", "server certificate", "Proves who answers inside the company."),
    ("Public CA", "", "web certificate", "Proves to customers who answers."),
    ("Instrument CA", "Shopfloor", "device certificate", "Proves which gateway talks to instruments."),
];
pub(super) const MACHINE_PASSWORDS: [Look; 3] = [
    ("Database", "Skyline", "database password", "Signs in at its database."),
    ("Directory", "Directory", "service password", "Signs in at the directory."),
    ("Ledger", "Ledger", "batch password", "Signs in for batch work."),
];
