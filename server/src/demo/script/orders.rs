//! Paid orders of the shop become sales orders in the ERP, which speaks SOAP.

use std::fmt::Write as _;

use super::{Scene, Script, own, step};
use crate::demo::{
    catalogue::{ERP, SHOP},
    item::{Body, Trigger},
    people::{Person, anybody},
};

const GOODS: [(&str, &str, i64); 8] = [
    ("MUG-04-BLU", "Stoneware mug, blue", 1_890),
    ("TNT-2P-GRN", "Trail tent for two", 18_900),
    ("NBK-A5-DOT", "Notebook A5, dotted", 950),
    ("CHR-OAK-01", "Oak chair", 14_500),
    ("BEA-ETH-1K", "Coffee beans 1 kg", 2_790),
    ("LMP-BRS-S", "Brass lamp, small", 8_900),
    ("SCK-WOL-42", "Wool socks", 1_450),
    ("SEED-TOM-3", "Tomato seeds, 3 kinds", 690),
];

pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    let buyer = anybody(&mut scene.random);
    let order = scene.id();
    let name = format!("#{}", 1_000 + order % 9_000);
    let lines: Vec<_> = (0..scene.random.between(1, 3))
        .map(|_| (*scene.random.pick(&GOODS), scene.random.between(1, 4)))
        .collect();
    let cents: i64 = lines
        .iter()
        .map(|((_, _, price), count)| price * count)
        .sum();
    let total = format!("{}.{:02}", cents / 100, cents % 100);
    let number = format!("SO-{}", 200_000 + scene.number);

    let polled = scene.call(
        &SHOP,
        "GET",
        &format!(
            "/admin/orders.json?financial_status=paid&since_id={}&limit=50",
            order - 1
        ),
        None,
        200,
        Body::Json(listed(scene, order, &name, &buyer, &lines, &total)),
    );
    let imported = scene.call(
        &ERP,
        "POST",
        "/services/OrderImport",
        Some(Body::Text(envelope(scene, &name, &buyer, &lines, &total))),
        200,
        Body::Text(format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <ImportOrderResponse xmlns="urn:norrland:orders:2">
      <OrderNumber>{number}</OrderNumber>
      <State>accepted</State>
    </ImportOrderResponse>
  </soap:Body>
</soap:Envelope>
"#
        )),
    );
    let marked = scene.call(
        &SHOP,
        "PUT",
        &format!("/admin/orders/{order}/tags.json"),
        Some(Body::Json(format!(r#"{{"tags":["exported","{number}"]}}"#))),
        200,
        Body::Json(format!(
            r#"{{"order":{{"id":{order},"tags":"exported, {number}"}}}}"#
        )),
    );
    let mut import = step(
        "create_order",
        "Create sales order",
        &ERP,
        imported,
        scene.random.between(380, 1_900),
    );
    import.object = vec![
        ("order_number", number.clone()),
        ("shop_order", name.clone()),
    ];
    let fields = vec![
        ("shop_order", name.clone()),
        ("customer_email", buyer.email),
        ("lines", lines.len().to_string()),
        ("total", total),
        ("currency", "EUR".to_owned()),
        ("shipping_method", "parcel".to_owned()),
    ];
    Script {
        trigger: Trigger {
            app: SHOP.name,
            name: "New paid orders",
            r#type: "poll",
        },
        steps: vec![
            step(
                "trigger",
                "Fetch paid orders",
                &SHOP,
                polled,
                scene.random.between(110, 400),
            ),
            own("map_fields", "Map order to sales order", fields),
            import,
            step(
                "tag_order",
                "Mark order as exported",
                &SHOP,
                marked,
                scene.random.between(80, 240),
            ),
        ],
        map: 1,
        write: 2,
        created: 1,
        updated: 1,
        summary: Some(format!("1 order exported: {name} is {number}")),
    }
}

type Line = ((&'static str, &'static str, i64), i64);

fn listed(
    scene: &Scene<'_>,
    order: i64,
    name: &str,
    buyer: &Person,
    lines: &[Line],
    total: &str,
) -> String {
    let mut items = String::new();
    for (index, ((sku, title, price), count)) in lines.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            items,
            r#"{comma}{{"sku":"{sku}","title":"{title}","quantity":{count},"price_cents":{price}}}"#
        );
    }
    format!(
        r#"{{"orders":[{{"id":{order},"name":"{name}","created_at":"{at}","financial_status":"paid","currency":"EUR","total_price":"{total}","shipping_method":"parcel","customer":{{"email":"{email}","name":"{given} {family}"}},"shipping_address":{{"city":"{city}","zip":"{zip}","country_code":"{country}"}},"line_items":[{items}]}}]}}"#,
        at = scene.at.plus_ms(-150_000),
        email = buyer.email,
        given = buyer.given,
        family = buyer.family,
        city = buyer.city,
        zip = buyer.zip,
        country = buyer.country,
    )
}

fn envelope(scene: &Scene<'_>, name: &str, buyer: &Person, lines: &[Line], total: &str) -> String {
    let mut items = String::new();
    for ((sku, _, price), count) in lines {
        let _ = writeln!(
            items,
            r#"        <Line article="{sku}" quantity="{count}" unitPrice="{}.{:02}"/>"#,
            price / 100,
            price % 100,
        );
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <ImportOrder xmlns="urn:norrland:orders:2" client="{client}">
      <Reference>{name}</Reference>
      <Customer email="{email}">{given} {family}</Customer>
      <Lines>
{items}      </Lines>
      <Total currency="EUR">{total}</Total>
    </ImportOrder>
  </soap:Body>
</soap:Envelope>
"#,
        client = 1_000 + scene.seat.place,
        email = buyer.email,
        given = buyer.given,
        family = buyer.family,
    )
}
