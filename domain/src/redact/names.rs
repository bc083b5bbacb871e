//! Which names say that their values are secret: ours, and what a workspace adds or takes out.

use thiserror::Error;

/// Names of one list of a workspace.
pub const NAMES: usize = 200;
/// Characters of one of them.
pub const NAME_CHARS: usize = 100;

/// What the form calls the names that are secret too.
pub const EXTRA: &str = "Also secret";
/// What it calls those that are not.
pub const SAFE: &str = "Not secret";

/// What a workspace says of names, compared without case and punctuation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    extra: Vec<Vec<u8>>,
    safe: Vec<Vec<u8>>,
}

/// What is wrong with a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{rule}")]
pub struct BadNames {
    pub rule: String,
}

/// Checks a list that a form sends, one name a line: blank lines and repeats go.
///
/// # Errors
/// [`BadNames`] with the line and the rule that it breaks; `label` is what the form calls the list.
pub fn list(label: &str, text: &str) -> Result<Vec<String>, BadNames> {
    let mut names: Vec<String> = Vec::new();
    let bad = |rule: String| Err(BadNames { rule });
    for (number, line) in (1..).zip(text.lines()) {
        let name = line.trim();
        if name.is_empty() {
            continue;
        }
        if name.chars().count() > NAME_CHARS {
            return bad(format!(
                "{label}, line {number}: a name has at most {NAME_CHARS} characters."
            ));
        }
        let folded = fold(name.as_bytes());
        if folded.is_empty() {
            return bad(format!(
                "{label}, line {number}: a name has a letter or a digit."
            ));
        }
        if names.iter().all(|known| fold(known.as_bytes()) != folded) {
            names.push(name.to_owned());
        }
    }
    if names.len() > NAMES {
        return bad(format!(
            "{label}: at most {NAMES} names, these are {}.",
            names.len()
        ));
    }
    Ok(names)
}

impl Names {
    /// Of the lists that a workspace has stored, one name a line.
    #[must_use]
    pub fn new(extra: &str, safe: &str) -> Self {
        let folded = |text: &str| {
            let names = text.lines().map(|line| fold(line.as_bytes()));
            let mut names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
            names.sort_unstable();
            names
        };
        Self {
            extra: folded(extra),
            safe: folded(safe),
        }
    }

    /// What kind of secret a value of this name is; `None` where it is none.
    #[must_use]
    pub fn kind(&self, name: &[u8]) -> Option<&'static str> {
        let plain = fold(name);
        if plain.is_empty() || self.safe.binary_search(&plain).is_ok() {
            return None;
        }
        if self.extra.binary_search(&plain).is_ok() {
            return Some("secret");
        }
        let last = name.iter().rposition(|b| b".[:/".contains(b));
        of(&plain).or_else(|| {
            // `card[cvc]` and `ns:pin`: the last word counts too.
            let last = fold(&name[last? + 1..]);
            if self.safe.binary_search(&last).is_ok() {
                return None;
            }
            let added = self.extra.binary_search(&last).is_ok();
            if added { Some("secret") } else { of(&last) }
        })
    }

    /// Whether the workspace says that this name is no secret.
    pub(super) fn is_safe(&self, name: &[u8]) -> bool {
        !self.safe.is_empty() && self.safe.binary_search(&fold(name)).is_ok()
    }
}

/// Lower case, without punctuation and blanks.
pub(super) fn fold(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() {
        let plain = name.iter().filter(|b| b.is_ascii_alphanumeric());
        return plain.map(u8::to_ascii_lowercase).collect();
    }
    let text = String::from_utf8_lossy(name);
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    plain.to_lowercase().into_bytes()
}

/// Names that hold one of these, by first letter. Sentry's default list is among them.
fn within(rest: &[u8]) -> Option<&'static str> {
    let parts: &[(&str, &'static str)] = match rest.first()? {
        b'a' => &[
            ("apikey", "key"),
            ("accesskey", "key"),
            ("accountkey", "key"),
            ("authkey", "key"),
            ("authorization", "secret"),
            ("accesstoken", "token"),
            ("authtoken", "token"),
        ],
        b'b' => &[("bearer", "bearer")],
        b'c' => &[
            ("credential", "secret"),
            ("cookie", "cookie"),
            ("cardnumber", "card"),
            ("clientassertion", "jwt"),
            ("connectionstring", "secret"),
            ("csrf", "token"),
        ],
        b'e' => &[("encryptionkey", "key")],
        b'f' => &[("functionskey", "key")],
        b'h' => &[("hmac", "secret")],
        b'm' => &[("masterkey", "key")],
        b'p' => &[
            ("password", "password"),
            ("passwd", "password"),
            ("passphrase", "password"),
            ("passcode", "pin"),
            ("privatekey", "key"),
        ],
        b'r' => &[("refreshtoken", "token")],
        b's' => &[
            ("secret", "secret"),
            ("signature", "secret"),
            ("signingkey", "key"),
            ("sharedkey", "key"),
            ("subscriptionkey", "key"),
            ("securitycode", "pin"),
        ],
        b'x' => &[("xsrf", "token")],
        _ => return None,
    };
    if rest.starts_with(b"secretary") {
        return None;
    }
    let found = parts
        .iter()
        .find(|(part, _)| rest.starts_with(part.as_bytes()));
    found.map(|(_, kind)| *kind)
}

