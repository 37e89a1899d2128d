//! The port that other members call, where a certificate stands in for the token: the same bad
//! calls. That only members are let in, and each as itself, the exchange's own tests show.

use std::{net::SocketAddr, path::Path, sync::Arc};

use federation::{Certificate, Manifest};
use prost::Message as _;
use regulation::Region;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tonic::Code;

use super::{
    Attempt, LOOK, OVERSIZED,
    message::{plausible, spoiled},
    method::{Method, methods_of_members},
    wire::Wire,
};

/// Whose certificate is shown, and to whom.
const CALLER: Region = Region::HUB;
const CALLED: Region = Region::SH;

impl Attempt {
    /// Every class of bad calls to every method of the members' port.
    pub(super) async fn as_member(&mut self, manifest: &Manifest) {
        let nodes = &manifest.nodes;
        let to = nodes[&CALLED].exchange.unwrap();
        let tls = shown(&nodes[&CALLER].certificate);
        let mut wire = Wire::over_tls(tls, CALLED.as_str());
        for method in methods_of_members() {
            self.bad_as_member((&mut wire, to), &method).await;
        }
    }

    async fn bad_as_member(&mut self, (wire, to): (&mut Wire, SocketAddr), method: &Method) {
        let right = plausible(&method.input);
        let late = ("grpc-timeout", "0n".to_owned());
        let calls = [
            ("no message", None, vec![0xff; 64], Code::InvalidArgument),
            (
                "oversized",
                None,
                vec![0; OVERSIZED],
                Code::ResourceExhausted,
            ),
            (
                "late",
                Some(late),
                right.encode_to_vec(),
                Code::DeadlineExceeded,
            ),
        ];
        for (case, header, message, code) in calls {
            let headers = Vec::from_iter(header);
            let answer = wire.call(to, &method.path, &headers, &message).await;
            self.expect(method, case, &answer, &[code]);
        }
        for bad in spoiled(&right) {
            let message = bad.message.encode_to_vec();
            let answer = wire.call(to, &method.path, &[], &message).await;
            let case = format!("with {}", bad.what);
            self.expect(method, &case, &answer, LOOK);
        }
    }
}

/// A client that shows this certificate, and believes its authority.
fn shown(certificate: &Certificate) -> ClientConfig {
    let read = |file: &Path| CertificateDer::from_pem_file(file).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(read(&certificate.ca_file)).unwrap();
    let key = PrivateKeyDer::from_pem_file(&certificate.key_file).unwrap();
    let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![read(&certificate.cert_file)], key)
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    tls
}
