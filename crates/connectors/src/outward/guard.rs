//! Which addresses may be asked. What is typed is checked when it is typed; what a name stands for is checked at each
//! connection, by the very look-up that the connection uses, so that a name that moves gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How a refusal begins.
pub(super) const NOT_ALLOWED: &str = "the address is not one that is asked";

/// Looks whether an address may be asked: `https`, or `http` to this machine itself, as for targets.
///
/// # Errors
/// In words, what is wrong with it.
pub fn check_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|_| "give an address such as https://receiver.example.org/hooks".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must hold no name and no password".to_owned());
    }
    if url.fragment().is_some() {
        return Err("it must not have a part behind #".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let own = host.eq_ignore_ascii_case("localhost") || literal.is_some_and(|ip| ip.to_canonical().is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if own => {}
        _ => return Err("it must begin with https://; http:// is only for the loopback".to_owned()),
    }
    match literal {
        Some(ip) if !own && !is_allowed(ip) => Err(format!("{NOT_ALLOWED}: {ip} is no address of a receiver")),
        _ => Ok(url),
    }
}

/// Whether an address that a name stands for may be asked. Private networks may: receivers are there. Not this machine,
/// nothing that is only beside it, and not where clouds tell machines their secrets.
fn is_allowed(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_allowed_v4(ip),
        IpAddr::V6(ip) => {
            let parts = ip.segments();
            // NAT64 stands for an address of version 4 (RFC 6052).
            if parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
                let [.., a, b, c, d] = ip.octets();
                return is_allowed_v4(Ipv4Addr::new(a, b, c, d));
            }
            let beside = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || parts[0] & 0xffc0 == 0xfe80;
            !beside && ip != Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

fn is_allowed_v4(ip: Ipv4Addr) -> bool {
    let metadata = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];
    let beside = ip.is_loopback() || ip.is_unspecified() || ip.octets()[0] == 0 || ip.is_link_local();
    !beside && !ip.is_multicast() && !ip.is_broadcast() && !metadata.contains(&ip)
}

/// Looks names up, and leaves out what is not asked.
#[derive(Debug)]
pub(crate) struct Guarded;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let own = name.as_str().eq_ignore_ascii_case("localhost");
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let fit = |at: &SocketAddr| if own { at.ip().to_canonical().is_loopback() } else { is_allowed(at.ip()) };
            let allowed: Vec<SocketAddr> = found.iter().filter(|at| fit(at)).copied().collect();
            if allowed.is_empty() {
                return Err(format!("{NOT_ALLOWED}: its name stands for this machine, or for one that is only beside it").into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_asked_and_http_on_the_loopback_alone() {
        for (url, fine) in [
            ("https://hooks.example.org/a?b=c", true),
            ("https://10.1.2.3/hook", true),
            ("http://127.0.0.1:8080/hook", true),
            ("http://[::1]:8080", true),
            ("http://localhost:1", true),
            ("https://127.0.0.1", true),
            ("http://hooks.example.org", false),
            ("http://10.1.2.3", false),
            ("ftp://127.0.0.1", false),
            ("https://user:pw@hooks.example.org", false),
            ("https://hooks.example.org/#x", false),
            ("hooks.example.org", false),
            ("", false),
        ] {
            assert_eq!(check_url(url).is_ok(), fine, "{url}");
        }
    }

    #[test]
    fn addresses_of_clouds_and_those_beside_this_machine_are_not_asked_however_they_are_written() {
        for url in [
            "https://169.254.169.254/latest/meta-data",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://[::ffff:169.254.169.254]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://0.0.0.0/",
            "https://[::]/",
            "https://100.100.100.200/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
        ] {
            assert!(check_url(url).is_err(), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_stands_for_this_machine_is_asked_only_where_it_says_so() {
        let found = |name: &str| Guarded.resolve(name.parse().unwrap());
        assert!(found("localhost").await.unwrap().all(|at| at.ip().is_loopback()));
        assert!(found("127.0.0.1").await.is_err(), "as any other name would");
    }
}
