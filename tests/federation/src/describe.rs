//! The state of a federation, in lines for people.

use std::fmt::Write as _;

use futures::future::join_all;

use crate::{Federation, Node};

impl Federation {
    /// What runs, what waits, who is cut off.
    pub async fn describe(&self) -> String {
        let mut text = format!("it is {}\n", self.now());
        for region in self.links.severed() {
            let _ = writeln!(text, "{region} is cut off");
        }
        for lines in join_all(self.nodes.values().map(|node| self.describe_node(node))).await {
            text += &lines;
        }
        text
    }

    async fn describe_node(&self, node: &Node) -> String {
        let region = node.region();
        let lines = node.services.iter().map(async |(name, service)| {
            let state = {
                let process = &mut service.run.lock().await.process;
                match (process.ended(), process.pid()) {
                    (Some(status), _) => format!("ended: {status}"),
                    (None, None) => "stopped".to_owned(),
                    (None, Some(pid)) => format!("pid {pid}"),
                }
            };
            let said = match self.status(region, name).await {
                _ if !service.plan.part.database => String::new(),
                Err(error) => format!("{:#}", error.root_cause()),
                Ok(status) => format!(
                    "outbox {}, dead letters {}, timers {}, policies {}",
                    status.outbox,
                    status.dead_letters,
                    status.timers,
                    status.policies.join(" ")
                ),
            };
            format!(
                "{:4} {name:13} {state:12} {} {said}\n",
                region.as_str(),
                service.plan.grpc
            )
        });
        join_all(lines).await.concat()
    }
}
