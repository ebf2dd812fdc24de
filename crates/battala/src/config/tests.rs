//! Tests of the whole way from file and environment to settings.

use std::path::Path;

use super::layers::merge;
use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn from(file: &str, environment: &[(&str, &str)]) -> Result<Config, Faults> {
    merge(
        Some((Path::new("battala.toml"), file)),
        variables(environment),
    )?
    .check()
}

fn faults(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let Err(Faults(faults)) = from(file, environment) else {
        panic!("these settings were accepted");
    };
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn without_any_setting_the_defaults_hold() {
    let config = merge(None, Vec::new()).unwrap().check().unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.database_url.to_string(), "sqlite:data/battala.db");
    assert_eq!(config.decides_database(), "data_dir");
    assert_eq!(
        config.public_url_at(config.listen).to_string(),
        "http://127.0.0.1:3000"
    );
    assert!(config.setup.is_none() && config.cors_origins.is_empty());
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "listen = \"127.0.0.1:4000\"\ndata_dir = \"d\"\n[limits.send]\nburst = 7\n";
    let environment = [
        ("BATTALA_LISTEN", "127.0.0.1:5000"),
        ("BATTALA_LIMITS_SEND_PER_MINUTE", "9"),
        ("BATTALA_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,"),
    ];
    let config = from(file, &environment).unwrap();
    assert_eq!(config.listen.port(), 5000);
    assert_eq!(config.data_dir, Path::new("d"));
    assert_eq!(config.database_url.to_string(), "sqlite:d/battala.db");
    assert_eq!(
        (config.limits.send.burst, config.limits.send.per_minute),
        (7, 9)
    );
    assert_eq!(config.limits.read, Limits::default().read);
    assert_eq!(config.trusted_proxies.len(), 2);
}

#[test]
fn an_unknown_key_is_named_with_the_allowed_ones() {
    let faults = faults("listn = 1\n[limits.send]\nburts = 1\n", &[]);
    assert_eq!(faults.len(), 2);
    assert!(faults.iter().any(|fault| {
        fault.starts_with("battala.toml: listn: unknown key; allowed here: ")
            && fault.contains("listen")
    }));
    assert!(faults.contains(
        &"battala.toml: limits.send.burts: unknown key; allowed here: burst, per_minute".to_owned()
    ));
}

