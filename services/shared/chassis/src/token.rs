//! Short-lived signed tokens: who calls, in which role, vouched for by whom.

use std::{collections::BTreeMap, path::Path};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use regulation::{Actor, ExpertId, Region, Role, UnitId};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The issuer whose tokens name people: the console, after login. Its pages ask in its own name.
pub const CONSOLE: &str = "console";
/// How long a service's own token is good for.
pub const SERVICE_TOKEN_TTL: Duration = Duration::minutes(5);
/// Longest life of any token.
pub const TOKEN_TTL_MAX: Duration = Duration::hours(12);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: Region,
    sub: String,
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expert: Option<ExpertId>,
    iat: i64,
    exp: i64,
}

/// The issuers whose tokens a node believes: `issuers.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuers {
    /// Public key (SPKI PEM, Ed25519) of each issuer by name: `console`, or a service's name.
    pub issuers: BTreeMap<String, String>,
}

/// A key, a file or a token that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A key file can't be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The issuers' file is not one.
    #[error("not an issuers' file")]
    Malformed(#[from] toml::de::Error),
    /// A key is not an Ed25519 key, or a token could not be signed or verified.
    #[error("the key or token is not valid")]
    Invalid(#[from] jsonwebtoken::errors::Error),
    /// No such issuer is believed here.
    #[error("no issuer {0:?} is believed here")]
    UnknownIssuer(String),
    /// The issuer may not say that.
    #[error("issuer {0:?} may not vouch for this role")]
    Overreach(String),
    /// The token lives longer than any may.
    #[error("the token lives too long")]
    TooLong,
}

fn read(path: &Path) -> Result<String, TokenError> {
    std::fs::read_to_string(path).map_err(|source| TokenError::Unreadable {
        path: path.into(),
        source,
    })
}

/// Signs tokens in the name of one issuer.
pub struct TokenSigner {
    issuer: String,
    region: Region,
    key: EncodingKey,
}

impl TokenSigner {
    /// A signer with the key in `path` (PKCS#8 PEM).
    ///
    /// # Errors
    /// When the file is not an Ed25519 key.
    pub fn read(issuer: &str, region: Region, path: &Path) -> Result<Self, TokenError> {
        Self::from_pem(issuer, region, &read(path)?)
    }

    /// A signer with the key in `pem`.
    ///
    /// # Errors
    /// When it is not an Ed25519 key.
    pub fn from_pem(issuer: &str, region: Region, pem: &str) -> Result<Self, TokenError> {
        let key = EncodingKey::from_ed_pem(pem.as_bytes())?;
        Ok(Self {
            issuer: issuer.to_owned(),
            region,
            key,
        })
    }

    /// A token for `actor`, good from `now` for `ttl`.
    ///
    /// # Errors
    /// When it can't be signed.
    pub fn sign(
        &self,
        actor: &Actor,
        now: OffsetDateTime,
        ttl: Duration,
    ) -> Result<String, TokenError> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.region,
            sub: actor.person.clone(),
            role: actor.role,
            unit: actor.unit,
            expert: actor.expert,
            iat: now.unix_timestamp(),
            exp: (now + ttl).unix_timestamp(),
        };
        Ok(jsonwebtoken::encode(
            &Header::new(Algorithm::EdDSA),
            &claims,
            &self.key,
        )?)
    }
}

/// Believes the tokens of the issuers it knows.
pub struct TokenVerifier {
    region: Region,
    keys: BTreeMap<String, DecodingKey>,
}

impl TokenVerifier {
    /// A verifier for the issuers in the file at `path`.
    ///
    /// # Errors
    /// When the file or a key in it is unusable.
    pub fn read(region: Region, path: &Path) -> Result<Self, TokenError> {
        Self::new(region, &toml::from_str(&read(path)?)?)
    }

    /// A verifier for `issuers`.
    ///
    /// # Errors
    /// When one of them has no valid key.
    pub fn new(region: Region, issuers: &Issuers) -> Result<Self, TokenError> {
        let keys = issuers
            .issuers
            .iter()
            .map(|(name, pem)| Ok((name.clone(), DecodingKey::from_ed_pem(pem.as_bytes())?)))
            .collect::<Result<_, TokenError>>()?;
        Ok(Self { region, keys })
    }

