use crate::{ROOT, create, embedded, path_of, until_statistics};
use serde_json::json;

#[test]
fn a_full_disk_refuses_changes_and_shows_what_is_there() {
    let home = embedded();
    let service = home.start();
    let made = create(&service, "before");
    until_statistics(&service, 1, 0, 0);
    assert_eq!(service.stop().code, Some(0));

    // The limit stands for the end of the disk: the system refuses to make any file longer.
    let service = home.launch_under("trap '' XFSZ; ulimit -f 400");
    let mut created = 1;
    let refused = loop {
        let body = json!({ "name": format!("filling {created}"), "description": "x".repeat(500) });
        match service.post(ROOT, &body) {
            reply if reply.status == 201 => created += 1,
            reply => break reply,
        }
        assert!(created < 10_000, "the disk is never full");
    };
    let problem = refused.json();
    assert!(
        ["storage_full", "unavailable"].contains(&problem["code"].as_str().unwrap_or_default()),
        "{problem}"
    );
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(service.get(&path_of(&made)).is(200).json(), made);
    service.get("/health/live").is(200);
    service.kill();

    let service = home.start();
    create(&service, "after");
    until_statistics(&service, created + 1, 0, 0);
}
