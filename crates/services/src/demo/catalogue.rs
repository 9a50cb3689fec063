//! What can be held in the invented company: applications, entitlements, roles, and the rules that
//! give them.

use tenure_domain::grant::Risk::{self, Critical, High, Low, Medium};

/// An application with its entitlements: name there, what it allows, risk.
pub(super) struct App {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Place of the owning department in the list of departments.
    pub(super) owner: usize,
    pub(super) entitlements: [(&'static str, &'static str, Risk); 10],
}

/// A role: application roles name their application.
pub(super) struct Role {
    pub(super) name: &'static str,
    pub(super) application: Option<&'static str>,
    pub(super) description: &'static str,
    pub(super) owner: usize,
    pub(super) grace_days: i32,
    /// `application/entitlement`.
    pub(super) entitlements: &'static [&'static str],
    pub(super) inside: &'static [&'static str],
}

/// A birthright rule.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) role: &'static str,
    pub(super) expression: &'static str,
}

pub(super) const APPS: [App; 8] = [
    App {
        name: "Directory",
        description: "Accounts, groups, mail and remote access of everybody at work.",
        owner: 9,
        entitlements: [
            ("Staff:member", "Signs in on company computers and reads the staff pages.", Low),
            ("Contractors:member", "Signs in on company computers, without the staff pages.", Low),
            ("Mail:mailbox", "Has a mailbox and a calendar.", Low),
            ("Wireless:member", "Uses the wireless network of the offices.", Low),
            ("Remote access:member", "Reaches the internal network from anywhere.", Medium),
            ("Managers:member", "Reads the pages and figures for people managers.", Low),
            ("Passwords:reset", "Sets new passwords for other people's accounts.", High),
            ("Groups:owner", "Puts people into any group and takes them out.", High),
            ("Service accounts:owner", "Makes service accounts and changes their secrets.", High),
            ("Domain:administrator", "Changes every account, computer and security setting.", Critical),
        ],
    },
    App {
        name: "Ledger",
        description: "Accounting, invoices and payments.",
        owner: 10,
        entitlements: [
            ("General ledger:read", "Reads all bookings.", Low),
            ("General ledger:post", "Books amounts.", Medium),
            ("Cost centres:read", "Reads the budgets of departments.", Low),
            ("Invoices:enter", "Records invoices of suppliers.", Medium),
            ("Invoices:approve", "Approves invoices for payment.", High),
            ("Payments:prepare", "Puts payments together.", High),
            ("Payments:release", "Sends money out of the company's accounts.", Critical),
            ("Suppliers:edit", "Changes suppliers and their bank accounts.", High),
            ("Fixed assets:edit", "Records and writes off equipment.", Medium),
            ("Periods:close", "Closes months and years.", High),
        ],
    },
    App {
        name: "Peopledesk",
        description: "People records, pay, leave and training.",
        owner: 12,
        entitlements: [
            ("Own record:read", "Sees one's own record and payslips.", Low),
            ("Training:book", "Books courses.", Low),
            ("Team:read", "Sees the records of one's own team, without pay.", Medium),
            ("Absences:approve", "Approves leave of one's own team.", Low),
            ("Personal data:read", "Reads everybody's personal data.", High),
            ("Personal data:edit", "Changes everybody's personal data.", High),
            ("Recruiting:edit", "Sees applicants and makes offers.", Medium),
            ("Pay:read", "Sees what everybody earns.", High),
            ("Pay:run", "Runs the monthly pay.", Critical),
            ("Configuration:administrator", "Changes the application itself and who may do what in it.", Critical),
        ],
    },
    App {
        name: "Forge",
        description: "Source code, builds and releases of instruments and services.",
        owner: 2,
        entitlements: [
            ("Code:read", "Reads all source code.", Low),
            ("Code:write", "Changes source code of services.", Medium),
            ("Firmware:write", "Changes source code that runs inside instruments.", Medium),
            ("Reviews:approve", "Approves changes of others.", Medium),
            ("Builds:run", "Starts builds.", Low),
            ("Packages:publish", "Publishes packages that other builds use.", Medium),
            ("Pipelines:edit", "Changes how builds run and which secrets they see.", High),
            ("Releases:publish", "Releases software to customers.", High),
            ("Signing keys:use", "Signs firmware that every instrument accepts.", Critical),
            ("Projects:administrator", "Changes every project and who may do what in it.", Critical),
        ],
    },
    App {
        name: "Skyline",
        description: "The cloud accounts in which the company's services run.",
        owner: 9,
        entitlements: [
            ("Sandbox:use", "Tries things out in an account without real data.", Low),
            ("Development:operate", "Changes everything in development.", Medium),
            ("Test:operate", "Changes everything in test.", Medium),
            ("Logs:read", "Reads the logs of all services.", Medium),
            ("Production:read", "Sees what runs in production.", Medium),
            ("Production:operate", "Starts, stops and changes services in production.", High),
            ("Production:administrator", "Changes everything in production, security included.", Critical),
            ("Databases:read", "Reads customers' measurements.", High),
            ("Databases:administrator", "Changes and deletes all data.", Critical),
            ("Billing:read", "Sees what everything costs.", Low),
        ],
    },
    App {
        name: "Atlas",
        description: "Customers, offers, orders and campaigns.",
        owner: 3,
        entitlements: [
            ("Accounts:read", "Sees customers.", Low),
            ("Accounts:edit", "Changes customers.", Medium),
            ("Offers:write", "Makes offers.", Medium),
            ("Discounts:approve", "Approves discounts of more than 15 %.", High),
            ("Orders:enter", "Records orders.", Medium),
            ("Contacts:export", "Takes the list of all contacts away as a file.", High),
            ("Campaigns:run", "Sends mail to customers.", Medium),
            ("Territories:edit", "Changes who looks after whom.", Medium),
            ("Service contracts:edit", "Changes service contracts.", Medium),
            ("Configuration:administrator", "Changes the application itself and who may do what in it.", Critical),
        ],
    },
    App {
        name: "Shopfloor",
        description: "Production orders, stock, quality and calibration.",
        owner: 1,
        entitlements: [
            ("Orders:read", "Sees production orders.", Low),
            ("Orders:confirm", "Confirms finished work.", Low),
            ("Stock:move", "Moves parts between stores.", Low),
            ("Stock:adjust", "Corrects counted stock, which is money.", High),
            ("Recipes:edit", "Changes how an instrument is made.", High),
            ("Inspections:record", "Records results of inspections.", Low),
            ("Inspections:release", "Releases instruments to customers.", High),
            ("Calibration:record", "Records calibrations, which customers rely on.", Medium),
            ("Maintenance:plan", "Plans the maintenance of machines.", Low),
            ("Machines:administrator", "Changes the programs of machines.", Critical),
        ],
    },
    App {
        name: "Helpdesk",
        description: "Tickets of staff and customers.",
        owner: 4,
        entitlements: [
            ("Tickets:open", "Asks for help.", Low),
            ("Tickets:work", "Works on tickets of staff.", Low),
            ("Customer tickets:work", "Works on tickets of customers.", Low),
            ("Customer data:read", "Sees which instruments a customer has, and where.", Medium),
            ("Remote sessions:start", "Takes over a customer's instrument from afar.", High),
            ("Field visits:plan", "Plans visits at customers.", Low),
            ("Knowledge base:edit", "Writes articles.", Low),
            ("Reports:read", "Sees how long tickets take.", Low),
            ("Tickets:export", "Takes tickets away as a file.", Medium),
            ("Queues:administrator", "Changes queues and who works on them.", High),
        ],
    },
];