    /// Who calls with this token.
    ///
    /// The console vouches for people and for itself, any other service for itself only: a service
    /// whose key leaks speaks for nobody else.
    ///
    /// # Errors
    /// When the token is not valid here and now.
    pub fn verify(&self, token: &str) -> Result<Actor, TokenError> {
        let claimed = jsonwebtoken::dangerous::insecure_decode::<Claims>(token)?
            .claims
            .iss;
        let key = self
            .keys
            .get(&claimed)
            .ok_or_else(|| TokenError::UnknownIssuer(claimed.clone()))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[self.region.as_str()]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation.leeway = 5;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)?.claims;
        if claims.exp - claims.iat > TOKEN_TTL_MAX.whole_seconds() {
            return Err(TokenError::TooLong);
        }
        let own = match claims.role {
            Role::Service => claims.iss == claims.sub,
            Role::System => false,
            _ => claims.iss == CONSOLE,
        };
        if !own {
            return Err(TokenError::Overreach(claims.iss));
        }
        Ok(Actor {
            person: claims.sub,
            role: claims.role,
            region: claims.aud,
            unit: claims.unit,
            expert: claims.expert,
        })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{
        SigningKey,
        pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
    };

    use super::*;
    use crate::clock::wall_now;

    fn keys(seed: u8) -> (String, String) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let private = key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
        (
            private,
            key.verifying_key()
                .to_public_key_pem(LineEnding::LF)
                .unwrap(),
        )
    }

    fn verifier() -> TokenVerifier {
        let issuers = [
            (CONSOLE.to_owned(), keys(1).1),
            ("intake".to_owned(), keys(2).1),
        ];
        TokenVerifier::new(
            Region::JS,
            &Issuers {
                issuers: issuers.into(),
            },
        )
        .unwrap()
    }

    fn token(issuer: &str, seed: u8, region: Region, actor: &Actor, ttl: Duration) -> String {
        TokenSigner::from_pem(issuer, region, &keys(seed).0)
            .unwrap()
            .sign(actor, wall_now(), ttl)
            .unwrap()
    }

    #[test]
    fn the_console_vouches_for_people_and_every_service_for_itself_only() {
        let officer = Actor::person("wang", Role::Officer, Region::JS);
        let intake = Actor::person("intake", Role::Service, Region::JS);
        let fund = Actor::person("fund", Role::Service, Region::JS);
        let console = Actor::person(CONSOLE, Role::Service, Region::JS);
        let minute = Duration::MINUTE;
        let verify = |issuer, seed, actor: &Actor| {
            verifier().verify(&token(issuer, seed, Region::JS, actor, minute))
        };
        assert_eq!(verify(CONSOLE, 1, &officer).unwrap(), officer);
        assert_eq!(verify(CONSOLE, 1, &console).unwrap(), console);
        assert_eq!(verify("intake", 2, &intake).unwrap(), intake);
        assert!(matches!(
            verify("intake", 2, &officer),
            Err(TokenError::Overreach(_))
        ));
        assert!(matches!(
            verify("intake", 2, &fund),
            Err(TokenError::Overreach(_))
        ));
        assert!(matches!(
            verify(CONSOLE, 1, &intake),
            Err(TokenError::Overreach(_))
        ));
        assert!(matches!(
            verify("nobody", 3, &officer),
            Err(TokenError::UnknownIssuer(_))
        ));
        assert!(matches!(
            verify(CONSOLE, 2, &officer),
            Err(TokenError::Invalid(_))
        ));
    }

    #[test]
    fn a_token_is_good_in_its_region_for_its_time() {
        let officer = Actor::person("wang", Role::Officer, Region::JS);
        let there = token(CONSOLE, 1, Region::SH, &officer, Duration::MINUTE);
        assert!(matches!(
            verifier().verify(&there),
            Err(TokenError::Invalid(_))
        ));
        let late = token(CONSOLE, 1, Region::JS, &officer, -Duration::MINUTE);
        assert!(matches!(
            verifier().verify(&late),
            Err(TokenError::Invalid(_))
        ));
        let long = token(CONSOLE, 1, Region::JS, &officer, Duration::DAY);
        assert!(matches!(verifier().verify(&long), Err(TokenError::TooLong)));
    }
}
