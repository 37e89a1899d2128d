//! A member's node: its NATS, its database, its exchange as a process, and services played by the
//! tests.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use bus::{Bus, BusConfig, Failure, Outgoing, TlsFiles};
use chassis::{clock::wall_now, token::TokenSigner};
use evidence::SigningKey;
use proto::{
    exchange::v1::{
        BorderFault, ListFaultsRequest, ListRegionsRequest, RegionHeartbeat, RegionState,
        exchange_service_client::ExchangeServiceClient,
    },
    message::{Audience, Incoming, PublicEvent as _, Scope},
};
use regulation::{Actor, Region, Role};
use testkit::{Nats, TestDatabase};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::{Request, transport::Channel};
use uuid::Uuid;

use crate::{
    config,
    world::{SERVICES, World, until},
};

pub(crate) const KIND: &str = "intake.demand.accepted";

pub(crate) struct Node {
    pub(crate) region: Region,
    pub(crate) database: TestDatabase,
    nats: Option<Nats>,
    pub(crate) nats_url: String,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) seeds: BTreeMap<&'static str, String>,
    pub(crate) config: PathBuf,
    log: PathBuf,
    pub(crate) ports: [u16; 2],
    /// Where the exchange finds the node's service `intake`.
    pub(crate) intake: String,
    pub(crate) hub_port: u16,
    pub(crate) console: SigningKey,
    process: Option<Child>,
}

impl Node {
    /// The node, whose exchange does not run yet and reaches the hub at `hub_port`.
    pub(crate) async fn new(world: &World, region: Region, hub_port: u16) -> Self {
        let keys = world.keys(region);
        let nats = match region {
            Region::HUB => None,
            _ => Some(
                Nats::with_config(|site| keys.server(site).render())
                    .await
                    .unwrap(),
            ),
        };
        let empty = sqlx::migrate::Migrator::with_migrations(Vec::new());
        let nats_url = match &nats {
            Some(nats) => nats.url().to_owned(),
            None => format!("tls://127.0.0.1:{}", world.hub.site().port),
        };
        let ports = [(); 2].map(|()| testkit::free_port().unwrap());
        Self {
            region,
            database: testkit::database(&empty).await.unwrap(),
            tls: nats.is_none().then(|| keys.tls.clone()),
            nats,
            nats_url,
            seeds: SERVICES
                .map(|name| (name, keys.user(name).seed().unwrap()))
                .into(),
            config: world.file(&format!("{region}.toml")),
            log: world.file(&format!("{region}.log")),
            ports,
            // Its own admin door answers as any service's does.
            intake: format!("http://127.0.0.1:{}", ports[0]),
            hub_port,
            console: SigningKey::from_random([99; 32]),
            process: None,
        }
    }

    /// Another address for the node's service `intake`, from the next start on.
    pub(crate) fn intake_at(&mut self, port: u16) {
        self.intake = format!("http://127.0.0.1:{port}");
    }

    pub(crate) fn grpc_port(&self) -> u16 {
        self.ports[0]
    }

    /// Starts the exchange, and waits until it is ready.
    pub(crate) async fn start(&mut self, world: &World) {
        self.launch(world);
        let ready = format!("127.0.0.1:{}", self.ports[1]);
        until("the exchange to be ready", async || {
            if let Some(status) = self.process.as_mut().unwrap().try_wait().unwrap() {
                panic!("{} ended with {status}:\n{}", self.region, self.log());
            }
            is_ready(&ready).await.then_some(())
        })
        .await;
    }

