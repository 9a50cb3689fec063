//! The org chart: seats, one below another, and who sits on them. Whoever reports to whom follows
//! from the seats, so nobody can ever report to themselves, however far round.

use super::company::{CHIEF, DEPARTMENTS, EXECUTIVE, OFFICERS, SITES, is_of_the_works};
use super::rng::Rng;

/// How high a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Chief,
    Officer,
    Head,
    Manager,
    Lead,
    Member,
}

/// A seat.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) department: usize,
    pub(super) level: Level,
    pub(super) above: Option<usize>,
    pub(super) site: usize,
    pub(super) title: &'static str,
    /// The index of the person on it.
    pub(super) holder: Option<usize>,
    below: usize,
}

/// All seats. They are never taken away, only left empty.
#[derive(Debug)]
pub(super) struct Seats {
    all: Vec<Seat>,
}

/// Departments smaller than this have no managers between head and leads.
const FLAT: usize = 45;
/// Most leads under a manager, and most leads or managers under a head.
const LEADS: usize = 5;
const HEADS: usize = 9;

impl Seats {
    /// The seats of those who lead the company: the index of the first is 0.
    pub(super) fn new() -> Self {
        let mut seats = Self { all: Vec::new() };
        let chief = seats.add(EXECUTIVE, Level::Chief, None, 0, CHIEF);
        for title in OFFICERS {
            seats.add(EXECUTIVE, Level::Officer, Some(chief), 0, title);
        }
        for (department, d) in DEPARTMENTS.iter().enumerate().skip(1) {
            seats.add(department, Level::Head, Some(chief + 1 + d.officer), 0, d.head);
        }
        seats
    }

    fn add(&mut self, department: usize, level: Level, above: Option<usize>, site: usize, title: &'static str) -> usize {
        if let Some(above) = above {
            self.all[above].below += 1;
        }
        self.all.push(Seat { department, level, above, site, title, holder: None, below: 0 });
        self.all.len() - 1
    }

    pub(super) fn get(&self, index: usize) -> &Seat {
        &self.all[index]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Seat)> {
        self.all.iter().enumerate()
    }

    /// Puts a person on a seat, or nobody.
    pub(super) fn set_holder(&mut self, seat: usize, holder: Option<usize>) {
        self.all[seat].holder = holder;
    }

    /// An empty seat of a department: the highest that is empty, else a new one.
    pub(super) fn open(&mut self, department: usize, rng: &mut Rng) -> usize {
        let empty = self
            .iter()
            .filter(|(_, s)| s.department == department && s.holder.is_none())
            .min_by_key(|(index, s)| (s.level, *index))
            .map(|(index, _)| index);
        empty.unwrap_or_else(|| self.grow(department, rng))
    }

    /// An empty seat of a department for somebody who leads nobody.
    pub(super) fn open_member(&mut self, department: usize, rng: &mut Rng) -> usize {
        let empty =
            self.iter().find(|(_, s)| s.department == department && s.level == Level::Member && s.holder.is_none()).map(|(index, _)| index);
        empty.unwrap_or_else(|| {
            // A new lead's seat stays empty until somebody is hired for it.
            let mut seat = self.grow(department, rng);
            while self.all[seat].level != Level::Member {
                seat = self.grow(department, rng);
            }
            seat
        })
    }

    /// A new seat: below a lead with room, else for one more lead, else for one more manager.
    fn grow(&mut self, department: usize, rng: &mut Rng) -> usize {
        let d = &DEPARTMENTS[department];
        let title = d.titles[rng.weighted(d.titles.iter().map(|t| t.1))].0;
        if department == EXECUTIVE {
            return self.add(department, Level::Member, Some(0), 0, title);
        }
        if let Some(lead) = self.with_room(department, Level::Lead, d.span) {
            let site = self.site_below(lead, rng);
            return self.add(department, Level::Member, Some(lead), site, title);
        }
        let over_leads = if d.share < FLAT {
            self.with_room(department, Level::Head, usize::MAX)
        } else {
            self.with_room(department, Level::Manager, LEADS)
        };
        if let Some(above) = over_leads {
            let site = if d.share < FLAT { Self::any_site(department, rng) } else { self.site_below(above, rng) };
            return self.add(department, Level::Lead, Some(above), site, d.lead);
        }
        let head =
            self.with_room(department, Level::Head, HEADS).or_else(|| self.with_room(department, Level::Head, usize::MAX)).unwrap_or(0);
        let site = Self::any_site(department, rng);
        self.add(department, Level::Manager, Some(head), site, d.manager)
    }

    fn with_room(&self, department: usize, level: Level, most: usize) -> Option<usize> {
        self.iter().find(|(_, s)| s.department == department && s.level == level && s.below < most).map(|(index, _)| index)
    }

    fn any_site(department: usize, rng: &mut Rng) -> usize {
        rng.weighted(SITES.iter().map(|s| if s.works || !is_of_the_works(department) { s.weight } else { 0 }))
    }

    /// Most people sit where their lead sits.
    fn site_below(&self, above: usize, rng: &mut Rng) -> usize {
        let seat = &self.all[above];
        if rng.chance(850) { seat.site } else { Self::any_site(seat.department, rng) }
    }
}
