//! What `login` stores, encrypted: one file per site and app, under a lock that processes share.
//!
//! The key is derived from a file beside it and from the app's secret, which is never stored. So a copy of the folder
//! (a backup, a synchronised home) is worthless by itself; anybody who can run programs as this person and knows the
//! app's secret can open it.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::app::OauthApp;

/// How long another process may hold the lock: longer than one exchange takes.
const PATIENCE: (usize, Duration) = (1_800, Duration::from_millis(50));

/// The ending of stored logins.
const LOGIN: &str = "login";
/// The file that holds the first half of the key.
const KEY: &str = "key";

/// The folder of stored logins.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
    /// The time at one moment; later times are computed with the machine's monotonic clock.
    now: (Timestamp, Instant),
}

/// A login as it is stored. It has no `Debug`, because nothing of it must be shown.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) cloud_id: String,
    pub(super) refresh: String,
    pub(super) access: String,
    /// When the access token expires.
    pub(super) until: Timestamp,
    pub(super) scopes: Vec<String>,
}

/// The lock; it is released when the value is dropped.
pub(super) struct VaultLock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

impl Vault {
    /// A folder, which need not exist yet, and the current time.
    pub fn new(folder: PathBuf, now: Timestamp) -> Vault {
        Vault { folder, now: (now, Instant::now()) }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is a login for a site by this app.
    pub fn holds(&self, site: &str, client: &str) -> bool {
        self.file(site, client).is_file()
    }

    /// Deletes all logins and the key; returns how many logins there were.
    ///
    /// # Errors
    /// If a file cannot be deleted.
    pub async fn clear(&self) -> io::Result<usize> {
        if !self.folder.is_dir() {
            return Ok(0);
        }
        let _held = self.lock().await?;
        let mut count = 0;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let is_login = path.extension().is_some_and(|ending| ending == LOGIN);
            // a draft was left behind by a process that was killed
            if is_login || path.extension().is_some_and(|ending| ending == "draft") || path.ends_with(KEY) {
                fs::remove_file(&path)?;
                count += usize::from(is_login);
            }
        }
        Ok(count)
    }

    pub(super) fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.now.1.elapsed()).unwrap_or_default();
        self.now.0.checked_add(gone).unwrap_or(self.now.0)
    }

    /// Waits until no other process is working on the logins.
    pub(super) async fn lock(&self) -> io::Result<VaultLock> {
        self.make_folder()?;
        let file = private().create(true).truncate(false).open(self.folder.join("lock"))?;
        for _ in 0..PATIENCE.0 {
            match file.try_lock() {
                Ok(()) => return Ok(VaultLock(file)),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PATIENCE.1).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::new(ErrorKind::TimedOut, "another process has locked the stored logins"))
    }

    /// The stored login, `None` if there is none. If it cannot be opened, the error is a sentence.
    pub(super) fn load(
        &self,
        site: &str,
        app: &OauthApp,
        _held: &VaultLock,
    ) -> Result<Option<Login>, String> {
        let path = self.file(site, &app.id);
        let sealed = match fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let file = fs::read(self.folder.join(KEY)).unwrap_or_default();
        let opened = open(sealed, &key(&file, &app.secret), &bound_to(site, &app.id));
        let login = opened.and_then(|opened| serde_json::from_slice(&opened).ok());
        let why = "the stored login cannot be decrypted; JIRA_CLIENT_SECRET may differ from the one that \
                   was set for `casefile login`";
        login.map(Some).ok_or_else(|| why.to_owned())
    }

    /// Replaces the stored login atomically: a process that is killed leaves one of the two.
    pub(super) fn save(
        &self,
        site: &str,
        app: &OauthApp,
        login: &Login,
        _held: &VaultLock,
    ) -> io::Result<()> {
        let file = self.key_file()?;
        let sealed = seal(serde_json::to_vec(login)?, &key(&file, &app.secret), &bound_to(site, &app.id))?;
        self.replace(&self.file(site, &app.id), &sealed)
    }

    /// The first half of the key; created if there is none.
    fn key_file(&self) -> io::Result<Vec<u8>> {
        let path = self.folder.join(KEY);
        match fs::read(&path) {
            Ok(key) if key.len() == 32 => return Ok(key),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut key = vec![0; 32];
        random(&mut key)?;
        self.replace(&path, &key)?;
        Ok(key)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let draft = path.with_extension("draft");
        let _ = fs::remove_file(&draft);
        let mut file = private().create_new(true).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    }

    fn make_folder(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }

    /// The name is a hash, so that it reveals neither the site nor the app.
    fn file(&self, site: &str, client: &str) -> PathBuf {
        let hash = digest::digest(&digest::SHA256, &bound_to(site, client));
        let name: String = hash.as_ref().iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{name}.{LOGIN}"))
    }
}

