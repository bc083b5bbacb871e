//! The lines of XML.
//!
//! It only looks for where tags begin and end and whether they match. It expands no entity, reads
//! no document type and fetches nothing; what is not well-formed is left to the raw text.

use super::Outline;

/// Tells `outline` where the lines are; `None` where tags do not match.
pub(super) fn scan(text: &str, outline: &mut Outline) -> Option<()> {
    let mut open: Vec<&str> = Vec::new();
    let (mut at, mut roots) = (0, 0);
    // Whether the element that was opened last may still end on its own line.
    let mut short = false;
    while at < text.len() {
        let rest = &text[at..];
        let Some(first) = rest.find('<') else {
            if !open.is_empty() {
                return None;
            }
            return (rest.trim().is_empty() && roots == 1).then_some(());
        };
        if first > 0 {
            let content = &rest[..first];
            if open.is_empty() && !content.trim().is_empty() {
                return None;
            }
            short &= lines(outline, at, content) <= 1;
            at += first;
            continue;
        }
        let length = markup(rest)?;
        let whole = &rest[..length];
        if let Some(name) = whole.strip_prefix("</") {
            if open.pop()? != name.trim_end_matches('>').trim_end() {
                return None;
            }
            if std::mem::take(&mut short) {
                outline.close_in_line(at + length);
            } else {
                outline.close();
                outline.put(at, at + length);
                outline.end_line();
            }
        } else if whole.starts_with("<!") || whole.starts_with("<?") {
            if whole.starts_with("<![CDATA[") && open.is_empty() {
                return None;
            }
            short = false;
            lines(outline, at, whole);
        } else {
            roots += usize::from(open.is_empty());
            let name = name(whole)?;
            outline.put(at, at + length);
            short = !whole.ends_with("/>");
            if short {
                outline.open();
                open.push(name);
            } else {
                outline.end_line();
            }
        }
        at += length;
    }
    (open.is_empty() && roots == 1).then_some(())
}

/// One line for each that has something in it; returns how many.
fn lines(outline: &mut Outline, from: usize, text: &str) -> usize {
    let (mut start, mut count) = (from, 0);
    for line in text.split('\n') {
        let blank = line.len() - line.trim_start().len();
        let shown = line.trim();
        if !shown.is_empty() {
            outline.put(start + blank, start + blank + shown.len());
            outline.end_line();
            count += 1;
        }
        start += line.len() + 1;
    }
    count
}

/// The length of the tag, comment or declaration that `text` begins with.
fn markup(text: &str) -> Option<usize> {
    let until = |end: &str| text.find(end).map(|at| at + end.len());
    if text.starts_with("<!--") {
        return text.get(4..)?.find("-->").map(|at| at + 7);
    }
    if text.starts_with("<![CDATA[") {
        return until("]]>");
    }
    if text.starts_with("<?") {
        return until("?>");
    }
    // Within quotes and within the brackets of a document type `>` ends nothing.
    let (mut quote, mut brackets) = (None, 0_u32);
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (Some(mark), byte) if mark == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => brackets += 1,
            (None, b']') => brackets = brackets.saturating_sub(1),
            (None, b'<') if brackets == 0 => return None,
            (None, b'>') if brackets == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The name of a starting tag.
fn name(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix('<')?;
    let end = inner.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'))?;
    let name = &inner[..end];
    let begins_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':');
    begins_well.then_some(name)
}
