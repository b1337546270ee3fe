//! A service's base URL, checked once, from which every request's URL is made: no credential can be sent to another
//! host.

use url::Url;

use super::address::AddressPolicy;

/// An `https` URL of host, port and context path; `http` only for loopback addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(Url);

impl Base {
    /// Parses a base URL as a person writes it. The error says what is wrong without quoting the URL, which may contain
    /// a password.
    pub fn parse(text: &str, gate: &AddressPolicy) -> Result<Base, String> {
        let mut url = Url::parse(text.trim()).map_err(|why| format!("it is not a URL: {why}"))?;
        gate.url(&url)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it contains a query or a fragment".to_owned());
        }
        // `acme.atlassian.net.` is the same site as `acme.atlassian.net`
        let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
        if host.is_empty() {
            return Err("it has no host".to_owned());
        }
        url.set_host(Some(&host)).map_err(|why| format!("it has no host: {why}"))?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Base(url))
    }

    /// For display, without a trailing slash.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Host, port if it is not the default, and context path: what ticket ids belong to.
    pub fn site(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{host}{port}{}", self.0.path().trim_end_matches('/'))
    }

    /// The base with these segments added to its context path, each escaped separately.
    pub fn below<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Base {
        Base(self.at(segments))
    }

    /// The URL of a path relative to it; each segment is escaped separately.
    pub fn at<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_gives_site_and_urls() {
        let check = |text: &str, shown: &str, site: &str, below: &str| {
            let base = Base::parse(text, &AddressPolicy::default()).unwrap();
            assert_eq!(base.as_str(), shown);
            assert_eq!(base.site(), site);
            assert_eq!(base.at(["browse", "a/b?c"]).as_str(), below);
            assert_eq!(base.below(["browse"]).at(["a/b?c"]).as_str(), below);
        };
        check("https://a.example", "https://a.example", "a.example", "https://a.example/browse/a%2Fb%3Fc");
        check(
            " https://A.example./ ",
            "https://a.example",
            "a.example",
            "https://a.example/browse/a%2Fb%3Fc",
        );
        check("https://+../", "https://+", "+", "https://+/browse/a%2Fb%3Fc");
        check(
            "https://a.example:8443/jira//",
            "https://a.example:8443/jira",
            "a.example:8443/jira",
            "https://a.example:8443/jira/browse/a%2Fb%3Fc",
        );
    }

    #[test]
    fn what_is_no_base_is_refused_without_its_secrets() {
        for text in [
            "",
            "acme.atlassian.net",
            "https://x:geheim@a.example",
            "https://a.example?token=geheim",
            "https://../jira",
        ] {
            let said = Base::parse(text, &AddressPolicy::default()).unwrap_err();
            assert!(!said.contains("geheim"), "{said}");
        }
    }
}
