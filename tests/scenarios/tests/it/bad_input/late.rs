//! A caller that gives up at any moment of an act: it is done whole or not at all, and asked for
//! again under the same name it is done once.

use prost::Message as _;
use proto::registry::v1::{RegisterUnitRequest, UnitKind};
use regulation::{Region, Role};
use scenarios::{credit_code, request_id};
use tonic::Code;

use super::{Attempt, method::Method};

const PATH: &str = "/jiebang.registry.v1.RegistryService/RegisterUnit";
/// Whole acts take some milliseconds: some callers give up before, some after.
const STEP_MICROSECONDS: usize = 150;
const CALLS: usize = 40;

impl Attempt {
    /// Registers units, each with a little more time than the last.
    pub(super) async fn whole_or_nothing(&mut self) {
        let (at, journal) = (Region::SH, (Region::SH, "registry".to_owned()));
        let method = self.taken(PATH);
        let before = self.written_by(&journal).await;
        let mut each = None;
        let mut given_up = 0;
        for nth in 0..CALLS {
            let message = unit(nth).encode_to_vec();
            let bearer = self.bearer(at, Role::Officer);
            let left = ("grpc-timeout", format!("{}u", nth * STEP_MICROSECONDS));
            let first = self.call(at, &method, &[bearer, left], &message).await;
            // tonic keeps the same time as the gate, and says so where it is first.
            let codes = [Code::Ok, Code::DeadlineExceeded, Code::Cancelled];
            self.expect(&method, "in little time", &first, &codes);
            given_up += usize::from(first.status.code() != Code::Ok);
            let again = self.as_role(at, Role::Officer, &method, &message).await;
            self.expect(&method, "again", &again, &[Code::Ok]);
            if first.status.code() == Code::Ok && first.body != again.body {
                let said = format!("{PATH} {nth}: {:?}, then {:?}", first.body, again.body);
                self.wrong.push(said);
            }
            let written = self.written_by(&journal).await - before;
            let unit = *each.get_or_insert(written);
            assert_eq!(
                written,
                unit * i64::try_from(nth + 1).unwrap(),
                "unit {nth}"
            );
        }
        eprintln!("late: {given_up} of {CALLS} gave up");
        assert!(given_up > 0, "nobody gave up");
        self.methods.push(method);
    }

    fn taken(&mut self, path: &str) -> Method {
        let found = self.methods.iter().position(|method| method.path == path);
        self.methods.remove(found.unwrap())
    }
}

fn unit(nth: usize) -> RegisterUnitRequest {
    let code = credit_code(&format!("91310115JB0009{nth:03}")).unwrap();
    RegisterUnitRequest {
        request_id: request_id(),
        credit_code: code.to_string(),
        name: format!("上海试用{nth}号有限公司"),
        kind: UnitKind::Enterprise.into(),
        division_code: "310115".to_owned(),
        fields: vec!["集成电路".to_owned()],
        ..Default::default()
    }
}
