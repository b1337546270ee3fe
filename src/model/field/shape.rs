//! What a field takes, told by the tracker's description of it.

use crate::model::answer::FieldMeta;

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A line of text.
    Line,
    /// Text with structure.
    Rich,
    /// A number.
    Number,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// One of its values.
    One,
    /// Several of its values.
    Several,
    /// One of its values, and one of those below it.
    Cascade,
    /// A person.
    Person,
    /// Several people.
    People,
    /// A group of people.
    Group,
    /// Several groups.
    Groups,
    /// Words without blanks.
    Words,
    /// A web address.
    Url,
    /// Another ticket.
    Ticket,
    /// Things of an app, each by its id.
    Things,
    /// How long the work takes.
    Estimate,
    /// Something that casefile cannot set.
    Unknown,
}

/// What the field takes: told by the kind of a custom field, else by the type of its values.
pub fn shape(id: &str, meta: &FieldMeta) -> Shape {
    let custom = meta.custom.as_deref().and_then(|custom| custom.rsplit(':').next());
    match custom {
        Some("textarea") => Shape::Rich,
        Some("textfield" | "atlassian-team" | "gh-epic-link") => Shape::Line,
        // a service desk's request type, Data Center's team and its parent above epics: plain strings, their ids or keys
        Some("vp-origin" | "rm-teams-custom-field-team" | "jpo-custom-field-parent") => Shape::Line,
        // affected services
        Some("service-entity-field-cftype") => Shape::Things,
        Some("url") => Shape::Url,
        Some("cascadingselect") => Shape::Cascade,
        Some("gh-sprint") => Shape::Number,
        _ if id == "environment" => Shape::Rich,
        _ if id == "parent" => Shape::Ticket,
        _ => by_type(&meta.schema, meta.items.as_deref().unwrap_or_default()),
    }
}

fn by_type(schema: &str, items: &str) -> Shape {
    match (schema, items) {
        ("string" | "team" | "sd-customerrequesttype", _) => Shape::Line,
        ("timetracking", _) => Shape::Estimate,
        ("number", _) => Shape::Number,
        ("date", _) => Shape::Day,
        ("datetime", _) => Shape::Moment,
        ("option" | "priority" | "securitylevel" | "version" | "component" | "project", _) => Shape::One,
        ("option-with-child", _) => Shape::Cascade,
        ("user", _) => Shape::Person,
        ("group", _) => Shape::Group,
        ("issuelink", _) => Shape::Ticket,
        ("array", "string") => Shape::Words,
        ("array", "option" | "component" | "version") => Shape::Several,
        ("array", "user") => Shape::People,
        ("array", "group") => Shape::Groups,
        _ => Shape::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_jira() {
        let check = |id: &str, schema: &str, items: &str, custom: &str, expected: Shape| {
            let meta = FieldMeta {
                schema: schema.to_owned(),
                items: Some(items.to_owned()).filter(|items| !items.is_empty()),
                custom: Some(format!("com.atlassian.jira.plugin.system.customfieldtypes:{custom}"))
                    .filter(|_| !custom.is_empty()),
                ..FieldMeta::default()
            };
            assert_eq!(shape(id, &meta), expected, "{id} {schema} {items} {custom}");
        };
        check("customfield_1", "string", "", "textfield", Shape::Line);
        check("customfield_1", "string", "", "textarea", Shape::Rich);
        check("customfield_1", "string", "", "url", Shape::Url);
        check("customfield_1", "number", "", "float", Shape::Number);
        check("customfield_1", "date", "", "datepicker", Shape::Day);
        check("customfield_1", "datetime", "", "datetime", Shape::Moment);
        check("customfield_1", "option", "", "select", Shape::One);
        check("customfield_1", "option", "", "radiobuttons", Shape::One);
        check("customfield_1", "array", "option", "multicheckboxes", Shape::Several);
        check("customfield_1", "array", "option", "multiselect", Shape::Several);
        check("customfield_1", "option-with-child", "", "cascadingselect", Shape::Cascade);
        check("customfield_1", "array", "", "cascadingselect", Shape::Cascade);
        check("customfield_1", "user", "", "userpicker", Shape::Person);
        check("customfield_1", "array", "user", "multiuserpicker", Shape::People);
        check("customfield_1", "group", "", "grouppicker", Shape::Group);
        check("customfield_1", "array", "group", "multigrouppicker", Shape::Groups);
        check("customfield_1", "array", "string", "labels", Shape::Words);
        check("customfield_1", "array", "version", "multiversion", Shape::Several);
        check("customfield_1", "version", "", "version", Shape::One);
        check("customfield_1", "any", "", "something-of-an-app", Shape::Unknown);
        check("fixVersions", "array", "version", "", Shape::Several);
        check("components", "array", "component", "", Shape::Several);
        check("security", "securitylevel", "", "", Shape::One);
        check("priority", "priority", "", "", Shape::One);
        check("assignee", "user", "", "", Shape::Person);
        check("environment", "string", "", "", Shape::Rich);
        check("parent", "issuelink", "", "", Shape::Ticket);
        check("timetracking", "timetracking", "", "", Shape::Estimate);
        check("votes", "votes", "", "", Shape::Unknown);
        let app = |kind: &str, schema: &str, items: Option<&str>, expected: Shape| {
            let meta = FieldMeta {
                schema: schema.to_owned(),
                items: items.map(str::to_owned),
                custom: Some(kind.to_owned()),
                ..FieldMeta::default()
            };
            assert_eq!(shape("customfield_1", &meta), expected, "{kind}");
        };
        app("com.atlassian.servicedesk:vp-origin", "sd-customerrequesttype", None, Shape::Line);
        app("com.atlassian.teams:rm-teams-custom-field-team", "any", None, Shape::Line);
        app("com.atlassian.jpo:jpo-custom-field-parent", "any", None, Shape::Line);
        app(
            "com.atlassian.jira.plugins.service-entity:service-entity-field-cftype",
            "array",
            Some("service"),
            Shape::Things,
        );
        app(
            "com.atlassian.jira.plugins.cmdb:cmdb-object-cftype",
            "array",
            Some("cmdb-object-field"),
            Shape::Unknown,
        );
    }
}
