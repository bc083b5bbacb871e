//! The reference of the API: what programs may call, as the contract says it.

use leptos::prelude::*;

use super::{Frame, page};
use crate::{
    components::{Column, Place, Row, data_table, page_header},
    route,
};

/// What it shows: the contract, put in order for people.
#[derive(Debug, Clone, Default)]
pub struct ReferencePage {
    /// Of the whole interface.
    pub about: String,
    pub groups: Vec<Group>,
    pub things: Vec<Thing>,
    /// Answers that mean the same everywhere: status and what it means.
    pub common: Vec<(String, String)>,
}

/// Operations of one purpose.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub name: String,
    pub operations: Vec<Operation>,
}

/// One method of one address.
#[derive(Debug, Clone, Default)]
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub about: Option<String>,
    /// The scopes of the keys that may call it; none where the address holds the key.
    pub scopes: Vec<String>,
    pub parameters: Vec<Field>,
    /// Each form of its body: the media type, and what it holds.
    pub bodies: Vec<(String, Held)>,
    /// A command that calls it.
    pub example: Option<String>,
    /// Its own answers: status, what it means, what it holds.
    pub answers: Vec<(String, String, Option<Held>)>,
}

/// What a body holds: a thing of the contract, or something told in words.
#[derive(Debug, Clone)]
pub enum Held {
    Thing(String),
    Words(String),
}

/// A named object.
#[derive(Debug, Clone, Default)]
pub struct Thing {
    pub name: String,
    pub about: Option<String>,
    pub fields: Vec<Field>,
    pub example: Option<String>,
}

/// A field of an object, or a parameter.
#[derive(Debug, Clone, Default)]
pub struct Field {
    pub name: String,
    /// `text, at most 128 characters`; a thing stands in brackets.
    pub kind: String,
    pub required: bool,
    pub about: String,
}

/// The page.
#[must_use]
pub fn reference(frame: Frame, shown: ReferencePage) -> String {
    page(frame, "API", move || {
        let groups = shown.groups.iter().map(group).collect::<Vec<_>>();
        let things = shown.things.iter().map(thing).collect::<Vec<_>>();
        view! {
            {page_header("API".into_any(), vec![])}
            <p class="description">{prose(&shown.about)}</p>
            <p><a href=route::OPENAPI>"OpenAPI 3.1"</a>", for programs and for what makes clients of it."</p>
            {contents(&shown)}
            {groups}
            <section class="reference" aria-labelledby="answers">
                <h2 id="answers">"Answers of every call"</h2>
                {answers_table("Answers of every call", shown.common.iter().map(|(status, about)| (status.as_str(), about.as_str(), None)))}
            </section>
            <section class="reference" aria-labelledby="things">
                <h2 id="things">"Objects"</h2>
                {things}
            </section>
        }
        .into_any()
    })
}

/// All calls at a glance, each with the way to it.
fn contents(shown: &ReferencePage) -> AnyView {
    let columns = [
        Column::new("Call", Place::Name),
        Column::new("What it does", Place::Detail),
        Column::new("Key", Place::Detail),
    ];
    let operations = shown.groups.iter().flat_map(|group| &group.operations);
    let rows = operations.map(|operation| Row {
        class: "",
        cells: vec![
            view! { <a href=format!("#{}", operation.id)><code>{operation.method.clone()}" "{operation.path.clone()}</code></a> }
                .into_any(),
            view! { <span>{operation.summary.clone()}</span> }.into_any(),
            view! { <span>{key(&operation.scopes)}</span> }.into_any(),
        ],
    });
    data_table("Calls".to_owned(), &columns, rows.collect())
}

fn key(scopes: &[String]) -> String {
    match scopes {
        [] => "in the address".to_owned(),
        some => some.join(" or "),
    }
}

fn group(group: &Group) -> AnyView {
    let operations = group.operations.iter().map(operation).collect::<Vec<_>>();
    view! { <section class="reference"><h2>{group.name.clone()}</h2>{operations}</section> }
        .into_any()
}

