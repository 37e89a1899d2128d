//! Who is given away by what, and by what not.

use proptest::prelude::*;

use super::*;

fn known() -> Known {
    let names = ["江苏星河微电子科技有限公司", "XINGHE Micro", "银汉"];
    Known::of_units(names).and_contact("联系人：欧阳明德、王敏 研发部 13912345678")
}

fn found(text: &str) -> Vec<Place> {
    places(text, &known())
}

fn finds(text: &str, what: What) {
    let found = found(text);
    assert!(
        found.iter().any(|place| place.what == what),
        "{text}: {found:?}"
    );
}

#[test]
fn a_unit_is_found_by_its_name_its_short_name_its_brand_however_spelled() {
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
        let found = found(text);
        let place = found.iter().find(|place| place.found.starts_with(spelled));
        assert_eq!(place.map(|place| place.at), Some(at), "{text}: {found:?}");
    }
}

#[test]
fn no_spelling_hides_a_name() {
    for text in [
        "由星-河.微（电）子提出",
        "由“星河微”电子提出",
        "采用ⓧⓘⓝⓖⓗⓔ　𝐌icro的工艺",
        "采用ХINGHЕ Micrо的工艺",
        "采用xinghe-micro的工艺",
        "采用Xínghé Micro的工艺",
        "采用X\u{301}inghe Micro的工艺",
    ] {
        finds(text, What::Name);
    }
    for hidden in ["银·汉", "银\u{200b}汉"] {
        finds(&format!("由{hidden}提出"), What::Name);
    }
    // A long name is one in the middle of a word, too.
    finds("采用superxinghemicro的工艺", What::Name);
    finds("由欧阳明德提出", What::Contact);
    finds("由欧 阳 明 德提出", What::Contact);
}

#[test]
fn a_name_is_found_in_traditional_characters_and_as_it_is_read() {
    let of = |name: &str| Known::of_units([name]);
    let shown = |text: &str, known: &Known| -> Vec<_> {
        let found = places(text, known).into_iter();
        found.map(|place| (place.at, place.found)).collect()
    };
    let unit = of("华芯微电子");
    for (text, at, spelled) in [
        ("由華芯微電子提出", 2, "華芯微電子"),
        ("由華-芯 微電子提出", 2, "華-芯 微電子"),
        ("采用huaxin weidianzi的工艺", 3, "huaxin weidianzi"),
        ("采用HuaXin工艺", 3, "HuaXin"),
        ("采用Huá Xīn工艺", 3, "Huá Xīn"),
        ("采用hua2-xin1工艺", 3, "hua2-xin"),
        ("采用ｈｕａｘｉｎ工艺", 3, "ｈｕａｘｉｎ"),
        ("采用HuaXinTech工艺", 3, "HuaXin"),
        ("见huaxinweidianzijishu一文", 2, "huaxinweidianzi"),
        ("the huaxin process", 5, "huaxin"),
    ] {
        let found = shown(text, &unit);
        assert!(
            found.contains(&(at, spelled.to_owned())),
            "{text}: {found:?}"
        );
    }
    // Written in traditional characters where it is registered, in simplified ones in the text.
    assert_ne!(places("由华芯提出", &of("華芯微電子")), []);
    // A character that is read in two ways, and a vowel that is spelled in three.
    assert_ne!(places("由ChongXing提出", &of("重行")), []);
    assert_ne!(places("由ZhongHang提出", &of("重行")), []);
    for text in ["由Lulong提出", "由Lvlong提出", "由Lyulong提出"] {
        assert_ne!(places(text, &of("绿龙")), [], "{text}");
    }
    // A person, whichever way round.
    for text in ["由Ouyang Mingde提出", "由Mingde OUYANG提出"] {
        finds(text, What::Contact);
    }
    finds("由Min Wang提出", What::Contact);
}

#[test]
fn of_a_contact_only_what_could_be_a_persons_name_counts() {
    let known = Known::default().and_contact("联系人王敏经理，市场部，电话一");
    assert_eq!(places("由王敏提出", &known)[0].found, "王敏");
    for text in ["联系人与经理", "面向市场部署", "一致性"] {
        assert_eq!(places(text, &known), [], "{text}");
    }
}

