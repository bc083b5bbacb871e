//! What browsers report of the pages' policy: that something was refused which should not be there.
//!
//! A report is a stranger's text. Of it only the directive and the origin of what was refused go
//! to the log, cut and without control characters: an address may hold anything.

use std::net::IpAddr;

use axum::{
    Extension,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::Value;

use crate::{address::ClientAddress, guard, problem::Problem, state::AppState};

/// Where browsers send their reports to.
pub(crate) const ADDRESS: &str = "/csp-report";
/// The header that gives this address the name by which the policy calls it.
pub(crate) const ENDPOINTS: &str = "csp=\"/csp-report\"";
/// Reports of one request that are looked at.
const MOST: usize = 10;
/// Characters that are kept of a directive and of an origin.
const CHARS: usize = 100;

/// `POST /csp-report`
pub(crate) async fn take(
    State(state): State<AppState>,
    client: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let nobody = IpAddr::from([0, 0, 0, 0]);
    let client = client.map_or(nobody, |Extension(client)| client.network());
    state.door.complaints.admit(&client)?;
    if guard::is_foreign(&headers) {
        return Err(Problem::not_found("page"));
    }
    for Refused { directive, blocked } in read(&body) {
        tracing::warn!(
            directive,
            blocked,
            "a browser refused something by the pages' policy"
        );
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What was refused.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    directive: String,
    blocked: String,
}

/// Both forms: one object (`report-uri`), or an array of reports of any kind (`report-to`).
fn read(body: &[u8]) -> Vec<Refused> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let one = |report: &Value, directive: &str, blocked: &str| {
        let directive = report[directive].as_str()?;
        Some(Refused {
            directive: plain(directive),
            blocked: origin(report[blocked].as_str().unwrap_or("")),
        })
    };
    match &value {
        Value::Array(reports) => reports
            .iter()
            .filter(|report| report["type"] == "csp-violation")
            .filter_map(|report| one(&report["body"], "effectiveDirective", "blockedURL"))
            .take(MOST)
            .collect(),
        object => {
            let report = &object["csp-report"];
            let effective = one(report, "effective-directive", "blocked-uri");
            let found = effective.or_else(|| one(report, "violated-directive", "blocked-uri"));
            found.into_iter().collect()
        }
    }
}

/// `https://host:1` of an address; words such as `inline` and `eval` as they are.
fn origin(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        // `data:…` and the like hold their content: only the scheme is told.
        let word = address.split(':').next().unwrap_or("");
        return plain(word);
    };
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    // A name and a password may stand before the host.
    let host = host.rsplit('@').next().unwrap_or("");
    plain(&format!("{scheme}://{host}"))
}

fn plain(text: &str) -> String {
    let visible = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    text.chars().take(CHARS).map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Vec<(String, String)> {
        let all = read(body.as_bytes()).into_iter();
        all.map(|refused| (refused.directive, refused.blocked))
            .collect()
    }

    #[test]
    fn both_forms_are_read_and_nothing_but_directive_and_origin_is_kept() {
        let old = r#"{"csp-report": {"document-uri": "https://iv.test/main/runs/secret", "violated-directive": "script-src-elem",
            "effective-directive": "script-src-elem", "blocked-uri": "https://user:pass@evil.test:8/a?token=1#x", "script-sample": "secret"}}"#;
        assert_eq!(
            told(old),
            [("script-src-elem".into(), "https://evil.test:8".into())]
        );
        let new = r#"[{"type": "csp-violation", "url": "https://iv.test/secret", "body": {"effectiveDirective": "style-src-attr", "blockedURL": "inline", "sample": "secret"}},
            {"type": "deprecation", "body": {"effectiveDirective": "x"}},
            {"type": "csp-violation", "body": {"effectiveDirective": "img-src", "blockedURL": "data:image/png;base64,secret"}}]"#;
        assert_eq!(
            told(new),
            [
                ("style-src-attr".into(), "inline".into()),
                ("img-src".into(), "data".into())
            ]
        );
    }

    #[test]
    fn a_report_cannot_write_lines_into_the_log() {
        let evil = r#"{"csp-report": {"effective-directive": "a\nERROR forged \u001b[31m\u2028", "blocked-uri": "https://x\r\ny/"}}"#;
        let told = told(evil);
        assert_eq!(
            told,
            [("a_ERROR_forged__[31m_".into(), "https://x__y".into())]
        );
        for nonsense in [
            "",
            "[]",
            "null",
            "1",
            r#"{"csp-report": []}"#,
            r#"[{"type": "csp-violation"}]"#,
            "\u{0}",
        ] {
            assert_eq!(super::read(nonsense.as_bytes()), [], "{nonsense}");
        }
        let many = vec![r#"{"type": "csp-violation", "body": {"effectiveDirective": "x"}}"#; 100]
            .join(",");
        assert_eq!(read(format!("[{many}]").as_bytes()).len(), MOST);
    }
}
