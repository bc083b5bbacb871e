//! Who fills in a form is subscribed to a newsletter.

use super::{Scene, Script, own, step};
use crate::demo::{
    catalogue::{FORMS, MAIL},
    item::{Body, Trigger},
    people::{anybody, escape},
};

const FORM_NAMES: [&str; 4] = [
    "Newsletter footer",
    "Trade fair",
    "White paper",
    "Competition",
];

pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    let person = anybody(&mut scene.random);
    let form = *scene.random.pick(&FORM_NAMES);
    let list = 300 + scene.seat.place;
    let subscriber = scene.random.hex();
    let name = format!("{} {}", person.given, person.family);

    let filled = format!(
        "form={}&email={}&name={}&country={}&consent=yes&page=https%3A%2F%2F{}%2Fnews",
        escape(form),
        escape(&person.email),
        escape(&name),
        person.country,
        scene.seat.company.domain,
    );
    let entry = scene.id();
    let received = scene.received(
        "Formhaus/1.9",
        vec![("X-Formhaus-Entry", entry.to_string())],
        Body::Text(filled),
    );
    let body = format!(
        "list={list}&email={}&name={}&language={}&double_opt_in=1",
        escape(&person.email),
        escape(&name),
        person.country.to_lowercase(),
    );
    let answer = format!(
        r#"{{"subscriber":"{subscriber}","list":{list},"email":"{email}","state":"pending_confirmation","subscribed_at":"{at}"}}"#,
        email = person.email,
        at = scene.at,
    );
    let created = scene.call(
        &MAIL,
        "POST",
        "/3.0/subscribers",
        Some(Body::Text(body)),
        200,
        Body::Json(answer),
    );
    let tags = format!(r#"{{"tags":["{form}"]}}"#);
    let tagged = scene.call(
        &MAIL,
        "POST",
        &format!("/3.0/subscribers/{subscriber}/tags"),
        Some(Body::Json(tags)),
        204,
        Body::Text(String::new()),
    );
    let mut subscribe = step(
        "subscribe",
        "Subscribe to list",
        &MAIL,
        created,
        scene.random.between(90, 480),
    );
    subscribe.object = vec![("subscriber", subscriber), ("email", person.email.clone())];
    let fields = vec![
        ("email", person.email),
        ("name", name),
        ("list", list.to_string()),
        ("form", form.to_owned()),
    ];
    Script {
        trigger: Trigger {
            app: FORMS.name,
            name: "Form submitted",
            r#type: "webhook",
        },
        steps: vec![
            step(
                "trigger",
                "Form submitted",
                &FORMS,
                received,
                scene.random.between(3, 18),
            ),
            own("map_fields", "Map form to subscriber", fields),
            subscribe,
            step(
                "tag",
                "Tag subscriber",
                &MAIL,
                tagged,
                scene.random.between(50, 200),
            ),
        ],
        map: 1,
        write: 2,
        created: 1,
        updated: 0,
        summary: None,
    }
}
