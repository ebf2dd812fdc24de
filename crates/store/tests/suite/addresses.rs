//! A faulty address is refused with the part of it that is wrong, and without any part of a password.

use battala_store::{DatabaseUrl, OpenError};

/// Of every password below.
const SECRET: &str = "hunter";

fn refused(url: &str) -> String {
    let refused = url.parse::<DatabaseUrl>();
    let Err(error @ OpenError::Url(_)) = refused else {
        panic!("{url}: {refused:?}");
    };
    let told = error.to_string();
    assert!(!told.contains(SECRET), "{url}: {told}");
    told
}

#[test]
fn the_part_that_is_wrong_is_named() {
    for (url, part) in [
        ("mysql://ana:hunter2@db/hub", "neither of these schemes"),
        ("hub.db", "neither of these schemes"),
        ("postgres:/db/hub", "two slashes"),
        ("postgres://ana:hunter2@[/hub", "the host is"),
        ("postgres://ana:hunter2@d b/hub", "the host is"),
        ("postgres://ana:hunter2@db:54x32/hub", "the port must"),
        ("postgres://ana:hunter2@db:0/hub", "the port must"),
        ("postgres://ana:hunter2@db:65536/hub", "the port must"),
        ("postgres://ana:hunter%FF@db/hub", "the user or password is"),
        ("postgres://ana:hunter2@db/hub%FF", "the database's name is"),
        (
            "postgres://ana:hunter2@db/hub?sslmode=hunter",
            "the parameter \"sslmode\"",
        ),
        ("postgres://db/hub?port=many", "the parameter \"port\""),
        (
            "postgres://db/hub?hostaddr=db",
            "the parameter \"hostaddr\"",
        ),
        (
            "postgres://db/hub?sslmod=require",
            "no parameter \"sslmod\"",
        ),
    ] {
        let told = refused(url);
        assert!(told.contains(part), "{url}: {told}");
    }
}

#[test]
fn a_password_that_is_not_written_as_it_must_be_is_no_riddle_and_not_shown() {
    for (url, written) in [
        ("postgres://ana:hunter#2@db/hub", "%23"),
        ("postgres://ana:hunter/2@db/hub", "%2F"),
        ("postgres://ana:hunter?2@db/hub", "%3F"),
        ("postgres://ana:5432?hunter@db/hub", "%3F"),
        ("postgres://ana:5432/x?host=hunter@db/hub", "%3F"),
        ("postgres://ana:5432/x?hunter=2@db/hub", "%3F"),
        ("postgres://ana:1?sslrootcert=hunter@db/hub", "%3F"),
        ("postgres://ana:12/hunter@db/hub", "%2F"),
        ("postgres://ana:p@ss/hunter@db/hub", "%2F"),
        ("postgres://ana:p@ss?hunter=2@db/hub", "%3F"),
        ("postgres://db/hub?sslrootcert=/etc/hub@1/ca.pem", "%40"),
    ] {
        let told = refused(url);
        assert!(told.contains(written), "{url}: {told}");
    }
}

#[test]
fn an_at_sign_in_a_parameter_is_no_password() {
    for url in [
        "postgres://ana:tea@db/hub?sslrootcert=/etc/hub@1/ca.pem",
        "postgres://ana@db/hub?application_name=hub@home&sslmode=prefer",
        "postgres://db/hub?sslrootcert=/etc/hub%401/ca.pem",
    ] {
        url.parse::<DatabaseUrl>().expect(url);
    }
}

#[test]
fn a_server_is_shown_where_it_is() {
    for (url, shown) in [
        (
            "postgres://ana:hunter2@db.example/hub",
            "postgres://db.example:5432/hub",
        ),
        ("postgres://ana@[::1]:5433/hub", "postgres://[::1]:5433/hub"),
        (
            "postgresql:///hub?host=/run/pg&user=ana",
            "postgres:///hub?host=/run/pg",
        ),
        (
            "postgres://ana:hun%40ter2@10.0.0.1:6000/hub",
            "postgres://10.0.0.1:6000/hub",
        ),
    ] {
        assert_eq!(url.parse::<DatabaseUrl>().unwrap().to_string(), shown);
    }
}
