//! The invented company: its departments, titles and offices.

/// Its name.
pub const COMPANY: &str = "Aldermere Instruments";

/// Where mail goes: a domain that is nobody's (RFC 2606).
pub(super) const MAIL: &str = "example.com";

/// How many people it employs today (with personas and those to come some 1,200), and how many it had at the start of its history.
pub(super) const PEOPLE_NOW: usize = 1190;
pub(super) const PEOPLE_THEN: usize = 700;

/// A department.
#[derive(Debug)]
pub(super) struct Department {
    pub(super) name: &'static str,
    /// People of 1,200.
    pub(super) share: usize,
    /// Titles of those who lead nobody, with weights.
    pub(super) titles: &'static [(&'static str, usize)],
    pub(super) lead: &'static str,
    pub(super) manager: &'static str,
    pub(super) head: &'static str,
    /// Which of [`OFFICERS`] its head reports to.
    pub(super) officer: usize,
    /// Most people under one lead.
    pub(super) span: usize,
    /// Contractors in five hundred joiners.
    pub(super) contractors: usize,
}

/// The department of those who lead the company: first of [`DEPARTMENTS`].
pub(super) const EXECUTIVE: usize = 0;
pub(super) const CHIEF: &str = "Chief Executive Officer";
pub(super) const OFFICERS: [&str; 5] =
    ["Chief Operating Officer", "Chief Technology Officer", "Chief Financial Officer", "Chief Commercial Officer", "Chief People Officer"];

/// Places in [`DEPARTMENTS`] that other files name.
pub(super) const ENGINEERING: usize = 2;
pub(super) const IT: usize = 9;
pub(super) const LEGAL: usize = 13;

pub(super) const DEPARTMENTS: [Department; 14] = [
    Department {
        name: "Executive Office",
        share: 9,
        titles: &[("Executive Assistant", 1)],
        lead: "Office Lead",
        manager: "Office Manager",
        head: "Head of Office",
        officer: 0,
        span: 6,
        contractors: 0,
    },
    Department {
        name: "Production",
        share: 256,
        titles: &[("Production Operator", 8), ("Assembly Technician", 6), ("Machinist", 3), ("Process Technician", 2)],
        lead: "Shift Lead",
        manager: "Production Manager",
        head: "Head of Production",
        officer: 0,
        span: 13,
        contractors: 50,
    },
    Department {
        name: "Engineering",
        share: 188,
        titles: &[
            ("Software Engineer", 8),
            ("Firmware Engineer", 5),
            ("Optical Engineer", 3),
            ("Mechanical Engineer", 4),
            ("Test Engineer", 3),
        ],
        lead: "Engineering Team Lead",
        manager: "Engineering Manager",
        head: "Head of Engineering",
        officer: 1,
        span: 8,
        contractors: 110,
    },
    Department {
        name: "Sales",
        share: 148,
        titles: &[("Account Executive", 7), ("Sales Engineer", 3), ("Inside Sales Representative", 4)],
        lead: "Sales Team Lead",
        manager: "Regional Sales Manager",
        head: "Head of Sales",
        officer: 3,
        span: 9,
        contractors: 20,
    },
    Department {
        name: "Customer Support",
        share: 103,
        titles: &[("Support Agent", 6), ("Support Specialist", 3)],
        lead: "Support Team Lead",
        manager: "Support Manager",
        head: "Head of Customer Support",
        officer: 3,
        span: 10,
        contractors: 80,
    },
    Department {
        name: "Field Service",
        share: 89,
        titles: &[("Field Technician", 7), ("Calibration Technician", 2)],
        lead: "Field Team Lead",
        manager: "Service Manager",
        head: "Head of Field Service",
        officer: 0,
        span: 9,
        contractors: 60,
    },
    Department {
        name: "Quality",
        share: 79,
        titles: &[("Quality Inspector", 6), ("Quality Engineer", 3), ("Metrologist", 2)],
        lead: "Quality Team Lead",
        manager: "Quality Manager",
        head: "Head of Quality",
        officer: 0,
        span: 8,
        contractors: 30,
    },
    Department {
        name: "Supply Chain",
        share: 74,
        titles: &[("Buyer", 3), ("Material Planner", 3), ("Warehouse Operator", 5)],
        lead: "Logistics Team Lead",
        manager: "Supply Manager",
        head: "Head of Supply Chain",
        officer: 0,
        span: 9,
        contractors: 50,
    },
    Department {
        name: "Research",
        share: 64,
        titles: &[("Research Scientist", 5), ("Data Scientist", 3), ("Laboratory Technician", 2)],
        lead: "Research Group Lead",
        manager: "Research Manager",
        head: "Head of Research",
        officer: 1,
        span: 7,
        contractors: 60,
    },
    Department {
        name: "IT Operations",
        share: 54,
        titles: &[
            ("System Engineer", 4),
            ("Network Engineer", 2),
            ("Service Desk Agent", 4),
            ("Database Engineer", 2),
            ("Security Engineer", 2),
        ],
        lead: "IT Team Lead",
        manager: "IT Manager",
        head: "Head of IT Operations",
        officer: 1,
        span: 7,
        contractors: 120,
    },
    Department {
        name: "Finance",
        share: 49,
        titles: &[("Accountant", 5), ("Financial Controller", 2), ("Payroll Accountant", 1), ("Financial Analyst", 2)],
        lead: "Finance Team Lead",
        manager: "Finance Manager",
        head: "Head of Finance",
        officer: 2,
        span: 8,
        contractors: 20,
    },
    Department {
        name: "Marketing",
        share: 38,
        titles: &[("Content Editor", 3), ("Campaign Planner", 3), ("Product Marketer", 3)],
        lead: "Marketing Team Lead",
        manager: "Marketing Manager",
        head: "Head of Marketing",
        officer: 3,
        span: 8,
        contractors: 70,
    },
    Department {
        name: "Human Resources",
        share: 31,
        titles: &[("People Partner", 4), ("Recruiter", 3), ("Training Coordinator", 1)],
        lead: "People Team Lead",
        manager: "People Manager",
        head: "Head of Human Resources",
        officer: 4,
        span: 8,
        contractors: 40,
    },
    Department {
        name: "Legal and Compliance",
        share: 18,
        titles: &[("Legal Counsel", 3), ("Compliance Officer", 3), ("Patent Specialist", 1)],
        lead: "Compliance Team Lead",
        manager: "Legal Manager",
        head: "Head of Legal and Compliance",
        officer: 2,
        span: 8,
        contractors: 20,
    },
];

/// An office.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) name: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) weight: usize,
    /// Whether things are made there.
    pub(super) works: bool,
}

pub(super) const SITES: [Site; 8] = [
    Site { name: "Graz", time_zone: "Europe/Vienna", weight: 40, works: true },
    Site { name: "Bristol", time_zone: "Europe/London", weight: 14, works: false },
    Site { name: "Porto", time_zone: "Europe/Lisbon", weight: 10, works: false },
    Site { name: "Toronto", time_zone: "America/Toronto", weight: 12, works: false },
    Site { name: "Guadalajara", time_zone: "America/Mexico_City", weight: 14, works: true },
    Site { name: "Pune", time_zone: "Asia/Kolkata", weight: 12, works: true },
    Site { name: "Osaka", time_zone: "Asia/Tokyo", weight: 7, works: false },
    Site { name: "Nairobi", time_zone: "Africa/Nairobi", weight: 5, works: false },
];

/// Departments that are only where things are made.
pub(super) const fn is_of_the_works(department: usize) -> bool {
    matches!(department, 1 | 6 | 7)
}
