//! Where a request comes from: the other end of its connection, or, where that is a proxy that is trusted, whom the proxy
//! says it speaks for.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use tenure_domain::network::Network;

/// An IPv4 address that a socket for both writes as IPv6 is the IPv4 address.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Who is at the other end. Of `X-Forwarded-For` the last address counts that no trusted proxy has: what stands before it
/// anybody may have written.
pub(crate) fn address_of(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = plain(peer.ip());
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_trusted(peer) {
        return Some(peer);
    }
    let said: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    let mut last = peer;
    for word in said.iter().rev() {
        // What cannot be read is not followed: the proxy that wrote it is who asks.
        let Some(address) = read(word.trim()) else { break };
        last = address;
        if !is_trusted(address) {
            break;
        }
    }
    Some(last)
}

fn read(word: &str) -> Option<IpAddr> {
    let address = word.parse().ok().or_else(|| word.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(plain)
}

/// What is counted as one: an IPv4 address, or the network of an IPv6 one, of which each has as many as they like.
pub(crate) fn network(address: IpAddr) -> String {
    match plain(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let headers = forwarded.iter().map(|value| ("x-forwarded-for".parse().unwrap(), value.parse().unwrap())).collect();
        let trusted: Vec<Network> = trusted.iter().map(|word| word.parse().unwrap()).collect();
        address_of(&extensions, &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_no_trusted_proxy() {
        assert_eq!(asked("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(asked("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(asked("10.1.2.3", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(asked("::ffff:10.1.2.3", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn of_several_the_last_counts_that_is_no_trusted_proxy() {
        let proxies = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(asked("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"], &proxies), "198.51.100.1");
        assert_eq!(asked("fd00::1", &["6.6.6.6", "198.51.100.1:4711"], &proxies), "198.51.100.1");
        assert_eq!(asked("10.0.0.1", &["10.0.0.2"], &proxies), "10.0.0.2");
        assert_eq!(asked("10.0.0.1", &["198.51.100.1, rubbish"], &proxies), "10.0.0.1");
        assert_eq!(asked("10.0.0.1", &[], &proxies), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_address_is_counted_with_its_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:10.1.2.3".parse().unwrap()), "10.1.2.3");
    }
}