    /// Starts the exchange, and waits for nothing.
    pub(crate) fn launch(&mut self, world: &World) {
        config::write(world, self);
        let out = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap();
        // It ends with the tests, whatever ends those.
        let child = Command::new("/usr/bin/setpriv")
            .args([
                "--pdeathsig",
                "KILL",
                env!("CARGO_BIN_EXE_exchange"),
                "--config",
            ])
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        self.process = Some(child);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// A connection as one of the node's services.
    pub(crate) async fn bus(&self, service: &str) -> Bus {
        let config = BusConfig {
            url: self.nats_url.clone(),
            seed: self.seeds[service].clone().into(),
            service: service.parse().unwrap(),
            region: self.region,
            tls: self.tls.clone(),
        };
        let bus = Bus::connect(config).await.unwrap();
        until("the node's NATS", async || bus.is_connected().then_some(())).await;
        bus
    }

    /// A message that `intake` has for others: about one aggregate, with a number.
    pub(crate) fn message(&self, number: u32, audience: Audience) -> Outgoing {
        Outgoing {
            id: Uuid::from_u128(u128::from(number) << 64 | u128::from(self.ports[0])),
            origin: self.region,
            at: wall_now(),
            traceparent: None,
            scope: Scope::Share(audience),
            kind: KIND.to_owned(),
            schema: "jiebang.intake.v1.DemandAccepted".to_owned(),
            aggregate: "demand-1".to_owned(),
            body: format!("secret {number}").into_bytes(),
        }
    }

    /// Publishes messages with these numbers as `intake`.
    pub(crate) async fn say(&self, numbers: impl IntoIterator<Item = u32>, audience: Audience) {
        let bus = self.bus("intake").await;
        for number in numbers {
            let message = self.message(number, audience);
            until("a message to be stored", async || {
                bus.publish(&message).await.ok()
            })
            .await;
        }
    }

    /// Listens as `coordination`.
    pub(crate) async fn listen(&self) -> Ears {
        let bus = self.bus("coordination").await;
        let consumer = until("the node's stream", async || {
            bus.hears(&[KIND, RegionHeartbeat::KIND]).await.ok()
        })
        .await;
        let heard = Arc::<Mutex<Vec<Incoming>>>::default();
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let (into, stopped) = (Arc::clone(&heard), stop.clone());
        tasks.spawn(async move {
            let handler = |message: Incoming| {
                into.lock().unwrap().push(message);
                async { Ok::<(), Failure>(()) }
            };
            consumer.run(handler, stopped).await;
        });
        Ears {
            heard,
            _tasks: tasks,
            _stop: stop.drop_guard(),
        }
    }

    /// The door for people, as somebody of this role.
    pub(crate) async fn door(&self) -> ExchangeServiceClient<Channel> {
        let address = format!("http://127.0.0.1:{}", self.ports[0]);
        until("the exchange's door", async || {
            ExchangeServiceClient::connect(address.clone()).await.ok()
        })
        .await
    }

    /// A request in a role.
    pub(crate) fn asks<T>(&self, role: Role, message: T) -> Request<T> {
        let pem = self.console.to_pem().unwrap();
        let signer = TokenSigner::from_pem("console", self.region, &pem).unwrap();
        let actor = Actor::person("wang", role, self.region);
        let token = signer
            .sign(&actor, wall_now(), time::Duration::MINUTE)
            .unwrap();
        let mut request = Request::new(message);
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// How this node sees a member.
    pub(crate) async fn sees(&self, region: Region) -> RegionState {
        let request = self.asks(Role::Operator, ListRegionsRequest {});
        let answer = self
            .door()
            .await
            .list_regions(request)
            .await
            .unwrap()
            .into_inner();
        answer
            .regions
            .into_iter()
            .find(|state| state.region == region.as_str())
            .unwrap()
    }

    /// What this node holds against a member, the latest first.
    pub(crate) async fn faults(&self, region: Region) -> Vec<BorderFault> {
        let message = ListFaultsRequest {
            region: region.to_string(),
            repaired: true,
            page: None,
        };
        let request = self.asks(Role::Operator, message);
        self.door()
            .await
            .list_faults(request)
            .await
            .unwrap()
            .into_inner()
            .faults
    }

    /// One number from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.database.pool())
            .await
            .unwrap()
    }

    /// Waits until nothing is left to send or to deliver.
    pub(crate) async fn at_rest(&self) {
        let left = "select (select count(*) from unpublished) + (select count(*) from undelivered)
                         + (select count(*) from early)";
        until("nothing to be left over", async || {
            (self.count(left).await == 0).then_some(())
        })
        .await;
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- {}\n{}", self.region, self.log());
        }
        drop(self.nats.take());
    }
}

async fn is_ready(address: &str) -> bool {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let Ok(mut stream) = tokio::net::TcpStream::connect(address).await else {
        return false;
    };
    let request = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).await.is_ok()
        && stream.read_to_string(&mut answer).await.is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

/// What a service of a node hears.
pub(crate) struct Ears {
    heard: Arc<Mutex<Vec<Incoming>>>,
    _tasks: JoinSet<()>,
    _stop: tokio_util::sync::DropGuard,
}

impl Ears {
    /// Everything `from` said, as often as it came.
    pub(crate) fn from(&self, from: Region, kind: &str) -> Vec<Incoming> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .filter(|one| one.origin == from && one.kind == kind)
            .cloned()
            .collect()
    }

    /// The numbers that `from` said, in the order in which they first came, each once.
    pub(crate) fn numbers(&self, from: Region) -> Vec<u32> {
        let mut seen = Vec::new();
        for message in self.from(from, KIND) {
            let text = String::from_utf8(message.body).unwrap();
            let number = text.strip_prefix("secret ").unwrap().parse().unwrap();
            if !seen.contains(&number) {
                seen.push(number);
            }
        }
        seen
    }

    /// Waits until `from` has said as many different numbers as `numbers` has, and compares.
    pub(crate) async fn hear(&self, from: Region, numbers: impl IntoIterator<Item = u32>) {
        let expected: Vec<u32> = numbers.into_iter().collect();
        let what = format!("{} numbers of {from}", expected.len());
        until(&what, async || {
            (self.numbers(from).len() >= expected.len()).then_some(())
        })
        .await;
        assert_eq!(self.numbers(from), expected);
    }
}
