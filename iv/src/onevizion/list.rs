//! `iv run -p Passwords.json -i Integration.json`: everything that the list names, in its order.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{Running, missing, read_json, text};
use crate::{
    args::{Global, Run},
    clock, config,
    context::Context,
    failure::Failure,
    run::{Job, wrap},
};

/// One entry of Integration.json.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    id: String,
    name: String,
    command: Vec<OsString>,
    folder: Option<PathBuf>,
    stdout: bool,
}

/// Runs all of them; the failure of one does not stop the others. The exit code is 0 where all
/// went well.
pub(crate) fn run_all(
    file: &Path,
    run: &Run,
    global: &Global,
    context: &mut Context,
) -> Result<u8, Failure> {
    if let Some(log_file) = crate::beside(Some(file)) {
        context.log_file = log_file;
    }
    let json = read_json(file)?;
    let Some(list) = json.as_array() else {
        return Err(Failure::usage(format!(
            "{}: it is a list of integrations",
            file.display()
        )));
    };
    if list.is_empty() {
        return Err(Failure::usage(format!(
            "{}: the list is empty",
            file.display()
        )));
    }
    let mut worst = 0;
    for (place, item) in list.iter().enumerate() {
        match entry(file, place, item) {
            Ok(entry) => {
                let code = run_one(&entry, run, global, context);
                worst = worst.max(u8::from(code != 0));
            }
            Err(failure) => {
                context.say(&failure.text);
                worst = failure.code;
            }
        }
    }
    Ok(worst)
}

fn entry(file: &Path, place: usize, item: &Value) -> Result<Entry, Failure> {
    let field =
        |name: &str| text(item, name).ok_or_else(|| missing(file, &format!("[{place}].{name}")));
    let name = field("IntegrationName")?;
    let command = split(&field("ExecutablePath")?).map_err(|why| {
        Failure::usage(format!(
            "{}: [{place}].ExecutablePath: {why}",
            file.display()
        ))
    })?;
    let folder = match item.get("ExecutableWorkingDir") {
        None | Some(Value::Null) => None,
        Some(_) => Some(PathBuf::from(field("ExecutableWorkingDir")?)),
    };
    let stdout = match item.get("ReadFromStdout") {
        None | Some(Value::Null) => true,
        Some(value) => value
            .as_bool()
            .ok_or_else(|| missing(file, &format!("[{place}].ReadFromStdout")))?,
    };
    Ok(Entry {
        id: text(item, "IntegrationID").unwrap_or_else(|| name.clone()),
        name,
        command,
        folder,
        stdout,
    })
}

fn run_one(entry: &Entry, run: &Run, global: &Global, context: &Context) -> u8 {
    // Its programs know runs by numbers.
    let number = clock::new_number();
    let running = Running {
        run: number.to_string(),
        integration: entry.id.clone(),
        started: clock::now().as_ms(),
        wrapped: true,
    };
    let key = running.run.clone();
    let note = match running.begin(context) {
        Ok(Some(note)) => Some(note),
        Ok(None) => {
            let text = format!(
                "{}: another run of it is running; this one is skipped",
                entry.id
            );
            context.say(&text);
            return 1;
        }
        // Nobody else can log to it then; it runs all the same.
        Err(error) => {
            context.say(&format!("{}: {error}", entry.id));
            None
        }
    };
    if let Err(error) = tell_program(entry, number, context) {
        context.say(&format!(
            "{}: the run's number could not be written down: {error}",
            entry.id
        ));
    }
    let mut environment = config::for_command(global, context);
    environment.push(("IV_RUN", OsString::from(&key)));
    environment.push(("IV_INTEGRATION", OsString::from(&entry.id)));
    environment.push(("ihub_process_id", OsString::from(&key)));
    environment.push(("PYTHONUNBUFFERED", OsString::from("1")));
    let ended = wrap(
        &Job {
            command: entry.command.clone(),
            folder: entry.folder.clone(),
            run: key,
            integration: entry.id.clone(),
            name: Some(entry.name.clone()),
            flow: run.flow.clone(),
            stdout: entry.stdout && !run.no_stdout,
            bare_paths: !run.only_marked_files,
            failure: if run.nonzero.as_deref() == Some("failed") {
                "failed"
            } else {
                "warning"
            },
            environment,
            ask_first: true,
            wait: global.wait(),
        },
        context,
    );
    if let Some(note) = note {
        note.end(context);
    }
    ended.code
}

/// The two files in which OneVizion's programs look for their run.
fn tell_program(entry: &Entry, number: u64, context: &Context) -> io::Result<()> {
    let folder = entry.folder.as_deref().unwrap_or(Path::new("."));
    let parameters = json!({
        "integrationId": entry.id,
        "integrationName": entry.name,
        "readFromStdout": entry.stdout,
        "logLevel": "Info",
        "ovUrl": context.client.as_ref().map(|client| client.url.as_str()),
        "processId": number,
    });
    fs::write(folder.join("ihub_process_id"), number.to_string())?;
    fs::write(folder.join("ihub_parameters.json"), parameters.to_string())
}

/// A command line as a shell splits it, without anything else that a shell does.
fn split(line: &str) -> Result<Vec<OsString>, &'static str> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, ' ' | '\t' | '\n' | '\r') => words.extend(word.take().map(OsString::from)),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => match (quote, rest.next()) {
                (_, None) => return Err("nothing follows the last backslash"),
                (Some(_), Some(c)) if !matches!(c, '"' | '\\' | '$' | '`') => {
                    word.get_or_insert_default().extend(['\\', c]);
                }
                (_, Some(c)) => word.get_or_insert_default().push(c),
            },
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quotation mark is not closed");
    }
    words.extend(word.map(OsString::from));
    match words.is_empty() {
        true => Err("it names no program"),
        false => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ov_31_a_command_line_is_split_as_a_shell_does() {
        let words = |line: &str| split(line).map(|words| words.join(&OsString::from("|")));
        let expect = |text: &str| Ok(OsString::from(text));
        assert_eq!(
            words("./run.sh fcc-daily ******"),
            expect("./run.sh|fcc-daily|******")
        );
        assert_eq!(
            words("a 'b c' \"d \\\" e\" f\\ g ''"),
            expect("a|b c|d \" e|f g|")
        );
        assert_eq!(words("  "), Err("it names no program"));
        assert_eq!(words("a 'b"), Err("a quotation mark is not closed"));
        assert_eq!(words("a \\"), Err("nothing follows the last backslash"));
    }
}
