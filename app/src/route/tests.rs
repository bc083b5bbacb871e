use super::*;

#[test]
fn the_table_of_links() {
    let table = [
        flows("main"),
        flow("main", "flow_crm_contacts"),
        integration("main", "octo-org/octo-repo#12"),
        run("main", "a b?c=d&e"),
        run_from("main", "r", 1),
        run_from("main", "r", 501),
        step("main", "50%", "é\\"),
        section("main", "r", "1", Section::Response, false),
        section("main", "r", "1", Section::Request, false),
        section("main", "r", "1", Section::Response, true),
        section("main", "r", "1", Section::Request, true),
        body("main", "r", "1", Section::Request).unwrap_or_default(),
        body("main", "r", "1", Section::Response).unwrap_or_default(),
        demo("main"),
        failing("main", "r"),
        compare("main", "r", "a/b"),
        compare_with("main", "r"),
        changes("main", "r", "1", None),
        changes("main", "r", "1", Some("a&b")),
        delete("main", "i"),
        status("main", "i"),
        user("main", "dana@acme.test"),
        find("main"),
        settings("main"),
        set_logs("main"),
        set_labels("main"),
        set_secrets("main"),
        originals("main"),
        delete_originals("main"),
        reveal("main", "r/1", "s 2"),
        runs("main"),
        all_runs_file("main", ExportFormat::Csv, "?status=failed"),
        flows_file("main", ExportFormat::Json, ""),
        steps_file("main", "r/1", ExportFormat::Csv),
        user_file("main", "u_1", ExportFormat::Csv),
        handle_run("main", BulkAction::Handle, "r&1"),
        bulk_done("main", BulkId(7)),
        undo_bulk("main", BulkId(7)),
        save_view("main"),
        delete_view("main", SavedViewId(8)),
        log("main", "r/1", "?level=error"),
        log_entry("main", "r", "l 1#"),
        run_file("main", "r/1", "f/1"),
        events(&flow("main", "f"), "12", "?faulty=1"),
        events(&run("main", "r"), "ok.1", ""),
        report_run("http://127.0.0.1:3000", "first-run-1"),
    ];
    assert_eq!(
        table.join("\n"),
        "/main/flows
/main/flows/flow_crm_contacts
/main/integrations/octo-org%2Focto-repo%2312
/main/runs/a%20b%3Fc%3Dd%26e
/main/runs/r
/main/runs/r?from=501
/main/runs/50%25/steps/%C3%A9%5C
/main/runs/r/steps/1
/main/runs/r/steps/1?section=request
/main/runs/r/steps/1?body=raw
/main/runs/r/steps/1?section=request&body=raw
/main/runs/r/steps/1/request-body
/main/runs/r/steps/1/response-body
/main/demo
/main/runs/r/failing
/main/runs/r/compare/a%2Fb
/main/runs/r/compare
/main/runs/r/steps/1?section=changes
/main/runs/r/steps/1?section=changes&with=a%26b
/main/integrations/i/delete
/main/integrations/i/status
/main/users/dana%40acme.test
/main/find
/main/settings
/main/settings/logs
/main/settings/labels
/main/settings/secrets
/main/settings/originals
/main/settings/originals/delete
/main/runs/r%2F1/steps/s%202/reveal
/main/runs
/main/runs.csv?status=failed
/main/flows.json
/main/runs/r%2F1/steps.csv
/main/users/u_1/integrations.csv
/main/bulk?list=runs&action=handle&key=r%261
/main/bulk/7
/main/bulk/7/undo
/main/views
/main/views/8/delete
/main/runs/r%2F1/log?level=error
/main/runs/r/log?entry=l%201%23#log-l%201%23
/main/runs/r%2F1/files/f%2F1
/main/flows/f/events?since=12&faulty=1
/main/runs/r/events?since=ok.1
http://127.0.0.1:3000/api/v1/runs/first-run-1"
    );
    assert_eq!(body("main", "r", "1", Section::Object), None);
}

#[cfg(feature = "ssr")]
#[test]
fn any_key_comes_back_from_its_path() {
    for key in [
        "1",
        "a/b",
        "%2F",
        "%",
        "100%25",
        "a b+c",
        "é日本",
        "?x=1#y",
        "a\\b",
        "\u{1f600}",
    ] {
        assert_eq!(
            keys(STEP, &step("m/n", key, key)),
            Some(vec!["m/n".into(), key.into(), key.into()]),
            "{key}"
        );
        assert_eq!(
            keys(RUN, &run("m", key)),
            Some(vec!["m".into(), key.into()]),
            "{key}"
        );
        assert_eq!(workspace_of(&flows(key)), key);
    }
    let (selection, filter, _) =
        Selection::from_query("list=integrations&of=f%2F1&action=disable&all=1&faulty=1");
    assert_eq!(
        selected("main", &selection.expect("a selection"), &filter),
        "/main/flows/f%2F1?faulty=1"
    );
    let pasted = |text: &str| pasted_link("main", text);
    let link = "/main/runs/r%201/steps/2?section=request";
    assert_eq!(
        pasted(&format!("https://iv.acme.test{link}#x")).as_deref(),
        Some(link)
    );
    assert_eq!(pasted("https://iv.acme.test/other/runs/r"), None);
    assert_eq!(pasted("https://iv.acme.test/main/nonsense"), None);
    assert_eq!(pasted("octo-org/repo"), None);
    let run = |text| pasted_run("main", text);
    for text in [
        "r 1",
        "“r 1”",
        "https://iv.acme.test/main/runs/r%201",
        "/main/runs/r%201/log?level=error",
        link,
    ] {
        assert_eq!(run(text).as_deref(), Some("r 1"), "{text}");
    }
    for text in ["", "/other/runs/r", "/main/flows/f"] {
        assert_eq!(run(text), None, "{text}");
    }
    assert_eq!(keys(FLOW, "/main/flows"), None);
    assert_eq!(keys(FLOWS, "/main/flows/"), Some(vec!["main".into()]));
    assert_eq!(keys(RUN, &step("m", "r", "s")), None);
    assert_eq!(workspace_of("/"), HOME_WORKSPACE);
}
