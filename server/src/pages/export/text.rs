//! Rows as the text of a file, a part at a time.

use app::route::ExportFormat;
use domain::zone::Zone;
use serde_json::{Value, json};

use crate::rows::Exported;

/// Excel takes CSV without it for Latin-1.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Some rows; the first part begins the file, whether it has rows or not.
pub(super) fn part<T: Exported>(
    format: ExportFormat,
    rows: &[T],
    first: bool,
    zone: &Zone,
) -> Vec<u8> {
    match format {
        ExportFormat::Csv => csv(rows, first, zone),
        ExportFormat::Json => json_lines(rows, first, zone),
    }
}

/// What ends the file.
pub(super) fn end(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "",
        ExportFormat::Json => "\n]\n",
    }
}

/// RFC 4180, and no cell that a spreadsheet would take for a formula.
fn csv<T: Exported>(rows: &[T], first: bool, zone: &Zone) -> Vec<u8> {
    let mut text = Vec::new();
    if first {
        text.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
    }
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(text);
    // Writing into memory cannot fail, and every record has the same columns.
    if first {
        let _ = writer.write_record(T::COLUMNS);
    }
    for row in rows {
        let _ = writer.write_record(row.cells(zone).into_iter().map(cell));
    }
    writer.into_inner().unwrap_or_default()
}

fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']) => {
            format!("'{text}")
        }
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// An array with one object a line.
fn json_lines<T: Exported>(rows: &[T], first: bool, zone: &Zone) -> Vec<u8> {
    let mut text = String::new();
    if first {
        text.push('[');
    }
    for (index, row) in rows.iter().enumerate() {
        text.push_str(if first && index == 0 { "\n" } else { ",\n" });
        let members = T::COLUMNS.iter().zip(row.cells(zone));
        text.push('{');
        for (position, (name, value)) in members.enumerate() {
            if position > 0 {
                text.push(',');
            }
            text.push_str(&json!(name).to_string());
            text.push(':');
            text.push_str(&value.to_string());
        }
        text.push('}');
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1",
        ] {
            assert_eq!(cell(json!(text)), format!("'{text}"));
        }
        assert_eq!(cell(json!("a=1")), "a=1");
        assert_eq!(cell(json!(-5)), "-5");
        assert_eq!(cell(Value::Null), "");
    }
}
