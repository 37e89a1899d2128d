//! One certificate authority for the federation's members, and a certificate for each.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use regulation::Region;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::files;

/// Certificates are good for this long before and after now, by the wall clock.
const VALID: Duration = Duration::days(30);

/// Who issues the members' certificates.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
    now: OffsetDateTime,
}

/// A member's certificate, by its files (PEM).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The authority that issued it, and those of the other members.
    pub ca_file: PathBuf,
    /// The certificate: for `127.0.0.1`, `localhost` and the region's short name, as server and as
    /// client.
    pub cert_file: PathBuf,
    /// Its private key.
    pub key_file: PathBuf,
}

impl Authority {
    /// A new authority, whose certificate goes to `file`; its key is not kept.
    pub(crate) fn new(file: &Path, now: OffsetDateTime) -> anyhow::Result<Self> {
        let mut params = params(Vec::new(), "jiebang members", now)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        files::public(file, &issuer.pem())?;
        Ok(Self {
            issuer,
            file: file.to_owned(),
            now,
        })
    }

    /// Issues the certificate of `region` into `directory`.
    pub(crate) fn issue(&self, region: Region, directory: &Path) -> anyhow::Result<Certificate> {
        let names = vec!["localhost".into(), "127.0.0.1".into(), region.to_string()];
        let mut params = params(names, region.as_str(), self.now)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate()?;
        let cert = params
            .signed_by(&key, &self.issuer)
            .context("issuing a certificate")?;
        let issued = Certificate {
            ca_file: self.file.clone(),
            cert_file: directory.join("tls.crt"),
            key_file: directory.join("tls.key"),
        };
        files::public(&issued.cert_file, &cert.pem())?;
        files::secret(&issued.key_file, &key.serialize_pem())?;
        Ok(issued)
    }
}

fn params(
    names: Vec<String>,
    name: &str,
    now: OffsetDateTime,
) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = now - VALID;
    params.not_after = now + VALID;
    Ok(params)
}
