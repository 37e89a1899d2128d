//! Text cut into what is counted: Han characters one by one, other letters and digits in runs.

use std::ops::Range;

/// The smallest thing that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A Han character, as written: traditional stays traditional.
    Han(char),
    /// A run of other letters or digits, in lower case and half width, by its hash.
    Run(u64),
}

/// A sign with its place in the text.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) sign: Sign,
    /// Bytes of the original text.
    pub(crate) at: Range<usize>,
}

impl Token {
    /// Whether nothing stands between the two.
    pub(crate) fn touches(&self, next: &Self) -> bool {
        self.at.end == next.at.start
    }
}

/// What is counted in a text, in its order; everything else only divides.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 3);
    let mut run: Option<(u64, usize)> = None;
    for (start, written) in text.char_indices() {
        let c = plain(written);
        if !is_han(c) && c.is_alphanumeric() {
            let (hash, from) = run.unwrap_or((FNV_BASIS, start));
            run = Some((fnv(hash, c), from));
            continue;
        }
        if let Some((hash, from)) = run.take() {
            tokens.push(Token {
                sign: Sign::Run(hash),
                at: from..start,
            });
        }
        if is_han(c) {
            tokens.push(Token {
                sign: Sign::Han(c),
                at: start..start + written.len_utf8(),
            });
        }
    }
    if let Some((hash, from)) = run {
        tokens.push(Token {
            sign: Sign::Run(hash),
            at: from..text.len(),
        });
    }
    tokens
}

/// Half width and lower case.
fn plain(c: char) -> char {
    let half = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let mut lower = half.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => half,
    }
}

fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{4e00}'..='\u{9fff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{3007}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a over whole characters: the same on every machine, in every version.
pub(crate) fn fnv(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(c as u32)).wrapping_mul(FNV_PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        tokens(text)
            .into_iter()
            .map(|token| &text[token.at])
            .collect()
    }

    #[test]
    fn han_stands_alone_and_other_letters_in_runs() {
        assert_eq!(
            cut("面向5G的GaN功率放大器，3.5 GHz"),
            [
                "面", "向", "5G", "的", "GaN", "功", "率", "放", "大", "器", "3", "5", "GHz"
            ]
        );
        assert_eq!(cut("α-Fe2O3 複合"), ["α", "Fe2O3", "複", "合"]);
        assert!(tokens("，。 \n!").is_empty());
    }

    #[test]
    fn width_and_case_make_no_difference_and_traditional_does() {
        let sign = |text: &str| tokens(text)[0].sign;
        assert_eq!(sign("ＧａＮ"), sign("gan"));
        assert_eq!(sign("Ａ"), sign("a"));
        assert_ne!(sign("複"), sign("复"));
        assert_ne!(sign("gan"), sign("gam"));
    }

    #[test]
    fn only_neighbours_touch() {
        let tokens = tokens("芯片 设，计");
        let touching: Vec<_> = tokens
            .windows(2)
            .map(|pair| pair[0].touches(&pair[1]))
            .collect();
        assert_eq!(touching, [true, false, false]);
    }
}
