//! A customer of the shop becomes a contact in the CRM.

use super::{Scene, Script, own, step};
use crate::demo::{
    catalogue::{CRM, SHOP},
    item::{Body, Trigger},
    people::{anybody, escape},
};

pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    let person = anybody(&mut scene.random);
    let (customer_id, contact_id) = (scene.id(), scene.id());
    let phone = format!("+49 5550 {}", scene.random.between(100_000, 999_999));
    let known = scene.random.chance(3_500);
    let topic = if known {
        "customers/update"
    } else {
        "customers/create"
    };
    let (given, family, email) = (person.given, person.family, &person.email);

    let event = format!(
        r#"{{"id":{customer_id},"topic":"{topic}","created_at":"{at}","customer":{{"id":{customer_id},"email":"{email}","first_name":"{given}","last_name":"{family}","phone":"{phone}","accepts_marketing":{marketing},"orders_count":{orders},"address":{{"city":"{city}","zip":"{zip}","country_code":"{country}"}},"tags":["newsletter","web"]}}}}"#,
        at = scene.at,
        marketing = scene.random.chance(6_000),
        orders = scene.random.between(0, 14),
        city = person.city,
        zip = person.zip,
        country = person.country,
    );
    let delivery = scene.random.hex();
    let received = scene.received(
        "MarigoldShop-Webhook/2.4",
        vec![
            ("X-Marigold-Topic", topic.to_owned()),
            ("X-Marigold-Delivery", delivery),
            (
                "X-Marigold-Signature",
                format!("{}sha256", super::NOT_A_SECRET),
            ),
        ],
        Body::Json(event),
    );

    let found = if known {
        format!(
            r#"{{"total":1,"contacts":[{{"id":{contact_id},"email":"{email}","owner_id":{owner},"lifecycle":"customer","updated_at":"{at}"}}]}}"#,
            owner = 400 + customer_id % 40,
            at = scene.at.plus_ms(-customer_id * 60),
        )
    } else {
        r#"{"total":0,"contacts":[]}"#.to_owned()
    };
    let search = format!("/v2/contacts/search?email={}&limit=1", escape(email));
    let searched = scene.call(&CRM, "GET", &search, None, 200, Body::Json(found));

    let mut steps = vec![
        step(
            "trigger",
            "Customer created or changed",
            &SHOP,
            received,
            scene.random.between(4, 30),
        ),
        step(
            "find_contact",
            "Find contact by e-mail",
            &CRM,
            searched,
            scene.random.between(60, 260),
        ),
    ];
    if scene.seat.place.is_multiple_of(2) {
        steps.push(company(scene));
    }
    let map = steps.len();
    steps.push(own(
        "map_fields",
        "Map customer to contact",
        vec![
            ("email", email.clone()),
            ("full_name", format!("{given} {family}")),
            ("phone", phone.clone()),
            ("country", person.country.to_owned()),
            ("external_id", customer_id.to_string()),
        ],
    ));
    steps.push(put(
        scene,
        &person,
        &phone,
        known.then_some(contact_id).ok_or(contact_id),
    ));
    let write = map + 1;
    let tags = Body::Json(r#"{"add":["shop-customer"],"remove":[]}"#.to_owned());
    let path = format!("/v2/contacts/{contact_id}/tags");
    let tagged = scene.call(
        &CRM,
        "PUT",
        &path,
        Some(tags),
        204,
        Body::Text(String::new()),
    );
    steps.push(step(
        "tag_contact",
        "Tag contact",
        &CRM,
        tagged,
        scene.random.between(40, 160),
    ));

    Script {
        trigger: Trigger {
            app: SHOP.name,
            name: "Customer created or changed",
            r#type: "webhook",
        },
        steps,
        map,
        write,
        created: u32::from(!known),
        updated: u32::from(known),
        summary: None,
    }
}

/// The company behind the contact: nice to have, the run goes on without it.
fn company(scene: &mut Scene<'_>) -> crate::demo::item::Step {
    let company_id = scene.id();
    let answer = format!(
        r#"{{"id":{company_id},"name":"{}","domain":"{}","employees":{}}}"#,
        scene.seat.company.name,
        scene.seat.company.domain,
        scene.random.between(3, 900),
    );
    let path = format!("/v2/companies/by-domain/{}", scene.seat.company.domain);
    let call = scene.call(&CRM, "GET", &path, None, 200, Body::Json(answer));
    let mut step = step(
        "look_up_company",
        "Look up company",
        &CRM,
        call,
        scene.random.between(50, 300),
    );
    step.object = vec![("company_id", company_id.to_string())];
    step
}

/// Creates the contact (`Err`: the ID it will get) or changes it (`Ok`: the ID it has).
fn put(
    scene: &mut Scene<'_>,
    person: &crate::demo::people::Person,
    phone: &str,
    id: Result<i64, i64>,
) -> crate::demo::item::Step {
    let contact_id = id.unwrap_or_else(|new| new);
    let body = format!(
        r#"{{"properties":{{"email":"{email}","firstname":"{given}","lastname":"{family}","phone":"{phone}","country":"{country}","source":"marigold-shop"}}}}"#,
        email = person.email,
        given = person.given,
        family = person.family,
        country = person.country,
    );
    let answer = format!(
        r#"{{"id":{contact_id},"email":"{email}","lifecycle":"customer","created_at":"{at}","links":{{"self":"https://api.pipeloom.example/v2/contacts/{contact_id}"}}}}"#,
        email = person.email,
        at = scene.at,
    );
    let (method, path, status) = match id {
        Ok(_) => ("PATCH", format!("/v2/contacts/{contact_id}"), 200),
        Err(_) => ("POST", "/v2/contacts".to_owned(), 201),
    };
    let call = scene.call(
        &CRM,
        method,
        &path,
        Some(Body::Json(body)),
        status,
        Body::Json(answer),
    );
    let took_ms = scene.random.between(120, 620);
    let mut step = step(
        "write_contact",
        "Create or update contact",
        &CRM,
        call,
        took_ms,
    );
    step.object = vec![
        ("contact_id", contact_id.to_string()),
        ("email", person.email.clone()),
        (
            "action",
            if status == 201 { "created" } else { "updated" }.to_owned(),
        ),
    ];
    step
}
