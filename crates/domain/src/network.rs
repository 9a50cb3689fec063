//! Addresses, and networks of those that begin alike (CIDR, RFC 4632 and RFC 4291).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Addresses that begin alike: `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no address and no network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse::<u32>().map_err(|_| wrong()))?;
        if bits > most { Err(wrong()) } else { Ok(Self { address: first(address, bits), bits }) }
    }
}

/// The first address of a network: what differs within it is zero.
fn first(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(a) => Ipv4Addr::from_bits(a.to_bits() & u32::MAX.checked_shl(32 - bits).unwrap_or(0)).into(),
        IpAddr::V6(a) => Ipv6Addr::from_bits(a.to_bits() & u128::MAX.checked_shl(128 - bits).unwrap_or(0)).into(),
    }
}

impl Network {
    /// Whether an address is in it. An IPv4 address that a socket for both writes as IPv6 is the IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && first(address, self.bits) == self.address
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = if self.address.is_ipv4() { 32 } else { 128 };
        if self.bits == most { write!(f, "{}", self.address) } else { write!(f, "{}/{}", self.address, self.bits) }
    }
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The most networks in one list.
pub const MOST_NETWORKS: usize = 50;

/// From where something may come. None named: from everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Whether any are named.
    pub fn is_everywhere(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it may come from an address. Where networks are named, one that nobody knows is in none of them.
    pub fn allow(&self, address: Option<IpAddr>) -> bool {
        self.is_everywhere() || address.is_some_and(|address| self.0.iter().any(|network| network.holds(address)))
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = Network> + '_ {
        self.0.iter().copied()
    }
}

impl FromStr for Networks {
    type Err = String;

    /// Reads what stands between blanks, commas and ends of lines.
    fn from_str(text: &str) -> Result<Self, String> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let mut networks = words.map(str::parse).collect::<Result<Vec<Network>, _>>()?;
        networks.sort_unstable();
        networks.dedup();
        if networks.len() > MOST_NETWORKS {
            return Err(format!("these are {} networks; name {MOST_NETWORKS} at most", networks.len()));
        }
        Ok(Self(networks))
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, network) in self.0.iter().enumerate() {
            write!(f, "{}{network}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_is_read_or_refused() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "proxy.example", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.holds(ip("203.0.113.9")) && !all.holds(ip("::1")));
    }

    #[test]
    fn a_network_holds_what_begins_alike_and_nothing_beside_it() {
        let net: Network = "10.1.2.3/12".parse().unwrap();
        assert_eq!(net.to_string(), "10.0.0.0/12");
        assert!(net.holds(ip("10.15.255.255")) && net.holds(ip("::ffff:10.0.0.0")));
        assert!(!net.holds(ip("10.16.0.0")) && !net.holds(ip("9.255.255.255")) && !net.holds(ip("::a00:1")));
        let six: Network = "fd00:1::7/32".parse().unwrap();
        assert!(six.holds(ip("fd00:1:ffff::1")) && !six.holds(ip("fd00:2::")));
        let one: Network = "2001:db8::1".parse().unwrap();
        assert!(one.holds(ip("2001:db8::1")) && !one.holds(ip("2001:db8::2")));
        assert_eq!(one.to_string(), "2001:db8::1");
    }

    #[test]
    fn a_list_is_read_whatever_stands_between_and_none_is_everywhere() {
        let some: Networks = "10.0.0.0/8, fd00::/8\n10.0.0.0/8".parse().unwrap();
        assert_eq!(some.to_string(), "10.0.0.0/8 fd00::/8");
        assert!(some.allow(Some(ip("10.9.9.9"))) && !some.allow(Some(ip("11.0.0.1"))) && !some.allow(None));
        let none: Networks = " \n".parse().unwrap();
        assert!(none.is_everywhere() && none.allow(None) && none.allow(Some(ip("11.0.0.1"))));
        assert!("10.0.0.0/8 nonsense".parse::<Networks>().unwrap_err().contains("nonsense"));
        let many = (0..=MOST_NETWORKS).map(|n| format!("10.0.{n}.0/24")).collect::<Vec<_>>().join(" ");
        assert!(many.parse::<Networks>().is_err());
    }
}
