//! Where on Earth an address is, by a table in the format of MaxMind DB that an installation may have: `docs/sign-in/passwords.md`.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use maxminddb::{MaxMindDbError, Reader, geoip2};
use tenure_domain::sign_in::Place;

/// A table of places.
pub struct Places(Reader<Vec<u8>>);

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Places({})", self.0.metadata().database_type)
    }
}

/// Where an address is.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// The place, where the table says more than the country.
    pub place: Option<Place>,
    /// As people call it: `Zurich, CH`.
    pub name: String,
}

impl Places {
    /// Reads a table: it is kept in memory.
    ///
    /// # Errors
    /// In words, when it cannot be read, or is none.
    pub fn open(file: &Path) -> Result<Self, String> {
        Reader::open_readfile(file).map(Self).map_err(|error| match error {
            MaxMindDbError::Io(error) => format!("{} cannot be read: {error}", file.display()),
            _ => format!("{} is no table of places in the format of MaxMind DB (.mmdb)", file.display()),
        })
    }

    /// Where an address is, if the table knows.
    pub fn find(&self, address: &str) -> Option<Located> {
        let address: IpAddr = address.parse().ok()?;
        // A table that is broken somewhere does not keep anybody from signing in.
        let found: geoip2::City<'_> = self.0.lookup(address.to_canonical()).ok()?.decode().ok()??;
        let (latitude, longitude) = (found.location.latitude, found.location.longitude);
        let within = found.location.accuracy_radius.map_or(0.0, f64::from);
        let is_place = |latitude: &f64, longitude: &f64| latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let place = latitude.zip(longitude).filter(|(latitude, longitude)| is_place(latitude, longitude));
        let names = [found.city.names.english, found.country.iso_code];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let place = place.map(|(latitude, longitude)| Place { latitude, longitude, within });
        (place.is_some() || !name.is_empty()).then_some(Located { place, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_and_what_is_no_table_is_refused_by_name() {
        let places = Places::open(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/places.mmdb"))).unwrap();
        for (address, name) in [("192.0.2.7", "Zurich, CH"), ("::ffff:192.0.2.7", "Zurich, CH"), ("2001:db8::1", "Sydney, AU")] {
            let found = places.find(address).unwrap_or_else(|| panic!("{address}"));
            assert_eq!((found.name.as_str(), found.place.is_some()), (name, true), "{address}");
        }
        for address in ["127.0.0.1", "::1", "", "nowhere"] {
            assert_eq!(places.find(address), None, "{address}");
        }
        let none = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        assert!(Places::open(none).unwrap_err().contains("is no table of places"));
        assert!(Places::open(Path::new("/nowhere.mmdb")).unwrap_err().contains("cannot be read"));
    }
}