/// What kind of secret a folded name says; ours alone.
fn of(plain: &[u8]) -> Option<&'static str> {
    match plain {
        b"pin" | b"cvv" | b"cvv2" | b"cvc" | b"cvc2" | b"cvn" | b"csc" | b"otp" | b"totp"
        | b"ssn" | b"pincode" | b"onetimecode" => return Some("pin"),
        b"pwd" | b"pass" | b"pw" | b"dbpass" | b"userpass" => return Some("password"),
        b"pan" | b"ccnumber" | b"cardno" | b"ccnum" => return Some("card"),
        b"auth" | b"jwt" | b"sig" | b"assertion" | b"samlresponse" | b"codeverifier" => {
            return Some("secret");
        }
        b"session" | b"sessionid" | b"sessionkey" | b"phpsessid" | b"jsessionid"
        | b"connectsid" => {
            return Some("token");
        }
        _ => {}
    }
    if plain.ends_with(b"token") {
        return Some("token");
    }
    if plain.ends_with(b"pwd") {
        return Some("password");
    }
    // Ours is what an end-user signs in with, mostly an address.
    if plain.ends_with(b"auth") && plain != b"userauth" {
        return Some("secret");
    }
    (0..plain.len()).find_map(|at| within(&plain[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentrys_default_names_and_ours_are_secret() {
        let names = Names::default();
        for name in [
            "password",
            "secret",
            "passwd",
            "api_key",
            "apikey",
            "auth",
            "credentials",
            "mysql_pwd",
            "privatekey",
            "private_key",
            "token",
            "bearer",
            "access_token",
            "stripetoken",
            "card[number]",
            "github_token",
            "session",
            "sessionid",
            "csrftoken",
            "x_csrftoken",
            "set_cookie",
            "cookie",
            "authorization",
            "x_api_key",
            "Proxy-Authorization",
            "X-Hub-Signature-256",
            "X-Amz-Security-Token",
            "Client-Secret",
            "wsse:Password",
            "user[pin]",
            "card.cvc",
            "AccountKey",
            "X-Shopify-Hmac-Sha256",
        ] {
            assert!(names.kind(name.as_bytes()).is_some(), "{name}");
        }
        for name in [
            "author",
            "user",
            "tokens",
            "max_tokens",
            "name",
            "email",
            "shipping",
            "opinion",
            "company",
            "passenger",
            "secretary_general",
            "number",
            "key",
            "sid",
            "ETag",
            "",
        ] {
            assert_eq!(names.kind(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_workspace_adds_names_and_takes_names_out() {
        let names = Names::new("Customer Nr\nGeheimnis", "page_token\nSIGNATURE");
        assert_eq!(names.kind(b"customerNR"), Some("secret"));
        assert_eq!(names.kind("geheimnis".as_bytes()), Some("secret"));
        assert_eq!(names.kind(b"PageToken"), None);
        assert_eq!(names.kind(b"signature"), None);
        assert_eq!(names.kind(b"x-signature"), Some("secret"));
        let names = Names::new("Pässwort", "");
        assert_eq!(names.kind("PÄSSWORT".as_bytes()), Some("secret"));
    }

    #[test]
    fn a_list_names_the_line_that_is_wrong() {
        assert_eq!(list("Safe", " a \n\nA\r\nb").expect("a list"), ["a", "b"]);
        let rule = |text: &str| list("Safe", text).expect_err("refused").rule;
        assert_eq!(
            rule("a\n--"),
            "Safe, line 2: a name has a letter or a digit."
        );
        assert_eq!(
            rule(&"x".repeat(101)),
            "Safe, line 1: a name has at most 100 characters."
        );
        let many: String = (0..201).map(|n| format!("n{n}\n")).collect();
        assert_eq!(rule(&many), "Safe: at most 200 names, these are 201.");
    }
}
