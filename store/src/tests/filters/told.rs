//! Reports of all that the filters tell apart.

use domain::IntegrationStatus;
use serde_json::{Value, json};

use crate::tests::people::{MINUTE, at};

pub(super) fn integration(n: i64) -> Vec<Value> {
    let key = if n % 2 == 0 {
        format!("Int_{n}")
    } else {
        format!("int%{n}")
    };
    let status = IntegrationStatus::ALL[n as usize % 6].as_str();
    let mut told = vec![
        json!({"type": "integration", "key": key, "flow": "f", "status": status,
        "user_id": format!("u{}", n % 11), "user_auth": format!("Dana{}@acme.test", n % 23), "app": format!("app{}", n % 4),
        // Several began in one moment.
        "created_at": at(n / 3 * MINUTE)}),
    ];
    if n % 5 > 0 {
        let status = [
            "ok",
            "failed",
            "running",
            "warning",
            "interrupted",
            "queued",
        ][n as usize % 7 % 6];
        told.push(
            json!({"type": "run", "key": format!("of {n}"), "integration": key, "status": status,
            "started_at": at(n * 17 % 40 * MINUTE)}),
        );
    }
    told
}

pub(super) fn run(n: i64) -> Value {
    let status = [
        ["queued", "On Hold"][n as usize / 8 % 2],
        "running",
        "ok",
        "ok",
        "ok",
        ["warning", "half done"][n as usize / 8 % 2],
        "interrupted",
        "failed",
    ][n as usize % 8];
    let mut told = json!({"type": "run", "key": run_key(n),
        "integration": "i", "status": status, "started_at": at(n / 4 * MINUTE)});
    if n % 5 > 0 {
        // Several took equally long, one not at all, and one less than that.
        told["finished_at"] = json!(at(
            n / 4 * MINUTE + [0, 88, 5_000, 5_000, -7][n as usize % 7 % 5]
        ));
    }
    if status == "failed" {
        let app = ["crm", "shop"][n as usize % 16 / 8];
        told["steps"] = json!([{"key": "s", "app": app, "status": "failed"}]);
    }
    if n % 3 > 0 {
        let code = [200, 204, 301, 400, 404, 429, 499, 500, 599][n as usize % 9];
        told["network_code"] = json!(code);
    }
    if n % 6 == 0 {
        told["reference"] = json!(["erp-1", "ERP-1", &"x".repeat(300)][n as usize / 6 % 3]);
    }
    if n % 4 > 0 {
        // One run's ID is another's trigger.
        let app = ["Shop", "SHOP", "Größe", "Run_8"][n as usize % 7 % 4];
        let kind = ["webhook", "Webhook", "poll"][n as usize % 3];
        told["trigger"] = json!({"app": app, "name": format!("{} {}", "a long name ".repeat(4), n % 4), "type": kind});
    }
    told
}

pub(super) fn run_key(n: i64) -> String {
    if n % 2 == 0 {
        format!("Run_{n}")
    } else {
        format!("run {n}")
    }
}
