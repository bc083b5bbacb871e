//! A paid invoice is booked, with its PDF where the bookkeeper wants one.

use domain::Status;

use super::{Scene, Script, own, step};
use crate::demo::{
    catalogue::{BILLING, LEDGER},
    item::{Body, Step, Trigger},
    people::anybody,
};

/// A PDF of one page, made for this sample: bytes that are no text.
const PDF: &str = include_str!("../bodies/invoice.pdf.base64");

pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    let payer = anybody(&mut scene.random);
    let number = format!("INV-{:06}", 40_000 + scene.number);
    let cents = scene.random.between(900, 480_000);
    let tax = cents * 19 / 119;
    let (voucher, customer) = (scene.id(), scene.id());

    let event = format!(
        r#"{{"type":"invoice.paid","id":"evt_{}","data":{{"invoice":"{number}","customer":{customer},"amount_cents":{cents},"currency":"EUR"}}}}"#,
        scene.random.hex(),
    );
    let received = scene.received(
        "Tallybird-Events/5",
        vec![(
            "Tallybird-Signature",
            format!("t=1,v1={}", super::NOT_A_SECRET),
        )],
        Body::Json(event),
    );
    let invoice = format!(
        r#"{{"number":"{number}","status":"paid","issued_at":"{issued}","paid_at":"{paid}","customer":{{"id":{customer},"name":"{given} {family}","email":"{email}","country":"{country}"}},"net_cents":{net},"tax_cents":{tax},"total_cents":{cents},"currency":"EUR","lines":[{{"text":"Subscription, team plan","quantity":1,"net_cents":{net}}}]}}"#,
        issued = scene.at.plus_ms(-9 * 86_400_000),
        paid = scene.at.plus_ms(-4_000),
        given = payer.given,
        family = payer.family,
        email = payer.email,
        country = payer.country,
        net = cents - tax,
    );
    let path = format!("/v1/invoices/{number}");
    let fetched = scene.call(&BILLING, "GET", &path, None, 200, Body::Json(invoice));
    let booking = format!(
        r#"{{"date":"{at}","reference":"{number}","tax_code":"DE19","entries":[{{"account":"1200","debit":{cents}}},{{"account":"8400","credit":{net}}},{{"account":"1776","credit":{tax}}}]}}"#,
        at = scene.at,
        net = cents - tax,
    );
    let answer = format!(
        r#"{{"voucher":{voucher},"reference":"{number}","state":"booked","period":"{}"}}"#,
        &scene.at.to_rfc3339()[..7],
    );
    let booked = scene.call(
        &LEDGER,
        "POST",
        "/accounting/vouchers",
        Some(Body::Json(booking)),
        201,
        Body::Json(answer),
    );
    let marked = scene.call(
        &BILLING,
        "PATCH",
        &path,
        Some(Body::Json(format!(
            r#"{{"metadata":{{"ledger_voucher":"{voucher}"}}}}"#
        ))),
        200,
        Body::Json(format!(
            r#"{{"number":"{number}","metadata":{{"ledger_voucher":"{voucher}"}}}}"#
        )),
    );
    let mut book = step(
        "create_voucher",
        "Book voucher",
        &LEDGER,
        booked,
        scene.random.between(200, 900),
    );
    book.object = vec![
        ("voucher", voucher.to_string()),
        ("invoice", number.clone()),
    ];
    let fields = vec![
        ("invoice", number.clone()),
        ("email", payer.email),
        ("total_cents", cents.to_string()),
        ("tax_code", "DE19".to_owned()),
    ];
    Script {
        trigger: Trigger {
            app: BILLING.name,
            name: "Invoice paid",
            r#type: "webhook",
        },
        steps: vec![
            step(
                "trigger",
                "Invoice paid",
                &BILLING,
                received,
                scene.random.between(4, 25),
            ),
            step(
                "get_invoice",
                "Get invoice",
                &BILLING,
                fetched,
                scene.random.between(70, 240),
            ),
            pdf(scene, &number),
            own("map_fields", "Map invoice to voucher", fields),
            book,
            step(
                "tag_invoice",
                "Note voucher on invoice",
                &BILLING,
                marked,
                scene.random.between(60, 200),
            ),
        ],
        map: 3,
        write: 4,
        created: 1,
        updated: 1,
        summary: None,
    }
}

/// Most bookkeepers do without the PDF: then the step is skipped.
fn pdf(scene: &mut Scene<'_>, number: &str) -> Step {
    if scene.random.chance(9_600) {
        return Step {
            key: "get_pdf",
            name: "Download PDF",
            app: BILLING.key,
            status: Some(Status::Skipped),
            ..Step::default()
        };
    }
    let path = format!("/v1/invoices/{number}/pdf");
    let call = scene.call(&BILLING, "GET", &path, None, 200, Body::Base64(PDF));
    step(
        "get_pdf",
        "Download PDF",
        &BILLING,
        call,
        scene.random.between(250, 900),
    )
}
