//! Signing in, and setting a password by a link.

use leptos::prelude::*;

use super::{Frame, Input, UNCHANGED, input, page, problem};
use crate::{
    components::{NoticeTone, notice, page_header},
    route,
};

/// What the form that signs in holds.
#[derive(Debug, Clone, Default)]
pub struct SignInForm {
    /// The page to go on to.
    pub next: String,
    pub email: String,
    pub problem: Option<String>,
    /// What the identity provider is called, where there is one.
    pub provider: Option<String>,
    /// Whether it is the only way in.
    pub only_provider: bool,
}

/// The form that signs in.
#[must_use]
pub fn sign_in(frame: Frame, form: SignInForm) -> String {
    page(frame, "Sign in", move || {
        let advice = match form.only_provider {
            true => "No account? An admin of your workspace adds your e-mail address.",
            false => {
                "No account or no password? An admin of your workspace makes you a link that sets one."
            }
        };
        let or = (form.provider.is_some() && !form.only_provider)
            .then(|| view! { <p class="or">"or"</p> });
        view! {
            <section class="sign-in">
                {page_header("Sign in".into_any(), vec![])}
                {problem("Not signed in.", form.problem.clone())}
                {form.provider.as_deref().map(|name| to_provider(name, &form.next))}
                {or}
                {(!form.only_provider).then(|| with_password(form))}
                <p class="hint">{advice}</p>
            </section>
        }
        .into_any()
    })
}

/// A link and no form: the policy of these pages lets no form lead to another site.
fn to_provider(name: &str, next: &str) -> AnyView {
    let text = format!("Sign in with {name}");
    view! { <a class="button sign-in-with" href=route::oidc(next)>{text}</a> }.into_any()
}

fn with_password(form: SignInForm) -> AnyView {
    view! {
        <form class="settings-form" method="post" action=route::SIGN_IN>
            {input(Input { label: "E-mail", name: "email", kind: "email", fill: "username", value: form.email, hint: "" })}
            {input(Input { label: "Password", name: "password", kind: "password", fill: "current-password", value: String::new(), hint: "" })}
            <input type="hidden" name="next" value=form.next/>
            <p><button type="submit" class="button button-primary">"Sign in"</button></p>
        </form>
    }
    .into_any()
}

/// What the form that sets a password holds.
#[derive(Debug, Clone, Default)]
pub struct PasswordForm {
    pub heading: &'static str,
    pub action: String,
    /// Whose it is; `None` where the form asks for it.
    pub email: Option<String>,
    /// What was typed, where it asks.
    pub typed: String,
    /// Where somebody may go who puts it off.
    pub later: Option<String>,
    pub problem: Option<String>,
}

/// The form that sets a password, and the address where there is none yet.
#[must_use]
pub fn set_password(frame: Frame, form: PasswordForm) -> String {
    let heading = form.heading;
    page(frame, heading, move || {
        let email = match form.email {
            // Password managers want to know whose it is.
            Some(email) => view! {
                <p>"For "<strong>{email.clone()}</strong></p>
                <input type="hidden" name="email" value=email autocomplete="username"/>
            }
            .into_any(),
            None => input(Input {
                label: "E-mail",
                name: "email",
                kind: "email",
                fill: "username",
                value: form.typed,
                hint: "With it you sign in. Nothing is sent to it.",
            }),
        };
        let later = form
            .later
            .map(|later| view! { <a class="button" href=later>"Later"</a> });
        view! {
            <section class="sign-in">
                {page_header(heading.into_any(), vec![])}
                {problem(UNCHANGED, form.problem)}
                <form class="settings-form" method="post" action=form.action>
                    {email}
                    {input(Input { label: "Password", name: "password", kind: "password", fill: "new-password", value: String::new(), hint: "At least 12 characters; a few words are easy to remember" })}
                    <p class="ways-out"><button type="submit" class="button button-primary">"Set password"</button>{later}</p>
                </form>
            </section>
        }
        .into_any()
    })
}

/// A link that no longer does anything; `advice` says how to come by a new one.
#[must_use]
pub fn link_gone(frame: Frame, advice: &'static str) -> String {
    let title = "This link is no longer good";
    page(frame, title, move || {
        let text = view! {
            <p class="notice-title">"It was used already, was replaced by a newer one, or has expired."</p>
            <p>{advice}</p>
        };
        view! {
            {page_header(title.into_any(), vec![])}
            {notice(NoticeTone::Info, text.into_any())}
            <p class="ways-out"><a class="button" href=route::SIGN_IN>"Sign in"</a></p>
        }
        .into_any()
    })
}
