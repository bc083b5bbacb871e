//! The identity provider's settings: all of them that are needed, or none.

use std::path::PathBuf;

use clap::Args;
use domain::access::Role;

use crate::oidc::{Join, Secret, Settings, issuer_host};

/// The variable that may hold the client's secret. There is no flag for it: flags are seen by
/// everybody on the machine.
const SECRET: &str = "IV_OIDC_CLIENT_SECRET";
/// Characters of a label.
const LABEL: usize = 40;

/// Why the settings cannot be used: a sentence that names the one that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(String);

impl Wrong {
    /// The file of certificates was read and cannot be used.
    pub(super) fn certificates(why: String) -> Self {
        Self(format!("--oidc-ca-file: {why}"))
    }
}

/// How people sign in beside passwords.
#[derive(Debug, Clone, Default, Args)]
pub struct Oidc {
    /// The issuer of an OpenID Connect provider with which people sign in, as its tokens name it
    #[arg(long = "oidc-issuer", env = "IV_OIDC_ISSUER", value_name = "URL")]
    pub issuer: Option<String>,
    /// What the provider calls this server
    #[arg(long = "oidc-client-id", env = "IV_OIDC_CLIENT_ID", value_name = "ID")]
    pub client_id: Option<String>,
    /// The file with the client's secret, unless `IV_OIDC_CLIENT_SECRET` holds it
    #[arg(
        long = "oidc-client-secret-file",
        env = "IV_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE"
    )]
    pub secret_file: Option<PathBuf>,
    /// What the button says after "Sign in with"; the issuer's host unless it is set
    #[arg(long = "oidc-label", env = "IV_OIDC_LABEL", value_name = "NAME")]
    pub label: Option<String>,
    /// Domain of e-mail addresses for which an account is made at the first sign-in; may be repeated
    #[arg(
        long = "oidc-domain",
        env = "IV_OIDC_DOMAINS",
        value_delimiter = ',',
        value_name = "DOMAIN"
    )]
    pub domains: Vec<String>,
    /// The role of such an account: viewer, support, operator or admin
    #[arg(long = "oidc-role", env = "IV_OIDC_ROLE", value_name = "ROLE")]
    pub role: Option<String>,
    /// The workspace of such an account
    #[arg(
        long = "oidc-workspace",
        env = "IV_OIDC_WORKSPACE",
        default_value = "main",
        value_name = "WORKSPACE"
    )]
    pub workspace: String,
    /// A file of certificates (PEM) that are trusted for the provider beside the public ones
    #[arg(long = "oidc-ca-file", env = "IV_OIDC_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Let people sign in with the provider only, and not with passwords
    #[arg(long, env = "IV_NO_PASSWORDS")]
    pub no_passwords: bool,
}

impl Oidc {
    /// The provider, where one is set. An empty value is none, as an unset variable of a container.
    ///
    /// # Errors
    /// [`Wrong`] where a part is missing or makes no sense.
    pub fn settings(
        &self,
        public_url: Option<&str>,
        no_auth: bool,
    ) -> Result<Option<Settings>, Wrong> {
        self.checked(secret_of_the_environment(), public_url, no_auth)
    }

    fn checked(
        &self,
        secret: Option<String>,
        public_url: Option<&str>,
        no_auth: bool,
    ) -> Result<Option<Settings>, Wrong> {
        let secret_file = named(self.secret_file.as_ref());
        let Some(issuer) = given(self.issuer.as_deref()) else {
            return self.none(secret.is_some() || secret_file.is_some());
        };
        let host = issuer_host(issuer).ok_or_else(|| {
            wrong("--oidc-issuer: it is an address such as https://id.example.com; http:// is for this machine only")
        })?;
        if no_auth {
            return Err(wrong(
                "--no-auth and --oidc-issuer: either nobody signs in, or people do",
            ));
        }
        if public_url.is_none() {
            return Err(wrong(
                "--oidc-issuer needs --public-url: the provider sends people back there",
            ));
        }
        let client_id = given(self.client_id.as_deref()).ok_or_else(|| {
            wrong("--oidc-issuer needs --oidc-client-id: what the provider calls this server")
        })?;
        let secret = of_one(secret, secret_file)?;
        let label = given(self.label.as_deref());
        if label.is_some_and(|label| label.chars().count() > LABEL) {
            return Err(wrong(format!("--oidc-label: at most {LABEL} characters")));
        }
        let roots = named(self.ca_file.as_ref()).map(std::fs::read).transpose();
        Ok(Some(Settings {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            secret: Secret::new(secret),
            label: label.unwrap_or(&host).to_owned(),
            join: self.join()?,
            roots: roots
                .map_err(|error| wrong(format!("--oidc-ca-file: it cannot be read: {error}")))?,
        }))
    }

