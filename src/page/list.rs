//! The table of a page that `page.js` searches, filters and sorts.

use crate::document::html::escape;
use crate::model::severity::Severity;

use super::elements;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Its width, as a class in `page.css`; empty: as wide as there is room.
    pub(super) width: &'static str,
    /// How it is sorted at first: `worst` first or, if this is empty, in the order of its texts.
    pub(super) sort: &'static str,
}

/// A row.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// What it is filtered by: the filter's name in `page.js`, and its values, one per line.
    pub(super) filters: Vec<(&'static str, String)>,
    /// Its cells in the order of the columns.
    pub(super) cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Default)]
pub(super) struct Cell {
    html: String,
    /// What it is sorted by; empty: its text.
    value: String,
}

impl Cell {
    /// A cell of HTML.
    pub(super) fn html(html: String) -> Cell {
        Cell { html, value: String::new() }
    }

    /// A cell of text.
    pub(super) fn text(text: &str) -> Cell {
        Cell::html(escape(text))
    }

    /// A severity.
    pub(super) fn severity(severity: Option<Severity>) -> Cell {
        let rank = severity.map_or(0, |severity| severity as usize + 1);
        Cell::html(elements::severity(severity)).sorted_by(rank.to_string())
    }

    /// The same with more HTML at its end.
    pub(super) fn followed_by(self, html: &str) -> Cell {
        Cell { html: self.html + html, ..self }
    }

    /// The same, sorted by a value other than its text.
    pub(super) fn sorted_by(self, value: String) -> Cell {
        Cell { value, ..self }
    }
}

/// All tickets, one row each.
pub(super) fn tickets(out: &mut String, columns: &[Column], rows: impl ExactSizeIterator<Item = Row>) {
    out.push_str(&format!(
        "<section id=\"tickets\" aria-labelledby=\"all\"><h2 id=\"all\">Tickets</h2>\n\
         <form id=\"filters\" hidden></form>\n<p id=\"shown\" aria-live=\"polite\">{} {}</p>\n\
         <table id=\"list\"><colgroup>",
        rows.len(),
        if rows.len() == 1 { "ticket" } else { "tickets" }
    ));
    columns.iter().for_each(|column| out.push_str(&format!("<col class=\"{}\">", column.width)));
    out.push_str("</colgroup><thead><tr>");
    for Column { name, sort, .. } in columns {
        out.push_str(&format!("<th scope=\"col\" data-sort=\"{sort}\">{name}</th>"));
    }
    out.push_str("</tr></thead><tbody>\n");
    rows.for_each(|one| row(out, columns, &one));
    out.push_str(
        "</tbody></table>\n<p><button type=\"button\" id=\"more\" hidden>Show all</button></p></section>\n",
    );
}

/// What stands in a cell for which there is nothing to say.
const NONE: &str = "–";

fn row(out: &mut String, columns: &[Column], row: &Row) {
    let filters = row.filters.iter().map(|(name, values)| format!(" data-{name}=\"{}\"", escape(values)));
    out.push_str(&format!("<tr{}>", filters.collect::<String>()));
    for (Column { name, width, .. }, Cell { html, value }) in columns.iter().zip(&row.cells) {
        let class = match *width {
            "" => " class=\"wide\"",
            "day" => " class=\"day\"",
            _ => "",
        };
        // what is empty is sorted as empty, whatever stands for it
        let (value, html) = match (html.as_str(), value.as_str()) {
            ("", _) => (" data-value=\"\"".to_owned(), NONE),
            (html, "") => (String::new(), html),
            (html, value) => (format!(" data-value=\"{}\"", escape(value)), html),
        };
        out.push_str(&format!("<td{class} data-label=\"{name}\"{value}>{html}</td>"));
    }
    out.push_str("</tr>\n");
}

/// What the configuration puts before every summary, such as `[casefile] `: it need not be repeated in each row.
pub(super) fn shared_prefix<'s>(mut summaries: impl Iterator<Item = &'s str>) -> &'s str {
    let first = summaries.next().unwrap_or_default();
    let end = first.find("] ").filter(|_| first.starts_with('[')).map_or(0, |at| at + 2);
    let prefix = &first[..end];
    if summaries.all(|summary| summary.starts_with(prefix)) { prefix } else { "" }
}
