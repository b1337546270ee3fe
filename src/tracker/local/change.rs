//! Writing: drafts and edits become files.

use super::folder::{Writer, refused};
use super::front::FrontMatter;
use super::page::TicketFile;
use super::sidecar::Sidecar;
use super::{Local, SITE, fields, project, workflow};
use crate::document::{Document, markdown, plain};
use crate::model::answer::Failure;
use crate::model::ticket::{TicketId, TicketKey};
use crate::model::write::{Draft, Edit};
use crate::tracker::Made;

impl Local {
    /// A ticket's key and text, for a change.
    pub(super) fn open(&self, id: &TicketId) -> Result<(TicketKey, TicketFile), Failure> {
        let key = self.key(id)?;
        let page = self.folder.page(&key)?;
        Ok((key, page))
    }

    pub(super) fn key(&self, id: &TicketId) -> Result<TicketKey, Failure> {
        self.folder.tickets()?.remove(&id.id).filter(|_| id.site == SITE).ok_or(Failure::Gone)
    }

    /// Creates one ticket.
    pub(super) fn make(&self, writer: &mut Writer<'_>, draft: &Draft) -> Result<Made, Failure> {
        let mut front = FrontMatter {
            summary: draft.summary.clone(),
            status: workflow::FIRST.into(),
            created: Some(self.now),
            ..FrontMatter::default()
        };
        front.add_labels(&draft.labels);
        let mut wrong = fields::set(&mut front, &draft.fields);
        wrong.append(&mut fields::check(Some(&draft.summary), &draft.labels));
        match fields::type_name(&draft.issue_type) {
            Some(name) => front.kind = Some(name.into()),
            None => drop(
                wrong.insert("issuetype".into(), format!("there is no issue type `{}`", draft.issue_type)),
            ),
        }
        if project(&draft.project).is_none() {
            wrong.insert("project".into(), format!("`{}` is not a project key", draft.project));
        }
        accept(wrong)?;
        let mut page = TicketFile::new(front);
        let mut sidecar = Sidecar::default();
        describe(&mut page, &mut sidecar, &draft.body);
        sidecar.set(Some(&draft.record), &draft.slices).map_err(|error| refused(error.to_string()))?;

        let number = writer.number()?;
        let key = TicketKey::parse(&format!("{}-{number}", draft.project)).ok_or(Failure::Gone)?;
        page.front.key = Some(key.to_string());
        writer.write(&key, &mut page, &sidecar)?;
        Ok(Made { id: TicketId { site: SITE.into(), id: number }, key })
    }

    /// Changes one ticket.
    pub(super) fn change(&self, writer: &Writer<'_>, id: &TicketId, edit: &Edit) -> Result<(), Failure> {
        let (key, mut page) = self.open(id)?;
        let mut sidecar = self.folder.sidecar(id.id, &page)?;
        let front = &mut page.front;
        if let Some(summary) = &edit.summary {
            front.summary.clone_from(summary);
        }
        front.labels.retain(|label| !edit.labels_removed.contains(label));
        front.add_labels(&edit.labels_added);
        let mut wrong = fields::set(front, &edit.fields);
        wrong.append(&mut fields::check(edit.summary.as_deref(), &edit.labels_added));
        accept(wrong)?;
        if let Some(body) = &edit.body {
            describe(&mut page, &mut sidecar, body);
        }
        if let Some(comment) = &edit.comment {
            let heading = format!("casefile, {}", self.now.strftime("%Y-%m-%d %H:%M UTC"));
            page.comment(&heading, &markdown::render(comment));
        }
        sidecar.set(edit.record.as_ref(), &edit.slices).map_err(|error| refused(error.to_string()))?;
        writer.write(&key, &mut page, &sidecar)
    }

    /// Changes only what is in the front matter.
    pub(super) async fn refront(
        &self,
        id: &TicketId,
        change: impl FnOnce(&Self, &mut FrontMatter) -> Result<bool, Failure> + Send,
    ) -> Result<(), Failure> {
        self.count();
        self.known(id).await?;
        let writer = self.folder.writer().await?;
        let (key, mut page) = self.open(id)?;
        if !change(self, &mut page.front)? {
            return Ok(());
        }
        let sidecar = self.folder.sidecar(id.id, &page)?;
        writer.write(&key, &mut page, &sidecar)
    }

    /// Fails if there is no such ticket, before anything is written for it.
    pub(super) async fn known(&self, id: &TicketId) -> Result<(), Failure> {
        let _reader = self.folder.reader().await?;
        self.key(id).map(drop)
    }
}

fn describe(page: &mut TicketFile, sidecar: &mut Sidecar, body: &Document) {
    page.set_body(&markdown::render(body));
    sidecar.set_body(&page.body, plain::render(body));
}

fn accept(wrong: fields::FieldErrors) -> Result<(), Failure> {
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Refused { fields: wrong, message: String::new() }) }
}