    /// Without an issuer nothing else may be set: it would have no effect, and nobody would notice.
    fn none(&self, has_secret: bool) -> Result<Option<Settings>, Wrong> {
        let set = [
            (
                "--oidc-client-id",
                given(self.client_id.as_deref()).is_some(),
            ),
            ("the client's secret", has_secret),
            ("--oidc-label", given(self.label.as_deref()).is_some()),
            ("--oidc-domain", !self.domains().is_empty()),
            ("--oidc-role", given(self.role.as_deref()).is_some()),
            ("--no-passwords", self.no_passwords),
        ];
        match set.iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(wrong(format!("{name} is set without --oidc-issuer"))),
            None => Ok(None),
        }
    }

    fn join(&self) -> Result<Option<Join>, Wrong> {
        let domains = self.domains();
        let role = given(self.role.as_deref());
        let role = match (domains.is_empty(), role) {
            (true, None) => return Ok(None),
            (true, Some(_)) => {
                return Err(wrong("--oidc-role needs --oidc-domain: whose role it is"));
            }
            (false, None) => {
                return Err(wrong("--oidc-domain needs --oidc-role: what they may do"));
            }
            (false, Some(role)) => role.parse::<Role>(),
        };
        let role =
            role.map_err(|_| wrong("--oidc-role: it is viewer, support, operator or admin"))?;
        let is_domain =
            |domain: &String| domain.contains('.') && !domain.contains(['@', ' ', '*', '/', ':']);
        if !domains.iter().all(is_domain) {
            return Err(wrong(
                "--oidc-domain: it is what follows the @, such as example.com",
            ));
        }
        Ok(Some(Join {
            domains,
            workspace: self.workspace.clone(),
            role,
        }))
    }

    fn domains(&self) -> Vec<String> {
        let domains = self
            .domains
            .iter()
            .map(|domain| domain.trim().to_ascii_lowercase());
        domains.filter(|domain| !domain.is_empty()).collect()
    }
}

/// The client's secret, from the one place that was said.
fn of_one(variable: Option<String>, file: Option<&PathBuf>) -> Result<String, Wrong> {
    let path = match (variable, file) {
        (Some(_), Some(_)) => {
            return Err(wrong(format!(
                "--oidc-client-secret-file and {SECRET}: set one of them"
            )));
        }
        (None, None) => {
            return Err(wrong(format!(
                "--oidc-issuer needs --oidc-client-secret-file or {SECRET}"
            )));
        }
        (Some(secret), None) => return Ok(secret),
        (None, Some(path)) => path,
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        wrong(format!(
            "--oidc-client-secret-file: it cannot be read: {error}"
        ))
    })?;
    match text.trim() {
        "" => Err(wrong("--oidc-client-secret-file: it is empty")),
        secret => Ok(secret.to_owned()),
    }
}

