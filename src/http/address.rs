//! Which addresses a request may go to: public ones, and private networks that the configuration allows. Checked before
//! a name is resolved and again afterwards (`docs/jira.md`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// Whether an address may be reached; `doctor` prints it as `allowlist_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressStanding {
    /// Reachable from the whole internet.
    Public,
    /// Private or reserved, and in `allow-networks`.
    Allowed,
    /// Private or reserved, and not in `allow-networks`, or not an address at all.
    Blocked,
}

impl AddressStanding {
    /// The word that `doctor` prints.
    pub fn name(self) -> &'static str {
        match self {
            AddressStanding::Public => "public",
            AddressStanding::Allowed => "allowed",
            AddressStanding::Blocked => "blocked",
        }
    }
}

/// Decides which addresses are allowed.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    allow: Vec<IpNet>,
}

impl AddressPolicy {
    /// A policy that allows public addresses and those in the given networks.
    pub fn new(allow: Vec<IpNet>) -> AddressPolicy {
        AddressPolicy { allow }
    }

    /// Whether one address may be reached. An IPv4 address that is written as IPv6 (`::ffff:…`) counts as that IPv4
    /// address.
    pub fn address(&self, address: IpAddr) -> AddressStanding {
        let address = address.to_canonical();
        if self.allow.iter().any(|network| network.contains(&address)) && !is_public(address) {
            AddressStanding::Allowed
        } else if is_public(address) {
            AddressStanding::Public
        } else {
            AddressStanding::Blocked
        }
    }

    /// Checks everything about a URL that can be checked before its name is resolved; says what is wrong without
    /// quoting the URL, which may contain a password.
    pub fn url(&self, url: &Url) -> Result<(), String> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it contains a user name or a password".to_owned());
        }
        let literal = match url.host() {
            None => return Err("it has no host".to_owned()),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        };
        let loopback = literal
            .map_or_else(|| url.host_str().is_some_and(is_local_name), |ip| ip.to_canonical().is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err("it does not use https (http is allowed only for loopback addresses)".to_owned()),
        }
        match literal {
            Some(address) if self.address(address) == AddressStanding::Blocked => {
                Err(format!("{address} is a private or reserved address that is not in allow-networks"))
            }
            _ => Ok(()),
        }
    }

    /// The addresses of a name that may be connected to. A local name only leads to this machine.
    pub fn pass(&self, name: &str, found: &[IpAddr]) -> Vec<IpAddr> {
        let may = |address: &&IpAddr| {
            self.address(**address) != AddressStanding::Blocked
                && (!is_local_name(name) || address.to_canonical().is_loopback())
        };
        found.iter().filter(may).copied().collect()
    }

    /// Whether a URL may be reached if its name resolves to these addresses; if the URL itself contains an address,
    /// they do not matter. If any of them is only allowed specially, so is the whole.
    pub fn standing(&self, url: &Url, resolved: &[IpAddr]) -> AddressStanding {
        if self.url(url).is_err() {
            return AddressStanding::Blocked;
        }
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
            Some(Host::Domain(name)) => self.pass(name, resolved),
            None => Vec::new(),
        };
        if addresses.is_empty() {
            AddressStanding::Blocked
        } else if addresses.iter().all(|address| self.address(*address) == AddressStanding::Public) {
            AddressStanding::Public
        } else {
            AddressStanding::Allowed
        }
    }
}

/// Whether a name means this machine (RFC 6761, 6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// What IANA's registry of special-purpose IPv4 addresses excludes from the internet, and multicast.
const RESERVED_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    // Azure's wire server: not in the registry, yet it only answers virtual machines
    (Ipv4Addr::new(168, 63, 129, 16), 32),
];

/// Within 2000::/3, the only unicast space in use, what is not for everybody: IETF protocols with Teredo, documentation
/// (twice), and 6to4, which hides an IPv4 address.
const RESERVED_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !RESERVED_V4
            .iter()
            .any(|(network, bits)| Ipv4Net::new(*network, *bits).is_ok_and(|net| net.contains(&address))),
        IpAddr::V6(address) => match nat64(address) {
            Some(embedded) => is_public(IpAddr::V4(embedded)),
            None => {
                address.segments()[0] & 0xe000 == 0x2000
                    && !RESERVED_V6.iter().any(|(network, bits)| {
                        Ipv6Net::new(*network, *bits).is_ok_and(|net| net.contains(&address))
                    })
            }
        },
    }
}

/// The IPv4 address behind the well-known translation prefix 64:ff9b::/96 (RFC 6052), through which a machine without
/// IPv4 reaches the rest.
fn nat64(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return None };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_passed_are_connected_to() {
        let found = ["10.0.0.1", "104.192.142.18", "::1"].map(|address| address.parse().unwrap());
        assert_eq!(AddressPolicy::default().pass("jira.example.org", &found), [found[1]]);
        assert_eq!(
            AddressPolicy::new(vec!["::1/128".parse().unwrap()]).pass("localhost", &found),
            [found[2]]
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let said =
            AddressPolicy::default().url(&Url::parse("https://me:geheim@x.example").unwrap()).unwrap_err();
        assert!(!said.contains("geheim"));
    }
}
