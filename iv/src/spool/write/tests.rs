use super::*;
use crate::spool::{Reader, read::Next};

fn spool(limit: u64) -> (tempfile::TempDir, Spool) {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&folder.path().join("spool"), limit).expect("a spool");
    (folder, spool)
}

fn report(number: usize) -> Record {
    Record::Report(format!("{{\"n\":{number}}}").into_bytes())
}

/// Everything that is left of a stream, as it would be sent.
fn drain(reader: &mut Reader) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while let Next::Reports(reports, place) = reader.next().expect("it is read") {
        all.extend(reports);
        reader.sent(place);
    }
    all
}

#[test]
fn what_was_appended_is_read_in_order_over_many_segments() {
    let (_folder, spool) = spool(1 << 30);
    let mut writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    let filler = "x".repeat(100_000);
    let records: Vec<_> = (0..200)
        .map(|n| Record::Report(format!("{n} {filler}").into_bytes()))
        .collect();
    for part in records.chunks(7) {
        writer.lines(part).expect("there is room");
    }
    let mut reader = Reader::open(writer.folder());
    let read = drain(&mut reader);
    assert_eq!(read.len(), records.len());
    for (read, record) in read.into_iter().zip(records) {
        assert_eq!(Record::Report(read), record);
    }
    assert!(reader.place().segment >= 3);
    assert!(!segment_path(writer.folder(), 0).exists(), "it was sent");
}

#[test]
fn a_full_spool_refuses_lines_and_takes_news() {
    let (_folder, spool) = spool(100_000);
    let mut writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    let mut taken = 0;
    while writer.lines(&[report(taken)]).is_ok() {
        taken += 1;
        assert!(taken < 100_000, "the limit holds");
    }
    writer.news(&[report(taken)]).expect("news finds room");
    let read = drain(&mut Reader::open(writer.folder()));
    assert_eq!(read.len(), taken + 1, "nothing that was taken is dropped");
}

#[test]
fn a_torn_tail_hides_nothing_that_is_amended_later() {
    let (_folder, spool) = spool(1 << 20);
    let mut writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    writer.lines(&[report(1), report(2)]).expect("room");
    let folder = writer.folder().to_owned();
    drop(writer);
    let mut torn = OpenOptions::new()
        .append(true)
        .open(segment_path(&folder, 0))
        .expect("it");
    torn.write_all(&frames(&[report(3)])[..9]).expect("written");
    let mut reader = Reader::open(&folder);
    assert_eq!(drain(&mut reader).len(), 2);
    amend(&folder, reader.place(), &[report(4), Record::End]).expect("amended");
    assert_eq!(drain(&mut reader), [b"{\"n\":4}".to_vec()]);
    assert_eq!(reader.next().expect("read"), Next::End);
}

#[test]
fn a_stream_with_a_writer_is_left_alone() {
    let (_folder, spool) = spool(1 << 20);
    let writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    let folder = writer.folder().to_owned();
    assert!(spool.take(&folder).is_none());
    drop(writer);
    assert!(spool.take(&folder).is_some());
}

#[test]
fn a_reader_that_keeps_up_with_the_writer_misses_nothing() {
    let (_folder, spool) = spool(1 << 30);
    let mut writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    let mut reader = Reader::open(writer.folder());
    let filler = "x".repeat(30_000);
    let writing = std::thread::spawn(move || {
        for number in 0..3_000 {
            let record = Record::Report(format!("{number} {filler}").into_bytes());
            writer.lines(&[record]).expect("there is room");
        }
        writer.news(&[Record::End]).expect("there is room");
        writer
    });
    let mut expected = 0;
    loop {
        match reader.next().expect("it is read") {
            Next::Reports(reports, place) => {
                for report in reports {
                    let text = String::from_utf8(report).expect("text");
                    assert!(
                        text.starts_with(&format!("{expected} ")),
                        "{expected} is missing"
                    );
                    expected += 1;
                }
                reader.sent(place);
            }
            Next::Nothing => std::thread::yield_now(),
            Next::End => break,
            Next::File(..) => panic!("there is no file"),
        }
    }
    assert_eq!(expected, 3_000);
    drop(writing.join().expect("it ended well"));
}

#[test]
fn how_far_it_was_sent_may_be_lost_and_nothing_else_with_it() {
    let (_folder, spool) = spool(1 << 30);
    let mut writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    let filler = "x".repeat(100_000);
    for n in 0..100 {
        let record = Record::Report(format!("{n} {filler}").into_bytes());
        writer.lines(&[record]).expect("there is room");
    }
    let mut reader = Reader::open(writer.folder());
    let mut sent = 0;
    while reader.place().segment == 0 {
        let Next::Reports(reports, place) = reader.next().expect("it is read") else {
            panic!("there is more")
        };
        sent += reports.len();
        reader.sent(place);
    }
    std::fs::write(writer.folder().join("sent"), "").expect("a disk that was full");
    let rest = drain(&mut Reader::open(writer.folder()));
    assert!(
        sent > 0 && sent + rest.len() >= 100,
        "{sent} {}",
        rest.len()
    );
    let last = rest.last().expect("some").starts_with(b"99 ");
    assert!(last, "to the last one");
}

#[test]
fn a_removal_that_was_cut_off_leaves_no_stream_and_is_finished_later() {
    let (_folder, spool) = spool(1 << 30);
    let mut writer = Writer::create(&spool, &Meta::default()).expect("a stream");
    writer.lines(&[report(1)]).expect("there is room");
    let remnant = writer.folder().to_owned();
    let other = Writer::create(&spool, &Meta::default()).expect("another");
    let foreign = spool.folder().join("notes");
    std::fs::create_dir(&foreign).expect("a folder of somebody");
    drop(writer);
    std::fs::remove_file(remnant.join(crate::spool::meta::FILE)).expect("the first to go");
    assert_eq!(spool.streams(), [other.folder()]);
    assert!(spool.take(&remnant).is_none());
    spool.tidy();
    assert!(!remnant.exists());
    assert!(other.folder().exists() && foreign.exists());
}
