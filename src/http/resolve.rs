//! Resolves names and only returns the addresses that may be connected to, so that the address that was checked is the
//! one that is used.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::AddressPolicy;

/// How names are resolved.
#[derive(Debug, Clone)]
pub(super) enum Resolver {
    /// By the system.
    System,
    /// Only with these, for tests of names that lead where they should not.
    #[cfg(test)]
    Fixed(Arc<std::collections::BTreeMap<String, Vec<IpAddr>>>),
}

impl Resolver {
    /// All addresses of a name, unchecked.
    pub(super) async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        match self {
            Resolver::System => {
                Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
            }
            #[cfg(test)]
            Resolver::Fixed(known) => Ok(known.get(name).cloned().unwrap_or_default()),
        }
    }
}

/// A resolver that applies an [`AddressPolicy`].
pub(super) struct Pinned {
    pub(super) names: Resolver,
    pub(super) gate: Arc<AddressPolicy>,
    /// The proxy's host: what it is and where it is are up to the configuration.
    pub(super) proxy: Option<String>,
}

/// A name whose addresses must not be connected to.
#[derive(Debug)]
pub(super) struct Blocked(String);

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} resolves only to private or reserved addresses that are not in allow-networks", self.0)
    }
}

impl std::error::Error for Blocked {}

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let (gate, names) = (Arc::clone(&self.gate), self.names.clone());
        let proxied = self.proxy.as_deref() == Some(name.as_str());
        Box::pin(async move {
            let found = names.addresses(name.as_str()).await?;
            let passed = if proxied { found } else { gate.pass(name.as_str(), &found) };
            if passed.is_empty() {
                return Err(Blocked(name.as_str().to_owned()).into());
            }
            // port 0 stands for the URL's own
            Ok(Box::new(passed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
