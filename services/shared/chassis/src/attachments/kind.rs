//! What a file is, by its bytes.

use serde::{Deserialize, Serialize};

use super::clean::MalformedImage;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";
const PDF: &[u8] = b"%PDF-";
const PDF_END: &[u8] = b"%%EOF";
const ZIP: &[u8] = b"PK\x03\x04";
const ZIP_ENTRY: &[u8] = b"PK\x01\x02";
const ZIP_END: &[u8] = b"PK\x05\x06";
/// Length of a ZIP's end without its comment, and of the comment at most.
const ZIP_END_BYTES: usize = 22;
const COMMENT_MAX: usize = 0xffff;
/// Length of an entry of a ZIP's directory without its name.
const ENTRY_BYTES: usize = 46;
/// Entries that a document may have at most.
const ENTRIES_MAX: usize = 10_000;
/// How far before its end a PDF may say that it ends.
const PDF_TAIL: usize = 1024;

/// A kind of file that may be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A PDF document.
    Pdf,
    /// A Word document without macros.
    Docx,
    /// An Excel workbook without macros.
    Xlsx,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
}

/// A file that may not be attached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAttachment {
    /// There is nothing in it.
    #[error("文件是空的，请重新选择文件")]
    Empty,
    /// It is none of the kinds.
    #[error("只接受 PDF、DOCX、XLSX、PNG、JPEG 文件（按内容识别，不看扩展名），请转换后重新上传")]
    Kind,
    /// It could run something.
    #[error("文件含有宏，请去除宏后重新上传")]
    Macros,
    /// A picture that is none.
    #[error(transparent)]
    Image(#[from] MalformedImage),
}

impl FileKind {
    /// What the bytes are.
    ///
    /// # Errors
    /// When they are nothing that may be attached.
    pub fn of(bytes: &[u8]) -> Result<Self, NoAttachment> {
        match bytes {
            [] => Err(NoAttachment::Empty),
            _ if bytes.starts_with(PNG) => Ok(Self::Png),
            _ if bytes.starts_with(JPEG) => Ok(Self::Jpeg),
            _ if bytes.starts_with(PDF) && pdf_ends(bytes) => Ok(Self::Pdf),
            _ if bytes.starts_with(ZIP) => office(&entries(bytes).ok_or(NoAttachment::Kind)?),
            _ => Err(NoAttachment::Kind),
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

fn pdf_ends(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(PDF_TAIL)..];
    tail.windows(PDF_END.len()).any(|window| window == PDF_END)
}

fn office(names: &[String]) -> Result<FileKind, NoAttachment> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let macros = names.iter().any(|name| name.ends_with("vbaproject.bin"));
    match () {
        () if !has("[content_types].xml") => Err(NoAttachment::Kind),
        () if macros => Err(NoAttachment::Macros),
        () if has("word/document.xml") => Ok(FileKind::Docx),
        () if has("xl/workbook.xml") => Ok(FileKind::Xlsx),
        () => Err(NoAttachment::Kind),
    }
}

/// The names in a ZIP's directory, in small letters; none if it is no whole ZIP.
fn entries(bytes: &[u8]) -> Option<Vec<String>> {
    let from = bytes.len().saturating_sub(ZIP_END_BYTES + COMMENT_MAX);
    let tail = bytes.get(from..)?;
    let end = from
        + tail
            .windows(ZIP_END.len())
            .rposition(|window| window == ZIP_END)?;
    let count = usize::from(u16::from_le_bytes(array(bytes, end + 10)?));
    let mut at = usize::try_from(u32::from_le_bytes(array(bytes, end + 16)?)).ok()?;
    if count > ENTRIES_MAX {
        return None;
    }
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(at..)?.get(..ZIP_ENTRY.len())? != ZIP_ENTRY {
            return None;
        }
        let length = |offset: usize| -> Option<usize> {
            Some(usize::from(u16::from_le_bytes(array(bytes, at + offset)?)))
        };
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let text = bytes.get(at + ENTRY_BYTES..)?.get(..name)?;
        names.push(String::from_utf8_lossy(text).to_ascii_lowercase());
        at = at.checked_add(ENTRY_BYTES + name + extra + comment)?;
    }
    Some(names)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A ZIP with empty files of these names, as far as its directory tells.
    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = ZIP.to_vec();
        bytes.resize(30, 0);
        let start = bytes.len();
        for name in names {
            let mut entry = ZIP_ENTRY.to_vec();
            entry.resize(ENTRY_BYTES, 0);
            entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
            bytes.extend(entry);
            bytes.extend(name.as_bytes());
        }
        let count = u16::try_from(names.len()).unwrap().to_le_bytes();
        let mut end = ZIP_END.to_vec();
        end.resize(ZIP_END_BYTES, 0);
        end[10..12].copy_from_slice(&count);
        end[16..20].copy_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
        bytes.extend(end);
        bytes
    }

    const TYPES: &str = "[Content_Types].xml";

    #[test]
    fn a_file_is_what_its_bytes_are() {
        let kind = |bytes: &[u8]| FileKind::of(bytes);
        assert_eq!(kind(b"%PDF-1.7\n1 0 obj\n%%EOF\n"), Ok(FileKind::Pdf));
        assert_eq!(
            kind(&zip(&[TYPES, "word/document.xml"])),
            Ok(FileKind::Docx)
        );
        assert_eq!(kind(&zip(&[TYPES, "xl/workbook.xml"])), Ok(FileKind::Xlsx));
        assert_eq!(kind(&[PNG, b"rest"].concat()), Ok(FileKind::Png));
        assert_eq!(kind(b"\xff\xd8\xff\xe0rest"), Ok(FileKind::Jpeg));
    }

    #[test]
    fn everything_else_is_refused() {
        let truncated = &zip(&[TYPES, "word/document.xml"])[..60];
        let elf: &[u8] = b"\x7fELF\x02\x01\x01";
        for bytes in [
            b"MZ\x90".as_slice(),
            elf,
            b"%PDF-1.7 and no end",
            truncated,
            b"<html>",
        ] {
            assert_eq!(FileKind::of(bytes), Err(NoAttachment::Kind), "{bytes:?}");
        }
        for names in [
            &["evil.exe"][..],
            &["word/document.xml"],
            &[TYPES, "ppt/slides.xml"],
        ] {
            assert_eq!(
                FileKind::of(&zip(names)),
                Err(NoAttachment::Kind),
                "{names:?}"
            );
        }
        let macros = zip(&[TYPES, "word/document.xml", "word/vbaProject.bin"]);
        assert_eq!(FileKind::of(&macros), Err(NoAttachment::Macros));
        assert_eq!(FileKind::of(b""), Err(NoAttachment::Empty));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..400),
                                    head in 0..5usize) {
            let heads: [&[u8]; 5] = [PNG, JPEG, PDF, ZIP, b""];
            let mut all = heads[head].to_vec();
            all.extend(&bytes);
            let _ = super::super::check(all.clone());
            all.extend(ZIP_END);
            all.extend(bytes);
            let _ = super::super::check(all);
        }
    }
}
