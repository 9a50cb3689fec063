//! The findings that the overview counts, each with its list.

use tenure_services::home::Overview;

/// A finding with its count and list.
pub(super) struct Found {
    pub(super) n: i64,
    /// What it is, alone: `Credentials of ended owners`.
    pub(super) name: &'static str,
    /// One of it, and more than one, in a sentence after the number.
    pub(super) said: (&'static str, &'static str),
    /// Why it matters.
    pub(super) why: &'static str,
    pub(super) href: &'static str,
    pub(super) icon: &'static str,
    /// Whether somebody should act, not only look.
    pub(super) grave: bool,
}

pub(super) fn all(overview: &Overview) -> Vec<Found> {
    let f = &overview.counts.findings;
    vec![
        Found {
            n: f.credentials_of_ended,
            name: "Credentials whose owner has ended",
            said: ("credential still lives although its owner has ended", "credentials still live although their owners have ended"),
            why: "Whoever left may still get in by them, or somebody else depends on them.",
            href: "/credentials?finding=ended-owner",
            icon: "key",
            grave: true,
        },
        Found {
            n: f.credentials_without_owner,
            name: "Credentials without owner",
            said: ("credential has no owner", "credentials have no owner"),
            why: "Nobody will notice when one leaks.",
            href: "/credentials?finding=without-owner",
            icon: "key",
            grave: true,
        },
        Found {
            n: f.out_of_band,
            name: "Access out of band",
            said: ("grant is held that no role explains", "grants are held that no role explains"),
            why: "Seen on a target, given past Tenure.",
            href: "/out-of-band",
            icon: "layers",
            grave: true,
        },
        Found {
            n: f.without_owner,
            name: "Non-human identities without owner",
            said: ("non-human identity has no owner", "non-human identities have no owner"),
            why: "They keep running; nobody answers for them.",
            href: "/identities?finding=without-owner",
            icon: "server",
            grave: false,
        },
        Found {
            n: f.expired_live,
            name: "Credentials past their end",
            said: ("credential is past its end", "credentials are past their end"),
            why: "Recorded as alive, although they should have stopped.",
            href: "/credentials?finding=past-end",
            icon: "clock",
            grave: false,
        },
    ]
}
