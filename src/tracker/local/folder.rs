//! The folder on disk: which tickets there are, reading and replacing files, one writer at a time.
//!
//! A ticket's attachments are in a folder that has its name. Next to the tickets is `.casefile/`: `lock`, which also
//! holds the highest number ever given, and one sidecar per ticket, `<number>-<revision>.json`. A ticket's text names
//! the sidecar that belongs to it, so that replacing the text alone commits both: a process killed in between changes
//! nothing.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::front::Damage;
use super::page::TicketFile;
use super::sidecar::Sidecar;
use crate::files;
use crate::model::answer::Failure;
use crate::model::ticket::TicketKey;

/// How many bytes of one file are read at most.
const FILE_LIMIT: u64 = 64 << 20;

/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 200;

/// The highest number in the lock file that is believed: nobody has filed that many tickets in a folder.
const HIGHEST: u64 = 1_000_000_000;

/// How often, and with which pause, the lock is tried: half a minute in total.
const PATIENCE: (u32, Duration) = (1_500, Duration::from_millis(20));

/// Where the tickets are stored.
#[derive(Debug)]
pub(super) struct TicketFolder {
    root: PathBuf,
}

/// The only writer; dropping it lets the next one in.
pub(super) struct Writer<'a> {
    folder: &'a TicketFolder,
    lock: File,
}

