use crate::{ROOT, create, with_home};
use cloudlab_testing::service::{Home, wait_until};
use serde_json::json;
use std::time::Duration;

const TENANT: &str = "0190b5a0-0000-7000-8000-00000000000a";

fn in_production(test: impl Fn(&mut Home)) {
    with_home(|home| {
        home.set("CLOUDLAB__PROFILE", "production");
        test(home);
    });
}

#[test]
fn a_missing_database_url_stops_the_start() {
    in_production(|home| {
        home.unset("CLOUDLAB__DATABASE__URL");
        let refused = home.run(&[]);
        assert_eq!((refused.code, refused.output.as_str()), (Some(2), ""));
        for word in ["database.url", "CLOUDLAB__DATABASE__URL", "production"] {
            assert!(refused.errors.contains(word), "{}", refused.errors);
        }
        assert!(!home.folder().join("data").exists());
    });
}

#[test]
fn migrations_wait_for_an_operator_and_readiness_says_which() {
    in_production(|home| {
        let service = home.launch();
        wait_until("the database answers", Duration::from_secs(10), || {
            service.get("/health/ready").json()["checks"]["database"]["state"] == "up"
        });
        let ready = service.get("/health/ready").is(503).json();
        assert_eq!(ready["status"], "not_ready");
        let detail = ready["checks"]["migrations"]["detail"].as_str().unwrap();
        assert!(detail.contains("gizmo-service/0001_acme_gizmos"), "{detail}");
        service.get("/health/live").is(200);
        let early =
            service.request("POST", ROOT).header("x-tenant-id", TENANT).json(&json!({ "name": "early" }));
        early.send().is_problem(503, "unavailable");

        assert_eq!(home.run(&["migrate", "up"]).code, Some(0));
        wait_until("the service is ready", Duration::from_secs(10), || {
            service.get("/health/ready").status == 200
        });
        early.send().is(201);
    });
}

#[test]
fn migrations_run_at_the_start_when_the_configuration_says_so() {
    in_production(|home| {
        home.set("CLOUDLAB__DATABASE__MIGRATE", "true");
        let service = home.start();
        service.request("GET", ROOT).header("x-tenant-id", TENANT).send().is(200);
    });
}

#[test]
fn migrations_are_taken_back_only_when_that_is_confirmed_and_readiness_sees_it() {
    in_production(|home| {
        home.set("CLOUDLAB__DATABASE__MIGRATE", "true");
        let service = home.start();
        let refused = home.run(&["migrate", "down"]);
        assert_eq!((refused.code, refused.output.as_str()), (Some(2), ""));
        for word in ["error: ", "drops tables", "production", "`migrate down --yes`"] {
            assert!(refused.errors.contains(word), "{}", refused.errors);
        }
        let list = service.request("GET", ROOT).header("x-tenant-id", TENANT);
        list.send().is(200);

        let done = home.run(&["migrate", "down", "--yes"]);
        assert_eq!(
            (done.code, done.output.as_str()),
            (Some(0), "taken back gizmo-service/0001_acme_gizmos\n")
        );
        wait_until("the service is not ready", Duration::from_secs(20), || {
            service.get("/health/ready").status == 503
        });
        let ready = service.get("/health/ready").is(503).json();
        let detail = ready["checks"]["migrations"]["detail"].as_str().unwrap();
        assert!(detail.contains("gizmo-service/0001_acme_gizmos"), "{detail}");
        list.send().is_problem(503, "unavailable");

        assert_eq!(home.run(&["migrate", "up"]).code, Some(0));
        wait_until("the service is ready", Duration::from_secs(20), || {
            service.get("/health/ready").status == 200
        });
        list.send().is(200);
    });
}

#[test]
fn a_request_without_a_tenant_is_refused() {
    in_production(|home| {
        home.set("CLOUDLAB__DATABASE__MIGRATE", "true");
        let service = home.start();
        service.get(ROOT).is_problem(401, "tenant_required");
        service.post(ROOT, &json!({ "name": "homeless" })).is_problem(401, "tenant_required");
        for open in ["/health/live", "/health/ready", "/openapi.json", "/docs"] {
            service.get(open).is(200);
        }
    });
}

#[test]
fn in_development_it_belongs_to_the_default_tenant_and_the_log_warns_once() {
    with_home(|home| {
        let service = home.start();
        create(&service, "of the default tenant");
        let default = "00000000-0000-0000-0000-000000000001";
        let listed = service.request("GET", ROOT).header("x-tenant-id", default).send().is(200).json();
        assert_eq!(listed["items"][0]["name"], "of the default tenant");
        let warned = || service.log().iter().filter(|line| line["level"] == "WARN").count();
        wait_until("the log warns", Duration::from_secs(10), || warned() == 1);
    });
}

#[test]
fn without_a_token_operators_are_told_health_only() {
    in_production(|home| {
        home.set("CLOUDLAB__DATABASE__MIGRATE", "true");
        let service = home.start();
        service.operator("GET", "/health/live").send().is(200);
        service.operator("GET", "/health/ready").send().is(200);
        for closed in ["/metrics", "/config", "/outbox", "/dead-letters"] {
            for shown in ["Bearer ", "Bearer x", "Basic eDp4"] {
                let reply = service.operator("GET", closed).header("authorization", shown).send();
                let problem = reply.is_problem(401, "unauthenticated");
                assert!(problem["detail"].as_str().unwrap().contains("admin.token"), "{problem}");
            }
        }
    });
}

#[test]
fn with_a_token_operators_who_show_it_see_everything() {
    in_production(|home| {
        home.set("CLOUDLAB__DATABASE__MIGRATE", "true").set("CLOUDLAB__ADMIN__TOKEN", "let-me-in");
        let service = home.start();
        let ask = |path, shown: &str| service.operator("GET", path).header("authorization", shown).send();
        for path in ["/", "/metrics", "/config", "/outbox", "/dead-letters"] {
            assert!(!ask(path, "Bearer let-me-in").is(200).text().contains("let-me-in"));
            for wrong in ["Bearer let-me-out", "Bearer let-me-in2", "Bearer let-me-i", "Bearer", "let-me-in"]
            {
                let refused = ask(path, wrong);
                refused.is_problem(401, "unauthenticated");
                assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
            }
            service.operator("GET", path).send().is_problem(401, "unauthenticated");
        }
        let replay = "/dead-letters/0190b5a0-0000-7000-8000-000000000000/replay";
        service.operator("POST", replay).send().is_problem(401, "unauthenticated");
    });
}
