//! `/{workspace}/settings`: what a workspace can set.

use domain::access::Role;
use domain::logs::{LABEL, LogsLink, MARGIN, PLACEHOLDERS};
use leptos::prelude::*;

use super::{Shown, Trail, open};
use crate::{
    api::{SettingsPage, show_settings},
    components::{NoticeTone, Offer, may, notice, page_header, select, text_field, zone},
    route,
};

pub(crate) fn settings() -> AnyView {
    open(
        route::SETTINGS,
        |address| Box::pin(show_settings(address.key(0), address.query)),
        |wire| wire.open().map(show),
    )
}

fn show(page: SettingsPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let content = view! {
        {Trail::new(workspace).to("Settings")}
        {page_header("Settings".into_any(), vec![])}
        {may(Role::Admin).then(|| view! { {admin(workspace)}{logs(&page)}{labels(&page)}{secrets(&page)} })}
        {zones(&page)}
    };
    Shown {
        title: "Settings".to_owned(),
        now: page.now,
        content: content.into_any(),
        found: None,
        again: None,
        live: None,
    }
}

/// The pages of those who look after the workspace; they have no script.
fn admin(workspace: &str) -> AnyView {
    let pages = [
        ("People", route::people(workspace), "who may do what here"),
        (
            "Keys",
            route::keys_of(workspace),
            "with which programs report and read",
        ),
        ("Audit log", route::record(workspace, None), "who did what"),
        ("API", route::API.to_owned(), "what programs call"),
    ];
    let lines = pages.map(|(text, href, about)| {
        view! { <li><a href=href rel="external">{text}</a>": "{about}</li> }
    });
    view! { <ul class="plain-list">{lines.into_iter().collect::<Vec<_>>()}</ul> }.into_any()
}

/// All time zones; the menu of the bar has only those that are likely.
fn zones(page: &SettingsPage) -> AnyView {
    let chosen = zone();
    let offers = page.zones.iter().map(|name| Offer {
        value: name.clone(),
        text: name.clone(),
        chosen: name == chosen.name(),
    });
    let back = route::settings(page.workspace.key.as_str());
    view! {
        <section class="settings" aria-labelledby="zones">
            <h2 id="zones">"Time zone"</h2>
            <p>"In which moments are told, on the pages and in downloaded files. It holds for this browser."</p>
            <form class="settings-form" method="post" action=route::DISPLAY autocomplete="off">
                {select("Time zone", "zone", offers.collect())}
                <input type="hidden" name="back" value=back/>
                <p><button type="submit" class="button">"Use this zone"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn secrets(page: &SettingsPage) -> AnyView {
    let [extra, safe] = page.secret_names.clone();
    let refused = page.bad_names.clone().map(not_saved);
    view! {
        <section class="settings" aria-labelledby="secrets">
            <h2 id="secrets">"Secrets"</h2>
            <p>"Secrets are replaced by marks before anything is stored: values whose names say so (password, token, api_key, authorization, cookie and their like), and what looks like a known token, a private key or a payment card. Equal marks stand for equal secrets."</p>
            <p><a href=route::originals(page.workspace.key.as_str()) rel="external">"Keep the originals…"</a></p>
            {refused}
            <form class="settings-form" method="post" action=route::set_secrets(page.workspace.key.as_str())>
                {names_field("Also secret", "extra", extra, "One name a line, at most 200; case and punctuation do not matter.")}
                {names_field("Not secret", "safe", safe, "Names whose values are kept. Known tokens and cards in them are replaced all the same.")}
                <p class="hint">"It holds for what is reported from now on."</p>
                <p><button type="submit" class="button button-primary">"Save"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn labels(page: &SettingsPage) -> AnyView {
    let refused = page.bad_labels.clone().map(not_saved);
    view! {
        <section class="settings" aria-labelledby="labels">
            <h2 id="labels">"Own statuses"</h2>
            <p>"Words that programs may report instead of a status. Each stands for one, by which its runs are counted; the word is shown beside it and can be filtered by."</p>
            {refused}
            <form class="settings-form" method="post" action=route::set_labels(page.workspace.key.as_str())>
                {names_field("Words", "labels", page.labels.clone(), "One a line: half done = warning. At most 50; case does not matter.")}
                <p><button type="submit" class="button button-primary">"Save"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn not_saved(rule: String) -> AnyView {
    let text = view! { <p class="notice-title">"Not saved."</p><p>{rule}</p> };
    notice(NoticeTone::Failed, text.into_any())
}

fn names_field(
    label: &'static str,
    name: &'static str,
    value: String,
    hint: &'static str,
) -> AnyView {
    let typed = value.clone();
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <textarea name=name rows="4" autocomplete="off" spellcheck="false" prop:value=typed>{value}</textarea>
            <span class="hint">{hint}</span>
        </label>
    }
    .into_any()
}

fn logs(page: &SettingsPage) -> AnyView {
    let set = LogsLink::of(&page.workspace);
    let bad = page.typed.as_ref().and_then(|typed| {
        let [url, label, margin] = typed;
        LogsLink::parse(url, label, margin).err()
    });
    let [url, label, margin] = page.typed.clone().unwrap_or_else(|| match set {
        Some(set) => [set.url, set.label, set.margin.to_string()],
        None => [String::new(), LABEL.to_owned(), MARGIN.to_string()],
    });
    let refused = bad.map(|bad| not_saved(bad.rule));
    let names = format!("{{{}}}", PLACEHOLDERS.join("}, {"));
    view! {
        <section class="settings" aria-labelledby="logs">
            <h2 id="logs">"Logs explorer"</h2>
            <p>"A link from each run to the logs of what executed it. It stands in the menu of every run. An empty address takes it away."</p>
            {refused}
            <form class="settings-form" method="post" action=route::set_logs(page.workspace.key.as_str())>
                {text_field("Address", "url", url, "https://… with placeholders, each filled in percent-encoded:")}
                <p class="hint"><code>{names}</code></p>
                {text_field("Name of the link", "label", label, "At most 60 characters")}
                {text_field("Margin in minutes", "margin", margin, "How much earlier {from} and later {to} are than the run")}
                <p><button type="submit" class="button button-primary">"Save"</button></p>
            </form>
        </section>
    }
    .into_any()
}
