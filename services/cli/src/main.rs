//! `jiebang`: verifies what the platform exported, offline, with nothing but the members' keys.

mod verify;

use std::process::ExitCode;

use clap::Parser;

/// 长三角联合攻关平台：离线核验工具。
#[derive(Parser)]
#[command(name = "jiebang", version)]
enum Command {
    /// 核验导出的个案、联合决策或信封链。退出码：0 全部通过，1 有误，2 无法读取，3 证据不足。
    #[command(subcommand)]
    Verify(verify::What),
}

fn main() -> ExitCode {
    let Command::Verify(what) = Command::parse();
    match what.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("无法核验：{error:#}");
            ExitCode::from(2)
        }
    }
}
