use super::*;

const LIMITS: Limits = Limits {
    connections: 4,
    per_address: 2,
    first_byte: Duration::from_secs(10),
    head: Duration::from_secs(11),
    head_bytes: 8_192,
    head_fields: 100,
    body_pause: Duration::from_secs(12),
    body: Duration::from_secs(30),
    body_rate: 1_000,
    idle: Duration::from_secs(75),
    stalled: Duration::from_secs(60),
    linger: Duration::from_secs(5),
    hurry: Duration::from_secs(2),
};

struct Case {
    start: Instant,
    watch: Watch,
}

impl Case {
    fn new() -> Self {
        let start = crate::clock::instant();
        Self {
            start,
            watch: Watch::new(start),
        }
    }

    fn at(&self, seconds: u64) -> Instant {
        self.start + Duration::from_secs(seconds)
    }

    /// After how many seconds it is looked at.
    fn ends(&self) -> Option<u64> {
        let deadline = self.watch.deadline(&LIMITS)?;
        Some((deadline - self.start).as_secs())
    }

    fn is_over(&self, seconds: u64) -> bool {
        self.watch.is_over(&LIMITS, self.at(seconds))
    }
}

#[test]
fn each_part_of_a_request_has_its_own_time() {
    let case = Case::new();
    let watch = &case.watch;
    assert_eq!(case.ends(), Some(10), "the first byte");
    assert!(watch.is_silent());
    watch.starved(case.at(0));
    watch.read(7, case.at(5));
    assert_eq!(case.ends(), Some(16), "the head");
    // More of it gives no more time.
    watch.starved(case.at(5));
    watch.read(7, case.at(9));
    assert_eq!(case.ends(), Some(16));
    assert!(!case.is_over(15) && case.is_over(16));
    let number = watch.request(true, case.at(10));
    assert_eq!(case.ends(), None, "nobody has asked for the body yet");
    watch.starved(case.at(20));
    assert_eq!(case.ends(), Some(32), "a pause of the body");
    watch.read(100, case.at(21));
    watch.body_over(number, true, case.at(21));
    watch.starved(case.at(21));
    assert_eq!(case.ends(), None, "it is up to us");
    assert!(!case.is_over(10_000));
    watch.answered(number, case.at(100));
    assert_eq!(case.ends(), Some(175), "the next request");
    assert!(!watch.closing(case.at(101)), "it was read to its end");
    watch.read(1, case.at(150));
    assert_eq!(case.ends(), Some(161), "its head");
}

#[test]
fn a_body_that_drips_is_over_after_its_time_and_one_that_flows_is_not() {
    for (every, bytes, over) in [
        (1, 100, true),
        (1, 999, true),
        (1, 1_000, false),
        (10, 20_000, false),
    ] {
        let case = Case::new();
        case.watch.request(true, case.at(0));
        case.watch.starved(case.at(0));
        let mut ended = None;
        for second in 1..=600 {
            if case.is_over(second) {
                ended = Some(second);
                break;
            }
            if second % every == 0 {
                case.watch.read(bytes, case.at(second));
                case.watch.starved(case.at(second));
            }
        }
        assert_eq!(ended.is_some(), over, "{bytes} bytes every {every} s");
        if let Some(second) = ended {
            assert_eq!(second, 30);
        }
    }
}

#[test]
fn our_own_slowness_takes_nothing_from_a_client() {
    let case = Case::new();
    case.watch.request(true, case.at(0));
    for minute in 0..10 {
        case.watch.starved(case.at(minute * 60));
        case.watch.read(10, case.at(minute * 60 + 2));
        // For a minute nobody asks for more of the body.
        assert!(!case.is_over(minute * 60 + 59), "minute {minute}");
    }
}

#[test]
fn an_answer_that_nobody_takes_is_over_and_a_stream_in_silence_is_not() {
    let case = Case::new();
    let number = case.watch.request(false, case.at(0));
    assert!(!case.is_over(1_000_000), "nothing was to be written");
    case.watch.stuck(case.at(100));
    case.watch.stuck(case.at(130));
    assert_eq!(case.ends(), Some(160));
    case.watch.wrote(case.at(150));
    assert_eq!(case.ends(), None);
    // The last part is still on its way when the answer is given.
    case.watch.stuck(case.at(200));
    case.watch.answered(number, case.at(200));
    assert_eq!(case.ends(), Some(260));
    case.watch.wrote(case.at(259));
    assert_eq!(case.ends(), Some(334));
}

#[test]
fn what_is_said_of_an_old_request_changes_nothing() {
    let case = Case::new();
    let first = case.watch.request(true, case.at(0));
    case.watch.answered(first, case.at(1));
    let second = case.watch.request(true, case.at(2));
    case.watch.body_over(first, false, case.at(3));
    case.watch.answered(first, case.at(3));
    case.watch.starved(case.at(3));
    assert_eq!(case.ends(), Some(15), "still the body of the second");
    case.watch.body_over(second, true, case.at(4));
    assert_eq!(case.ends(), None);
}

#[test]
fn who_is_refused_in_the_middle_of_a_body_hears_it_before_the_end() {
    let case = Case::new();
    let number = case.watch.request(true, case.at(0));
    case.watch.body_over(number, false, case.at(1));
    case.watch.answered(number, case.at(1));
    assert!(case.watch.closing(case.at(2)));
    assert!(case.watch.closing(case.at(4)), "asked again at each read");
    assert_eq!(case.ends(), Some(7), "but only once does the time begin");
}

#[test]
fn at_the_end_of_the_server_half_a_request_has_to_hurry() {
    let case = Case::new();
    case.watch.read(3, case.at(1));
    case.watch.hurry(case.at(5));
    assert_eq!(case.ends(), Some(5));
    let number = case.watch.request(false, case.at(4));
    assert_eq!(case.ends(), None, "what is whole is answered");
    case.watch.answered(number, case.at(9));
    assert!(!case.is_over(9));
}

#[test]
fn those_give_way_first_who_lose_least() {
    let case = Case::new();
    let watch = &case.watch;
    let rank = |seconds| watch.waits_since(case.at(seconds)).map(|(rank, _)| rank);
    assert_eq!(rank(0), Some(1), "silent");
    watch.read(1, case.at(0));
    assert_eq!(rank(0), Some(1), "half a head");
    let number = watch.request(true, case.at(0));
    watch.starved(case.at(0));
    assert_eq!((rank(1), rank(2)), (None, Some(2)), "a body that stopped");
    watch.body_over(number, true, case.at(2));
    assert_eq!(rank(60), None, "being served");
    watch.stuck(case.at(60));
    assert_eq!(
        (rank(61), rank(62)),
        (None, Some(2)),
        "an answer that nobody takes"
    );
    watch.wrote(case.at(62));
    watch.answered(number, case.at(62));
    assert_eq!(rank(62), Some(0), "between two requests");
}