#[test]
fn a_name_within_an_address_is_both() {
    let kinds: Vec<_> = places("位于星河路88号", &Known::of_units(["星河"]))
        .into_iter()
        .map(|place| place.what)
        .collect();
    assert_eq!(kinds, [What::Name, What::Address]);
}

#[test]
fn what_is_read_or_spelled_the_same_by_chance_names_nobody() {
    let known = Known::of_units(["华芯微电子", "昌格", "HX", "李娜"]);
    for text in [
        "用changed、exchange与ahuaxinb作对照",
        "参数hua与芯片xin",
        "Li-Na 电池与 hxrd 图谱",
        "采用PHX材料",
    ] {
        assert_eq!(places(text, &known), [], "{text}");
    }
    for text in ["采用HX工艺", "采用HX-2000", "采用newHX工艺"] {
        assert_ne!(places(text, &known), [], "{text}");
    }
}

/// What demands are written in: the words that names are made of, too.
const TEXTS: &[&str] = &[
    "面向先进制造与智慧能源，研究绿色低碳的未来材料与通用技术，形成高新、精密的国际水平成果。",
    "突破量子计算、激光通信与光电集成芯片，推进数字健康、智能网络和工业软件的创新应用。",
    "以纳米材料与生物医药为重点，研究新兴机器人系统、汽车动力电源与航空航天装备的自动化设备。",
    "采用 SiC MOSFET 与 GaN HEMT，change rate 低于 0.1%，damage threshold 与 sample range 见表 2。",
    "Let the state be here; the same game, the huge panda data set, take and make sense of it.",
    "基于 Transformer 的 large language model，在 2000 例队列上 AUC 为 0.85，浓度 104L/mol@cm.。",
];

#[test]
fn words_of_everybodys_are_no_alarm_whatever_a_unit_is_called() {
    for name in [
        "上海先进半导体制造有限公司",
        "安徽创新材料科技有限公司",
        "浙江未来智能科技有限公司",
        "南京高新生物医药有限公司",
        "江苏绿色新材料科技有限公司",
        "合肥通用电子有限公司",
        "苏州纳米科技发展有限公司",
        "上海智慧信息技术有限公司",
        "杭州数字健康科技有限公司",
        "江苏星河微电子科技有限公司",
        "上海大正电子科技有限公司",
        "华芯微电子",
        "杭州安能电子科技有限公司",
    ] {
        let known = Known::of_units([name]).and_contact("联系人：王伟、李娜");
        for text in TEXTS {
            assert_eq!(places(text, &known), [], "{name} in {text}");
        }
    }
    // What is recorded as a name is one, whatever it means.
    assert_ne!(places(TEXTS[0], &Known::of_units(["未来"])), []);
}

#[test]
fn credit_codes_are_found() {
    for text in [
        "代码91350100M000100Y43。",
        "代码9135 0100-M000 100Y-43。",
        "代码91350100m000100y43。",
    ] {
        finds(text, What::CreditCode);
    }
    // One symbol off it is nobody's.
    assert_eq!(found("编号91350100M000100Y44。"), []);
}

#[test]
fn telephone_numbers_are_found() {
    for text in [
        "联系13812345678",
        "联系+86 138 1234 5678",
        "联系0086-13812345678",
        "电话025-83123456",
        "电话025 83123456",
        "电话（025）8312 3456",
        "热线400-820-8820",
        "联系１３８ １２３４ ５６７８",
        "联系①③⑧①②③④⑤⑥⑦⑧",
        "联系一三八一二三四五六七八",
        "联系幺三八一二三四5678",
        "联系一三八〇一二三四五六七",
        "联系8613812345678",
    ] {
        finds(text, What::Telephone);
    }
}