/// While this is held, no writer changes anything; `None`: nothing was ever written here.
pub(super) struct ReadLock(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl TicketFolder {
    pub(super) fn new(root: PathBuf) -> TicketFolder {
        TicketFolder { root }
    }

    /// The folder that contains it.
    pub(super) fn parent(&self) -> Option<&Path> {
        self.root.parent()
    }

    /// A ticket's file.
    pub(super) fn file(&self, key: &TicketKey) -> PathBuf {
        self.root.join(format!("{key}.md"))
    }

    /// Waits for a writer to finish, and keeps others waiting. Writes nothing.
    pub(super) async fn reader(&self) -> Result<ReadLock, Failure> {
        let (own, lock) = self.own();
        if !(is_folder(&self.root)? && is_folder(&own)? && is_file(&lock)?) {
            return Ok(ReadLock(None));
        }
        let file = File::open(&lock).map_err(failed("open", &lock))?;
        wait(&lock, || file.try_lock_shared()).await?;
        Ok(ReadLock(Some(file)))
    }

    /// Waits until nobody else reads or writes; creates the folder if there is none.
    ///
    /// The lock is the system's own, on a file that stays: it ends with its process, so a lock is never stale, and
    /// nobody has to guess from a file's age or a process's number whether it is.
    pub(super) async fn writer(&self) -> Result<Writer<'_>, Failure> {
        let (own, path) = self.own();
        if !is_folder(&self.root)? {
            fs::create_dir_all(&self.root).map_err(failed("create", &self.root))?;
        }
        if !is_folder(&own)? {
            // another process may have created it since
            fs::create_dir_all(&own).map_err(failed("create", &own))?;
        }
        is_file(&path)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock = options.open(&path).map_err(failed("open", &path))?;
        is_alone(&path, &lock)?;
        wait(&path, || lock.try_lock()).await?;
        files::clear_drafts(&own).map_err(failed("write", &own))?;
        Ok(Writer { folder: self, lock })
    }

    /// Creates a file in the folder, or where the folder would be created, and deletes it again.
    pub(super) fn probe(&self) -> Result<(), Failure> {
        is_folder(&self.root)?;
        let there = self.root.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        files::probe(there).map_err(failed("write", there))
    }

    /// The tickets by number. A file whose name is not a key is not a ticket. One whose name is a key but that cannot
    /// be a ticket is a failure, because ignoring it would mean that the ticket does not exist.
    pub(super) fn tickets(&self) -> Result<BTreeMap<u64, TicketKey>, Failure> {
        let mut tickets: BTreeMap<u64, TicketKey> = BTreeMap::new();
        if !is_folder(&self.root)? {
            return Ok(tickets);
        }
        for entry in fs::read_dir(&self.root).map_err(failed("read", &self.root))? {
            let name = entry.map_err(failed("read", &self.root))?.file_name();
            let key = name.to_str().and_then(|name| TicketKey::parse(name.strip_suffix(".md")?));
            let Some(key) = key.filter(|key| key.number() > 0) else {
                continue;
            };
            is_file(&self.file(&key))?;
            if let Some(other) = tickets.insert(key.number(), key.clone()) {
                let why = format!("{} has the same number as {other}.md", self.shown(&key));
                let hint = "A ticket is identified by its number. Delete one of the two files, or rename it so \
                            that its number is unique; then run casefile again.";
                return Err(broken(why, hint));
            }
        }
        Ok(tickets)
    }

    /// A ticket's text.
    pub(super) fn page(&self, key: &TicketKey) -> Result<TicketFile, Failure> {
        let path = self.file(key);
        let bytes = read(&path)?.ok_or(Failure::Gone)?;
        let text = str::from_utf8(&bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            self.damaged(key, line, "is not UTF-8")
        })?;
        TicketFile::read(text).map_err(|Damage { line, why }| self.damaged(key, line, &why))
    }

    /// A ticket's file that cannot be read. It ends the run, because ignoring it would mean filing its findings again.
    fn damaged(&self, key: &TicketKey, line: impl Display, why: &str) -> Failure {
        let hint = "Correct that line, or move the file out of the folder (its findings then get a new \
                    ticket), and run casefile again. Nothing is filed until the file can be read, because \
                    it may already be the ticket of a finding.";
        broken(format!("{}:{line}: {why}", self.shown(key)), hint)
    }

    /// The sidecar that belongs to a ticket's text; if that is lost, the newest of the ticket's other sidecars.
    pub(super) fn sidecar(&self, number: u64, page: &TicketFile) -> Result<Sidecar, Failure> {
        if let Some(sidecar) = self.wanted(number, page)? {
            return Ok(sidecar);
        }
        let Some(newest) = self.revisions(number)?.into_iter().max() else {
            return Ok(Sidecar::default());
        };
        let bytes = read(&self.sidecar_file(number, newest))?.unwrap_or_default();
        Ok(Sidecar::read(&bytes).unwrap_or_default())
    }

    /// The sidecar that a ticket's text names, if that is lost or damaged.
    pub(super) fn lost(&self, number: u64, page: &TicketFile) -> Result<Option<PathBuf>, Failure> {
        let revision = page.front.revision.filter(|_| page.front.key.is_some());
        let Some(revision) = revision else { return Ok(None) };
        let there = self.wanted(number, page)?.is_some();
        Ok((!there).then(|| self.sidecar_file(number, revision)))
    }

    fn wanted(&self, number: u64, page: &TicketFile) -> Result<Option<Sidecar>, Failure> {
        let bytes = read(&self.sidecar_file(number, page.front.revision.unwrap_or(0)))?;
        Ok(bytes.and_then(|bytes| Sidecar::read(&bytes)))
    }

    /// Where a ticket's attachments are stored.
    fn attachments(&self, key: &TicketKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// The name of a ticket's file in messages.
    pub(super) fn shown(&self, key: &TicketKey) -> String {
        self.file(key).display().to_string()
    }

    fn own(&self) -> (PathBuf, PathBuf) {
        let own = self.root.join(".casefile");
        let lock = own.join("lock");
        (own, lock)
    }

    fn sidecar_file(&self, number: u64, revision: u64) -> PathBuf {
        self.own().0.join(format!("{number}-{revision}.json"))
    }

    fn revisions(&self, number: u64) -> Result<Vec<u64>, Failure> {
        Ok(self
            .sidecars()?
            .into_iter()
            .filter(|(own, _)| *own == number)
            .map(|(_, revision)| revision)
            .collect())
    }

    /// All sidecars, by number and revision.
    fn sidecars(&self) -> Result<Vec<(u64, u64)>, Failure> {
        let (own, _) = self.own();
        if !is_folder(&own)? {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&own).map_err(failed("read", &own))? {
            let name = entry.map_err(failed("read", &own))?.file_name();
            let numbers = name.to_str().and_then(|name| name.strip_suffix(".json")?.split_once('-'));
            if let Some((Ok(number), Ok(revision))) = numbers.map(|(a, b)| (a.parse(), b.parse())) {
                found.push((number, revision));
            }
        }
        Ok(found)
    }
}

