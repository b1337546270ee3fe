//! Tells people about a run: Slack, through an incoming webhook, whose address is a secret. If it fails, the caller
//! reports that, and the run is not affected.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use crate::document::mask;
use crate::document::visible::one_line;
use crate::http::{Client, Repeat, Request};

/// How many characters of a line are sent, and how many lines.
const LINE: usize = 300;
const LINES: usize = 15;

/// What is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notification {
    /// What happened, and where.
    pub title: String,
    /// The details, one line each.
    pub lines: Vec<String>,
    /// The page to look at.
    pub page: Option<String>,
}

/// Posts a message to a Slack webhook, once. Mattermost and Rocket.Chat accept the same.
///
/// # Errors
/// Why it was not accepted, without the address.
pub(crate) async fn slack(
    client: &Client,
    webhook: &SecretString,
    message: &Notification,
) -> Result<(), String> {
    let url = Url::parse(webhook.expose_secret().trim()).map_err(|_| "it is not a URL".to_owned())?;
    let body = json!({"text": mask::text(&text(message)), "unfurl_links": false, "unfurl_media": false});
    let request =
        Request::new(Method::POST, url, Repeat::IfRefused).json(&body).map_err(|why| why.to_string())?;
    let answer = client.send(&request).await.map_err(|failure| failure.to_string())?;
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    let why = reason(&answer.body, webhook.expose_secret()).map(|why| format!(": {why}")).unwrap_or_default();
    Err(format!("it responded with {}{why}", answer.status))
}

/// Slack's reason, which is one word such as `no_service`. Nothing else is quoted: a server may echo the address, which
/// is a secret.
fn reason<'a>(body: &'a [u8], address: &str) -> Option<&'a str> {
    let word = std::str::from_utf8(body).ok()?.trim();
    let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (plain && (1..=50).contains(&word.len()) && !address.contains(word)).then_some(word)
}

/// The message in Slack's own markup; it contains no mention, and no link except the one to the page.
fn text(message: &Notification) -> String {
    let mut text = format!("*{}*", escaped(&message.title));
    for line in message.lines.iter().take(LINES) {
        text.push_str(&format!("\n• {}", escaped(line)));
    }
    if message.lines.len() > LINES {
        text.push_str(&format!("\n• and {} more", message.lines.len() - LINES));
    }
    let page = message.page.as_deref().and_then(|page| Url::parse(page).ok());
    if let Some(page) = page.filter(|page| matches!(page.scheme(), "http" | "https")) {
        let page = escaped(page.as_str()).replace('|', "%7C");
        text.push_str(&format!("\n<{page}|View the run>"));
    }
    text
}

/// One line in which the three characters that Slack interprets are entities ("Escaping text").
fn escaped(text: &str) -> String {
    let line = one_line(text);
    let short = match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    };
    short.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_mention_or_a_link() {
        let message = Notification {
            title: "a <!channel>".to_owned(),
            lines: vec!["<@U1> & <https://evil.example|x>\n<!here>".to_owned()],
            page: Some("https://github.com/a/b/actions/runs/1?a=|x>".to_owned()),
        };
        let expected = "*a &lt;!channel&gt;*\n\
            • &lt;@U1&gt; &amp; &lt;https://evil.example|x&gt; &lt;!here&gt;\n\
            <https://github.com/a/b/actions/runs/1?a=%7Cx%3E|View the run>";
        assert_eq!(text(&message), expected);
    }

    #[test]
    fn the_address_is_not_told_though_the_server_echoes_it() {
        let check = |body: &str, expected: Option<&str>| {
            assert_eq!(
                reason(body.as_bytes(), "https://hooks.example/services/T0/secretword"),
                expected,
                "{body}"
            );
        };
        check("no_service\n", Some("no_service"));
        check("no_service for /services/T0/secretword", None);
        check("secretword", None);
        check("Secret9", None);
        check("", None);
        check("<html>", None);
    }

    #[test]
    fn a_message_is_bounded() {
        let message = Notification { lines: vec!["<".repeat(5_000); 500], ..Notification::default() };
        assert!(text(&message).len() < 20_000);
        assert!(text(&message).ends_with("and 485 more"));
        let message =
            Notification { page: Some("javascript:alert(1)".to_owned()), ..Notification::default() };
        assert_eq!(text(&message), "**");
    }
}
