//! What a finding says about its account, its resource and its cause, as far as the place does not show it.

use std::borrow::Cow;

use crate::model::finding::{FindingFact, Location};
use crate::report::readers::infrastructure::resource;
use crate::report::shared::words;

use super::found::{field, product};
use super::wire::{AsffFinding, AsffVulnerability};

/// How many reasons, and how many of an image's tags, are shown.
const MOST: usize = 5;

/// How much of a text is shown, in bytes.
const TEXT: usize = 1_000;

pub(super) fn facts<'r>(found: &'r AsffFinding<'r>, place: &Location<'_>) -> Vec<FindingFact<'r>> {
    let first = found.resources.objects().next();
    let region = first.and_then(|one| one.region.some()).or(found.region.some()).unwrap_or_default();
    // each package of a finding repeats all of it
    let short = |text: &'r str| words::start(text, TEXT);
    let account = match found.aws_account_name.some().map(short) {
        Some(name) => Cow::Owned(format!("{} ({name})", short(&found.aws_account_id))),
        None => Cow::Borrowed(short(&found.aws_account_id)),
    };
    let mut facts: Vec<FindingFact<'r>> = Vec::new();
    let mut add = |name, value: Cow<'r, str>| {
        if !value.trim().is_empty() {
            facts.push(FindingFact { name, value });
        }
    };
    add("Reason", reason(found));
    if !resource::is_shown(place, &found.aws_account_id) || found.aws_account_name.some().is_some() {
        add("Account", account);
    }
    if !resource::is_shown(place, region) {
        add("Region", Cow::Borrowed(short(region)));
    }
    if let Some(resource) = first.filter(|one| !resource::is_shown(place, &one.id)) {
        add("Resource", Cow::Borrowed(short(&resource.id)));
    }
    let image = first.and_then(|one| one.details.get()?.aws_ecr_container_image.get());
    let tags = image.into_iter().flat_map(|image| image.image_tags.iter()).filter_map(|tag| tag.some());
    add("Image tags", Cow::Owned(tags.take(MOST).map(short).collect::<Vec<_>>().join(", ")));
    add("Connection", Cow::Owned(connection(found)));
    add("Request", Cow::Owned(request(found)));
    add("Source", Cow::Borrowed(short(&found.source_url)));
    facts
}

/// Whether there is an exploit, which says how urgent it is.
pub(super) fn exploit<'r>(
    found: &'r AsffFinding<'r>,
    vulnerability: &AsffVulnerability<'_>,
) -> Option<FindingFact<'r>> {
    let product = words::start(product(found), TEXT);
    let value = Cow::Owned(format!("available, according to {product}"));
    (&*vulnerability.exploit_available == "YES").then_some(FindingFact { name: "Exploit", value })
}

/// Why a check did not pass.
fn reason<'r>(found: &'r AsffFinding<'r>) -> Cow<'r, str> {
    let all = found.compliance.get().into_iter().flat_map(|one| one.status_reasons.objects());
    let mut reasons: Vec<&str> = all
        .take(MOST)
        .filter_map(|one| one.description.some())
        .map(|text| words::start(text, TEXT))
        .collect();
    reasons.dedup();
    match field(found, "aws/securityhub/annotation").filter(|_| reasons.is_empty()) {
        Some(annotation) => Cow::Borrowed(words::start(annotation, TEXT)),
        None => Cow::Owned(reasons.join("\n")),
    }
}

/// What GuardDuty says about an action, by the end of the key.
fn action<'r>(found: &'r AsffFinding<'r>, end: &str) -> Option<&'r str> {
    const SERVICE: &str = "aws/guardduty/service/action/";
    let own = |key: &str| key.strip_prefix(SERVICE).is_some_and(|rest| rest.ends_with(end));
    let value = found.product_fields.iter().find(|(key, _)| own(key)).and_then(|(_, value)| value.some());
    value.map(|value| words::start(value, TEXT))
}

/// `outbound UDP, 10.0.0.1:53814 with 1.1.1.1:53 (Rostelecom, Russia)`.
fn connection(found: &AsffFinding<'_>) -> String {
    let Some(remote) = action(found, "/remoteIpDetails/ipAddressV4") else { return String::new() };
    let port = |key| action(found, key).map_or(String::new(), |port| format!(":{port}"));
    let how = [action(found, "/connectionDirection").map(str::to_lowercase)];
    let how = how.into_iter().flatten().chain(action(found, "/protocol").map(str::to_owned));
    let how = how.collect::<Vec<_>>().join(" ");
    let local = action(found, "/localIpDetails/ipAddressV4").unwrap_or_default();
    let who = ["/remoteIpDetails/organization/org", "/remoteIpDetails/country/countryName"];
    let who = who.iter().filter_map(|key| action(found, key)).collect::<Vec<_>>().join(", ");
    let local = match local {
        "" => String::new(),
        local => format!("{local}{} with ", port("/localPortDetails/port")),
    };
    let ends = format!("{local}{remote}{}", port("/remotePortDetails/port"));
    let who = if who.is_empty() { who } else { format!(" ({who})") };
    match how.is_empty() {
        true => format!("{ends}{who}"),
        false => format!("{how}, {ends}{who}"),
    }
}

/// What was asked for: a function of an API, or a domain's address.
fn request(found: &AsffFinding<'_>) -> String {
    let parts = ["/awsApiCallAction/serviceName", "/awsApiCallAction/api", "/dnsRequestAction/domain"];
    let parts = parts.map(|key| action(found, key.trim_start_matches('/')));
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
