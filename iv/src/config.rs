//! From flags, environment and files to where things are. Nothing else reads the environment.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    args::Global, context::Context, failure::Failure, onevizion::Passwords, secrets::Secrets,
    send::Client, spool::Spool,
};

/// A variable of the environment; an empty one is none.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the configuration, which reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The run around us, as `iv run` told its command.
pub(crate) fn surrounding_run() -> Option<String> {
    variable("IV_RUN")?.into_string().ok()
}

/// Everything that the commands need.
pub(crate) fn context(global: &Global) -> Result<Context, Failure> {
    let passwords = global
        .passwords
        .as_deref()
        .map(Passwords::read)
        .transpose()?;
    // Passwords.json is named on purpose, while the environment is there anyway.
    let (url, key) = match passwords {
        Some(passwords) => (Some(passwords.url), Some(passwords.key)),
        None => (global.url.clone(), key(global)?),
    };
    let secrets = Secrets::new(&state_folder(), &global.secrets, key.as_deref());
    let url = url.as_deref().map(check_url).transpose()?;
    let roots = global.ca_file.as_deref().map(read).transpose()?;
    let client = url.as_deref().zip(key.as_deref());
    let client = client.map(|(url, key)| Client::new(url, key, roots.as_deref()));
    let mut context = assemble(global, client, secrets);
    (context.url, context.roots) = (url, roots);
    Ok(context)
}

/// The same without a server: what is to be sent waits until one is known.
pub(crate) fn context_offline(global: &Global) -> Context {
    let secrets = Secrets::new(&state_folder(), &global.secrets, None);
    assemble(global, None, secrets)
}

fn assemble(global: &Global, client: Option<Client>, secrets: Secrets) -> Context {
    let state = state_folder();
    let folder = global.spool.clone().unwrap_or_else(|| state.join("spool"));
    let mut context = Context {
        spool: None,
        client,
        url: None,
        roots: None,
        flags: global.flags(),
        secrets,
        log_file: state.join("log").join("iv.log"),
        state,
        verbose: global.verbose,
    };
    match Spool::open(&folder, global.spool_limit * 1_024 * 1_024) {
        Ok(spool) => context.spool = Some(spool),
        Err(error) => context.say(&format!(
            "nothing can wait in {}: {error}",
            folder.display()
        )),
    }
    context
}

/// What the command that we run is told besides its run.
pub(crate) fn for_command(global: &Global, context: &Context) -> Vec<(&'static str, OsString)> {
    let mut told = Vec::new();
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Some(client) = &context.client {
        told.push(("IV_URL", OsString::from(&client.url)));
    }
    if let Some(file) = &global.key_file {
        told.push(("IV_KEY_FILE", absolute(file).into_os_string()));
    }
    if let Some(spool) = &global.spool {
        told.push(("IV_SPOOL", absolute(spool).into_os_string()));
    }
    told
}

fn key(global: &Global) -> Result<Option<String>, Failure> {
    let text = match &global.key_file {
        Some(file) => {
            let bytes = read(file)?;
            String::from_utf8(bytes)
                .map_err(|_| Failure::usage(format!("{}: it holds no text", file.display())))?
        }
        None => match variable("IV_KEY").map(OsString::into_string) {
            Some(Ok(key)) => key,
            Some(Err(_)) => return Err(Failure::usage("IV_KEY is no text")),
            None => return Ok(None),
        },
    };
    let key = text.trim();
    if key.is_empty() || key.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::usage("the key is one word"));
    }
    Ok(Some(key.to_owned()))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

/// A server's address; one without a scheme is meant with https.
pub(crate) fn check_url(text: &str) -> Result<String, Failure> {
    let text = text.trim().trim_end_matches('/');
    let url = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['?', '#', '@', ' ']) => Ok(url),
        _ => Err(Failure::usage(
            "the server's address is a scheme and a host, such as https://runs.example.com",
        )),
    }
}

/// `$XDG_STATE_HOME/iv`; under cron and the like, where neither that nor a home is known, a folder
/// of the user's own beside all others.
fn state_folder() -> PathBuf {
    let absolute = |name: &str| {
        let path = variable(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .unwrap_or_else(|| {
            let user = rustix::process::getuid().as_raw();
            PathBuf::from(format!("/var/tmp/iv-{user}"))
        })
        .join("iv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_leave_out_its_scheme() {
        let url = |text: &str| check_url(text).map_err(|failure| failure.code);
        assert_eq!(
            url("inside.example.com"),
            Ok("https://inside.example.com".to_owned())
        );
        assert_eq!(
            url("http://127.0.0.1:3000/"),
            Ok("http://127.0.0.1:3000".to_owned())
        );
        assert_eq!(url("ftp://example.com"), Err(2));
        assert_eq!(url("https://me:secret@example.com"), Err(2));
    }
}
