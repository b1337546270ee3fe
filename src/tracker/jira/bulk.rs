//! What became of each draft of a bulk create.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::{check, of_status, refused, words};
use super::ticket::number;
use super::wire;
use crate::http::Response;
use crate::model::answer::Failure;
use crate::model::ticket::{TicketId, TicketKey};
use crate::tracker::Made;

/// One outcome per draft, in order, from `CreatedIssues`: with 201, some were created; with 400, none. In both cases,
/// the refused ones are given by their number, and the others are in `issues`, in order.
pub(super) fn outcomes(answer: Response, drafts: usize, site: &str) -> Vec<Result<Made, Failure>> {
    let created = serde_json::from_slice::<wire::Created>(&answer.body);
    let status = answer.status;
    let all = |failure: Failure| vec![Err(failure); drafts];
    match (check(answer), created) {
        (Err(failure @ Failure::Credentials(_)), _) => all(failure),
        (Ok(_), Ok(created)) => {
            one_by_one(created, drafts, site).unwrap_or_else(|why| all(Failure::Unknown(why)))
        }
        // the structure alone is not enough: a plain refusal of the whole request lacks `issues`
        (Err(Failure::Refused { .. }), Ok(created))
            if status == 400 && created.errors.as_ref().is_some_and(|errors| !errors.is_empty()) =>
        {
            one_by_one(created, drafts, site).unwrap_or_else(|why| all(Failure::Unknown(why)))
        }
        (Ok(_), Err(why)) => all(Failure::Unknown(format!("Jira's response cannot be parsed ({why})"))),
        // a project that is hidden, not a ticket that is gone
        (Err(Failure::Gone), _) => {
            all(Failure::Scope("Jira cannot find the ticket's project or issue type".to_owned()))
        }
        (Err(failure), _) => all(failure),
    }
}

/// What became of the only draft of a create: `CreatedIssue`.
pub(super) fn outcome(answer: Response, site: &str) -> Result<Made, Failure> {
    let answer = check(answer).map_err(|failure| match failure {
        Failure::Gone => Failure::Scope("Jira cannot find the ticket's project or issue type".to_owned()),
        other => other,
    })?;
    let unclear = |why: String| Failure::Unknown(format!("Jira's response cannot be parsed ({why})"));
    let issue = serde_json::from_slice(&answer.body).map_err(|why| unclear(why.to_string()))?;
    ticket(&issue, site).map_err(unclear)
}

fn one_by_one(
    created: wire::Created,
    drafts: usize,
    site: &str,
) -> Result<Vec<Result<Made, Failure>>, String> {
    let mut failed: BTreeMap<usize, Failure> = BTreeMap::new();
    for error in created.errors.unwrap_or_default() {
        failed.insert(error.failed_element_number, element_failure(&error));
    }
    if failed.keys().any(|index| *index >= drafts) || failed.len() + created.issues.len() != drafts {
        return Err(format!(
            "Jira reports {} tickets as created and {} as refused, but {drafts} were requested",
            created.issues.len(),
            failed.len()
        ));
    }
    // two drafts never become one ticket: an answer like that does not say what was created
    let ids: BTreeSet<&str> = created.issues.iter().map(|issue| issue.id.as_str()).collect();
    let keys: BTreeSet<&str> = created.issues.iter().map(|issue| issue.key.as_str()).collect();
    if ids.len().min(keys.len()) < created.issues.len() {
        return Err("Jira names the same ticket more than once".to_owned());
    }
    let mut made = created.issues.into_iter();
    (0..drafts)
        .map(|index| match failed.remove(&index) {
            Some(failure) => Ok(Err(failure)),
            None => {
                let issue = made.next().ok_or("one ticket was neither created nor refused")?;
                ticket(&issue, site).map(Ok)
            }
        })
        .collect()
}

