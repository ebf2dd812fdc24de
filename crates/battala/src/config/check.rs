//! From the settings as they are written to the settings as they are used.
//!
//! Looks at nothing but the text: whether an address is free or a database
//! answers shows at start.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use battala_hub::passwords::is_too_common;
use battala_proto::auth::Register;
use battala_proto::fields::Fault as TextFault;
use battala_proto::hub::UpdateHub;
use battala_proto::text::{NewPassword, ServerName, Username};
use battala_store::{DatabaseUrl, OpenError};

use super::bounds::Bounds;
use super::document::{Document, Setup};
use super::fault::{Fault, Faults};
use super::{Config, Preset, file_in, log_level};

impl Document {
    /// Checks every value; all faults are reported together.
    pub(crate) fn check(self) -> Result<Config, Faults> {
        let mut check = Check::default();
        let listen = check.parse("listen", &self.listen, "must be like 127.0.0.1:3000");
        let public_url = check.parse_if_set("public_url", &self.public_url);
        let trusted_proxies = check.parse_each("trusted_proxies", &self.trusted_proxies);
        let cors_origins = check.parse_each("cors_origins", &self.cors_origins);
        let log_level = log_level::parse(&self.log.level);
        let log_level = log_level.map_err(|message| check.fault("log.level", message));
        check.not_empty("data_dir", &self.data_dir);
        check.numbers(&self);
        let data_dir = PathBuf::from(&self.data_dir);
        let database_url = check.database(&self.database_url, &self.data_dir);
        let setup = check.preset(&self.setup);
        let (Some(listen), Ok(log_level), Some(database_url), true) =
            (listen, log_level, database_url, check.faults.is_empty())
        else {
            return Err(Faults(check.faults));
        };
        Ok(Config {
            listen,
            data_dir,
            database_url,
            public_url,
            trusted_proxies,
            cors_origins,
            log_level,
            log_format: self.log.format,
            limits: self.limits,
            setup,
        })
    }

    /// The settings as TOML, without secrets.
    pub(crate) fn show(&self) -> String {
        super::layers::show(self)
    }
}

#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
}

impl Check {
    fn fault(&mut self, key: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(key, message));
    }

    fn parse<T: FromStr>(&mut self, key: &str, text: &str, otherwise: &str) -> Option<T> {
        let value = text.parse().ok();
        if value.is_none() {
            self.fault(key, format!("{otherwise}, not \"{text}\""));
        }
        value
    }

    fn parse_if_set<T: FromStr<Err = &'static str>>(&mut self, key: &str, text: &str) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        text.parse()
            .map_err(|message: &str| self.fault(key, format!("{message}; it is \"{text}\"")))
            .ok()
    }

    fn parse_each<T: FromStr<Err = &'static str>>(
        &mut self,
        key: &str,
        texts: &[String],
    ) -> Vec<T> {
        texts
            .iter()
            .filter_map(|text| self.parse_if_set(key, text))
            .collect()
    }

    fn not_empty(&mut self, key: &str, text: &str) {
        if text.trim().is_empty() {
            self.fault(key, "must not be empty");
        }
    }

    /// The address is not repeated in the fault: it may hold a password.
    fn database(&mut self, url: &str, data_dir: &str) -> Option<DatabaseUrl> {
        if url.is_empty() {
            return Some(DatabaseUrl::Sqlite(file_in(Path::new(data_dir))));
        }
        url.parse()
            .map_err(|error: OpenError| self.fault("database_url", error.to_string()))
            .ok()
    }

    /// Name and password belong together; the rest has defaults. What is set of the hub alone is
    /// what the setup page begins with.
    fn preset(&mut self, setup: &Setup) -> Option<Preset> {
        if *setup == Setup::default() {
            return None;
        }
        let name = self.text("setup.hub_name", ServerName::new(&setup.hub_name));
        let hub = UpdateHub {
            inviters: Some(setup.inviters),
            name: Some(name?),
            registration: Some(setup.registration),
        };
        if setup.admin_name.is_empty() && setup.admin_password.is_empty() {
            return Some(Preset { admin: None, hub });
        }
        let username = self.text("setup.admin_name", Username::new(&setup.admin_name));
        let password = self.text(
            "setup.admin_password",
            NewPassword::new(&setup.admin_password),
        );
        let own_words = [setup.admin_name.as_str(), setup.hub_name.as_str()];
        if password.is_some() && is_too_common(&setup.admin_password, &own_words) {
            self.fault(
                "setup.admin_password",
                "is among the first that anyone would guess",
            );
        }
        let admin = Register {
            username: username?,
            password: password?,
            display_name: None,
            email: None,
            invite: None,
        };
        Some(Preset {
            admin: Some(admin),
            hub,
        })
    }

    fn text<T>(&mut self, key: &str, text: Result<T, TextFault>) -> Option<T> {
        text.map_err(|fault| self.fault(key, fault.message)).ok()
    }

    fn numbers(&mut self, document: &Document) {
        for (key, number) in super::layers::numbers(document) {
            let bounds = Bounds::of(&key);
            if !bounds.contain(number) {
                self.fault(&key, format!("must be {bounds}, not {number}"));
            }
        }
    }
}