const fn app(
    name: &'static str,
    application: &'static str,
    description: &'static str,
    owner: usize,
    entitlements: &'static [&'static str],
    inside: &'static [&'static str],
) -> Role {
    Role { name, application: Some(application), description, owner, grace_days: 0, entitlements, inside }
}

const fn job(
    name: &'static str,
    description: &'static str,
    owner: usize,
    grace_days: i32,
    entitlements: &'static [&'static str],
    inside: &'static [&'static str],
) -> Role {
    Role { name, application: None, description, owner, grace_days, entitlements, inside }
}

/// Roles, those inside others first.
pub(super) const ROLES: [Role; 40] = [
    app(
        "Staff account",
        "Directory",
        "What everybody needs on the first morning.",
        9,
        &["Directory/Staff:member", "Directory/Mail:mailbox", "Directory/Wireless:member"],
        &[],
    ),
    app(
        "Contractor account",
        "Directory",
        "What somebody on a contract needs.",
        9,
        &["Directory/Contractors:member", "Directory/Mail:mailbox"],
        &[],
    ),
    app("Remote access", "Directory", "The internal network from anywhere.", 9, &["Directory/Remote access:member"], &[]),
    app(
        "Directory operator",
        "Directory",
        "Passwords and groups, for the service desk.",
        9,
        &["Directory/Passwords:reset", "Directory/Groups:owner"],
        &[],
    ),
    app(
        "Directory administrator",
        "Directory",
        "Everything in the directory. Given to administrator personas only.",
        9,
        &["Directory/Domain:administrator", "Directory/Service accounts:owner"],
        &["Directory operator"],
    ),
    app("Ledger reader", "Ledger", "Reads bookings and budgets.", 10, &["Ledger/General ledger:read", "Ledger/Cost centres:read"], &[]),
    app(
        "Ledger accountant",
        "Ledger",
        "Books, and prepares payments.",
        10,
        &["Ledger/General ledger:post", "Ledger/Invoices:enter", "Ledger/Payments:prepare", "Ledger/Fixed assets:edit"],
        &["Ledger reader"],
    ),
    app(
        "Payment approver",
        "Ledger",
        "Approves invoices and releases payments.",
        10,
        &["Ledger/Invoices:approve", "Ledger/Payments:release"],
        &[],
    ),
    app(
        "Own people record",
        "Peopledesk",
        "One's own record, payslips and training.",
        12,
        &["Peopledesk/Own record:read", "Peopledesk/Training:book"],
        &[],
    ),
    app(
        "Team record",
        "Peopledesk",
        "Records and leave of one's own team.",
        12,
        &["Peopledesk/Team:read", "Peopledesk/Absences:approve"],
        &[],
    ),
    app(
        "People records",
        "Peopledesk",
        "Everybody's records, and recruiting.",
        12,
        &["Peopledesk/Personal data:read", "Peopledesk/Personal data:edit", "Peopledesk/Recruiting:edit"],
        &[],
    ),
    app("Payroll", "Peopledesk", "Runs the monthly pay.", 12, &["Peopledesk/Pay:read", "Peopledesk/Pay:run"], &[]),
    app("Forge reader", "Forge", "Reads source code.", 2, &["Forge/Code:read"], &[]),
    app(
        "Forge developer",
        "Forge",
        "Writes and reviews code of services.",
        2,
        &["Forge/Code:write", "Forge/Builds:run", "Forge/Reviews:approve"],
        &["Forge reader"],
    ),
    app("Forge firmware", "Forge", "Writes code that runs inside instruments.", 2, &["Forge/Firmware:write"], &["Forge reader"]),
    app(
        "Release manager",
        "Forge",
        "Publishes and signs releases.",
        2,
        &["Forge/Releases:publish", "Forge/Signing keys:use", "Forge/Packages:publish", "Forge/Pipelines:edit"],
        &["Forge developer"],
    ),
    app(
        "Cloud developer",
        "Skyline",
        "Development and test in the cloud.",
        9,
        &["Skyline/Sandbox:use", "Skyline/Development:operate", "Skyline/Test:operate", "Skyline/Logs:read"],
        &[],
    ),
    app(
        "Cloud operator",
        "Skyline",
        "Keeps production running.",
        9,
        &["Skyline/Production:read", "Skyline/Production:operate", "Skyline/Databases:read"],
        &["Cloud developer"],
    ),
    app(
        "Cloud administrator",
        "Skyline",
        "Everything in the cloud. Given to administrator personas only.",
        9,
        &["Skyline/Production:administrator", "Skyline/Databases:administrator", "Skyline/Billing:read"],
        &["Cloud operator"],
    ),
    app("Customer reader", "Atlas", "Sees customers.", 3, &["Atlas/Accounts:read"], &[]),
    app(
        "Sales desk",
        "Atlas",
        "Offers and orders.",
        3,
        &["Atlas/Accounts:edit", "Atlas/Offers:write", "Atlas/Orders:enter"],
        &["Customer reader"],
    ),
    app(
        "Sales lead desk",
        "Atlas",
        "Discounts and territories.",
        3,
        &["Atlas/Discounts:approve", "Atlas/Territories:edit"],
        &["Sales desk"],
    ),
    app(
        "Campaign desk",
        "Atlas",
        "Campaigns, with the contacts that they go to.",
        11,
        &["Atlas/Campaigns:run", "Atlas/Contacts:export"],
        &["Customer reader"],
    ),
    app(
        "Shopfloor terminal",
        "Shopfloor",
        "The terminals beside the machines.",
        1,
        &["Shopfloor/Orders:read", "Shopfloor/Orders:confirm", "Shopfloor/Stock:move"],
        &[],
    ),
    app("Stock keeper", "Shopfloor", "Counts and corrects stock.", 7, &["Shopfloor/Stock:adjust"], &["Shopfloor terminal"]),
    app(
        "Quality desk",
        "Shopfloor",
        "Inspections and calibrations.",
        6,
        &["Shopfloor/Inspections:record", "Shopfloor/Calibration:record"],
        &["Shopfloor terminal"],
    ),
    app(
        "Support desk",
        "Helpdesk",
        "Tickets of customers.",
        4,
        &["Helpdesk/Customer tickets:work", "Helpdesk/Customer data:read", "Helpdesk/Knowledge base:edit"],
        &["Customer reader"],
    ),
    app("Service desk", "Helpdesk", "Tickets of staff.", 9, &["Helpdesk/Tickets:work", "Helpdesk/Reports:read"], &[]),
    job(
        "Everyone at work",
        "Everybody with a contract of employment.",
        12,
        0,
        &["Helpdesk/Tickets:open"],
        &["Staff account", "Own people record"],
    ),
    job("On a contract", "Everybody who is here on a contract with an end.", 12, 0, &["Helpdesk/Tickets:open"], &["Contractor account"]),
    job("People manager", "Whoever leads others.", 12, 14, &["Directory/Managers:member", "Ledger/Cost centres:read"], &["Team record"]),
    job("Engineer", "Develops instruments and services.", 2, 14, &[], &["Forge developer", "Cloud developer"]),
    job("Firmware engineer", "Develops what runs inside instruments.", 2, 14, &[], &["Engineer", "Forge firmware"]),
    job("Researcher", "Finds new ways to measure.", 8, 30, &["Skyline/Databases:read"], &["Forge reader", "Cloud developer"]),
    job("Seller", "Sells instruments and service.", 3, 30, &[], &["Sales desk"]),
    job("Accountant", "Keeps the books.", 10, 0, &[], &["Ledger accountant"]),
    job("Supporter", "Helps customers.", 4, 7, &["Helpdesk/Remote sessions:start"], &["Support desk"]),
    job(
        "Field technician",
        "Installs, repairs and calibrates at customers.",
        5,
        7,
        &["Helpdesk/Field visits:plan", "Atlas/Service contracts:edit"],
        &["Customer reader", "Quality desk"],
    ),
    job("Quality inspector", "Inspects and releases instruments.", 6, 10, &["Shopfloor/Inspections:release"], &["Quality desk"]),
    job(
        "IT operator",
        "Keeps the company's systems running.",
        9,
        0,
        &[],
        &["Service desk", "Directory operator", "Cloud operator", "Remote access"],
    ),
];