fn named(path: Option<&PathBuf>) -> Option<&PathBuf> {
    path.filter(|path| !path.as_os_str().is_empty())
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn wrong(text: impl Into<String>) -> Wrong {
    Wrong(text.into())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the configuration, and clap has no variable without a flag"
)]
fn secret_of_the_environment() -> Option<String> {
    let secret = std::env::var(SECRET).ok()?;
    let secret = secret.trim();
    (!secret.is_empty()).then(|| secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: Option<&str> = Some("https://runs.example.com");

    fn whole() -> Oidc {
        Oidc {
            issuer: Some("https://id.example.com/realms/acme".to_owned()),
            client_id: Some("integration-view".to_owned()),
            workspace: "main".to_owned(),
            ..Oidc::default()
        }
    }

    fn why(oidc: &Oidc, url: Option<&str>, no_auth: bool) -> String {
        let checked = oidc.checked(Some("hush".to_owned()), url, no_auth);
        checked.expect_err("it is refused").to_string()
    }

    #[test]
    fn the_whole_of_it_is_taken_and_nothing_is_none() {
        let settings = whole().checked(Some("hush".to_owned()), URL, false);
        let settings = settings.expect("it is taken").expect("a provider");
        assert_eq!(
            (settings.label.as_str(), settings.join),
            ("id.example.com", None)
        );
        let some = Oidc {
            label: Some("Acme".to_owned()),
            domains: vec![" Acme.test".to_owned(), String::new()],
            role: Some("support".to_owned()),
            ..whole()
        };
        let settings = some.checked(Some("hush".to_owned()), URL, false);
        let settings = settings.expect("it is taken").expect("a provider");
        let join = settings.join.expect("some are let in");
        assert_eq!(
            (join.domains, join.role),
            (vec!["acme.test".to_owned()], Role::Support)
        );
        let empty = Oidc {
            issuer: Some(" ".to_owned()),
            ..Oidc::default()
        };
        assert!(
            empty
                .checked(None, None, true)
                .expect("it is taken")
                .is_none()
        );
    }

    #[test]
    fn half_of_it_is_refused_with_the_name_of_the_setting() {
        assert!(why(&whole(), None, false).starts_with("--oidc-issuer needs --public-url"));
        assert!(why(&whole(), URL, true).starts_with("--no-auth and --oidc-issuer"));
        let changed = |change: fn(&mut Oidc)| {
            let mut oidc = whole();
            change(&mut oidc);
            why(&oidc, URL, false)
        };
        for (change, name) in [
            (
                (|o| o.issuer = Some("http://id.example.com".into())) as fn(&mut Oidc),
                "--oidc-issuer: ",
            ),
            (
                |o| o.client_id = None,
                "--oidc-issuer needs --oidc-client-id",
            ),
            (
                |o| o.secret_file = Some("/nowhere".into()),
                "--oidc-client-secret-file and IV_",
            ),
            (|o| o.label = Some("x".repeat(41)), "--oidc-label: "),
            (|o| o.ca_file = Some("/nowhere".into()), "--oidc-ca-file: "),
            (
                |o| o.role = Some("viewer".into()),
                "--oidc-role needs --oidc-domain",
            ),
            (
                |o| o.domains = vec!["acme.test".into()],
                "--oidc-domain needs --oidc-role",
            ),
            (
                |o| (o.domains, o.role) = (vec!["@acme.test".into()], Some("viewer".into())),
                "--oidc-domain: ",
            ),
            (
                |o| (o.domains, o.role) = (vec!["acme.test".into()], Some("boss".into())),
                "--oidc-role: ",
            ),
            (
                |o| o.issuer = None,
                "--oidc-client-id is set without --oidc-issuer",
            ),
        ] {
            let why = changed(change);
            assert!(why.starts_with(name), "{name} {why}");
        }
        let missing = whole()
            .checked(None, URL, false)
            .expect_err("it is refused");
        assert!(
            missing
                .to_string()
                .contains("needs --oidc-client-secret-file or IV_OIDC_CLIENT_SECRET")
        );
        let alone = Oidc {
            no_passwords: true,
            ..Oidc::default()
        };
        let alone = alone.checked(None, URL, false).expect_err("it is refused");
        assert_eq!(
            alone.to_string(),
            "--no-passwords is set without --oidc-issuer"
        );
    }
}
