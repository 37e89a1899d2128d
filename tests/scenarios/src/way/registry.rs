//! Step 1: units, people and experts on each node; shared entries known everywhere.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use proto::{
    common::v1::PageRequest,
    registry::v1::{
        ConfirmBackboneRequest, GetUnitRequest, ImportProgress, ImportTableRequest,
        ListExpertsRequest, ProposeBackboneRequest, RegisterUnitRequest, Table, UnitKind,
    },
};
use regulation::{Region, Role};

use super::{Way, found};
use crate::{
    credit_code,
    input::{Company, Institute},
    request_id, unit_id,
};

/// Experts on each node: enough for a panel from at least two regions with alternates.
const EXPERTS_PER_REGION: usize = 8;
const FIELDS: [&str; 4] = ["集成电路", "人工智能", "生物医药", "未来产业"];

impl Way<'_> {
    /// Registers everybody, and waits until everybody is known everywhere.
    ///
    /// # Errors
    /// What was refused, or is not known where it should be.
    pub async fn registry(&mut self) -> anyhow::Result<()> {
        self.say("1 登记单位与专家");
        for company in self.input.companies.clone() {
            if !self.units.contains_key(&company.key) {
                self.take_on(&company).await?;
            }
        }
        let institutes = self.input.institutes.clone();
        for institute in institutes.into_iter().chain(self.input.employers.clone()) {
            let kind = match institute.kind.as_str() {
                "university" => UnitKind::University,
                _ => UnitKind::Institute,
            };
            let request = RegisterUnitRequest {
                request_id: request_id(),
                credit_code: credit_code(&institute.code)?.to_string(),
                name: institute.name.clone(),
                kind: kind.into(),
                division_code: institute.division.clone(),
                fields: institute.fields.clone(),
                ..Default::default()
            };
            self.register(&institute.key, institute.region, request)
                .await?;
        }
        for region in self.regions() {
            self.experts(region).await?;
        }
        self.known_everywhere().await?;
        self.handover().await.context("who acts for a unit")?;
        self.credit().await.context("a credit record")
    }

    /// Registers a company and confirms it as a backbone enterprise of its field. [Art. 8]
    pub(super) async fn take_on(&mut self, company: &Company) -> anyhow::Result<()> {
        let request = RegisterUnitRequest {
            request_id: request_id(),
            credit_code: credit_code(&company.code)?.to_string(),
            name: company.name.clone(),
            short_names: company.short_names.clone(),
            kind: UnitKind::Enterprise.into(),
            division_code: company.division.clone(),
            fields: vec![company.field.clone()],
            ..Default::default()
        };
        self.register(&company.key, company.region, request).await?;
        self.confirm_backbone(&company.code, company.region, &company.field)
            .await
    }

    async fn register(
        &mut self,
        key: &str,
        region: Region,
        request: RegisterUnitRequest,
    ) -> anyhow::Result<()> {
        let mut registry = self.as_role(region, Role::Officer)?.registry()?;
        let unit = registry.register_unit(request).await?.into_inner();
        let id = unit.unit_id.parse()?;
        self.units.insert(key.to_owned(), (id, region));
        self.appoint(id, region).await
    }

    async fn confirm_backbone(
        &self,
        code: &str,
        region: Region,
        field: &str,
    ) -> anyhow::Result<()> {
        let unit_id = unit_id(code)?.to_string();
        self.as_role(region, Role::Officer)?
            .registry()?
            .propose_backbone(ProposeBackboneRequest {
                request_id: request_id(),
                unit_id: unit_id.clone(),
                field: field.to_owned(),
            })
            .await?;
        let confirmed = self
            .as_role(region, Role::Director)?
            .registry()?
            .confirm_backbone(ConfirmBackboneRequest {
                request_id: request_id(),
                unit_id,
                field: field.to_owned(),
            })
            .await?
            .into_inner();
        ensure!(
            confirmed.backbone_fields == [field],
            "{code} is not confirmed"
        );
        Ok(())
    }

    /// Takes the region's experts in as its officer does who has them in a table.
    async fn experts(&mut self, region: Region) -> anyhow::Result<()> {
        let employers = |of: &[Institute]| -> Vec<String> {
            let here = of.iter().filter(|employer| employer.region == region);
            here.map(|employer| employer.code.clone()).collect()
        };
        let institutes = employers(&self.input.institutes);
        ensure!(!institutes.is_empty(), "nobody employs experts in {region}");
        // Half may review applications, half evaluate demands. [Art. 9, 15]
        let first = (0..EXPERTS_PER_REGION).zip(institutes.iter().cycle());
        // A review panel has at most one expert of an employer, so it takes many employers.
        let more = employers(&self.input.employers);
        let more = (EXPERTS_PER_REGION..).zip(&more);
        let mut table = "姓名,身份证号,单位统一社会信用代码,来源,专业领域\r\n".to_owned();
        for (at, employer) in first.chain(more) {
            let origin = if at < EXPERTS_PER_REGION && at % 2 == 0 {
                "部门邀请"
            } else {
                "国家科技专家库"
            };
            // The number is of the form of a passport, of nobody.
            let _ = write!(
                table,
                "专家{}{at},E{}{at:02},{},{origin},{}\r\n",
                region.name(),
                region_digits(region),
                credit_code(employer)?,
                FIELDS.join("；"),
            );
        }
        let taken = self.import(region, table.into_bytes()).await?;
        self.say(format!("  {}：{taken}", region.name()));
        self.hosted(region).await
    }

    /// Brings a table of experts, and shows how far it is.
    async fn import(&self, region: Region, file: Vec<u8>) -> anyhow::Result<String> {
        let head = ImportTableRequest {
            request_id: request_id(),
            table: Table::Experts.into(),
            file_size: i64::try_from(file.len())?,
            ..Default::default()
        };
        let chunk = ImportTableRequest {
            chunk: file,
            ..Default::default()
        };
        let officer = self.as_role(region, Role::Officer)?;
        let upload = futures::stream::iter([head, chunk]);
        let mut told = officer.tables()?.import_table(upload).await?.into_inner();
        let mut last = ImportProgress::default();
        while let Some(progress) = told.message().await? {
            let rejected = progress.rejected_rows.first();
            ensure!(rejected.is_none(), "a row was rejected: {rejected:?}");
            last = progress;
        }
        ensure!(last.finished, "the import was not finished");
        Ok(format!(
            "专家表导入 {} 行，新增 {}，未变 {}",
            last.rows_read, last.accepted, last.unchanged
        ))
    }

    /// Notes the experts whom the region hosts.
    async fn hosted(&mut self, region: Region) -> anyhow::Result<()> {
        let mut registry = self.as_role(region, Role::Officer)?.registry()?;
        let page = PageRequest {
            page_size: 100,
            page_token: String::new(),
        };
        let request = ListExpertsRequest { page: Some(page) };
        for expert in registry.list_experts(request).await?.into_inner().experts {
            self.experts.push((expert.expert_id.parse()?, region));
        }
        Ok(())
    }

    /// The last unit that each node registered is known on every node.
    async fn known_everywhere(&mut self) -> anyhow::Result<()> {
        let mut known = 0;
        for (unit, _) in self.units.values() {
            for region in self.federation.regions() {
                let officer = if region.is_hub() {
                    Role::Secretariat
                } else {
                    Role::Officer
                };
                let session = self.as_role(region, officer)?;
                let look = || async {
                    let unit_id = unit.to_string();
                    let request = GetUnitRequest {
                        unit_id,
                        identity: String::new(),
                    };
                    Ok(session.registry()?.get_unit(request).await.ok())
                };
                found(&format!("unit {unit} at {region}"), look)
                    .await
                    .with_context(|| format!("{unit} is not known at {region}"))?;
                known += 1;
            }
        }
        self.summary
            .figure("单位（各节点均可查）", self.units.len());
        self.summary.figure("专家", self.experts.len());
        self.say(format!(
            "  {} 家单位在 {known} 处可查，{} 位专家",
            self.units.len(),
            self.experts.len()
        ));
        Ok(())
    }
}

fn region_digits(region: Region) -> &'static str {
    match region.as_str() {
        "sh" => "310101",
        "js" => "320102",
        "zj" => "330106",
        _ => "340104",
    }
}
