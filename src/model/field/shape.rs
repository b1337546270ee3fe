//! What a field accepts, according to the tracker's description of it.

use crate::model::answer::FieldMeta;

/// What a field accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldShape {
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
    /// One of its values, and one of those under it.
    Cascade,
    /// A person.
    Person,
    /// Several people.
    People,
    /// A group of people.
    Group,
    /// Several groups.
    Groups,
    /// Words without spaces.
    Words,
    /// A web address.
    Url,
    /// Another ticket.
    Ticket,
    /// Objects of an app, each by its id.
    Things,
    /// An estimate of the work.
    Estimate,
    /// Something that casefile cannot set.
    Unknown,
}

/// What the field accepts, according to the kind of a custom field, otherwise to the type of its values.
pub fn shape(id: &str, meta: &FieldMeta) -> FieldShape {
    let custom = meta.custom.as_deref().and_then(|custom| custom.rsplit(':').next());
    match custom {
        Some("textarea") => FieldShape::Rich,
        Some("textfield" | "atlassian-team" | "gh-epic-link") => FieldShape::Line,
        // a service desk's request type, Data Center's team and its parent above epics: plain strings, their ids or keys
        Some("vp-origin" | "rm-teams-custom-field-team" | "jpo-custom-field-parent") => FieldShape::Line,
        // affected services
        Some("service-entity-field-cftype") => FieldShape::Things,
        Some("url") => FieldShape::Url,
        Some("cascadingselect") => FieldShape::Cascade,
        Some("gh-sprint") => FieldShape::Number,
        _ if id == "environment" => FieldShape::Rich,
        _ if id == "parent" => FieldShape::Ticket,
        _ => by_type(&meta.schema, meta.items.as_deref().unwrap_or_default()),
    }
}

fn by_type(schema: &str, items: &str) -> FieldShape {
    match (schema, items) {
        ("string" | "team" | "sd-customerrequesttype", _) => FieldShape::Line,
        ("timetracking", _) => FieldShape::Estimate,
        ("number", _) => FieldShape::Number,
        ("date", _) => FieldShape::Day,
        ("datetime", _) => FieldShape::Moment,
        ("option" | "priority" | "securitylevel" | "version" | "component" | "project", _) => FieldShape::One,
        ("option-with-child", _) => FieldShape::Cascade,
        ("user", _) => FieldShape::Person,
        ("group", _) => FieldShape::Group,
        ("issuelink", _) => FieldShape::Ticket,
        ("array", "string") => FieldShape::Words,
        ("array", "option" | "component" | "version") => FieldShape::Several,
        ("array", "user") => FieldShape::People,
        ("array", "group") => FieldShape::Groups,
        _ => FieldShape::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_jira() {
        let check = |id: &str, schema: &str, items: &str, custom: &str, expected: FieldShape| {
            let meta = FieldMeta {
                schema: schema.to_owned(),
                items: Some(items.to_owned()).filter(|items| !items.is_empty()),
                custom: Some(format!("com.atlassian.jira.plugin.system.customfieldtypes:{custom}"))
                    .filter(|_| !custom.is_empty()),
                ..FieldMeta::default()
            };
            assert_eq!(shape(id, &meta), expected, "{id} {schema} {items} {custom}");
        };
        check("customfield_1", "string", "", "textfield", FieldShape::Line);
        check("customfield_1", "string", "", "textarea", FieldShape::Rich);
        check("customfield_1", "string", "", "url", FieldShape::Url);
        check("customfield_1", "number", "", "float", FieldShape::Number);
        check("customfield_1", "date", "", "datepicker", FieldShape::Day);
        check("customfield_1", "datetime", "", "datetime", FieldShape::Moment);
        check("customfield_1", "option", "", "select", FieldShape::One);
        check("customfield_1", "option", "", "radiobuttons", FieldShape::One);
        check("customfield_1", "array", "option", "multicheckboxes", FieldShape::Several);
        check("customfield_1", "array", "option", "multiselect", FieldShape::Several);
        check("customfield_1", "option-with-child", "", "cascadingselect", FieldShape::Cascade);
        check("customfield_1", "array", "", "cascadingselect", FieldShape::Cascade);
        check("customfield_1", "user", "", "userpicker", FieldShape::Person);
        check("customfield_1", "array", "user", "multiuserpicker", FieldShape::People);
        check("customfield_1", "group", "", "grouppicker", FieldShape::Group);
        check("customfield_1", "array", "group", "multigrouppicker", FieldShape::Groups);
        check("customfield_1", "array", "string", "labels", FieldShape::Words);
        check("customfield_1", "array", "version", "multiversion", FieldShape::Several);
        check("customfield_1", "version", "", "version", FieldShape::One);
        check("customfield_1", "any", "", "something-of-an-app", FieldShape::Unknown);
        check("fixVersions", "array", "version", "", FieldShape::Several);
        check("components", "array", "component", "", FieldShape::Several);
        check("security", "securitylevel", "", "", FieldShape::One);
        check("priority", "priority", "", "", FieldShape::One);
        check("assignee", "user", "", "", FieldShape::Person);
        check("environment", "string", "", "", FieldShape::Rich);
        check("parent", "issuelink", "", "", FieldShape::Ticket);
        check("timetracking", "timetracking", "", "", FieldShape::Estimate);
        check("votes", "votes", "", "", FieldShape::Unknown);
        let app = |kind: &str, schema: &str, items: Option<&str>, expected: FieldShape| {
            let meta = FieldMeta {
                schema: schema.to_owned(),
                items: items.map(str::to_owned),
                custom: Some(kind.to_owned()),
                ..FieldMeta::default()
            };
            assert_eq!(shape("customfield_1", &meta), expected, "{kind}");
        };
        app("com.atlassian.servicedesk:vp-origin", "sd-customerrequesttype", None, FieldShape::Line);
        app("com.atlassian.teams:rm-teams-custom-field-team", "any", None, FieldShape::Line);
        app("com.atlassian.jpo:jpo-custom-field-parent", "any", None, FieldShape::Line);
        app(
            "com.atlassian.jira.plugins.service-entity:service-entity-field-cftype",
            "array",
            Some("service"),
            FieldShape::Things,
        );
        app(
            "com.atlassian.jira.plugins.cmdb:cmdb-object-cftype",
            "array",
            Some("cmdb-object-field"),
            FieldShape::Unknown,
        );
    }
}
