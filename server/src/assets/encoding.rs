//! Which compressed form of an asset a request may have (RFC 9110, section 12.5.3).

/// A form that an asset is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// Gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

impl Encoding {
    /// The value of `Content-Encoding`, if one is due.
    pub fn header(self) -> Option<&'static str> {
        match self {
            Encoding::Plain => None,
            Encoding::Gzip => Some("gzip"),
            Encoding::Brotli => Some("br"),
        }
    }

    /// The smallest form that an `Accept-Encoding` header allows.
    pub fn pick(accept: &str) -> Self {
        if allows(accept, "br") {
            Encoding::Brotli
        } else if allows(accept, "gzip") {
            Encoding::Gzip
        } else {
            Encoding::Plain
        }
    }
}

/// Whether the header names `coding`, or else `*`, with a weight above zero.
fn allows(accept: &str, coding: &str) -> bool {
    let weight_of = |wanted: &str| {
        accept.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts.next().filter(|name| name.eq_ignore_ascii_case(wanted))?;
            let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
            Some(weight.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0_f32)))
        })
    };
    weight_of(coding).or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_form_that_is_allowed() {
        assert_eq!(Encoding::pick("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(Encoding::pick("gzip;q=0.8, BR;q=0.1"), Encoding::Brotli);
        assert_eq!(Encoding::pick("gzip"), Encoding::Gzip);
        assert_eq!(Encoding::pick("*"), Encoding::Brotli);
        assert_eq!(Encoding::pick(""), Encoding::Plain);
        assert_eq!(Encoding::pick("identity"), Encoding::Plain);
    }

    #[test]
    fn a_refused_form_is_not_sent() {
        assert_eq!(Encoding::pick("br;q=0, gzip"), Encoding::Gzip);
        assert_eq!(Encoding::pick("br; q=0, gzip; q=0, *"), Encoding::Plain);
        assert_eq!(Encoding::pick("*;q=0"), Encoding::Plain);
        assert_eq!(Encoding::pick("br;q=nonsense"), Encoding::Plain);
        assert_eq!(Encoding::pick("brotli"), Encoding::Plain);
    }
}