fn operation(operation: &Operation) -> AnyView {
    let bodies = operation.bodies.iter().map(|(media, held)| {
        view! { <li><code>{media.clone()}</code>": "{told(held)}</li> }
    });
    let bodies = (!operation.bodies.is_empty())
        .then(|| view! { <h4>"Body"</h4><ul class="plain-list">{bodies.collect::<Vec<_>>()}</ul> });
    let parameters = (!operation.parameters.is_empty()).then(|| {
        view! { <h4>"Parameters"</h4>{fields(&format!("Parameters of {}", operation.summary), &operation.parameters)} }
    });
    let about = operation.about.as_deref();
    let about = about.map(|text| view! { <p>{prose(text)}</p> });
    let example = operation.example.clone();
    let example =
        example.map(|text| view! { <h4>"Example"</h4><pre tabindex="0"><code>{text}</code></pre> });
    let answers = operation.answers.iter();
    let answers =
        answers.map(|(status, about, held)| (status.as_str(), about.as_str(), held.as_ref()));
    view! {
        <article class="reference-part" id=operation.id.clone()>
            <h3>{operation.summary.clone()}</h3>
            <p><code class="reference-call"><strong>{operation.method.clone()}</strong>" "{operation.path.clone()}</code>" "
                <span class="quiet">"Key: "{key(&operation.scopes)}</span></p>
            {about}
            {example}
            {bodies}
            {parameters}
            <h4>"Answers"</h4>
            {answers_table(&format!("Answers of {}", operation.summary), answers)}
        </article>
    }
    .into_any()
}

fn thing(thing: &Thing) -> AnyView {
    let about = thing.about.as_deref();
    let about = about.map(|text| view! { <p>{prose(text)}</p> });
    let example = thing.example.clone();
    let example = example.map(|text| view! { <pre tabindex="0"><code>{text}</code></pre> });
    view! {
        <article class="reference-part" id=anchor(&thing.name)>
            <h3>{thing.name.clone()}</h3>
            {about}
            {(!thing.fields.is_empty()).then(|| fields(&format!("Fields of {}", thing.name), &thing.fields))}
            {example}
        </article>
    }
    .into_any()
}

fn anchor(thing: &str) -> String {
    format!("object-{thing}")
}

fn told(held: &Held) -> AnyView {
    match held {
        Held::Thing(name) => {
            view! { <a href=format!("#{}", anchor(name))>{name.clone()}</a> }.into_any()
        }
        Held::Words(text) => kind(text),
    }
}

fn fields(caption: &str, fields: &[Field]) -> AnyView {
    let columns = [
        Column::new("Name", Place::Name),
        Column::new("What", Place::Detail),
        Column::new("About", Place::Detail),
    ];
    let rows = fields.iter().map(|field| {
        let needed = field.required.then_some(", needed");
        Row {
            class: "",
            cells: vec![
                view! { <code>{field.name.clone()}</code> }.into_any(),
                view! { <span>{kind(&field.kind)}{needed}</span> }.into_any(),
                view! { <span class="reference-about">{prose(&field.about)}</span> }.into_any(),
            ],
        }
    });
    data_table(caption.to_owned(), &columns, rows.collect())
}

/// Things in it lead to where they are told.
fn kind(text: &str) -> AnyView {
    let parts = text.split('[').enumerate().map(|(index, part)| {
        match part.split_once(']').filter(|_| index > 0) {
            Some((name, rest)) => {
                let thing = told(&Held::Thing(name.to_owned()));
                view! { {thing}{prose(rest)} }.into_any()
            }
            None => prose(part),
        }
    });
    parts.collect::<Vec<_>>().into_any()
}

fn answers_table<'a>(
    caption: &str,
    answers: impl Iterator<Item = (&'a str, &'a str, Option<&'a Held>)>,
) -> AnyView {
    let columns = [
        Column::new("Status", Place::Name),
        Column::new("When", Place::Detail),
        Column::new("Body", Place::Detail),
    ];
    let rows = answers.map(|(status, about, held)| Row {
        class: "",
        cells: vec![
            view! { <code>{status.to_owned()}</code> }.into_any(),
            view! { <span class="reference-about">{prose(about)}</span> }.into_any(),
            held.map_or_else(|| told(&Held::Thing("Problem".to_owned())), told),
        ],
    });
    data_table(caption.to_owned(), &columns, rows.collect())
}

/// Text of the contract, in which backticks mark what is typed.
fn prose(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let part = part.to_owned();
        match index % 2 {
            0 => view! { <span>{part}</span> }.into_any(),
            _ => view! { <code>{part}</code> }.into_any(),
        }
    });
    parts.collect::<Vec<_>>().into_any()
}
