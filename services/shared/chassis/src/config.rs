//! Typed configuration: one TOML file a process, parsed once, unknown keys refused.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, path::PathBuf, time::Duration};

use journal::Keep;
use regulation::Region;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

/// Everything a process is told from outside. `S` is the section of the service's own settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config<S> {
    /// The node this process belongs to.
    pub region: Region,
    /// Where gRPC listens.
    pub grpc: Listen,
    /// Where `/metrics`, `/livez` and `/readyz` listen.
    pub admin: Listen,
    /// The service's own database; absent for services without one.
    pub database: Option<Database>,
    /// The node's NATS; absent for services that neither tell nor hear.
    pub nats: Option<Nats>,
    /// Where traces go and how much is logged.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// Whose tokens are believed, and this service's own key.
    pub tokens: Tokens,
    /// gRPC addresses of the node's other services, by name.
    #[serde(default)]
    pub peers: BTreeMap<String, String>,
    /// Folder of the policy versions.
    pub policy_directory: PathBuf,
    /// The operator's holiday table, in the form of `deploy/calendar/holidays.csv`; absent: that
    /// one, as it was built in. Read at start.
    #[serde(default)]
    pub holidays_file: Option<PathBuf>,
    /// Which clock is the domain's time.
    #[serde(default)]
    pub clock: ClockConfig,
    /// How long what need not be kept for ever is remembered.
    #[serde(default)]
    pub remember: Remember,
    /// What this service alone can be told.
    pub settings: S,
}

/// A listening address.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// IP and port.
    pub listen: SocketAddr,
}

/// The service's database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// As the service's own role, which can't change facts.
    #[serde(serialize_with = "redacted")]
    pub url: SecretString,
    /// As the owner: when set, pending migrations are run at start; else a pending one refuses it.
    #[serde(default, serialize_with = "redacted_option")]
    pub owner_url: Option<SecretString>,
    /// Connections at most; one more is held for the outbox relay's lock.
    #[serde(default = "default_pool_max")]
    pub pool_max: u32,
}

/// The node's NATS server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nats {
    /// `nats://host:port`.
    pub url: String,
    /// File with the service's nkey seed.
    pub nkey_seed_file: PathBuf,
    /// Mutual TLS, where the server asks for it (the hub's does).
    #[serde(default)]
    pub tls: Option<Tls>,
}

/// Files for mutual TLS.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Authority that signed the other side's certificate (PEM).
    pub ca_file: PathBuf,
    /// Own certificate (PEM).
    pub cert_file: PathBuf,
    /// Its key (PEM).
    pub key_file: PathBuf,
}

impl From<Tls> for bus::TlsFiles {
    fn from(tls: Tls) -> Self {
        Self {
            ca: tls.ca_file,
            cert: tls.cert_file,
            key: tls.key_file,
        }
    }
}

/// Traces and logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// OTLP/gRPC collector, such as `http://127.0.0.1:4317`; absent: no traces are sent.
    #[serde(default)]
    pub otlp: Option<String>,
    /// Filter of the logs, as `tracing`'s `EnvFilter` reads it.
    #[serde(default = "default_log")]
    pub log: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            otlp: None,
            log: default_log(),
        }
    }
}

/// Tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// File that names the issuers whose tokens are believed, with their public keys.
    pub issuers_file: PathBuf,
    /// File with the Ed25519 key (PKCS#8 PEM) that signs this service's own tokens.
    pub signing_key_file: PathBuf,
}

/// The domain's clock.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockConfig {
    /// Whether the clock may be set from outside. Never in production.
    #[serde(default)]
    pub simulated: bool,
    /// Milliseconds ahead of the wall clock (negative: behind), for a simulated clock.
    #[serde(default)]
    pub offset_ms: i64,
}

/// How long what need not be kept for ever is remembered, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Remember {
    /// That a message was applied; never shorter than it can come again.
    pub messages_days: u32,
    /// What a request was answered: a repeat after that is a request of its own.
    pub requests_days: u32,
}

impl Default for Remember {
    fn default() -> Self {
        Self {
            messages_days: 400,
            requests_days: 400,
        }
    }
}

impl Remember {
    /// Within this time whoever got no answer asks again.
    const REQUESTS_DAYS_MIN: u32 = 7;

    fn check(self) -> Result<(), InvalidConfig> {
        // A day more than needed, for clocks that differ.
        if days(self.messages_days) < bus::topology::REPEAT_MAX + days(1) {
            return Err(InvalidConfig::Inconsistent(
                "remember.messages_days is less than the time within which a message can come again: it would be applied twice",
            ));
        }
        if self.requests_days < Self::REQUESTS_DAYS_MIN {
            return Err(InvalidConfig::Inconsistent(
                "remember.requests_days is less than a week: what is asked again would be done again",
            ));
        }
        Ok(())
    }

