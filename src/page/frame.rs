//! What surrounds the content of every page: the head with the style, the heading, and the script at the end.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::document::html::escape;
use crate::document::mask;

pub(super) const STYLE: &str = include_str!("page.css");
pub(super) const SCRIPT: &str = include_str!("page.js");

/// The beginning of every page that casefile writes, so that a later one may replace it.
pub(crate) const MARK: &str = "<!DOCTYPE html>\n<!-- written by casefile";

/// The frame of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'f> {
    /// The page's heading.
    pub(super) heading: &'static str,
    /// What it is about, the most important first.
    pub(super) about: &'f [&'f str],
    /// What the time stands for: when the tickets were read, or when the run took place.
    pub(super) verb: &'static str,
    /// The time.
    pub(super) at: Timestamp,
    /// Whether it has a list of tickets, which the script handles.
    pub(super) has_list: bool,
}

impl Frame<'_> {
    /// The page around some content. Credentials of this process are removed from it, as from everything that people
    /// see.
    pub(super) fn around(&self, content: &str) -> String {
        let Frame { heading, verb, at, .. } = self;
        let about: Vec<String> = self.about.iter().map(|text| escape(text)).collect();
        let title = about.first().map_or("", String::as_str);
        let (now, about) = (at.strftime("%Y-%m-%d %H:%M UTC"), about.join(" · "));
        let (style, script) = (hash(STYLE), hash(SCRIPT));
        let (skip, end) = if self.has_list {
            let skip = "<a class=\"skip\" href=\"#tickets\">Skip to the tickets</a>\n";
            (skip, format!("<script>{SCRIPT}</script>\n"))
        } else {
            ("", String::new())
        };
        let head = format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{style}'; \
             script-src '{script}'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        );
        let body = format!(
            "{skip}<header><h1>{heading}</h1>\
             <p>{about} · {verb} <time datetime=\"{at}\">{now}</time></p></header>\n<main>\n{content}</main>\n"
        );
        format!(
            "{MARK} -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             {head}<title>{} · {}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n\
             <body>\n{}{end}</body>\n</html>\n",
            mask::text(title),
            heading.to_lowercase(),
            mask::text(&body),
        )
    }
}

/// A source of a content security policy that allows this text and no other.
pub(super) fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}
