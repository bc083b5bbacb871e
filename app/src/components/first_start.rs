//! The page of an empty workspace: how the first report comes in, and a sample to look around in.

use domain::{Timestamp, page::grouped};
use leptos::prelude::*;

use super::{NoticeTone, copy_from, notice, progress};

/// What the command needs.
#[derive(Debug, Clone)]
pub(crate) struct FirstReport {
    /// Where the run is reported.
    pub(crate) url: String,
    /// An ingest key; `None` where the reader must make one.
    pub(crate) key: Option<String>,
    /// When the run begins.
    pub(crate) started_at: Timestamp,
    /// Where the interface is described.
    pub(crate) description: &'static str,
}

/// The key of the run that the command reports.
pub(crate) const FIRST_RUN: &str = "first-run-1";

/// `demo` is what the sample's button says or how its loading stands.
pub(crate) fn first_start(report: FirstReport, demo: AnyView) -> AnyView {
    let keyless = report.key.is_none();
    let command = command(&report);
    view! {
        <section class="first-start">
            <p class="lead">
                "Integrations report what they do; here you find the run that failed, the step at which it failed, and what the other side answered."
            </p>
            <h2>"Send the first report"</h2>
            <p>"Paste this into a terminal, then reload this page."</p>
            {keyless.then(|| {
                view! {
                    <p>
                        "Put a key in the place of "<code>"YOUR_KEY"</code>": "
                        <code>"integration-view key create --scope ingest"</code>" prints one."
                    </p>
                }
            })}
            <div class="command">
                <pre class="code"><code id="first-report">{command}</code></pre>
                {copy_from("command", "first-report")}
            </div>
            <p>
                "It reports one run with two steps. The second one fails, with its request and its response. The whole interface is described at "
                <a href=report.description rel="external">{report.description}</a>"."
            </p>
            <h2>"Or look around first"</h2>
            {demo}
        </section>
    }
    .into_any()
}

/// The button that loads the sample workspace.
pub(crate) fn demo_form(action: String) -> AnyView {
    view! {
        <form class="demo" method="post" action=action>
            <p>
                "The sample workspace holds 30 days of believable integrations: expired tokens, rate limits, a missing mapping, an outage of one hour. It goes through the same API as your own reports."
            </p>
            <button class="button button-primary" type="submit">"Load the sample workspace"</button>
        </form>
    }
    .into_any()
}

/// How far loading is, in reports.
pub(crate) fn demo_progress(done: u64, total: u64) -> AnyView {
    let text = format!("{} of {} reports", count(done), count(total));
    progress("Loading the sample workspace", text, done, total)
}

/// Why loading stopped.
pub(crate) fn demo_failed(sentence: &str) -> AnyView {
    let text = format!("The sample workspace was not loaded. {sentence}");
    notice(NoticeTone::Failed, view! { <p>{text}</p> }.into_any())
}

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

fn command(report: &FirstReport) -> String {
    let key = report.key.as_deref().unwrap_or("YOUR_KEY");
    format!(
        "curl -sS -X PUT '{}' \\\n  -H 'Authorization: Bearer {key}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{}'",
        report.url,
        body(report.started_at)
    )
}

/// Holds no single quote, as the command puts it between two.
fn body(started_at: Timestamp) -> String {
    format!(
        r#"{{
  "status": "failed",
  "started_at": "{started_at}",
  "duration_ms": 1240,
  "trigger": {{"app": "Shop", "name": "New order", "type": "webhook"}},
  "integration": {{
    "key": "int_dana_orders", "user_id": "u_10442", "user_auth": "dana@acme.test",
    "flow": {{"key": "order_export", "name": "Order export", "status": "published"}}
  }},
  "steps": [
    {{
      "name": "Get order", "app": {{"key": "shop", "name": "Shop"}}, "status": "ok",
      "duration_ms": 310, "network_code": 200,
      "response": {{"status": 200, "body": {{"order": 1001, "total": "49.90"}}}},
      "object": {{"order_id": 1001, "email": "dana@acme.test"}}
    }},
    {{
      "name": "Create invoice", "app": {{"key": "billing", "name": "Billing"}}, "status": "failed",
      "duration_ms": 930, "network_code": 401, "error": "The access token has expired.",
      "request": {{
        "method": "POST", "url": "https://api.billing.test/v2/invoices",
        "headers": {{"Content-Type": "application/json"}},
        "body": {{"order": 1001, "total": "49.90"}}
      }},
      "response": {{
        "status": 401, "headers": {{"Content-Type": "application/json"}},
        "body": {{"error": {{"code": "TOKEN_EXPIRED", "message": "The access token has expired."}}}}
      }}
    }}
  ]
}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        Key, Status,
        redact::{Names, Redactor, Rules},
        report::{Kind, Report, Target},
    };

    #[test]
    fn the_command_is_a_report_that_the_server_takes() {
        let body = body(Timestamp::from_ms(1_794_474_843_250));
        assert!(!body.contains('\''));
        let target = Target {
            kind: Kind::Run,
            key: Key::new(FIRST_RUN).expect("a key"),
            run: None,
        };
        let Report::Run(run) = Report::parse(&body, Some(&target)).expect("a report") else {
            panic!("a run")
        };
        let statuses: Vec<_> = run.steps.iter().map(|step| step.status).collect();
        assert_eq!(statuses, [Some(Status::Ok), Some(Status::Failed)]);
        assert!(
            run.steps[1]
                .payload(&Redactor::new(&Rules::new([7; 32], Names::default())))
                .response
                .is_some_and(|response| response.body.is_some())
        );
    }

    #[test]
    fn the_command_carries_the_key_or_says_where_it_goes() {
        let report = |key: Option<&str>| FirstReport {
            url: "http://127.0.0.1:3000/api/v1/runs/first-run-1".into(),
            key: key.map(str::to_owned),
            started_at: Timestamp::default(),
            description: "/",
        };
        assert!(command(&report(Some("iv_1"))).contains("-H 'Authorization: Bearer iv_1'"));
        assert!(command(&report(None)).contains("Bearer YOUR_KEY"));
    }
}