fn ticket(issue: &wire::CreatedIssue, site: &str) -> Result<Made, String> {
    let key = TicketKey::parse(&issue.key).ok_or_else(|| format!("`{}` is not a ticket key", issue.key))?;
    Ok(Made { id: TicketId { site: site.to_owned(), id: number(&issue.id)? }, key })
}

fn element_failure(error: &wire::CreateError) -> Failure {
    match error.status {
        // the server failed on this one, and may have created it anyway
        Some(status) if status >= 500 => {
            Failure::Unknown(format!("{status} {}", words(&error.element_errors)))
        }
        Some(status @ (401 | 403)) => of_status(status, error.element_errors.to_string().as_bytes()),
        _ => refused(&error.element_errors),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    /// Each outcome in a word: the key, or how it failed.
    fn check(status: u16, body: &str, expected: &[&str]) {
        let answer = Response { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() };
        let said: Vec<String> = outcomes(answer, 3, "a.example")
            .into_iter()
            .map(|outcome| match outcome {
                Ok(made) => format!("{}/{}", made.key, made.id.id),
                Err(Failure::Refused { fields, message }) => {
                    format!("refused {} {message}", fields.into_keys().collect::<String>())
                }
                Err(failure) => format!("{failure:?}").split('(').next().unwrap_or_default().to_owned(),
            })
            .collect();
        assert_eq!(said, expected, "{body}");
    }

    /// Shaped like `CreatedIssues`, with made-up values.
    #[test]
    fn each_draft_has_its_outcome() {
        let made = |n: u32| format!(r#"{{"id":"1{n}","key":"S-{n}","self":"x"}}"#);
        let error = |n: u32, status: u32| {
            let said = r#"{"errorMessages":[],"errors":{"priority":"no"}}"#;
            format!(r#"{{"status":{status},"elementErrors":{said},"failedElementNumber":{n}}}"#)
        };
        let body = |made: &[String], errors: &[String]| {
            format!(r#"{{"issues":[{}],"errors":[{}]}}"#, made.join(","), errors.join(","))
        };
        let refused = "refused priority ";
        check(201, &body(&[made(1), made(2), made(3)], &[]), &["S-1/11", "S-2/12", "S-3/13"]);
        check(201, &body(&[made(1), made(2)], &[error(1, 400)]), &["S-1/11", refused, "S-2/12"]);
        check(201, &body(&[made(9)], &[error(2, 400), error(0, 500)]), &["Unknown", "S-9/19", refused]);
        check(201, &body(&[made(9), made(8)], &[error(0, 403)]), &["Scope", "S-9/19", "S-8/18"]);
        check(400, &body(&[], &[error(0, 400), error(1, 400), error(2, 400)]), &[refused; 3]);
        // if the numbers do not add up, tickets may have been created
        check(201, &body(&[made(1)], &[error(1, 400)]), &["Unknown"; 3]);
        check(201, &body(&[made(1), made(2)], &[error(7, 400)]), &["Unknown"; 3]);
        check(400, &body(&[], &[error(1, 400)]), &["Unknown"; 3]);
        check(201, "<html>", &["Unknown"; 3]);
        check(201, &body(&[made(1), made(2), made(1)], &[]), &["Unknown"; 3]);
        let same_key = r#"{"id":"13","key":"S-1"}"#.to_owned();
        check(201, &body(&[made(1), made(2), same_key], &[]), &["Unknown"; 3]);
    }

    #[test]
    fn an_answer_for_the_whole_counts_for_each() {
        check(400, r#"{"errorMessages":["too many"],"errors":{}}"#, &["refused  too many"; 3]);
        check(413, "<html>", &["refused  too large"; 3]);
        check(401, "", &["Credentials"; 3]);
        check(403, r#"{"errorMessages":["no"]}"#, &["Scope"; 3]);
        check(404, r#"{"errorMessages":["no"]}"#, &["Scope"; 3]);
        check(500, "", &["Unknown"; 3]);
        check(404, "<html>", &["Unreachable"; 3]);
    }
}
