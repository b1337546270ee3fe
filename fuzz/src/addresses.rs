//! Any text as a base URL, any address, any text in a question: what is blocked stays blocked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use arbitrary::{Result, Unstructured};
use casefile::http::{AddressPolicy, AddressStanding, Base};
use casefile::tracker::jira::jql;
use ipnet::IpNet;
use url::Host;

/// Takes the bytes for a gate, an address, a URL and texts.
pub fn check(bytes: &[u8]) {
    // too few bytes make no case
    let _ = case(&mut Unstructured::new(bytes));
}

fn case(from: &mut Unstructured<'_>) -> Result<()> {
    let gate = AddressPolicy::new(networks(from)?);
    let address = address(from)?;
    let segments: Vec<&str> = from.arbitrary::<[&str; 2]>()?.to_vec();
    let project = from.arbitrary::<&str>()?;
    let text = from.arbitrary::<&str>()?;
    literal(&gate, address);
    base(&gate, text, &segments);
    quoted(project);
    Ok(())
}

fn networks(from: &mut Unstructured<'_>) -> Result<Vec<IpNet>> {
    let mut networks = Vec::new();
    for _ in 0..from.int_in_range(0..=2)? {
        let address = address(from)?;
        let bits = from.int_in_range(0..=if address.is_ipv4() { 32 } else { 128 })?;
        networks.extend(IpNet::new(address, bits));
    }
    Ok(networks)
}

fn address(from: &mut Unstructured<'_>) -> Result<IpAddr> {
    Ok(match from.int_in_range(0..=3)? {
        0 => IpAddr::V4(Ipv4Addr::from(from.arbitrary::<[u8; 4]>()?)),
        1 => IpAddr::V6(Ipv6Addr::from(from.arbitrary::<[u8; 16]>()?)),
        2 => IpAddr::V6(Ipv4Addr::from(from.arbitrary::<[u8; 4]>()?).to_ipv6_mapped()),
        _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
    })
}

/// However an address is written, it stands where it stands.
fn literal(gate: &AddressPolicy, address: IpAddr) {
    let standing = gate.address(address);
    let mut spellings = match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            assert_eq!(gate.address(IpAddr::V6(v4.to_ipv6_mapped())), standing);
            vec![
                v4.to_string(),
                format!("{v4}."),
                u32::from(v4).to_string(),
                format!("0x{:x}", u32::from(v4)),
                format!("0{a:o}.0x{b:x}.{c}.{d}"),
                format!("{a}.{b}.{}", u16::from_be_bytes([c, d])),
                format!("[::ffff:{v4}]"),
            ]
        }
        IpAddr::V6(v6) => vec![format!("[{v6}]")],
    };
    spellings.push(spellings[0].replace('.', "%2e"));
    for spelling in spellings {
        let parsed = Base::parse(&format!("https://{spelling}/jira"), gate);
        assert!(standing != AddressStanding::Blocked || parsed.is_err(), "{spelling} passes");
        let local = address.to_canonical().is_loopback();
        let plain = Base::parse(&format!("http://{spelling}"), gate);
        assert!(local || plain.is_err(), "{spelling} passes without https");
    }
    for name in ["a.example", "localhost", "x.LOCALHOST."] {
        for passed in gate.pass(name, &[address]) {
            assert_ne!(gate.address(passed), AddressStanding::Blocked);
            assert!(name == "a.example" || passed.to_canonical().is_loopback());
        }
    }
}

/// Whatever passes leads to its own host alone, below its own path.
fn base(gate: &AddressPolicy, text: &str, segments: &[&str]) {
    let base = match Base::parse(text, gate) {
        Ok(base) => base,
        Err(said) => return assert!(!said.is_empty()),
    };
    let bare = base.at([]);
    let below = base.at(segments.iter().copied());
    for url in [&bare, &below] {
        gate.url(url).expect("what is made of a base passes as well");
        assert_eq!((url.scheme(), url.host(), url.port()), (bare.scheme(), bare.host(), bare.port()));
        assert!(url.username().is_empty() && url.password().is_none());
        assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
        assert!(url.as_str().starts_with(base.as_str()), "{url} is not below {}", base.as_str());
    }
    assert!(bare.scheme() == "https" || is_local(&bare), "{bare}");
    assert!(!matches!(bare.host(), Some(Host::Domain(name)) if name.is_empty()));
    let again = Base::parse(base.as_str(), gate).expect("it passed before");
    assert_eq!((again.as_str(), again.site()), (base.as_str(), base.site()));
}

fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name.trim_end_matches('.').ends_with("localhost"),
        None => false,
    }
}

/// What goes into a question comes out of it as one string again.
fn quoted(project: &str) {
    let question = jql::newest(project);
    let rest = question.strip_prefix("project = \"").expect("a string begins");
    let (mut read, mut rest) = (String::new(), rest.chars());
    loop {
        match rest.next().expect("the string ends") {
            '"' => break,
            '\\' => read.extend(rest.next()),
            c => read.push(c),
        }
    }
    assert_eq!(read, project);
    assert_eq!(rest.as_str(), " ORDER BY key DESC");
}