/// Options for files that nobody else can read.
fn private() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// What a login belongs to, so that one cannot be put in another's place.
fn bound_to(site: &str, client: &str) -> Vec<u8> {
    format!("casefile login 1\n{site}\n{client}").into_bytes()
}

fn key(file: &[u8], secret: &SecretString) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, file), secret.expose_secret().as_bytes())
}

fn sealing(key: &hmac::Tag) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).ok().map(LessSafeKey::new)
}

/// Encrypts a text: the result is the nonce, then the ciphertext and the tag.
fn seal(mut text: Vec<u8>, key: &hmac::Tag, bound_to: &[u8]) -> io::Result<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    random(&mut nonce)?;
    let sealed = sealing(key).and_then(|key| {
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::from(bound_to), &mut text).ok()
    });
    sealed.ok_or_else(|| io::Error::other("it cannot be encrypted"))?;
    Ok([nonce.as_slice(), &text].concat())
}

fn open(mut sealed: Vec<u8>, key: &hmac::Tag, bound_to: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let opened = sealing(key)?.open_in_place(nonce, Aad::from(bound_to), text).ok()?;
    Some(opened.to_vec())
}

/// Random bytes that nobody can guess.
pub(super) fn random(bytes: &mut [u8]) -> io::Result<()> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| io::Error::other("the system does not provide random numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{AddressPolicy, Base};

    fn app(id: &str, secret: &str) -> OauthApp {
        let base = Base::parse("https://a.example", &AddressPolicy::default()).unwrap();
        OauthApp { id: id.to_owned(), secret: secret.to_owned().into(), server: base.clone(), gateway: base }
    }

    fn login(refresh: &str) -> Login {
        Login {
            cloud_id: "1-2".to_owned(),
            refresh: refresh.to_owned(),
            access: "access-geheim".to_owned(),
            until: Timestamp::UNIX_EPOCH,
            scopes: Vec::new(),
        }
    }

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().join("casefile"), Timestamp::UNIX_EPOCH);
        (folder, vault)
    }

    #[tokio::test]
    async fn what_is_stored_is_found_by_the_same_app_alone() {
        let (_folder, vault) = vault();
        let held = vault.lock().await.unwrap();
        assert!(!vault.holds("a.example", "app"));
        vault.save("a.example", &app("app", "s"), &login("r1"), &held).unwrap();
        vault.save("a.example", &app("app", "s"), &login("r2"), &held).unwrap();
        let refresh = |site: &str, id: &str, secret: &str| {
            vault.load(site, &app(id, secret), &held).map(|login| login.map(|login| login.refresh))
        };
        assert!(vault.holds("a.example", "app"));
        assert_eq!(refresh("a.example", "app", "s"), Ok(Some("r2".to_owned())));
        assert_eq!(refresh("b.example", "app", "s"), Ok(None));
        assert_eq!(refresh("a.example", "other", "s"), Ok(None));
        assert!(refresh("a.example", "app", "another").unwrap_err().contains("JIRA_CLIENT_SECRET"));
        fs::copy(vault.file("a.example", "app"), vault.file("b.example", "app")).unwrap();
        assert!(refresh("b.example", "app", "s").is_err());
        fs::remove_file(vault.folder.join(KEY)).unwrap();
        assert!(refresh("a.example", "app", "s").is_err());
        drop(held);
        assert_eq!(vault.clear().await.unwrap(), 2);
        assert!(!vault.holds("a.example", "app"));
    }

    #[tokio::test]
    async fn nothing_of_it_can_be_read_on_the_disk_or_by_others() {
        let (_folder, vault) = vault();
        let held = vault.lock().await.unwrap();
        vault.save("a.example", &app("app", "s"), &login("refresh-geheim"), &held).unwrap();
        for entry in fs::read_dir(&vault.folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(6).any(|part| part == b"geheim"), "{}", path.display());
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(vault.folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[tokio::test]
    async fn one_waits_for_the_other() {
        let (_folder, vault) = vault();
        let held = vault.lock().await.unwrap();
        let waiting = tokio::spawn({
            let vault = vault.clone();
            async move { vault.lock().await.map(drop) }
        });
        tokio::time::sleep(Duration::from_millis(120)).await;
        assert!(!waiting.is_finished());
        drop(held);
        waiting.await.unwrap().unwrap();
    }
}
