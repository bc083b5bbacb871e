//! By timetable, stock levels go from the ERP to a marketplace that takes its time.

use std::fmt::Write as _;

use super::{Scene, Script, own, step};
use crate::demo::{
    catalogue::{ERP, MARKET, TOOLS},
    item::{Body, Step, Trigger},
};

pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    let count = scene.random.between(3, 9);
    let total = count * scene.random.between(12, 60);
    let (mut levels, mut offers, mut results) = (String::new(), String::new(), String::new());
    for index in 0..count {
        let comma = if index == 0 { "" } else { "," };
        let sku = format!("SKU-{}", scene.random.between(10_000, 99_999));
        let quantity = scene.random.between(0, 250);
        let _ = write!(
            levels,
            r#"{comma}{{"article":"{sku}","warehouse":"M1","on_hand":{quantity}}}"#
        );
        let _ = write!(offers, r#"{comma}{{"sku":"{sku}","quantity":{quantity}}}"#);
        let _ = write!(results, r#"{comma}{{"sku":"{sku}","result":"updated"}}"#);
    }
    let since = scene.at.plus_ms(-3_600_000).to_rfc3339();
    let batch = scene.random.hex();

    let read = scene.call(
        &ERP,
        "GET",
        &format!("/rest/stock-levels?changed_since={since}&page_size=500"),
        None,
        200,
        Body::Json(format!(
            r#"{{"total":{total},"page":1,"levels":[{levels}]}}"#
        )),
    );
    let sent = scene.call(
        &MARKET,
        "POST",
        "/v3/offers/bulk-update",
        Some(Body::Json(format!(
            r#"{{"offers":[{offers}],"truncated_for_log":true}}"#
        ))),
        200,
        Body::Json(format!(
            r#"{{"batch":"{batch}","accepted":{total},"rejected":0,"results":[{results}]}}"#
        )),
    );
    let mut send = step(
        "update_offers",
        "Update offers",
        &MARKET,
        sent,
        scene.random.between(20_000, 40_000),
    );
    send.object = vec![("batch", batch), ("updated", total.to_string())];
    let window = vec![
        ("timetable", "*/15 * * * *".to_owned()),
        ("changed_since", since),
    ];
    let fields = vec![
        ("articles", total.to_string()),
        ("without_offer", "0".to_owned()),
    ];
    let cursor = vec![("next_since", scene.at.to_rfc3339())];
    Script {
        trigger: Trigger {
            app: TOOLS.name,
            name: "Timetable",
            r#type: "schedule",
        },
        steps: vec![
            own("trigger", "Timetable", window),
            Step {
                object: vec![("articles", total.to_string())],
                ..step(
                    "get_stock",
                    "Get changed stock levels",
                    &ERP,
                    read,
                    scene.random.between(600, 2_400),
                )
            },
            own("map_fields", "Map articles to offers", fields),
            send,
            own("tag_cursor", "Remember where to go on", cursor),
        ],
        map: 2,
        write: 3,
        created: 0,
        updated: total as u32,
        summary: Some(format!("{total} offers updated")),
    }
}
