//! What happens on GitHub becomes a ticket.
//!
//! A few runs hold a webhook body as GitHub really sends it; the others one of
//! the same shape, trimmed to what the flow reads.

use super::{Scene, Script, own, step};
use crate::demo::{
    catalogue::{DESK, GITHUB},
    item::{Body, Trigger},
    people::{anybody, escape},
};

const ISSUE: &str = include_str!("../bodies/github.issues.opened.payload.json");
const JOB: &str = include_str!("../bodies/github.workflow_job.completed.failure.payload.json");

const TITLES: [&str; 8] = [
    "Spelling error in the README file",
    "Export stops after 10,000 rows",
    "Login loops when cookies are blocked",
    "Dark mode: chart labels are unreadable",
    "Importer crashes on an empty CSV",
    "Time zone of reports is always UTC",
    "Search does not find names with accents",
    "Docs: the sample for webhooks is outdated",
];

pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    let author = anybody(&mut scene.random);
    let is_job = scene.random.chance(1_500);
    let whole = scene.random.chance(200);
    let issue = scene.random.between(1, 4_800);
    let ticket = scene.id();
    let title = match (is_job, whole) {
        (true, _) => "Job “linters” failed on main",
        (false, true) => TITLES[0],
        (false, false) => *scene.random.pick(&TITLES),
    };
    let repository = if whole {
        "Codertocat/Hello-World".to_owned()
    } else {
        format!(
            "{}/website",
            scene.seat.company.domain.trim_end_matches(".example")
        )
    };
    let login = author
        .email
        .split('@')
        .next()
        .unwrap_or("ghost")
        .replace('.', "-");
    let body = match (whole, is_job) {
        // As text: the body holds line breaks, and a line of NDJSON must not.
        (true, true) => Body::Text(JOB.to_owned()),
        (true, false) => Body::Text(ISSUE.to_owned()),
        (false, true) => Body::Json(trimmed_job(scene, &repository)),
        (false, false) => Body::Json(trimmed_issue(scene, &repository, &login, issue, title)),
    };
    let delivery = scene.random.hex();
    let received = scene.received(
        "GitHub-Hookshot/6be8371",
        vec![
            (
                "X-GitHub-Event",
                if is_job { "workflow_job" } else { "issues" }.to_owned(),
            ),
            ("X-GitHub-Delivery", delivery),
            (
                "X-Hub-Signature-256",
                format!("sha256={}", super::NOT_A_SECRET),
            ),
        ],
        body,
    );
    let requester = scene.id();
    let found = format!(
        r#"{{"count":1,"people":[{{"id":{requester},"name":"{} {}","email":"{}","handles":{{"github":"{login}"}}}}]}}"#,
        author.given, author.family, author.email,
    );
    let path = format!("/people?query={}&per_page=1", escape(&author.email));
    let looked_up = scene.call(&DESK, "GET", &path, None, 200, Body::Json(found));
    let asked = format!(
        r#"{{"ticket":{{"subject":"{title}","requester_id":{requester},"channel":"github","priority":"{}","external_id":"{repository}#{issue}"}}}}"#,
        if is_job { "high" } else { "normal" },
    );
    let answer = format!(
        r#"{{"ticket":{{"id":{ticket},"subject":"{title}","status":"new","assignee_id":{},"created_at":"{}"}},"warnings":[]}}"#,
        70 + ticket % 9,
        scene.at,
    );
    let created = scene.call(
        &DESK,
        "POST",
        "/tickets",
        Some(Body::Json(asked)),
        201,
        Body::Json(answer),
    );
    let note = format!(r#"{{"body":"Thank you, this is ticket {ticket} at our help desk."}}"#);
    let comment = scene.id();
    let said = scene.call(
        &GITHUB,
        "POST",
        &format!("/repos/{repository}/issues/{issue}/comments"),
        Some(Body::Json(note)),
        201,
        Body::Json(format!(
            r#"{{"id":{comment},"html_url":"https://github.com/{repository}/issues/{issue}#issuecomment-{comment}"}}"#
        )),
    );
    let mut create = step(
        "create_ticket",
        "Create ticket",
        &DESK,
        created,
        scene.random.between(150, 700),
    );
    create.object = vec![
        ("ticket_id", ticket.to_string()),
        ("subject", title.to_owned()),
    ];
    let name = if is_job { "Job failed" } else { "Issue opened" };
    let fields = vec![
        ("subject", title.to_owned()),
        ("email", author.email),
        ("repository", repository),
        ("issue", issue.to_string()),
    ];
    Script {
        trigger: Trigger {
            app: GITHUB.name,
            name,
            r#type: "webhook",
        },
        steps: vec![
            step(
                "trigger",
                name,
                &GITHUB,
                received,
                scene.random.between(5, 40),
            ),
            step(
                "get_requester",
                "Find requester",
                &DESK,
                looked_up,
                scene.random.between(70, 260),
            ),
            own("map_fields", "Map event to ticket", fields),
            create,
            step(
                "comment",
                "Comment with the ticket number",
                &GITHUB,
                said,
                scene.random.between(180, 500),
            ),
        ],
        map: 2,
        write: 3,
        created: 1,
        updated: 0,
        summary: None,
    }
}

fn trimmed_issue(
    scene: &mut Scene<'_>,
    repository: &str,
    login: &str,
    issue: i64,
    title: &str,
) -> String {
    let id = scene.id();
    format!(
        r#"{{"action":"opened","issue":{{"url":"https://api.github.com/repos/{repository}/issues/{issue}","html_url":"https://github.com/{repository}/issues/{issue}","id":{id},"number":{issue},"title":"{title}","user":{{"login":"{login}","type":"User","site_admin":false}},"labels":[{{"name":"bug","color":"d73a4a","default":true}}],"state":"open","locked":false,"comments":0,"created_at":"{at}","author_association":"NONE"}},"repository":{{"full_name":"{repository}","private":false,"default_branch":"main"}},"sender":{{"login":"{login}","type":"User"}}}}"#,
        at = scene.at,
    )
}

fn trimmed_job(scene: &mut Scene<'_>, repository: &str) -> String {
    let (id, run_id) = (scene.id(), scene.id());
    format!(
        r#"{{"action":"completed","workflow_job":{{"id":{id},"run_id":{run_id},"run_attempt":1,"head_branch":"main","status":"completed","conclusion":"failure","name":"linters","started_at":"{from}","completed_at":"{at}","steps":[{{"name":"Run yarn install","conclusion":"success","number":6}},{{"name":"Run yarn run format-check","conclusion":"failure","number":8}},{{"name":"Complete job","conclusion":"success","number":17}}],"workflow_name":"CI"}},"repository":{{"full_name":"{repository}","private":false}}}}"#,
        from = scene.at.plus_ms(-93_000),
        at = scene.at,
    )
}
