//! A Jira site's address as people give it: without a scheme, or copied from the browser.

use url::Url;

/// Where the pages of Jira Data Center begin, below its context path.
const PAGES: [&str; 7] = ["browse", "projects", "secure", "issues", "software", "plugins", "login.jsp"];

/// The site that an address belongs to; `None`: it is only a word, from which no address can be made. An address that
/// cannot be used stays wrong, so that the check of addresses says why.
pub(crate) fn site(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains("://") {
        return Some(reduced(text));
    }
    text.contains(['.', ':', '/']).then(|| reduced(&format!("https://{text}")))
}

fn reduced(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    url.set_query(None);
    url.set_fragment(None);
    let path = if is_cloud_host(url.host_str().unwrap_or_default()) {
        String::new()
    } else {
        let folders = url.path().split('/').take_while(|name| !PAGES.contains(name));
        folders.collect::<Vec<_>>().join("/")
    };
    url.set_path(&path);
    url.as_str().trim_end_matches('/').to_owned()
}

/// Whether a host belongs to Jira Cloud.
pub(super) fn is_cloud_host(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.ends_with(".atlassian.net") || host.ends_with(".jira.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_reduced_to_the_site() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(site(text).as_deref(), expected, "{text}");
        };
        let cloud = Some("https://acme.atlassian.net");
        check(" acme.atlassian.net ", cloud);
        check("https://acme.atlassian.net/", cloud);
        check("https://acme.atlassian.net/jira/software/projects/SEC/boards/1?x=y#z", cloud);
        check("acme.atlassian.net/browse/SEC-1", cloud);
        check("https://acme.jira.com/wiki", Some("https://acme.jira.com"));
        let own = Some("https://corp.example:8443/jira");
        check("https://corp.example:8443/jira/", own);
        check("corp.example:8443/jira/secure/Dashboard.jspa?selectPageId=1", own);
        check("https://corp.example:8443/jira/browse/SEC-1", own);
        check("https://corp.example:8443/jira/login.jsp", own);
        check("https://jira.corp.example/projects/SEC/issues", Some("https://jira.corp.example"));
        check("https://jira.corp.example/issues/?jql=x", Some("https://jira.corp.example"));
        check("https://jira.corp.example/software", Some("https://jira.corp.example"));
        check("https://jira.corp.example/plugins/servlet/x", Some("https://jira.corp.example"));
        check("jira:8080/", Some("https://jira:8080"));
        check("http://jira", Some("http://jira"));
        // what is wrong stays wrong
        check("http://acme.atlassian.net/jira", Some("http://acme.atlassian.net"));
        check("https://u:p@acme.atlassian.net/x", Some("https://u:p@acme.atlassian.net"));
        check("https://a b", Some("https://a b"));
        check("acme", None);
        check("", None);
    }
}
