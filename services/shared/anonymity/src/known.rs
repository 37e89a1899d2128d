//! What somebody could be recognised by.

use std::collections::BTreeSet;

use crate::{
    Place, What,
    fold::{Folded, fold},
    reading::Reading,
};

/// From so many characters up a name is looked for across marks that join words, too.
const JOINED_FROM: usize = 3;
/// From so many letters up a name of letters is looked for in the middle of words, too.
const LETTERS_FROM: usize = 5;
/// What stands before a person's name, and after it.
const CONTACT_LABELS: &[&str] = &[
    "联系人",
    "联系电话",
    "联系方式",
    "负责人",
    "姓名",
    "电话",
    "手机",
    "邮箱",
    "地址",
];
const TITLES: &[&str] = &[
    "先生",
    "女士",
    "经理",
    "主任",
    "部长",
    "总监",
    "博士",
    "教授",
    "老师",
    "工程师",
];
/// What a part of a company is called, and that so names nobody.
const OFFICES: &[&str] = &["部", "处", "室", "科", "中心", "办公室"];
/// Words that companies of all kinds have in their names, and that so name nobody.
const LEGAL_FORMS: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "股份公司",
    "集团公司",
    "集团",
    "公司",
];
const TRADES: &[&str] = &[
    "科技",
    "技术",
    "微电子",
    "电子",
    "信息",
    "生物",
    "医药",
    "制药",
    "药业",
    "医疗",
    "智能",
    "半导体",
    "新材料",
    "材料",
    "设备",
    "装备",
    "制造",
    "实业",
    "发展",
    "控股",
];
/// Words of everybody's that a company may have for its name.
const WORDS: &[&str] = &[
    "先进",
    "创新",
    "创业",
    "高新",
    "未来",
    "绿色",
    "智慧",
    "通用",
    "纳米",
    "精密",
    "国际",
    "新兴",
    "现代",
    "科学",
    "数字",
    "量子",
    "激光",
    "光电",
    "环保",
    "环境",
    "能源",
    "新能源",
    "健康",
    "机器人",
    "网络",
    "软件",
    "系统",
    "自动化",
    "仪器",
    "机械",
    "汽车",
    "通信",
    "航空",
    "航天",
    "海洋",
    "化学",
    "化工",
    "工程",
    "工业",
    "动力",
    "电气",
    "电力",
    "电源",
    "存储",
    "计算",
    "传感",
    "芯片",
    "集成电路",
];
const PLACES: &[&str] = &[
    "中国",
    "上海市",
    "江苏省",
    "浙江省",
    "安徽省",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "南京",
    "苏州",
    "无锡",
    "常州",
    "南通",
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "绍兴",
    "合肥",
    "芜湖",
    "滁州",
    "蚌埠",
    "马鞍山",
];

/// What may give somebody away.
#[derive(Debug, Clone, Default)]
pub struct Known(Vec<Clue>);

/// One thing that gives somebody away, in one form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Clue {
    form: String,
    /// How the form is read, and how it may be turned round.
    readings: Vec<Reading>,
    what: What,
}

impl Known {
    /// Units by their names, short names, brands and codes, whose ever they are.
    pub fn of_units<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().flat_map(|name| forms(name.as_ref()));
        let names: BTreeSet<_> = names.collect();
        let clues = names.into_iter().map(|form| Clue {
            readings: Reading::of(&form).into_iter().collect(),
            form,
            what: What::Name,
        });
        Self(clues.collect())
    }

    /// And what somebody wrote of how to reach them: the words that could be a person's name.
    pub fn and_contact(mut self, contact: &str) -> Self {
        let words = words_of(contact).into_iter();
        self.0.extend(words.map(|form| {
            Clue {
                readings: turned(&form)
                    .iter()
                    .filter_map(|n| Reading::of(n))
                    .collect(),
                form,
                what: What::Contact,
            }
        }));
        self
    }

    pub(crate) fn places(&self, text: &str, plain: &Folded) -> Vec<Place> {
        let (joined, spelled) = (Folded::joined(text), Folded::spelled(text));
        let mut found = Vec::new();
        for clue in &self.0 {
            found.extend(clue.written(plain));
            // Shorter ones stand by chance where something ends and something begins.
            if clue.form.chars().count() >= JOINED_FROM {
                found.extend(clue.written(&joined));
            }
            let readings = clue.readings.iter();
            let places = readings.flat_map(|reading| reading.find(&spelled));
            found.extend(places.map(|(at, length)| spelled.place(at, length, clue.what)));
        }
        found
    }
}

impl Clue {
    /// Where the form itself stands. A few letters are part of many a word.
    fn written(&self, text: &Folded) -> Vec<Place> {
        let length = self.form.chars().count();
        let short = length < LETTERS_FROM && self.form.chars().all(|c| c.is_ascii_alphabetic());
        let starts = text.find_starts(&self.form).into_iter();
        let starts = starts.filter(|at| !short || text.is_word(*at, length));
        starts.map(|at| text.place(at, length, self.what)).collect()
    }
}

/// A name as it could be recognised: whole, and stripped of place, legal form and trade.
fn forms(name: &str) -> Vec<String> {
    let whole = fold(name);
    let bare = LEGAL_FORMS.iter().fold(whole.as_str(), |core, form| {
        core.strip_suffix(form).unwrap_or(core)
    });
    let core = PLACES
        .iter()
        .fold(bare, |core, place| core.strip_prefix(place).unwrap_or(core));
    let shorter = std::iter::successors(Some(core), |name| untraded(name));
    // What is left of a name may stand in every other company's, and then names nobody.
    let own = shorter.filter(|form| !is_common(form));
    let all = [whole.as_str(), bare].into_iter().chain(own);
    let all = all.filter(|form| form.chars().count() >= 2);
    all.map(str::to_owned).collect()
}

fn untraded(name: &str) -> Option<&str> {
    TRADES.iter().find_map(|trade| name.strip_suffix(trade))
}

/// Whether there is nothing in it but words that companies of all kinds have in their names.
fn is_common(form: &str) -> bool {
    let words = [PLACES, TRADES, WORDS, LEGAL_FORMS].into_iter().flatten();
    let mut rests = words.filter_map(|word| form.strip_prefix(word));
    form.is_empty() || rests.any(is_common)
}

/// A person's name, and with its family name at the end, of one character or of two.
fn turned(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let turns = (0..chars.len().min(3)).map(|family| {
        let given = chars[family..].iter();
        given.chain(&chars[..family]).collect()
    });
    turns.collect()
}

/// The words of a contact by which somebody could be recognised.
fn words_of(contact: &str) -> Vec<String> {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let words = contact.split(|c: char| !is_han(c)).map(fold);
    let words = words.map(|word| {
        let named = CONTACT_LABELS.iter().fold(word.as_str(), |word, label| {
            word.strip_prefix(label).unwrap_or(word)
        });
        let named = TITLES.iter().fold(named, |word, title| {
            word.strip_suffix(title).unwrap_or(word)
        });
        named.to_owned()
    });
    let says = |word: &String| {
        word.chars().count() >= 2 && !OFFICES.iter().any(|office| word.ends_with(office))
    };
    words.filter(says).collect()
}
