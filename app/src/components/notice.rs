//! What a reader should know before the rows.

use domain::filter::Dropped;
use leptos::prelude::*;

/// How much it matters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    /// Good to know.
    Info,
    /// Something failed.
    Failed,
}

/// A notice.
pub(crate) fn notice(tone: Tone, content: AnyView) -> AnyView {
    let class = match tone {
        Tone::Info => "notice",
        Tone::Failed => "notice notice-failed",
    };
    view! { <div class=class>{content}</div> }.into_any()
}

/// Values of the address that mean nothing: said, so that a wrong filter is not mistaken for a true list.
pub(crate) fn dropped_notice(dropped: &[Dropped]) -> Option<AnyView> {
    if dropped.is_empty() {
        return None;
    }
    let lines = dropped.iter().map(|dropped| {
        view! { <p><code>{format!("{}={}", dropped.name, dropped.value)}</code>" means nothing here and was left out."</p> }
    });
    Some(notice(Tone::Info, lines.collect::<Vec<_>>().into_any()))
}
