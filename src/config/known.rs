//! What to say about an unknown word: the nearest known one, or where a secret belongs.

/// Keys of `jira` that people write next to it.
pub(super) const OF_JIRA: [&str; 11] = [
    "url",
    "deployment",
    "auth",
    "project",
    "issue-type",
    "labels",
    "components",
    "assignee",
    "parent",
    "priorities",
    "fields",
];

/// `` `a`, `b` or `c` ``.
pub(super) fn choice(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

/// A key, as messages show it. What does not look like a key may be a secret in the wrong place.
pub(super) fn quote(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '@' | '/');
    if key.len() <= 32 && key.chars().all(plain) {
        format!("key `{key}`")
    } else {
        "key (not shown)".to_owned()
    }
}

/// The nearest known word as a hint; empty if none is near.
pub(super) fn suggestion(found: &str, words: &[&str]) -> String {
    let found = kebab(found);
    let nearest = words
        .iter()
        .map(|word| (strsim::osa_distance(&found, word), *word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| *distance <= (word.len() / 3).clamp(1, 3));
    nearest.map_or(String::new(), |(_, word)| format!("did you mean `{word}`?"))
}

/// Message and hint for a key that the configuration does not have.
pub(super) fn unknown_key(found: &str, words: &[&str]) -> (String, String) {
    if let Some(variable) = variable(&kebab(found), words) {
        let message = format!("{} does not belong in this file", quote(found));
        return (message, format!("set the environment variable {variable} instead"));
    }
    let hint = match suggestion(found, words) {
        none if none.is_empty() && words.contains(&"jira") && OF_JIRA.contains(&kebab(found).as_str()) => {
            format!("it belongs under `jira`, as `{}`", kebab(found))
        }
        none if none.is_empty() => format!("known here: {}", words.join(", ")),
        near => near,
    };
    (format!("unknown {}", quote(found)), hint)
}

/// The environment variable for what must not be in a file, inferred from the key and its neighbours.
fn variable(key: &str, words: &[&str]) -> Option<&'static str> {
    let bare = key.strip_prefix("jira-").unwrap_or(key);
    let exact = match bare {
        "email" | "user-email" => "JIRA_USER_EMAIL",
        "user" | "username" => "JIRA_USERNAME",
        "password" => "JIRA_PASSWORD",
        "client-id" => "JIRA_CLIENT_ID",
        "client-secret" => "JIRA_CLIENT_SECRET",
        "cloud-id" => "JIRA_CLOUD_ID",
        "personal-access-token" | "pat" => "JIRA_PERSONAL_ACCESS_TOKEN",
        "webhook-secret" => "JIRA_WEBHOOK_SECRET",
        "github-token" => "GITHUB_TOKEN",
        "app-id" | "github-app-id" => "GITHUB_APP_ID",
        "private-key" | "app-private-key" | "github-app-private-key" => "GITHUB_APP_PRIVATE_KEY",
        "slack-webhook-url" | "webhook-url" | "slack-url" | "webhook" => "SLACK_WEBHOOK_URL",
        _ => "",
    };
    if !exact.is_empty() {
        return Some(exact);
    }
    let secret = ["token", "secret", "password", "api-key", "credential", "passphrase"];
    secret.iter().any(|word| bare.contains(word)).then(|| {
        if words.contains(&"dismiss-alerts") {
            "GITHUB_TOKEN"
        } else if words == ["slack"] {
            "SLACK_WEBHOOK_URL"
        } else {
            "JIRA_API_TOKEN"
        }
    })
}

/// `minimumSeverity` and `minimum_severity` as `minimum-severity`.
fn kebab(key: &str) -> String {
    let mut kebab = String::with_capacity(key.len() + 4);
    let mut after_small = false;
    for c in key.chars().take(64) {
        if after_small && c.is_ascii_uppercase() {
            kebab.push('-');
        }
        after_small = c.is_ascii_lowercase();
        kebab.push(if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() });
    }
    kebab
}