#[test]
fn electronic_addresses_are_found() {
    for text in [
        "邮箱rd@example.cn",
        "邮箱rd＠example.cn",
        "邮箱rd(at)example.cn",
        "邮箱rd【at】example.cn",
        "邮箱rd@example.cn.",
    ] {
        finds(text, What::Email);
    }
    for text in [
        "见www.example.com/rd",
        "见https://1.2.3.4/",
        "见ｗｗｗ．example．com",
        "见xinghe.tech/rd",
        "见www.example.museum",
    ] {
        finds(text, What::Web);
    }
    for text in ["微信号：xh_lab01", "加QQ 1234567", "传真 8312-3456"] {
        finds(text, What::Account);
    }
}

#[test]
fn street_addresses_are_found() {
    for text in [
        "位于科苑路８８号",
        "位于中山北路一百号附近的张江路88-2号",
        "在星光大厦12层",
        "在创业园A3栋",
    ] {
        finds(text, What::Address);
    }
}

#[test]
fn the_place_is_that_in_the_text_as_it_was_written() {
    let shown = |text: &str| -> Vec<_> {
        let found = found(text).into_iter();
        found.map(|place| (place.at, place.found)).collect()
    };
    let address = (3, "科苑路８８号".to_owned());
    assert_eq!(shown("位于科苑路８８号的中试线"), [address]);
    let number = (4, "①③⑧①②③④⑤⑥⑦⑧".to_owned());
    assert_eq!(shown("㈱联系①③⑧①②③④⑤⑥⑦⑧。"), [number]);
    assert_eq!(
        found("银汉牌")[0].to_string(),
        "第 1 字起“银汉”（单位名称）"
    );
}

#[test]
fn of_a_name_and_what_it_is_shortened_to_the_whole_is_shown_once() {
    let found = found("为江苏星河微电子科技有限公司攻关");
    let shown: Vec<_> = found.iter().map(|place| place.found.as_str()).collect();
    assert_eq!(shown, ["江苏星河微电子科技有限公司"]);
}

#[test]
fn technical_texts_give_nobody_away() {
    for text in [
        "线宽 14 nm，良率不低于 99.5%，参照 GB/T 13745-2009。",
        "在 1310-1550 nm 波段、10-6 Pa 下工作 20000 小时，成本降低 30%。",
        "微电子与银河系观测所用的芯片",
        "由研发部门提出，采用第3号催化剂，走技术路线2号方案",
        "良率从一成提高到九成，一二三代产品各十批",
        "ν=0.3，α 相与 γ 相，Xing (at 300 K)",
        "堆叠 128 层，扫描区 12 层，传真度 99.9%",
        "镀银/汉字点阵，集成电路号称稳定",
        "编号 10123456789，批号 A13812345678",
        "电压 (0.35) 1234567 次，编号 0012345678",
        "在 400-1200 度下，序号 4001234567，计数 23456789012",
        "表(025)12，式(01)2345678，例(123)4567890，组(025，83123456",
        "取值a@.5x，域名后缀.com，测点(at)位置a(at)处，到(at)b",
        "兼容微信 8.0 与 QQ 9.1",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn what_every_other_company_is_called_names_nobody() {
    let common = Known::of_units(["中国电子科技集团公司", "上海电子"]);
    assert_eq!(
        places("消费电子、电子科技与电子信息在上海的应用", &common),
        []
    );
    assert_ne!(places("由中国电子科技集团提出", &common), []);
    assert_eq!(places("云计算", &Known::of_units(["云", "云公司"])), []);
}

proptest! {
    #[test]
    fn a_name_is_found_wherever_it_stands(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let text = format!("{before}银汉{after}");
        let found = found(&text);
        let named = |place: &&Place| place.what == What::Name && place.found.contains("银汉");
        prop_assert!(found.iter().any(|place| named(&place)), "{found:?}");
    }

    #[test]
    fn no_text_makes_it_stumble_and_every_place_is_in_the_text(text in "\\PC{0,80}") {
        let chars: Vec<char> = text.chars().collect();
        for place in found(&text) {
            let from = place.at - 1;
            let length = place.found.chars().count();
            let there: String = chars[from..from + length].iter().collect();
            prop_assert_eq!(there, place.found);
        }
    }
}
