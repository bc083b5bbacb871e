//! A few reports of their own: into the spool, and out of it as far as the server answers.

use std::time::Duration;

use crate::{
    context::Context,
    failure::Failure,
    send::Sender,
    spool::{FileRecord, Meta, Reader, Record, Refused, Writer},
};

/// A file that goes along.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) record: FileRecord,
    pub(crate) bytes: Vec<u8>,
}

/// Sends reports about `run`, or leaves them for later. Fails where they can neither be sent nor
/// kept, and where the server refuses them.
pub(crate) fn send(
    context: &Context,
    run: &str,
    reports: Vec<Vec<u8>>,
    upload: Option<Upload>,
    wait: Duration,
) -> Result<(), Failure> {
    let Some(spool) = &context.spool else {
        return Err(Failure::other("nothing can be kept and so nothing is sent"));
    };
    let kept =
        |error: std::io::Error| Failure::other(format!("{}: {error}", spool.folder().display()));
    let meta = Meta {
        run: Some(run.to_owned()),
        ..context.meta()
    };
    let mut writer = Writer::create(spool, &meta).map_err(kept)?;
    let reports: Vec<_> = reports.into_iter().map(Record::Report).collect();
    writer.news(&reports).map_err(kept)?;
    if let Some(Upload { record, bytes }) = upload {
        writer
            .file(record, &bytes)
            .map_err(|Refused(why)| Failure::other(format!("the file was not kept: {why}")))?;
    }
    writer.news(&[Record::End]).map_err(kept)?;
    let Some(client) = context.client.clone() else {
        writer.sync();
        context.say("kept for later: no server or no key is known (IV_URL, IV_KEY)");
        return Ok(());
    };
    let sender = Sender::start(spool.clone(), client, Reader::open(writer.folder()));
    let outcome = sender.finish(wait);
    if !outcome.drained {
        writer.sync();
        let why = outcome
            .trouble
            .unwrap_or_else(|| "it takes longer than was waited".to_owned());
        context.say(&format!("kept, and sent by a later call of iv: {why}"));
    }
    outcome
        .complaint
        .map_or(Ok(()), |complaint| Err(Failure::other(complaint)))
}