pub(super) const RULES: [Rule; 19] = [
    Rule { name: "Everyone at work", role: "Everyone at work", expression: r#"contract == "employee""# },
    Rule { name: "On a contract", role: "On a contract", expression: r#"contract == "contractor""# },
    Rule {
        name: "Leads others",
        role: "People manager",
        expression: r#"title contains "manager" or title contains "lead" or title starts with "Head of" or title starts with "Chief""#,
    },
    Rule { name: "Engineering", role: "Engineer", expression: r#"department == "Engineering""# },
    Rule { name: "Firmware", role: "Firmware engineer", expression: r#"department == "Engineering" and title contains "Firmware""# },
    Rule { name: "Research", role: "Researcher", expression: r#"department == "Research""# },
    Rule { name: "Sales", role: "Seller", expression: r#"department == "Sales""# },
    Rule {
        name: "Sales leads",
        role: "Sales lead desk",
        expression: r#"department == "Sales" and (title contains "lead" or title contains "manager" or title starts with "Head of")"#,
    },
    Rule { name: "Finance", role: "Ledger reader", expression: r#"department == "Finance""# },
    Rule { name: "Accounting", role: "Accountant", expression: r#"department == "Finance" and title contains "Accountant""# },
    Rule { name: "Support", role: "Supporter", expression: r#"department == "Customer Support""# },
    Rule { name: "Field service", role: "Field technician", expression: r#"department == "Field Service""# },
    Rule { name: "Production", role: "Shopfloor terminal", expression: r#"department == "Production""# },
    Rule { name: "Quality", role: "Quality inspector", expression: r#"department == "Quality""# },
    Rule { name: "Stock", role: "Stock keeper", expression: r#"department == "Supply Chain""# },
    Rule { name: "People records", role: "People records", expression: r#"department == "Human Resources""# },
    Rule { name: "Marketing", role: "Campaign desk", expression: r#"department == "Marketing""# },
    Rule { name: "IT", role: "IT operator", expression: r#"department == "IT Operations""# },
    Rule { name: "Remote work", role: "Remote access", expression: r#"department in ("Sales", "Field Service")"# },
];

/// A later change of the model.
pub(super) enum Change {
    /// A rule has another expression.
    Rule { name: &'static str, expression: &'static str },
    /// A role gets one more entitlement.
    Role { name: &'static str, entitlement: &'static str },
}

/// Later changes: in which month, and what.
pub(super) const CHANGES: [(usize, Change); 3] = [
    (
        7,
        Change::Rule {
            name: "Remote work",
            expression: r#"department in ("Sales", "Field Service", "Engineering", "Research", "Customer Support")"#,
        },
    ),
    (14, Change::Role { name: "Service desk", entitlement: "Helpdesk/Tickets:export" }),
    (
        27,
        Change::Rule {
            name: "Remote work",
            expression: r#"contract == "employee" and department not in ("Production", "Quality", "Supply Chain")"#,
        },
    ),
];

/// Roles that no rule gives: to whom they were given by hand (department), how often, for how many
/// days (0: without an end), and why.
pub(super) const BY_HAND: [(&str, usize, usize, i64, &[&str]); 14] = [
    (
        "Payment approver",
        10,
        6,
        0,
        &["Deputy of the head of finance", "Second signature for payments above 50,000", "Named in the signature rules of the bank"],
    ),
    ("Payroll", 10, 4, 0, &["Runs the monthly pay", "Stands in for the payroll accountant"]),
    ("Release manager", 2, 9, 0, &["Release manager of the optical line", "Signs firmware of the handheld line", "On the release rota"]),
    ("Cloud operator", 2, 12, 0, &["On call for the measurement service", "Moves the archive to the new region"]),
    ("Ledger reader", 3, 9, 0, &["Looks after the key accounts' invoices", "Follows up open payments of the region"]),
    ("Customer reader", 2, 14, 180, &["Works on the customer portal", "Looks into a complaint about drift"]),
    ("Forge reader", 6, 10, 0, &["Traces faults back to changes", "Audits changes of measuring software"]),
    ("Quality desk", 1, 12, 0, &["Inspects at the end of the line", "Records calibrations on the night shift"]),
    ("Remote access", 1, 14, 0, &["Plans shifts from home", "Remote service of the test bench"]),
    ("Remote access", 6, 8, 0, &["Audits at suppliers", "Works from home two days a week"]),
    ("Stock keeper", 1, 8, 120, &["Helps with the yearly count", "Stands in during the move of the store"]),
    ("Campaign desk", 3, 6, 90, &["Prepares the spring fair", "Invites customers to the open house"]),
    ("Service desk", 4, 6, 150, &["Lends a hand while the service desk is short", "Takes over tickets of staff at weekends"]),
    ("Directory operator", 12, 3, 0, &["Makes accounts on the first day of joiners", "Sets up courses"]),
];
