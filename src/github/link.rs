//! Pages in a `Link` header.

use url::{Url, form_urlencoded};

/// The query of a relation's page in a `Link` header: no other part of its address is used, so that the token is sent
/// nowhere else. Empty: there is such a page, but no way to get to it.
pub(super) fn query(link: &str, relation: &str) -> Option<String> {
    let wanted = format!("rel=\"{relation}\"");
    let mut links = link.split('<').skip(1).filter_map(|part| part.split_once('>'));
    let (address, _) = links.find(|(_, rest)| rest.contains(&wanted))?;
    let address = Url::parse(address).ok();
    Some(address.as_ref().and_then(Url::query).unwrap_or_default().to_owned())
}

/// The number of the last page, if pages have numbers.
pub(super) fn last_page(link: &str) -> Option<usize> {
    let query = query(link, "last")?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "page")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{last_page, query};

    #[test]
    fn only_the_query_of_a_link_is_followed() {
        let check = |link: &str, next: Option<&str>, last: Option<usize>| {
            assert_eq!((query(link, "next").as_deref(), last_page(link)), (next, last), "{link}");
        };
        let cursor =
            r#"<https://api.github.com/repositories/1/x?state=open,dismissed&after=Y3%3D>; rel="next""#;
        let expected = Some("state=open,dismissed&after=Y3%3D");
        check(cursor, expected, None);
        check(&format!(r#"<https://x.example/?page=1>; rel="prev", {cursor}"#), expected, None);
        let last = r#"<https://x.example/?per_page=100&page=4>; rel="last""#;
        check(&format!("{cursor}, {last}"), expected, Some(4));
        check(r#"<nonsense>; rel="next", <https://x.example/?page=x>; rel="last""#, Some(""), None);
        check(r#"<https://x.example/alerts>; rel="next""#, Some(""), None);
        check("", None, None);
    }
}
