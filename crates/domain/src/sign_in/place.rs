//! Where on Earth a sign-in came from, as far as a table of addresses knows.

use chrono::TimeDelta;

/// A place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How far away from there it may be, in kilometres.
    pub within: f64,
}

/// The mean radius of the Earth, in kilometres.
const RADIUS: f64 = 6_371.0;
/// No airliner is faster over the ground, in kilometres an hour.
const FASTEST: f64 = 1_000.0;
/// What is nearer is within what such tables err, in kilometres.
const NEAR: f64 = 500.0;

impl Place {
    /// The way to another place over the ground, in kilometres (the haversine formula).
    pub fn kilometres_to(self, other: Self) -> f64 {
        let [north, east] = [other.latitude - self.latitude, other.longitude - self.longitude].map(|way| (way.to_radians() / 2.0).sin());
        let half = north.mul_add(north, self.latitude.to_radians().cos() * other.latitude.to_radians().cos() * east * east);
        2.0 * RADIUS * half.sqrt().min(1.0).asin()
    }

    /// Whether nobody gets from one to the other in that time.
    pub fn is_out_of_reach(self, other: Self, time: TimeDelta) -> bool {
        let way = self.kilometres_to(other) - self.within - other.within;
        #[expect(clippy::cast_precision_loss, reason = "seconds of years fit")]
        let hours = time.num_seconds().max(0) as f64 / 3_600.0;
        way > NEAR && way > FASTEST * hours
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZURICH: Place = Place { latitude: 47.37, longitude: 8.54, within: 20.0 };
    const BERN: Place = Place { latitude: 46.95, longitude: 7.45, within: 20.0 };
    const SYDNEY: Place = Place { latitude: -33.87, longitude: 151.21, within: 20.0 };

    #[test]
    fn ways_are_as_long_as_on_a_globe() {
        for (one, other, way) in [(ZURICH, BERN, 95.0), (ZURICH, SYDNEY, 16_560.0), (ZURICH, ZURICH, 0.0)] {
            assert!((one.kilometres_to(other) - way).abs() < 30.0, "{}", one.kilometres_to(other));
        }
    }

    #[test]
    fn a_flight_is_possible_and_an_hour_is_not_enough_for_one_round_the_world() {
        assert!(ZURICH.is_out_of_reach(SYDNEY, TimeDelta::hours(1)));
        assert!(ZURICH.is_out_of_reach(SYDNEY, TimeDelta::hours(-1)), "clocks of two instances differ");
        assert!(!ZURICH.is_out_of_reach(SYDNEY, TimeDelta::hours(22)));
        assert!(!ZURICH.is_out_of_reach(BERN, TimeDelta::zero()), "nearer than such tables know");
        let vague = Place { within: 17_000.0, ..SYDNEY };
        assert!(!ZURICH.is_out_of_reach(vague, TimeDelta::zero()), "it may be anywhere");
    }

    proptest! {
        #[test]
        fn the_way_back_is_as_long_and_none_is_longer_than_half_round(
            a in (-90.0..90.0_f64, -180.0..180.0_f64), b in (-90.0..90.0_f64, -180.0..180.0_f64)
        ) {
            let [a, b] = [a, b].map(|(latitude, longitude)| Place { latitude, longitude, within: 0.0 });
            let (there, back) = (a.kilometres_to(b), b.kilometres_to(a));
            prop_assert!((there - back).abs() < 1e-6);
            prop_assert!((0.0..=20_016.0).contains(&there), "{there}");
        }
    }
}
