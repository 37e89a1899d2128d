//! The configuration of the NATS servers, as text: a node's, and the hub's with one account a
//! region.

use std::{fmt::Write as _, path::PathBuf};

use regulation::Region;

use crate::{Service, TlsFiles, permissions::Permissions, topology::MESSAGE_MAX};

/// A service as a user of its node's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUser {
    /// The service.
    pub service: Service,
    /// Public part of its nkey (`U…`).
    pub nkey: String,
}

/// A region as a user of the hub's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The region; the hub's own exchange is a member too.
    pub region: Region,
    /// Public part of its exchange's nkey (`U…`).
    pub nkey: String,
}

/// A node's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeServer {
    /// The node.
    pub region: Region,
    /// `host:port`.
    pub listen: String,
    /// Where the streams are kept.
    pub store: PathBuf,
    /// Those who may connect.
    pub users: Vec<ServiceUser>,
    /// If given, every client needs a certificate.
    pub tls: Option<TlsFiles>,
}

/// The hub's server: its node's, and the stream that carries every region's envelopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubServer {
    /// The hub as a node like the others.
    pub node: NodeServer,
    /// The server's certificate: everybody needs one here, the hub's own services too.
    pub tls: TlsFiles,
    /// Public part of the nkey of who makes the stream and its consumers.
    pub admin: String,
    /// All regions, with the hub.
    pub members: Vec<Member>,
}

impl NodeServer {
    /// As text.
    pub fn render(&self) -> String {
        let mut text = self.head(self.tls.as_ref());
        let _ = writeln!(text, "accounts {{\n{}}}", self.account());
        text
    }

    fn head(&self, tls: Option<&TlsFiles>) -> String {
        let Self {
            region,
            listen,
            store,
            ..
        } = self;
        let mut text = format!(
            "server_name: \"jiebang-{region}\"\n\
             listen: \"{listen}\"\n\
             max_payload: {MESSAGE_MAX}\n\
             jetstream {{ store_dir: \"{}\", max_file_store: 10GB, max_memory_store: 64MB }}\n",
            store.display()
        );
        if let Some(TlsFiles { ca, cert, key }) = tls {
            let _ = writeln!(
                text,
                "tls {{ ca_file: \"{}\", cert_file: \"{}\", key_file: \"{}\", verify: true, timeout: 5 }}",
                ca.display(),
                cert.display(),
                key.display()
            );
        }
        text
    }

    fn account(&self) -> String {
        let mut text = "  NODE {\n    jetstream: enabled\n    users: [\n".to_owned();
        for ServiceUser { service, nkey } in &self.users {
            let permissions = Permissions::of_service(service, self.region);
            let _ = writeln!(text, "      # {service}");
            text += &user(nkey, &permissions);
        }
        text += "    ]\n  }\n";
        text
    }
}

impl HubServer {
    /// As text.
    ///
    /// Every region has an account of its own, and the stream's account exports to it the few
    /// subjects it needs. With permissions alone, in one account, a region could name a foreign
    /// subject as the place for the server's acknowledgement, and that would be stored there.
    pub fn render(&self) -> String {
        let mut text = self.node.head(Some(&self.tls));
        let _ = write!(text, "accounts {{\n{}{}", self.node.account(), self.hub());
        for member in &self.members {
            text += &account(member);
        }
        text += "}\n";
        text
    }

    /// The account with the stream.
    fn hub(&self) -> String {
        let mut text = format!(
            "  HUB {{\n    jetstream: enabled\n    users: [ {{ nkey: {} }} ]\n    exports: [\n",
            self.admin
        );
        for Member { region, .. } in &self.members {
            for subject in Permissions::of_member(*region).publish {
                // A pull is answered by many messages.
                let kind = if subject.contains(".MSG.NEXT.") {
                    ", response_type: stream"
                } else {
                    ""
                };
                let account = account_name(*region);
                let _ = writeln!(
                    text,
                    "      {{ service: {subject:?}, accounts: [ {account} ]{kind} }}"
                );
            }
        }
        text += "    ]\n  }\n";
        text
    }
}

fn account(member: &Member) -> String {
    let permissions = Permissions::of_member(member.region);
    let mut text = format!("  {} {{\n    users: [\n", account_name(member.region));
    text += &user(&member.nkey, &permissions);
    text += "    ]\n    imports: [\n";
    for subject in &permissions.publish {
        let _ = writeln!(
            text,
            "      {{ service: {{ account: HUB, subject: {subject:?} }} }}"
        );
    }
    text += "    ]\n  }\n";
    text
}

fn account_name(region: Region) -> String {
    format!("R_{}", region.as_str().to_ascii_uppercase())
}

fn user(nkey: &str, permissions: &Permissions) -> String {
    format!(
        "      {{ nkey: {nkey}, permissions: {{\n{}      }} }}\n",
        permissions.render("        ")
    )
}