    pub(crate) fn keep(self) -> Keep {
        Keep {
            messages: days(self.messages_days),
            requests: days(self.requests_days),
        }
    }
}

fn days(days: u32) -> Duration {
    Duration::from_hours(24) * days
}

/// A configuration that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    /// The file can't be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what is expected; the source names the key.
    #[error("{path} is not a valid configuration")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What and where.
        source: Box<toml::de::Error>,
    },
    /// Two settings that do not go together.
    #[error("{0}")]
    Inconsistent(&'static str),
}

impl<S: Serialize + DeserializeOwned> Config<S> {
    /// Reads and checks a configuration file. Binds and connects nothing.
    ///
    /// # Errors
    /// When the file can't be read, has an unknown or missing key, or settings that contradict.
    pub fn read(path: &Path) -> Result<Self, InvalidConfig> {
        let text = std::fs::read_to_string(path).map_err(|source| InvalidConfig::Unreadable {
            path: path.into(),
            source,
        })?;
        let config: Self = toml::from_str(&text).map_err(|source| InvalidConfig::Malformed {
            path: path.into(),
            source: Box::new(source),
        })?;
        if config.clock.offset_ms != 0 && !config.clock.simulated {
            return Err(InvalidConfig::Inconsistent(
                "clock.offset_ms is set, but clock.simulated is not: a production node keeps wall time",
            ));
        }
        config.remember.check()?;
        Ok(config)
    }

    /// The configuration as it is in force, with secrets left out.
    ///
    /// # Errors
    /// When a setting has no TOML form.
    pub fn print(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}

fn default_pool_max() -> u32 {
    3
}

fn default_log() -> String {
    "info,h2=warn,hyper=warn,sqlx=warn,async_nats=warn".to_owned()
}

fn redacted<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    // What is left of a URL without its password still helps to find the right database.
    let shown = secret
        .expose_secret()
        .rsplit('@')
        .next()
        .unwrap_or_default();
    serializer.serialize_str(&format!("postgres://…@{shown}"))
}

#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
fn redacted_option<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => redacted(secret, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        limit: u32,
    }

    const GOOD: &str = r#"
        region = "js"
        policy_directory = "deploy/policy"
        [grpc]
        listen = "127.0.0.1:7001"
        [admin]
        listen = "127.0.0.1:7002"
        [database]
        url = "postgres://intake:secret@127.0.0.1/intake"
        [tokens]
        issuers_file = "issuers.toml"
        signing_key_file = "intake.pem"
        [settings]
        limit = 3
    "#;

    fn read(text: &str) -> Result<Config<Settings>, InvalidConfig> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::read(file.path())
    }

    #[test]
    fn an_unknown_key_is_refused_wherever_it_stands() {
        assert!(read(GOOD).is_ok());
        for (key, place) in [("colour = 1\n", ""), ("limit = 3", "limit = 3\ncolour = 1")] {
            let text = if place.is_empty() {
                format!("{key}{GOOD}")
            } else {
                GOOD.replace(key, place)
            };
            let error = read(&text).unwrap_err();
            assert!(matches!(error, InvalidConfig::Malformed { .. }), "{error}");
        }
    }

    #[test]
    fn a_printed_configuration_keeps_its_secrets() {
        let printed = read(GOOD).unwrap().print().unwrap();
        assert!(!printed.contains("secret"), "{printed}");
        assert!(printed.contains("127.0.0.1/intake"), "{printed}");
    }

    #[test]
    fn a_production_clock_has_no_offset() {
        let error = read(&format!("{GOOD}\n[clock]\noffset_ms = 5")).unwrap_err();
        assert!(matches!(error, InvalidConfig::Inconsistent(_)), "{error}");
    }

    #[test]
    fn nothing_is_forgotten_that_can_still_come_again() {
        let longest = bus::topology::WAIT_MAX + bus::topology::events().max_age;
        assert_eq!(bus::topology::REPEAT_MAX, longest);
        let least = u32::try_from(longest.as_secs().div_ceil(86_400)).unwrap() + 1;
        let with = |remember: &str| read(&format!("{GOOD}\n[remember]\n{remember}"));
        for good in [
            String::new(),
            format!("messages_days = {least}"),
            "requests_days = 7".to_owned(),
        ] {
            assert!(with(&good).is_ok(), "{good}");
        }
        for bad in [
            format!("messages_days = {}", least - 1),
            "requests_days = 6".to_owned(),
        ] {
            let error = with(&bad).unwrap_err();
            assert!(matches!(error, InvalidConfig::Inconsistent(_)), "{error}");
        }
    }
}