#[test]
fn an_unknown_variable_is_named_with_those_of_its_group() {
    let faults = faults(
        "",
        &[
            ("BATTALA_LIMITS_SEND_BURTS", "1"),
            ("BATTALA_LISTN", "1"),
            ("BATTALA_LISTEN_FILE", "no-such-file"),
        ],
    );
    assert_eq!(
        faults.first().unwrap(),
        "BATTALA_LIMITS_SEND_BURTS: unknown setting; allowed here: \
         BATTALA_LIMITS_SEND_BURST, BATTALA_LIMITS_SEND_PER_MINUTE"
    );
    assert!(faults[1].contains("BATTALA_LISTEN, ") && faults[1].contains("BATTALA_LIMITS_*"));
    assert!(
        faults[2].contains("unknown setting"),
        "only secrets can be given as a file"
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_wherever_it_stands() {
    let faults = faults(
        "listen = 3000\ncors_origins = \"x\"\nlimits = 3\n[log]\nformat = \"pretty\"\n",
        &[
            ("BATTALA_LIMITS_SEND_BURST", "many"),
            ("BATTALA_LIMITS_READ_BURST", "-1"),
        ],
    );
    let expected = [
        "battala.toml: cors_origins: must be a list of texts in quotes, such as [\"one\", \"two\"], not \"x\"",
        "battala.toml: limits: must be a group of settings, below [limits], not 3",
        "battala.toml: listen: must be a text in quotes, not 3000",
        "BATTALA_LIMITS_SEND_BURST: must be a whole number from 1 to 4294967295, not \"many\"",
        "BATTALA_LIMITS_READ_BURST: must be a whole number from 1 to 4294967295, not -1",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn values_that_mean_nothing_are_refused_all_at_once() {
    let faults = faults(
        "listen = \"here\"\npublic_url = \"chat\"\ncors_origins = [\"*\"]\ndata_dir = \" \"\n\
         database_url = \"mysql://root:hunter2@db\"\ntrusted_proxies = [\"proxy\"]\n\
         [log]\nlevel = \"loud=very\"\n[setup]\nadmin_name = \"ana\"\n\
         [limits]\nconnections = 0\nsend.burst = 0\n",
        &[],
    );
    let keys = [
        "listen",
        "public_url",
        "trusted_proxies",
        "cors_origins",
        "log.level",
        "data_dir",
        "limits.connections",
        "limits.send.burst",
        "database_url",
        "setup.admin_password",
    ];
    let places: Vec<&str> = faults
        .iter()
        .filter_map(|fault| fault.split(": ").next())
        .collect();
    assert_eq!(places, keys);
    assert!(!faults.concat().contains("hunter2"));
}

#[test]
fn whatever_is_wrong_is_told_in_one_round() {
    let faults = faults(
        "listn = 1\nlisten = 3000\ndata_dir = \" \"\n[setup]\nregistration = \"closed\"\n\
         admin_name = \"ana\"\nadmin_password = 7\n[limits]\nconnections = 0\n",
        &[
            ("BATTALA_PUBLIC_URL", "chat"),
            ("BATTALA_LOG_FORMAT", "xml"),
        ],
    );
    let expected = [
        "battala.toml: listn",
        "battala.toml: listen: must be a text in quotes, not 3000",
        "battala.toml: setup.admin_password: must be a text in quotes",
        "setup.registration (BATTALA_SETUP_REGISTRATION): ",
        "log.format (BATTALA_LOG_FORMAT): ",
        "public_url: ",
        "data_dir: must not be empty",
        "limits.connections: must be from 1",
    ];
    for expected in expected {
        let said = faults.iter().filter(|fault| fault.starts_with(expected));
        assert_eq!(said.count(), 1, "{expected}: {faults:?}");
    }
    // Nothing is said of what holds in place of a value that is no password.
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
}

#[test]
fn the_bounds_that_a_number_is_refused_with_are_those_it_is_held_to() {
    for (key, _) in super::layers::numbers(&Document::default()) {
        let name = format!("BATTALA_{}", key.replace('.', "_").to_uppercase());
        let refuse = |value: &str| faults("", &[(name.as_str(), value)]).concat();
        let said = refuse("-1");
        let (_, bounds) = said.split_once(" from ").expect(&said);
        let (bounds, given) = bounds.split_once(", not ").expect(&said);
        assert_eq!(given, "-1");
        let (least, most) = bounds.split_once(" to ").expect("two bounds");
        for bound in [least, most] {
            from("", &[(name.as_str(), bound)]).expect(&key);
        }
        let around = [
            least.parse::<i64>().unwrap() - 1,
            most.parse::<i64>().unwrap() + 1,
        ];
        for beyond in around {
            let said = refuse(&beyond.to_string());
            assert!(
                said.contains(&format!(" from {bounds}, not {beyond}")),
                "{said}"
            );
        }
        let said = refuse("many");
        assert!(
            said.contains(&format!(
                "must be a whole number from {bounds}, not \"many\""
            )),
            "{said}"
        );
    }
}

#[test]
fn a_word_that_a_setting_does_not_know_is_told_with_those_that_it_knows() {
    let file = "[setup]\nregistration = \"closed\"\n[log]\nformat = \"xml\"\n";
    let told = faults(file, &[("BATTALA_SETUP_INVITERS", "nobody")]);
    let expected = [
        "log.format (BATTALA_LOG_FORMAT): must be auto or json or pretty, not \"xml\"",
        "setup.inviters (BATTALA_SETUP_INVITERS): must be named or everyone, not \"nobody\"",
        "setup.registration (BATTALA_SETUP_REGISTRATION): must be open or invite, not \"closed\"",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_value_that_cannot_be_read_is_told_with_its_line_and_what_the_setting_takes() {
    for (file, expected) in [
        (
            "listen = 127.0.0.1:3000\n",
            "listen: must be a text in quotes, not 127.0.0.1:3000 (line 1)",
        ),
        (
            "# ours\nlisten =\n",
            "listen: has no value; it must be a text in quotes (line 2)",
        ),
        (
            "[limits]\nconnections = many # of them\n",
            "limits.connections: must be a whole number from 1 to 4294967295, not many (line 2)",
        ),
        (
            "[ limits.send ] # fast\nburst = 1.2.3\n",
            "limits.send.burst: must be a whole number from 1 to 4294967295, not 1.2.3 (line 2)",
        ),
        (
            "limits.send.burst = 0x\n",
            "limits.send.burst: must be a whole number from 1 to 4294967295, not 0x (line 1)",
        ),
        (
            "cors_origins = https://a.example\n",
            "cors_origins: must be a list of texts in quotes, such as [\"one\", \"two\"], \
             not https://a.example (line 1)",
        ),
        (
            "[setup]\nadmin_password = hunter2\n",
            "setup.admin_password: must be a text in quotes (line 2)",
        ),
        (
            "[setup]\nadmin_pasword = hunter2\n",
            "no TOML at line 2: a value that is a text stands in quotes",
        ),
    ] {
        let said = faults(file, &[]);
        assert_eq!(said, [format!("battala.toml: {expected}")], "{file}");
    }
}

#[test]
fn what_else_is_no_toml_is_shown_with_its_place() {
    for (file, place) in [
        ("[limits\n", "line 1, column "),
        ("\nlisten\n", "line 2, column "),
        ("cors_origins = [\n\"x\"\n\"y\"\n]\n", "line 3, column "),
        ("listen = \"a\nb = 1\n", "line 1, column "),
    ] {
        let said = faults(file, &[]).concat();
        assert!(said.contains(&format!("no TOML at {place}")), "{said}");
    }
}

#[test]
fn a_file_that_is_no_text_is_called_so() {
    let path = std::env::temp_dir().join(format!("battala-bytes-{}", std::process::id()));
    std::fs::write(&path, b"listen = \"\xff\"\n").unwrap();
    let Err(Faults(faults)) = load_layers(Some(&path)) else {
        panic!("it was read");
    };
    std::fs::remove_file(&path).unwrap();
    let said = faults[0].to_string();
    assert!(
        said.ends_with("cannot read the file: it is no text in UTF-8"),
        "{said}"
    );
}

#[test]
fn a_secret_can_come_from_a_file_and_is_never_shown() {
    let path = std::env::temp_dir().join(format!("battala-secret-{}", std::process::id()));
    std::fs::write(&path, "a long password\n").unwrap();
    let environment = [
        ("BATTALA_SETUP_ADMIN_NAME", "ana"),
        ("BATTALA_SETUP_ADMIN_PASSWORD_FILE", path.to_str().unwrap()),
        ("BATTALA_DATABASE_URL", "postgres://ana:hunter2@db/battala"),
    ];
    let layers = merge(None, variables(&environment)).unwrap();
    std::fs::remove_file(&path).unwrap();
    let shown = layers.document().show();
    assert!(!shown.contains("a long password") && !shown.contains("hunter2"));
    assert_eq!(shown.matches("(set, not shown)").count(), 2);
    let preset = layers.check().unwrap().setup.unwrap();
    let admin = preset.admin.as_ref().unwrap();
    assert_eq!(admin.password.as_str(), "a long password");
    assert!(!format!("{preset:?}").contains("a long password"));
}

#[test]
fn a_secret_that_is_given_twice_is_refused() {
    let environment = [
        ("BATTALA_DATABASE_URL", "sqlite:x.db"),
        ("BATTALA_DATABASE_URL_FILE", "no-such-file"),
    ];
    let faults = faults("", &environment);
    let said = "BATTALA_DATABASE_URL_FILE: only one of it and BATTALA_DATABASE_URL may be set";
    assert!(faults.iter().any(|fault| fault == said), "{faults:?}");
}

#[test]
fn what_is_set_of_the_hub_alone_waits_for_its_administrator() {
    let environment = [("BATTALA_SETUP_HUB_NAME", "Under the tree")];
    let layers = merge(None, variables(&environment)).unwrap();
    let preset = layers.check().unwrap().setup.unwrap();
    assert!(preset.admin.is_none());
    assert_eq!(preset.hub.name.unwrap().as_str(), "Under the tree");
}

#[test]
fn what_is_shown_can_be_read_again() {
    let shown = Document::default().show();
    let again = merge(Some((Path::new("x"), &shown)), Vec::new()).unwrap();
    assert_eq!(again.document(), &Document::default());
}
