//! What somebody could be recognised by.

use crate::{
    Place, What,
    fold::{Folded, fold},
};

/// From so many characters up a name is looked for across marks that join words, too.
const JOINED_FROM: usize = 3;
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
    "电子",
    "信息",
    "生物",
    "医药",
    "智能",
    "半导体",
    "新材料",
    "实业",
    "发展",
    "控股",
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

/// What may give somebody away, in one form.
#[derive(Debug, Clone, Default)]
pub struct Known(Vec<(String, What)>);

impl Known {
    /// Units by their names, short names, brands and codes, whose ever they are.
    pub fn of_units<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().flat_map(|name| forms(name.as_ref()));
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names.dedup();
        Self(names.into_iter().map(|name| (name, What::Name)).collect())
    }

    /// And what somebody wrote of how to reach them: the words that could be a person's name.
    pub fn and_contact(mut self, contact: &str) -> Self {
        let words = words_of(contact).into_iter();
        self.0.extend(words.map(|word| (word, What::Contact)));
        self
    }

    pub(crate) fn places(&self, plain: &Folded<'_>, joined: &Folded<'_>) -> Vec<Place> {
        let mut found = Vec::new();
        for (name, what) in &self.0 {
            found.extend(plain.find(name, *what));
            // Shorter ones stand by chance where something ends and something begins.
            if name.chars().count() >= JOINED_FROM {
                found.extend(joined.find(name, *what));
            }
        }
        found
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
    let short = TRADES.iter().fold(core, |short, trade| {
        short.strip_suffix(trade).unwrap_or(short)
    });
    // What is left of a name may stand in every other company's, and then names nobody.
    let own = [core, short].into_iter().filter(|form| !is_common(form));
    let all = [whole.as_str(), bare].into_iter().chain(own);
    let all = all.filter(|form| form.chars().count() >= 2);
    all.map(str::to_owned).collect()
}

/// Whether there is nothing in it but words that companies of all kinds have in their names.
fn is_common(form: &str) -> bool {
    let mut words = [PLACES, TRADES, LEGAL_FORMS].into_iter().flatten();
    let rest = words.find_map(|word| form.strip_prefix(word));
    form.is_empty() || rest.is_some_and(is_common)
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
