//! Runs of four steps with 1.5 kB of payload each, the same at every call.

use std::fmt::Write as _;

/// Integrations of which the first has a tenth of all runs.
pub(crate) fn integrations(runs: u64) -> u64 {
    (runs / 50).max(20)
}

/// The integration of a run.
pub(crate) fn integration_of(run: u64, runs: u64) -> u64 {
    if run.is_multiple_of(10) {
        0
    } else {
        1 + scatter(run) % (integrations(runs) - 1)
    }
}

/// The flow of an integration.
pub(crate) fn flow_of(integration: u64) -> u64 {
    integration % 10
}

/// Numbers without a pattern.
pub(crate) fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The integrations themselves, one a line.
pub(crate) fn integration_line(integration: u64) -> String {
    let flow = flow_of(integration);
    let created =
        super::NOW.as_ms() - 40 * 86_400_000 + i64::try_from(integration).unwrap_or(0) * 1_000;
    format!(
        r#"{{"type":"integration","key":"int_{integration}","flow":{{"key":"flow_{flow}","name":"Flow {flow}"}},"user_id":"u_{integration}","user_auth":"user{integration}@acme.example","status":"enabled","created_at":{created}}}"#
    )
}

/// A run, one line.
pub(crate) fn run_line(run: u64, runs: u64) -> String {
    let integration = integration_of(run, runs);
    let start = super::NOW.as_ms() - 30 * 86_400_000
        + i64::try_from(run * 2_592_000 / runs.max(1)).unwrap_or(0) * 1_000;
    let failed = scatter(run).is_multiple_of(33);
    let status = if failed { "failed" } else { "ok" };
    let mut line = String::with_capacity(8_000);
    let _ = write!(
        line,
        r#"{{"type":"run","key":"run_{run}","integration":"int_{integration}","status":"{status}","trigger":{{"app":"Shop","name":"Order created","type":"webhook"}},"started_at":{start},"finished_at":{},"steps":["#,
        start + 900
    );
    for step in 0..4_u64 {
        if step > 0 {
            line.push(',');
        }
        let at = start + i64::try_from(step).unwrap_or(0) * 200;
        let code = if failed && step == 3 { 401 } else { 200 };
        let _ = write!(
            line,
            r#"{{"key":"s{step}","position":{},"app":"app_{step}","name":"Call number {step}","status":"{}","started_at":{at},"finished_at":{},"request":{{"method":"POST","url":"https://api.app{step}.example/v1/things/{run}","headers":{{"content-type":"application/json","x-request-id":"{:016x}"}},"body":{}}},"response":{{"status":{code},"headers":{{"content-type":"application/json","x-ratelimit-remaining":"{}"}},"body":{}}}}}"#,
            step + 1,
            if code == 200 { "ok" } else { "failed" },
            at + 180,
            scatter(run * 4 + step),
            object(run * 8 + step * 2, 3),
            run % 1_000,
            object(run * 8 + step * 2 + 1, 9),
        );
    }
    line.push_str("]}");
    line
}

/// An object of `members` members, about 105 bytes each.
fn object(seed: u64, members: u64) -> String {
    let mut text = String::from("{");
    for member in 0..members {
        if member > 0 {
            text.push(',');
        }
        let value = scatter(seed * 31 + member);
        let _ = write!(
            text,
            r#""field_{member}":{{"id":"{value:016x}","name":"Customer {}","active":{},"amount":{}.{:02}}}"#,
            value % 9_999,
            value.is_multiple_of(2),
            value % 500,
            value % 100
        );
    }
    text.push('}');
    text
}