impl Writer<'_> {
    /// The next number: higher than that of any ticket that exists or ever existed.
    pub(super) fn number(&mut self) -> Result<u64, Failure> {
        let (_, path) = self.folder.own();
        let mut text = String::new();
        self.lock.seek(SeekFrom::Start(0)).map_err(failed("read", &path))?;
        // a torn or foreign text is not a number, or not one that we wrote: the files alone decide then
        let known = match (&self.lock).take(64).read_to_string(&mut text) {
            Ok(_) => text.trim().parse().ok().filter(|known| *known <= HIGHEST).unwrap_or(0),
            Err(_) => 0,
        };
        let tickets = self.folder.tickets()?.last_key_value().map_or(0, |(number, _)| *number);
        let gone = self.folder.sidecars()?.into_iter().map(|(number, _)| number).max().unwrap_or(0);
        let next = tickets.max(gone).max(known).checked_add(1).ok_or_else(|| {
            refused(format!(
                "{}: a ticket already has the highest possible number",
                self.folder.root.display()
            ))
        })?;
        self.lock
            .set_len(0)
            .and_then(|()| self.lock.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(self.lock, "{next}"))
            .map_err(failed("write", &path))?;
        Ok(next)
    }

    /// Writes a ticket: its sidecar first, then the text that names it; finally the old sidecars are deleted.
    pub(super) fn write(
        &self,
        key: &TicketKey,
        page: &mut TicketFile,
        sidecar: &Sidecar,
    ) -> Result<(), Failure> {
        let number = key.number();
        let old = self.folder.revisions(number)?;
        let newest = old.iter().copied().chain(page.front.revision).max().unwrap_or(0);
        let revision = newest
            .checked_add(1)
            .ok_or_else(|| refused(format!("{}: its revision number is too high", self.folder.shown(key))))?;
        page.front.revision = Some(revision);
        let own = page.front.key.as_deref().and_then(TicketKey::parse);
        if own.is_some_and(|own| own.number() == number) {
            // the file was renamed: moved to another project
            page.front.key = Some(key.to_string());
        }
        let unfit = || refused(format!("{}: the ticket cannot be written as text", self.folder.shown(key)));
        let text = page.write().ok_or_else(unfit)?;
        let json = sidecar.write().ok_or_else(unfit)?;
        self.replace(&self.folder.sidecar_file(number, revision), json.as_bytes())?;
        self.replace(&self.folder.file(key), text.as_bytes())?;
        for old in old {
            // one that stays can be distinguished from the new one by its revision
            let _ = fs::remove_file(self.folder.sidecar_file(number, old));
        }
        Ok(())
    }

    /// Writes a file to the ticket's folder; one with the same name is replaced.
    pub(super) fn attach(&self, key: &TicketKey, name: &str, content: &[u8]) -> Result<(), Failure> {
        let plain = !name.starts_with('.')
            && !name.is_empty()
            && name.len() <= LONGEST_NAME
            && !name.contains(|c: char| matches!(c, '/' | '\\' | ':') || c.is_control());
        if !plain {
            return Err(refused(format!("`{name}` is not a plain file name")));
        }
        let folder = self.folder.attachments(key);
        if !is_folder(&folder)? {
            fs::create_dir(&folder).map_err(failed("create", &folder))?;
        }
        let path = folder.join(name);
        is_file(&path)?;
        self.replace(&path, content)
    }

    /// Deletes a ticket with its attachments. Its number is not used again.
    pub(super) fn delete(&self, key: &TicketKey) -> Result<(), Failure> {
        let attachments = self.folder.attachments(key);
        if is_folder(&attachments)? {
            fs::remove_dir_all(&attachments).map_err(failed("delete", &attachments))?;
        }
        let number = key.number();
        let old = self.folder.revisions(number)?;
        let file = self.folder.file(key);
        fs::remove_file(&file).map_err(failed("delete", &file))?;
        for revision in old {
            let path = self.folder.sidecar_file(number, revision);
            fs::remove_file(&path).map_err(failed("delete", &path))?;
        }
        Ok(())
    }

    /// Replaces a file with one that has this content, atomically.
    fn replace(&self, path: &Path, text: &[u8]) -> Result<(), Failure> {
        files::write_by(&self.folder.own().0, path, text).map_err(failed("write", path))
    }
}

