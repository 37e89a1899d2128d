//! How often the check speaks up where nobody is named: units' names of every kind against real
//! texts, such as abstracts. `cargo run --release -p anonymity --example false_alarms FILE.jsonl…`,
//! one object with `text` or `title` a line.

use std::{collections::BTreeMap, env, fs, time::Instant};

use anonymity::{Known, What, places};
use anyhow::Context as _;
use serde_json::Value;

/// Names that there are, and such as there could be.
const NAMES: &[&str] = &[
    "华芯微电子",
    "上海微电子装备（集团）股份有限公司",
    "中芯国际集成电路制造（上海）有限公司",
    "上海华虹宏力半导体制造有限公司",
    "上海先进半导体制造有限公司",
    "上海联影医疗科技股份有限公司",
    "上海复星医药（集团）股份有限公司",
    "上海君实生物医药科技股份有限公司",
    "上海商汤智能科技有限公司",
    "江苏恒瑞医药股份有限公司",
    "先声药业有限公司",
    "信达生物制药（苏州）有限公司",
    "南京先进生物材料与过程装备研究院有限公司",
    "无锡药明康德新药开发股份有限公司",
    "苏州纳米科技发展有限公司",
    "江苏长电科技股份有限公司",
    "杭州海康威视数字技术股份有限公司",
    "浙江大华技术股份有限公司",
    "杭州士兰微电子股份有限公司",
    "宁波江丰电子材料股份有限公司",
    "浙江新和成股份有限公司",
    "贝达药业股份有限公司",
    "科大讯飞股份有限公司",
    "长鑫存储技术有限公司",
    "合肥晶合集成电路股份有限公司",
    "合肥国轩高科动力能源有限公司",
    "阳光电源股份有限公司",
    "安徽华恒生物科技股份有限公司",
    "本源量子计算科技（合肥）股份有限公司",
    "科大国盾量子技术股份有限公司",
    "江苏星河微电子科技有限公司",
    "苏州闻语智能科技有限公司",
    "上海微岚半导体设备有限公司",
    "安徽创新材料科技有限公司",
    "浙江未来智能科技有限公司",
    "南京高新生物医药有限公司",
    "上海智慧信息技术有限公司",
    "江苏绿色新材料科技有限公司",
    "杭州安能电子科技有限公司",
    "合肥通用电子有限公司",
    "上海精密仪器有限公司",
    "HX",
    "SMEE",
    "Haiwei",
];
/// What brands are made of.
const BRANDS: &str = "华芯安达康瑞恒远天星海创新科大中南宏图泰信诚微光云智博雅金银鼎正元亨利贞";

fn main() -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for file in env::args().skip(1) {
        let lines = fs::read_to_string(&file).with_context(|| file.clone())?;
        for line in lines.lines() {
            let text: Value = serde_json::from_str(line)?;
            let text = text["text"].as_str().or(text["title"].as_str());
            texts.extend(text.map(str::to_owned));
        }
    }
    let brands: Vec<char> = BRANDS.chars().collect();
    let made = brands.iter().enumerate().map(|(at, first)| {
        let second = brands[(at * 7 + 5) % brands.len()];
        format!("上海{first}{second}电子科技有限公司")
    });
    let names: Vec<String> = NAMES.iter().map(ToString::to_string).chain(made).collect();
    let begun = Instant::now();
    let nobody: Vec<_> = texts.iter().map(|t| places(t, &Known::default())).collect();
    let mut kinds = BTreeMap::<String, usize>::new();
    for place in nobody.iter().flatten() {
        *kinds.entry(place.what.to_string()).or_default() += 1;
        println!("{place}");
    }
    let mut alarms = 0;
    for name in &names {
        let known = Known::of_units([name]).and_contact("联系人：王伟、李娜");
        let mut found = BTreeMap::<String, usize>::new();
        for text in &texts {
            let named = places(text, &known).into_iter();
            let named = named.filter(|place| matches!(place.what, What::Name | What::Contact));
            let mut any = false;
            for place in named {
                any = true;
                *found.entry(place.found).or_default() += 1;
            }
            alarms += usize::from(any);
        }
        if !found.is_empty() {
            println!("{name}: {found:?}");
        }
    }
    let checks = texts.len() * names.len();
    println!(
        "{} texts, {} names, {:?}",
        texts.len(),
        names.len(),
        begun.elapsed()
    );
    println!("by kind, whoever asks: {kinds:?}");
    let tenths = alarms * 100_000 / checks.max(1);
    println!("a name in {}.{} of 10,000 texts", tenths / 10, tenths % 10);
    Ok(())
}
