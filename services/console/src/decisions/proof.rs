//! How somebody checks a decision without trusting the page that shows it.

use maud::{Markup, html};
use proto::coordination::v1::{Decision, DecisionKind};
use sha2::{Digest as _, Sha256};

use super::kinds;

/// The document with a name to save it under, if it is the whole: anything less would be taken for
/// it, and fail the check.
pub(super) fn given_out(decision: &Decision) -> Option<(String, Vec<u8>)> {
    is_whole(decision).then(|| (file_name(decision), decision.document.clone()))
}

/// Whether what the public is given is the document itself, and not an extract of it.
fn is_whole(decision: &Decision) -> bool {
    !decision.document.is_empty()
        && hex::encode(Sha256::digest(&decision.document)) == decision.digest
}

/// A name to save the document under: nothing of it comes from what people wrote.
fn file_name(decision: &Decision) -> String {
    let name = kinds::of(decision.kind()).map_or("decision", |(_, name, ..)| name);
    let short: String = decision.digest.chars().take(12).collect();
    let kind = match decision.kind() {
        DecisionKind::Policy | DecisionKind::Admission | DecisionKind::EvaluationCriteria => "toml",
        DecisionKind::Interpretation => "txt",
        _ => "bin",
    };
    format!("{name}-{short}.{kind}")
}

/// The section that says how.
pub(super) fn section(decision: &Decision) -> Markup {
    let file = file_name(decision);
    html! {
        section.proof #verify {
            h2 { "如何核验" }
            p { "各成员签名同意的是同一份文件，其 SHA-256 摘要为：" }
            pre { code { (decision.digest) } }
            @if is_whole(decision) {
                p {
                    a.button.quiet href={ "/decisions/" (decision.decision_id) "/document" } {
                        "下载决策文件"
                    }
                }
                p { "下载后在自己的计算机上重算摘要，应与上面一致：" }
                pre { code { "sha256sum " (file) } }
                p {
                    "各成员的签名由推进组或监督人员导出为证据文件，可向其索取；成员名册 "
                    code { "members.toml" }
                    " 应从可信渠道取得。离线核验签名、批准与生效："
                }
                pre { code { "jiebang verify decision decision.json --members members.toml --document " (file) } }
            } @else {
                p {
                    "本页为公开内容。完整文件另含不对外公开的信息（需求发布原则上不公开需求方〔第十条〕），"
                    "由各成员保存，监督人员可以随时核验："
                }
                pre { code { "jiebang verify decision decision.json --members members.toml" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_document_that_was_signed_for_is_given_out_as_such() {
        let mut decision = Decision {
            document: b"note".to_vec(),
            digest: hex::encode(Sha256::digest(b"note")),
            kind: DecisionKind::Interpretation.into(),
            title: "../../etc".to_owned(),
            ..Decision::default()
        };
        let (name, document) = given_out(&decision).unwrap();
        assert!(name.starts_with("interpretation-"), "{name}");
        assert_eq!(document, b"note");
        decision.document.push(b'!');
        assert_eq!(given_out(&decision), None);
        decision.document.clear();
        decision.digest = hex::encode(Sha256::digest(b""));
        assert_eq!(given_out(&decision), None, "nothing is no document");
    }
}
