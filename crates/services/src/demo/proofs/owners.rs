//! Who may own what.

use chrono::{Days, NaiveDate};

use crate::demo::company::{ENGINEERING, IT};
use crate::demo::history::{History, MONTHS};
use crate::demo::proofs::Life;
use crate::demo::seats::Level;

/// Whose credential it is to be.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub(super) user_name: String,
    pub(super) department: usize,
    pub(super) known: NaiveDate,
    pub(super) since: NaiveDate,
    pub(super) end: Option<NaiveDate>,
}

/// Who may own what.
pub(super) struct Pools {
    pub(super) everybody: Vec<Owner>,
    pub(super) technical: Vec<Owner>,
    pub(super) machines: Vec<Owner>,
    pub(super) cloud: Vec<Owner>,
    pub(super) leavers: Vec<Owner>,
}

impl Pools {
    pub(super) fn new(history: &History, machines: &[Life], personas: &[Life], today: NaiveDate) -> Self {
        // A snapshot comes once a month, so somebody may be on record only weeks after the start.
        let of = |index: usize| {
            let person = &history.people[index];
            Owner {
                user_name: person.user_name.clone(),
                department: IT,
                known: person.start + Days::new(45),
                since: person.start,
                end: person.end.filter(|end| *end < today),
            }
        };
        let now = |filter: &dyn Fn(usize, Level) -> bool| -> Vec<Owner> {
            history
                .at_work(MONTHS, |w, p| filter(w.department, w.level) && p.returns == 0 && (today - p.start).num_days() > 50)
                .into_iter()
                .map(of)
                .collect()
        };
        let life = |life: &Life| Owner {
            user_name: life.user_name.clone(),
            department: life.department,
            known: life.made,
            since: life.made,
            end: life.ended,
        };
        let mut leavers: Vec<(NaiveDate, usize)> = history
            .people
            .iter()
            .enumerate()
            .filter_map(|(index, p)| {
                Some((p.end.filter(|end| *end < today && p.returns == 0 && (*end - p.start).num_days() > 120)?, index))
            })
            .collect();
        leavers.sort_unstable_by(|a, b| b.cmp(a));
        leavers.truncate(140);
        Self {
            everybody: now(&|_, _| true),
            technical: now(&|department, _| matches!(department, ENGINEERING | IT | 8)),
            machines: machines.iter().map(life).collect(),
            cloud: machines.iter().filter(|m| m.user_name.starts_with("wl-")).chain(personas).map(life).collect(),
            leavers: leavers.into_iter().map(|(_, index)| of(index)).collect(),
        }
    }
}
