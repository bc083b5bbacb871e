//! Secrets are taken out before anything is written.
//!
//! This replaces the values of header fields, URL parameters, JSON members and
//! form fields whose names say that they are secret, and the user part of a URL.
//! All other bytes stay as they were. It looks at names, not at the shapes of values.

/// What stands in a secret's place.
pub const MARK: &str = "[redacted]";

/// Whether a name says that its value is a secret.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    const WITHIN: [&str; 12] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "apikey",
        "accesskey",
        "privatekey",
        "credential",
        "authorization",
        "cookie",
        "bearer",
        "signature",
    ];
    const WHOLE: [&str; 5] = ["auth", "pwd", "pin", "cvv", "cardnumber"];
    plain.ends_with("token")
        || WHOLE.contains(&plain.as_str())
        || WITHIN.iter().any(|part| plain.contains(part))
}

/// The value of a header field as it may be kept. The scheme of an authorization stays.
#[must_use]
pub fn header(name: &str, value: String) -> String {
    if !is_secret(name) {
        return value;
    }
    match value.split_once(' ') {
        Some((scheme, _))
            if name.to_ascii_lowercase().ends_with("authorization")
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-') =>
        {
            format!("{scheme} {MARK}")
        }
        _ => MARK.to_owned(),
    }
}

/// A URL as it may be kept: without its user part and without secret parameters.
#[must_use]
pub fn url(url: &str) -> String {
    let (before, fragment) = match url.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (url, None),
    };
    let (address, query) = match before.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (before, None),
    };
    let mut kept = match address.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            match authority.rsplit_once('@') {
                Some((_, host)) => format!("{scheme}://{MARK}@{host}{path}"),
                None => address.to_owned(),
            }
        }
        None => address.to_owned(),
    };
    if let Some(query) = query {
        kept.push('?');
        kept.push_str(&form(query).unwrap_or_else(|| query.to_owned()));
    }
    if let Some(fragment) = fragment {
        kept.push('#');
        // Implicit sign-in hands tokens over in the fragment.
        kept.push_str(&form(fragment).unwrap_or_else(|| fragment.to_owned()));
    }
    kept
}

/// `a=1&token=2` without its secret values; `None` where it holds none.
fn form(text: &str) -> Option<String> {
    let mut found = false;
    let pairs: Vec<String> = text
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret(&unescape(name)) => {
                found = true;
                format!("{name}={MARK}")
            }
            _ => pair.to_owned(),
        })
        .collect();
    found.then(|| pairs.join("&"))
}

fn unescape(name: &str) -> String {
    if !name.contains('%') {
        return name.to_owned();
    }
    serde_urlencoded::from_str::<Vec<(String, String)>>(name)
        .ok()
        .and_then(|pairs| pairs.into_iter().next())
        .map_or_else(|| name.to_owned(), |(name, _)| name)
}

/// A body as it may be kept, and whether anything was replaced.
#[must_use]
pub fn body(bytes: Vec<u8>) -> (Vec<u8>, bool) {
    let begin = bytes
        .iter()
        .copied()
        .find(|b| !b.is_ascii_whitespace() && *b < 0x80);
    let kept = match begin {
        Some(b'{' | b'[') => json(&bytes),
        Some(b) if b.is_ascii_alphanumeric() && bytes.contains(&b'=') => {
            std::str::from_utf8(&bytes)
                .ok()
                .filter(|text| !text.contains(char::is_whitespace))
                .and_then(form)
                .map(String::into_bytes)
        }
        _ => None,
    };
    match kept {
        Some(kept) => (kept, true),
        None => (bytes, false),
    }
}

