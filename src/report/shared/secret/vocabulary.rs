//! The words by which a rule about credentials is recognised: scanners, rules, weaknesses, and words in names and
//! messages.

/// Names of scanners that look for credentials although their name does not say so, in lower case.
pub(super) const SCANNERS: &[&str] = &[
    "2ms",
    "trufflehog",
    "ggshield",
    "gitguardian",
    "whispers",
    "noseyparker",
    "nosey parker",
    "kingfisher",
    "talisman",
    "enigma",
    "credscan",
    "shhgit",
    "git-hound",
    "gitrob",
    "rusty-hog",
    "rusty hog",
    "spectralops",
    "nightfall",
    "entro",
    "keyhunter",
    "earlybird",
    "repo-supervisor",
    "titus",
    "keyhog",
    "passhunt",
    "deepsecrets",
    "poltergeist",
    "gitgraber",
    "dumpsterdiver",
];

/// Parts of the names of scanners for credentials, in lower case.
pub(super) const SCANNER_PARTS: &[&str] =
    &["secret", "credential", "leaktk", "trufflehog", "credsweeper", "hardcoded password"];

/// Weaknesses that are a credential in the code or in a file: passwords in configuration (13, 258, 260) or in plain
/// text (256, 555) or recoverable (257), hard-coded ones (259), keys (321) and credentials (798), credentials without
/// protection (522), weak and default ones (1391 to 1394).
pub(super) const CREDENTIALS: &[u32] =
    &[13, 256, 257, 258, 259, 260, 321, 522, 555, 798, 1391, 1392, 1393, 1394];

/// Weaknesses that may be one: sensitive information in plain text (312 to 318), in the environment (526), in the code
/// (540) and its comments (615), hard-coded constants (547).
pub(super) const DOUBTFUL: &[u32] = &[312, 313, 314, 315, 316, 317, 318, 526, 540, 547, 615];

/// Rules that find a credential although their weaknesses may not say so, as in old versions: the scanner in lower
/// case, and how the rule's id ends.
pub(super) const RULES: &[(&str, &str)] = &[
    ("bandit", "B105"),
    ("bandit", "B106"),
    ("bandit", "B107"),
    ("gosec", "G101"),
    ("brakeman", "BRAKE0009"),
    ("brakeman", "BRAKE0029"),
    ("brakeman", "BRAKE0101"),
    ("eslint", "no-pattern-match"),
    ("ruff", "S105"),
    ("ruff", "S106"),
    ("ruff", "S107"),
    ("security code scan", "SCS0015"),
    ("devskim", "DS173237"),
    ("devskim", "DS117838"),
];

/// Ids that are the same whichever tool ships the rule: Sonar's, after the language.
pub(super) const SONAR: &[&str] = &["S2068", "S6418", "S6437", "S6703"];

/// Prefixes of the ids of rules that find nothing else: Checkov's, Horusec's, and Microsoft's for credentials.
pub(super) const STARTS: &[&str] = &["CKV_SECRET_", "HS-LEAKS-", "SEC101/", "CSCAN-"];

/// Words for a credential, each sufficient by itself.
pub(super) const WORDS: &[&str] = &[
    "secret",
    "secrets",
    "credential",
    "credentials",
    "creds",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passphrases",
    "passcode",
    "passcodes",
    "pwd",
    "apikey",
    "apikeys",
    "clientsecret",
    "secretkey",
    "privatekey",
    "kennwort",
    "passwort",
    "contraseña",
    "senha",
    "wachtwoord",
];

/// What makes a key or a token a credential.
pub(super) const KEYS: &[&str] = &[
    "access",
    "account",
    "api",
    "auth",
    "client",
    "cryptographic",
    "encryption",
    "license",
    "pgp",
    "private",
    "rsa",
    "secret",
    "signing",
    "ssh",
    "storage",
    "symmetric",
];
pub(super) const TOKENS: &[&str] =
    &["access", "api", "auth", "bearer", "bot", "jwt", "oauth", "personal", "refresh", "sas"];

/// What is a credential, or as good as one, if it is said to be hard-coded.
pub(super) const HARD_CODED: &[&str] = &[
    "auth",
    "certificate",
    "cookie",
    "iv",
    "key",
    "keys",
    "login",
    "nonce",
    "salt",
    "seed",
    "token",
    "tokens",
    "vector",
];

/// Words, and pairs of them, for what may be a credential or contain one.
pub(super) const PERHAPS: &[&str] =
    &["bearer", "dsn", "entropy", "jwt", "pat", "pem", "sas", "token", "tokens", "webhook", "webhooks"];
pub(super) const PAIRS: &[[&str; 2]] = &[
    ["basic", "auth"],
    ["certificate", "key"],
    ["connection", "string"],
    ["connection", "strings"],
    ["de", "passe"],
];

/// What has an address that contains a password.
pub(super) const SERVERS: &[&str] =
    &["amqp", "database", "jdbc", "mongodb", "mysql", "postgres", "postgresql", "redis", "smtp"];

/// Words that say that a credential is present.
pub(super) const PRESENT: &[&str] =
    &["hardcode", "hardcoded", "committed", "embedded", "leak", "leaked", "leaks"];

/// The same for scanners that do not scan infrastructure, where a setting may have such a name.
pub(super) const PRESENT_IN_CODE: &[&str] = &["detected", "exposed", "generic", "plaintext", "static"];

/// Words in rules about how credentials are handled, rather than about one that is present.
pub(super) const TREATED: &[&str] = &[
    "algorithm",
    "csrf",
    "encoder",
    "expired",
    "hash",
    "hashing",
    "insecure",
    "insufficient",
    "length",
    "missing",
    "policy",
    "random",
    "reset",
    "rotation",
    "size",
    "unexpected",
    "validation",
    "verification",
    "weak",
    "xsrf",
];
