//! REST of the built binary: `schemathesis` asks every operation of the OpenAPI document, by what the document says
//! and by what it does not allow, with the token of an administrator. No answer is a fault of ours, and each is as
//! the document says.

use std::{io::Read, process::Command, process::Stdio};

use tenure_test_support::python;
use tenure_tests::{Database, Server, on_both};

on_both!(schemathesis_finds_no_answer_that_the_document_does_not_say);

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,mia.manager,Mia,Manager,mia@example.com,core,Lead,,2020-01-01
E2,emil.employee,Emil,Employee,emil@example.com,core,Engineer,E1,2020-01-01
E3,sam.stranger,Sam,Stranger,sam@example.com,sales,Seller,,2020-01-01
E4,lea.leaver,Lea,Leaver,lea@example.com,sales,Seller,E3,2020-01-01
";

/// What may be answered to a request that the document allows and that does not fit what is recorded, and to one
/// that it does not allow.
///
/// What was just made is followed by the links of the document: what is guessed beside them (that an application has a
/// target because it was made) is not so.
const SETTINGS: &str = r#"
[phases.stateful.inference]
algorithms = []

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "403", "404", "409", "412", "422", "428"]
[checks.missing_required_header]
expected-statuses = ["403", "404", "422", "428"]
[checks.negative_data_rejection]
expected-statuses = ["400", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
"#;

/// They could end the very token that asks; `server/src/http/tests` asks them.
const ENDS_ITS_OWN_TOKEN: [&str; 2] = ["revokeOwnToken", "revokeCredential"];

fn schemathesis_finds_no_answer_that_the_document_does_not_say(database: Database) {
    let people = database.write("people.csv", PEOPLE);
    database.import(&people, "2024-01-01", &[]).done();
    let server = Server::start(&database);
    let mut admin = server.administrator();
    database.json(["offboard", "lea.leaver", "--reason", "left"]).done();
    let application = admin.send("/applications", &[("name", "Books"), ("description", "a database")]);
    assert_eq!(application.status, 303, "{}", application.text());
    let service = [("kind", "service"), ("user_name", "svc"), ("display_name", "Svc"), ("purpose", "builds"), ("owner_id", "sam.stranger")];
    assert_eq!(admin.send("/identities/new", &service).status, 303);
    let page =
        admin.send("/account/tokens/new", &[("label", "program"), ("purpose", "a test"), ("access", "write"), ("days", "30")]).text();
    let signs = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
    let token = page.split("tnr_").skip(1).map(signs).find(|signs| signs.len() == 49).map(|signs| format!("tnr_{signs}")).expect("a token");

    let settings = database.write("schemathesis.toml", SETTINGS);
    let python = python::installed("schemathesis-4.32.5", &["schemathesis==4.32.5"]).unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(python);
    // It leaves a cache where it runs.
    command.current_dir(database.file(""));
    command.args(["-m", "schemathesis.cli", "--config-file"]).arg(settings).arg("run");
    command.arg(format!("http://{}/api/openapi.json", server.address));
    command.args(["--header", &format!("Authorization: Bearer {token}"), "--checks", "all", "--seed", "4711", "--max-examples", "5"]);
    command.args([
        "--phases",
        "examples,coverage,fuzzing,stateful",
        "--max-time",
        "150",
        "--workers",
        "1",
        "--no-shrink",
        "--continue-on-failure",
    ]);
    command.args(["--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    for id in ENDS_ITS_OWN_TOKEN {
        command.args(["--exclude-operation-id", id]);
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("schemathesis starts");
    let mut said = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("it writes text");
    assert!(child.wait().expect("it ends").success(), "{said}");
    println!("{said}");
    // It was asked for what it is: not every answer is that somebody is not signed in.
    let client = tenure_tests::Client::with_token(server.address, &token).get("/api/v1/me");
    assert_eq!(client.status, 200, "{}", client.text());
}
