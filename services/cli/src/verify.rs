//! `jiebang verify`: reads the file and the members' keys, and prints what holds and what does not.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use evidence::{
    ChainFile, Check, Conclusion, KeyRing, Outcome, Report, verify_case, verify_chain,
    verify_decision, verify_membership,
};
use panel::DrawRecord;
use serde::{Serialize, de::DeserializeOwned};

/// Longest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

#[derive(Subcommand)]
pub(crate) enum What {
    /// 一件个案的事实链、封存与信封
    Case(Source),
    /// 一项联合决策：文件摘要与全体成员的同意
    Decision {
        #[command(flatten)]
        source: Source,
        /// 手中的文件，核对是否就是所决策的那一份
        #[arg(long, value_name = "FILE")]
        document: Option<PathBuf>,
    },
    /// 一个成员的一段信封链
    Chain(Source),
    /// 成员与密钥的历次变更
    Membership(Source),
    /// 一次专家抽取：按公开的抽取记录重新抽取并比对，不需要成员名册
    Draw {
        /// 抽取记录（JSON）
        file: PathBuf,
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(crate) struct Source {
    /// 导出的 JSON 文件
    file: PathBuf,
    /// 成员及其公钥（须从可信渠道取得）
    #[arg(long, value_name = "members.toml")]
    members: PathBuf,
    /// 其后经联合决策的接入与换钥（membership.json），逐项核验后采用
    #[arg(long, value_name = "FILE")]
    membership: Option<PathBuf>,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// A report with what it comes to, for programs.
#[derive(Serialize)]
struct Printed<'a> {
    title: &'a str,
    conclusion: Conclusion,
    checks: &'a [Check],
}

impl What {
    /// Verifies and prints. The exit code is 0 only if everything holds.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let (report, json) = match self {
            Self::Case(source) => (
                source.report(|ring| Ok(verify_case(&source.read()?, ring)))?,
                source.json,
            ),
            Self::Decision { source, document } => {
                let document = document.as_deref().map(read).transpose()?;
                let report = source.report(|ring| {
                    Ok(verify_decision(&source.read()?, document.as_deref(), ring))
                })?;
                (report, source.json)
            }
            Self::Chain(source) => {
                let report = source.report(|ring| {
                    Ok(verify_chain(&source.read::<ChainFile>()?.envelopes, ring))
                })?;
                (report, source.json)
            }
            Self::Membership(source) => {
                let report =
                    source.report(|ring| Ok(verify_membership(&source.read()?, ring).0))?;
                (report, source.json)
            }
            Self::Draw { file, json } => (draw(&self::json(file)?), *json),
        };
        print(&report, json)?;
        Ok(match report.conclusion() {
            Conclusion::Holds => ExitCode::SUCCESS,
            Conclusion::Broken => ExitCode::from(1),
            Conclusion::Unproven => ExitCode::from(3),
        })
    }
}

/// Draws again from the record.
fn draw(record: &DrawRecord) -> Report {
    let (proposals, candidates) = (
        record.input.proposals().len(),
        record.input.candidates().len(),
    );
    let outcome = match record.verify() {
        Ok(_) => Outcome::Holds(format!(
            "{candidates} 名候选专家，{proposals} 项，其后递补 {} 次：重新抽取的结果一致",
            record.followed.len()
        )),
        Err(fault) => Outcome::Broken(format!("重新抽取的结果不一致：{fault}")),
    };
    Report {
        title: format!("专家抽取 {}", record.input.draw_id()),
        checks: vec![Check {
            subject: "种子、名单与结果".to_owned(),
            outcome,
        }],
    }
}

fn print(report: &Report, json: bool) -> Result<()> {
    let text = if json {
        let (title, checks) = (report.title.as_str(), report.checks.as_slice());
        let printed = Printed {
            title,
            conclusion: report.conclusion(),
            checks,
        };
        serde_json::to_string_pretty(&printed)?
    } else {
        report.to_string()
    };
    // Not println!, which panics when the reader of a pipe has gone.
    writeln!(std::io::stdout(), "{text}").context("无法输出")
}

impl Source {
    /// Everybody's keys over time, and the check of what changed them.
    fn ring(&self) -> Result<(Option<Report>, KeyRing)> {
        let file = &self.members;
        let text = String::from_utf8(read(file)?)
            .with_context(|| format!("{} 不是 UTF-8 文本", file.display()))?;
        let first =
            toml::from_str(&text).with_context(|| format!("{} 不是成员名册", file.display()))?;
        let Some(changes) = &self.membership else {
            return Ok((None, first));
        };
        let (report, ring) = verify_membership(&json(changes)?, &first);
        Ok((Some(report), ring))
    }

    /// What `verify` finds, after the check of the keys: those that are not proven prove nothing.
    fn report(&self, verify: impl FnOnce(&KeyRing) -> Result<Report>) -> Result<Report> {
        let (changes, ring) = self.ring()?;
        let mut report = verify(&ring)?;
        report
            .checks
            .splice(0..0, changes.into_iter().flat_map(|one| one.checks));
        Ok(report)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T> {
        json(&self.file)
    }
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    serde_json::from_slice(&read(file)?)
        .with_context(|| format!("{} 不是所要核验的文件", file.display()))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let context = || format!("无法读取 {}", file.display());
    let bytes = fs::metadata(file).with_context(context)?.len();
    ensure!(bytes <= FILE_BYTES_MAX, "{} 超过 512 MiB", file.display());
    fs::read(file).with_context(context)
}
