//! `casefile login` and `casefile logout`.

use std::io::{BufRead, IsTerminal};
use std::process::{Command, ExitCode, Stdio};

use tokio::time::Instant;
use url::Url;

use crate::cli::args::{CommonArgs, LoginArgs, OutputFormat};
use crate::cli::output::printer;
use crate::cli::setup::callback::{Callback, LIFE};
use crate::cli::setup::configuration::{Configured, configured};
use crate::cli::setup::{connect, credentials};
use crate::error::{Error, ErrorClass, Result};
use crate::http::{AddressPolicy, Base};
use crate::model::answer::Failure;
use crate::model::auth_method::AuthMethod;
use crate::tracker::jira::ConsentedSite;

/// Asks a person for consent in a browser and stores the result.
pub(crate) async fn login(common: &CommonArgs, args: &LoginArgs) -> Result<ExitCode> {
    let Configured { here, config, .. } = configured(common)?;
    let gate = connect::gate(&config);
    let app = credentials::app(&gate, &connect::variable)?;
    let vault = credentials::vault(&connect::variable)?;
    let wanted = args.site.clone().or_else(|| connect::address(&config));
    let wanted = wanted.map(|address| connect::site(&address, &gate)).transpose()?;

    let callback = Callback::listen(args.port).await?;
    let redirect = callback.address().to_owned();
    let url = app.authorize(&redirect, callback.state(), args.webhooks);
    printer::say(&format!(
        "To allow casefile to use Jira, open this address in a browser within ten minutes:\n\n  {url}\n"
    ));
    if !args.no_browser {
        open(&url);
    }
    let code = callback.code().await?;

    let http = connect::client(&config, &here, gate.clone(), Instant::now() + LIFE)?;
    let grant = app.exchange(&http, &code, &redirect).await.map_err(failed)?;
    let sites = app.sites(&http, &grant).await.map_err(failed)?;
    let site = choose(sites, wanted.as_ref(), &gate).await?;
    let base = connect::site(&site.url, &gate)?;
    let scopes = site.scopes.clone();
    app.keep(&vault, &base.site(), &site.id, grant)
        .await
        .map_err(|why| Error::new(ErrorClass::Machine, why))?;

    if common.format == OutputFormat::Json {
        printer::json(&serde_json::json!({"version": 1, "site": base.as_str(), "scopes": scopes}));
    } else {
        printer::result(&format!(
            "signed in to {}; the login is stored in {}\nthe login works only with the same \
             JIRA_CLIENT_ID and JIRA_CLIENT_SECRET; you can revoke it at {}",
            base.as_str(),
            vault.folder().display(),
            AuthMethod::Oauth.revoking()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Deletes what is stored.
pub(crate) async fn logout(common: &CommonArgs) -> Result<ExitCode> {
    let vault = credentials::vault(&connect::variable)?;
    let deleted = vault.clear().await.map_err(|error| {
        let folder = vault.folder().display();
        Error::new(ErrorClass::Machine, format!("the logins in {folder} cannot be deleted: {error}"))
    })?;
    if common.format == OutputFormat::Json {
        printer::json(&serde_json::json!({"version": 1, "deleted": deleted}));
    } else {
        let logins = if deleted == 1 { "1 login".to_owned() } else { format!("{deleted} logins") };
        printer::result(&format!(
            "{logins} deleted from {}; casefile keeps its access until you revoke it at {}",
            vault.folder().display(),
            AuthMethod::Oauth.revoking()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn failed(failure: Failure) -> Error {
    Error::remote(failure.to_string()).hint(failure.hint())
}

/// The site that is meant: the wanted one, the only one, or a person's choice.
async fn choose(
    mut sites: Vec<ConsentedSite>,
    wanted: Option<&Base>,
    gate: &AddressPolicy,
) -> Result<ConsentedSite> {
    let list = sites.iter().map(|site| site.url.as_str()).collect::<Vec<_>>().join(", ");
    let none = |what: &str| {
        let hint = if list.is_empty() {
            "access was not granted to any Jira site".to_owned()
        } else {
            format!("access was granted only to {list}")
        };
        Error::remote(format!("PROVIDER_SCOPE_UNAVAILABLE: access to {what} was not granted")).hint(hint)
    };
    if let Some(wanted) = wanted {
        let is_it = |site: &ConsentedSite| {
            Base::parse(&site.url, gate).is_ok_and(|base| base.site() == wanted.site())
        };
        return sites.into_iter().find(is_it).ok_or_else(|| none(wanted.as_str()));
    }
    match sites.len() {
        0 => Err(none("Jira")),
        1 => Ok(sites.remove(0)),
        _ if std::io::stdin().is_terminal() && printer::is_watched() => {
            for (number, site) in sites.iter().enumerate() {
                printer::say(&format!("  {}  {}  {}", number + 1, site.url, site.name));
            }
            printer::say("Which site? Enter its number:");
            let line = tokio::task::spawn_blocking(|| {
                let mut line = String::new();
                std::io::stdin().lock().read_line(&mut line).map(|_| line)
            });
            let line = line.await.ok().and_then(std::io::Result::ok).unwrap_or_default();
            let number =
                line.trim().parse::<usize>().ok().filter(|number| (1..=sites.len()).contains(number));
            let number =
                number.ok_or_else(|| Error::usage("no site was chosen").hint(format!("sites: {list}")))?;
            Ok(sites.remove(number - 1))
        }
        _ => Err(Error::usage("access was granted to several sites")
            .hint(format!("choose one with `--site URL`: {list}"))),
    }
}

/// Tries to open a browser, which needs none of our secrets. If that fails, the address has been printed.
fn open(url: &Url) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut command = Command::new(program);
    let ours = AuthMethod::ALL.iter().flat_map(|method| method.variables());
    for name in
        ours.chain(&["GITHUB_TOKEN", "GITHUB_APP_PRIVATE_KEY", "JIRA_WEBHOOK_SECRET", "SLACK_WEBHOOK_URL"])
    {
        command.env_remove(name);
    }
    let opening =
        command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if opening.is_err() {
        tracing::info!("no browser could be opened");
    }
}
