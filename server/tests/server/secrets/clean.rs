//! Fields without a secret, as they occur: of the sample workspace, of webhooks, and numbers, IDs,
//! digests and moments that look much like secrets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::payload::hex;
use serde_json::Value;
use server::demo::{self, Scale};

use super::planted::Random;
use crate::support::NOW;

const WEBHOOKS: [&str; 3] = [
    include_str!(
        "../../data/github-actions/workflow_job.completed.failure.with-organization.payload.json"
    ),
    include_str!(
        "../../data/github-actions/workflow_job.completed.success.with-organization.payload.json"
    ),
    include_str!("../../data/conductor/completed.json"),
];

/// At least ten thousand of them, half of them invented.
pub(super) fn fields() -> Vec<String> {
    let mut fields = Vec::new();
    for webhook in WEBHOOKS {
        leaves(&serde_json::from_str(webhook).expect("JSON"), &mut fields);
        fields.push(webhook.to_owned());
    }
    let samples = demo::items(NOW, Scale::Small).filter(|item| !item.contains("demo-not-a-secret"));
    for item in samples.step_by(3).take(400) {
        leaves(&serde_json::from_str(&item).expect("JSON"), &mut fields);
    }
    fields.sort();
    fields.dedup();
    let mut random = Random(10);
    for number in 0..500_u64 {
        invented(number, &mut random, &mut fields);
    }
    fields
}

fn leaves(value: &Value, fields: &mut Vec<String>) {
    match value {
        Value::String(text) => fields.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, fields)),
        Value::Object(members) => members.values().for_each(|member| leaves(member, fields)),
        Value::Null => {}
        other => fields.push(other.to_string()),
    }
}

fn invented(number: u64, random: &mut Random, fields: &mut Vec<String>) {
    let digits = |random: &mut Random, length| random.of("0123456789", length);
    let digest = |random: &mut Random, length| random.of("0123456789abcdef", length);
    let bytes: Vec<u8> = (0..24).map(|_| random.next() as u8).collect();
    fields.extend([
        format!(
            "{{\"id\":{}{},\"created\":{}}}",
            4 + number % 3,
            digits(random, 15),
            1_794_474_843_250 + number
        ),
        format!("order 1{} shipped", digits(random, 12)),
        format!("{{\"variant_id\":3{}}}", digits(random, 13)),
        format!(
            "https://shop.test/products/{}/variants/36{}",
            digits(random, 13),
            digits(random, 12)
        ),
        format!("EAN 4{}", digits(random, 12)),
        format!("+49 {} {}", digits(random, 3), digits(random, 8)),
        format!(
            "DE{} {} {} {} {} {}",
            digits(random, 2),
            digits(random, 4),
            digits(random, 4),
            digits(random, 4),
            digits(random, 4),
            digits(random, 2)
        ),
        format!(
            "{}-{}-4{}-a{}-{}",
            digest(random, 8),
            digest(random, 4),
            digest(random, 3),
            digest(random, 3),
            digest(random, 12)
        ),
        digest(random, 40),
        format!("sha256:{}", digest(random, 64)),
        format!("\"etag\":\"W/\\\"{}\\\"\"", digest(random, 32)),
        hex(&bytes),
        STANDARD.encode(&bytes),
        format!(
            "data:image/png;base64,iVBORw0KGgo{}",
            STANDARD.encode(&bytes)
        ),
        STANDARD.encode(format!("a cursor at page {number} of the list")),
        format!(
            "2026-11-12T09:14:03.{:03}Z run_{}",
            number % 1000,
            random.text(20)
        ),
        format!(
            "cus_{} paid 49.{:02} EUR with visa •••• {}",
            random.text(14),
            number % 100,
            digits(random, 4)
        ),
        format!("Invalid token: expected ',' at line {number}"),
        format!("The password must have {number} characters; token expired {number} days ago"),
        format!(
            "q=a%20b&page={number}&sort=-created&cursor={}",
            STANDARD.encode(number.to_string())
        ),
    ]);
}