/// A refusal that is not about a single field.
pub(super) fn refused(message: String) -> Failure {
    Failure::Refused { fields: BTreeMap::new(), message }
}

/// Tries until the lock is free. It pauses without holding up the run's other work.
async fn wait(path: &Path, lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), Failure> {
    for _ in 0..PATIENCE.0 {
        match lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PATIENCE.1).await,
            Err(TryLockError::Error(error)) => return Err(failed("lock", path)(error)),
        }
    }
    Err(broken(
        format!("another process has locked {}", path.display()),
        "Run casefile again when the other process has finished.",
    ))
}

/// The content of a regular file, `None` if there is no such file.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    if !is_file(path)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut bytes))
        .map_err(failed("read", path))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(misplaced(path, &format!("is larger than {} MiB", FILE_LIMIT >> 20)));
    }
    Ok(Some(bytes))
}

/// Whether there is a file; anything else in its place is refused, including links.
fn is_file(path: &Path) -> Result<bool, Failure> {
    is(path, "file", fs::FileType::is_file)
}

/// Whether there is a folder; anything else in its place is refused, including links.
fn is_folder(path: &Path) -> Result<bool, Failure> {
    is(path, "folder", fs::FileType::is_dir)
}

fn is(path: &Path, what: &str, right: fn(&fs::FileType) -> bool) -> Result<bool, Failure> {
    match fs::symlink_metadata(path) {
        Ok(data) if right(&data.file_type()) => Ok(true),
        Ok(data) if data.is_symlink() => Err(misplaced(path, "is a symbolic link, which is not followed")),
        Ok(_) => Err(misplaced(path, &format!("is not a {what}"))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// A state of the folder in which nothing can be done.
pub(super) fn broken(why: String, hint: impl Into<String>) -> Failure {
    Failure::Folder { why, hint: hint.into() }
}

/// Refuses a file that also has another name: what is written here would be written there, too.
#[cfg(unix)]
fn is_alone(path: &Path, file: &File) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;
    let names = file.metadata().map_err(failed("read", path))?.nlink();
    if names > 1 { Err(misplaced(path, "is a hard link to another file")) } else { Ok(()) }
}

/// On other systems, the number of names is not known.
#[cfg(not(unix))]
fn is_alone(_: &Path, _: &File) -> Result<(), Failure> {
    Ok(())
}

fn misplaced(path: &Path, why: &str) -> Failure {
    broken(
        format!("{}: {why}", path.display()),
        "Move it out of the folder, or replace it with the file or folder that belongs there.",
    )
}

fn failed(doing: &str, path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| {
        let hint = match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "Make sure that the user running casefile can read and write the ticket folder and everything \
                 in it."
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "Free some space on the disk, and run casefile again."
            }
            _ => "Check the ticket folder, and run casefile again.",
        };
        broken(format!("cannot {doing} {}: {error}", path.display()), hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[tokio::test]
    async fn a_lock_that_is_another_file_as_well_is_not_written() {
        let place = tempfile::tempdir().unwrap();
        let (other, folder) =
            (place.path().join("other"), TicketFolder { root: place.path().join("tickets") });
        fs::write(&other, "mine").unwrap();
        fs::create_dir_all(folder.own().0).unwrap();
        fs::hard_link(&other, folder.own().1).unwrap();
        let Err(failure) = folder.writer().await else { panic!("it is locked") };
        assert!(failure.to_string().contains("hard link"), "{failure}");
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    }

    #[test]
    fn what_the_system_refuses_is_told_with_what_to_do() {
        let check = |kind: ErrorKind, says: &str| {
            let failure = failed("write", Path::new("casefile-tickets"))(kind.into());
            let why = failure.to_string();
            assert!(why.starts_with("cannot write casefile-tickets: "), "{why}");
            assert!(failure.hint().contains(says), "{}", failure.hint());
        };
        check(ErrorKind::PermissionDenied, "Make sure that the user running casefile");
        check(ErrorKind::ReadOnlyFilesystem, "Make sure that the user running casefile");
        check(ErrorKind::StorageFull, "Free some space");
        check(ErrorKind::Other, "Check the ticket folder");
    }
}