/// JSON text without the values of secret members; `None` where it holds none.
///
/// Works on bytes and needs no valid JSON: a cut or broken body hides its secrets too.
fn json(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'"' {
            at += 1;
            continue;
        }
        let end = string_end(bytes, at);
        let name = &bytes[at..end];
        at = end;
        let mut value = skip_blank(bytes, at);
        if bytes.get(value) != Some(&b':') || !is_secret(&member_name(name)) {
            continue;
        }
        value = skip_blank(bytes, value + 1);
        let value_end = match bytes.get(value) {
            Some(b'"') => string_end(bytes, value),
            // The members of an object are looked at one by one; a list goes as a whole.
            Some(b'{') | None => continue,
            Some(b'[') => list_end(bytes, value),
            Some(b'n' | b't' | b'f') => continue,
            Some(_) => scalar_end(bytes, value),
        };
        kept.extend_from_slice(&bytes[copied..value]);
        kept.extend_from_slice(format!("\"{MARK}\"").as_bytes());
        (copied, at) = (value_end, value_end);
    }
    if copied == 0 {
        return None;
    }
    kept.extend_from_slice(&bytes[copied..]);
    Some(kept)
}

fn member_name(quoted: &[u8]) -> String {
    serde_json::from_slice(quoted).unwrap_or_else(|_| String::from_utf8_lossy(quoted).into_owned())
}

fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// One past the closing quote of the string that opens at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

fn list_end(bytes: &[u8], at: usize) -> usize {
    let (mut end, mut depth) = (at, 0_usize);
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'"' => {
                end = string_end(bytes, end);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return end + 1;
                }
            }
            _ => {}
        }
        end += 1;
    }
    bytes.len()
}

fn scalar_end(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..]
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'}' | b']'));
    length.map_or(bytes.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(body_text: &str) -> String {
        String::from_utf8(body(body_text.as_bytes().to_vec()).0).expect("text")
    }

    #[test]
    fn secret_header_fields_lose_their_values() {
        assert_eq!(
            header("Authorization", "Bearer abc".into()),
            "Bearer [redacted]"
        );
        assert_eq!(header("X-Api-Key", "k v".into()), MARK);
        assert_eq!(header("Set-Cookie", "sid=1; Path=/".into()), MARK);
        assert_eq!(
            header("Content-Type", "application/json".into()),
            "application/json"
        );
        assert_eq!(header("X-Author", "Ann".into()), "Ann");
    }

    #[test]
    fn urls_keep_everything_but_secrets() {
        assert_eq!(
            url("https://ann:pw@api.test/v1?limit=10&access_token=abc&q=a%20b#x"),
            "https://[redacted]@api.test/v1?limit=10&access_token=[redacted]&q=a%20b#x"
        );
        assert_eq!(
            url("/_search?q=status:RUNNING&size=0"),
            "/_search?q=status:RUNNING&size=0"
        );
        assert_eq!(
            url("https://a.test/cb#access_token=x&state=1"),
            "https://a.test/cb#access_token=[redacted]&state=1"
        );
    }

    #[test]
    fn secret_members_are_replaced_and_nothing_else() {
        assert_eq!(
            text(
                r#"{ "user":"ann", "password" : "p\"w", "n": 1e400, "pass\u0077ord":7, "a":{"client_secret":["x",{"y":1}] }}"#
            ),
            r#"{ "user":"ann", "password" : "[redacted]", "n": 1e400, "pass\u0077ord":"[redacted]", "a":{"client_secret":"[redacted]" }}"#
        );
        assert_eq!(
            text("grant_type=password&client_secret=abc&scope=a+b"),
            "grant_type=password&client_secret=[redacted]&scope=a+b"
        );
    }

    #[test]
    fn a_cut_body_hides_its_secret_too() {
        assert_eq!(text(r#"{"token":"abc"#), r#"{"token":"[redacted]""#);
        assert_eq!(text(r#"{"token":["abc"#), r#"{"token":"[redacted]""#);
        assert_eq!(text(r#"{"token":"#), r#"{"token":"#);
    }

    proptest! {
        #[test]
        fn bytes_without_secret_names_stay_as_they_were(
            // Letters are left out, so that no secret name can occur by chance.
            bytes in proptest::collection::vec(prop_oneof![0_u8..0x41, 0x5b_u8..0x61, 0x7b_u8..=255], 0..200),
        ) {
            prop_assert_eq!(body(bytes.clone()), (bytes, false));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = body([b"{\"token\":".as_slice(), &bytes].concat());
        }
    }
}
