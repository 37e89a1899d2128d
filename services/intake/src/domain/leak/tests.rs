//! Who is given away by what, and by what not.

use super::*;
use crate::domain::demand::tests::record;

fn found(text: &str) -> Vec<Leak> {
    let mut record = record();
    record.mission = text.parse().unwrap();
    let names = ["江苏星河微电子科技有限公司", "XINGHE Micro", "银汉"];
    let contact = "联系人：欧阳明德 研发部 13912345678".parse().unwrap();
    let known = Known::new(&names.map(str::to_owned), Some(&contact));
    leaks(&record, &known)
}

#[test]
fn the_company_is_found_by_its_name_its_short_name_its_brand_however_spelled() {
    for (text, at, spelled) in [
        (
            "由江苏星河微电子科技有限公司提出",
            2,
            "江苏星河微电子科技有限公司",
        ),
        ("为星 河 微电子攻关", 2, "星 河 微"),
        (
            "采用ｘｉｎｇｈｅ　ＭＩＣＲＯ工艺",
            3,
            "ｘｉｎｇｈｅ　ＭＩＣＲＯ",
        ),
        ("银汉牌光刻胶", 1, "银汉"),
    ] {
        let leak = found(text)
            .into_iter()
            .find(|leak| leak.found.starts_with(spelled));
        assert_eq!(
            leak.map(|leak| leak.at),
            Some(at),
            "{text}: {:?}",
            found(text)
        );
    }
}

#[test]
fn codes_numbers_and_addresses_are_found() {
    for (text, what) in [
        ("代码91350100M000100Y43。", "统一社会信用代码"),
        ("联系13812345678", "电话号码"),
        ("电话025-83123456", "电话号码"),
        ("邮箱rd@example.cn", "电子邮箱"),
        ("见www.example.com/rd", "网址"),
        ("见https://1.2.3.4/", "网址"),
    ] {
        let leaks = found(text);
        assert_eq!(leaks.first().map(|leak| leak.what), Some(what), "{text}");
    }
}

#[test]
fn technical_texts_give_nobody_away() {
    for text in [
        "线宽 14 nm，良率不低于 99.5%，参照 GB/T 13745-2009。",
        "在 1310-1550 nm 波段、10-6 Pa 下工作 20000 小时，成本降低 30%。",
        "微电子与银河系观测所用的芯片",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn no_spelling_hides_who_it_is() {
    for (text, what) in [
        ("由星-河.微（电）子提出", "单位名称"),
        ("由“星河微”电子提出", "单位名称"),
        ("采用ⓧⓘⓝⓖⓗⓔ　𝐌icro的工艺", "单位名称"),
        ("采用ХINGHЕ Micrо的工艺", "单位名称"),
        ("采用xinghe-micro的工艺", "单位名称"),
        ("由欧阳明德提出", "联系人信息"),
        ("由欧 阳 明 德提出", "联系人信息"),
        ("联系１３８ １２３４ ５６７８", "电话号码"),
        ("联系①③⑧①②③④⑤⑥⑦⑧", "电话号码"),
        ("联系一三八一二三四五六七八", "电话号码"),
        ("联系幺三八一二三四5678", "电话号码"),
        ("邮箱rd＠example.cn", "电子邮箱"),
        ("邮箱rd(at)example.cn", "电子邮箱"),
        ("邮箱rd【at】example.cn", "电子邮箱"),
        ("代码9135 0100-M000 100Y-43。", "统一社会信用代码"),
        ("位于科苑路８８号", "通信地址"),
        ("位于中山北路一百号附近的张江路88-2号", "通信地址"),
        ("见ｗｗｗ．example．com", "网址"),
    ] {
        let leaks = found(text);
        assert!(
            leaks.iter().any(|leak| leak.what == what),
            "{text}: {leaks:?}"
        );
    }
}

#[test]
fn the_place_is_that_in_the_text_as_it_was_written() {
    let leaks = found("位于科苑路８８号的中试线");
    let shown: Vec<_> = leaks
        .iter()
        .map(|leak| (leak.at, leak.found.as_str()))
        .collect();
    assert_eq!(shown, [(3, "科苑路８８号")]);
    let leaks = found("㈱联系①③⑧①②③④⑤⑥⑦⑧。");
    assert_eq!(leaks[0].at, 4, "{leaks:?}");
    assert_eq!(leaks[0].found, "①③⑧①②③④⑤⑥⑦⑧");
}

#[test]
fn a_department_or_a_numbered_thing_gives_nobody_away() {
    for text in [
        "由研发部门提出，采用第3号催化剂，走技术路线2号方案",
        "良率从一成提高到九成，一二三代产品各十批",
        "ν=0.3，α 相与 γ 相，Xing (at 300 K)",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}
