//! Whether bytes are a picture to its last point: decoded, within limits, and nothing behind it.

use std::io::{self, Cursor, Read as _};

use chassis::attachments::FileKind;
use flate2::bufread::ZlibDecoder;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, options::DecoderOptions},
};

/// Points that a picture may have at most in one direction.
pub const SIDE_MAX: u32 = 8_000;
/// Points that it may have at most in all.
pub const POINTS_MAX: u64 = 12_000_000;
/// Bytes that decoding may take at a time, besides the picture itself.
const WORKING_BYTES: usize = 16 << 20;
/// Length of a PNG's signature; of what stands before a chunk's data; and behind it.
const SIGNATURE: usize = 8;
const CHUNK_HEAD: usize = 8;
const CHECKSUM: usize = 4;

/// Bytes that are no picture to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPixels {
    /// They can't be decoded, or go on behind the picture.
    #[error("图片无法完整解码，或画面数据之后另有内容，请重新导出后上传")]
    Broken,
    /// It has more points than anybody looks at.
    #[error(
        "图片尺寸为 {width}×{height}，超过每边 {SIDE_MAX} 像素或合计 {} 万像素，请缩小后上传",
        POINTS_MAX / 10_000
    )]
    Vast {
        /// Points from left to right.
        width: u64,
        /// Points from top to bottom.
        height: u64,
    },
}

/// Decodes a cleaned picture and throws the points away.
///
/// # Errors
/// When it is none, a vast one, or one with something behind its points.
pub fn decode(kind: FileKind, bytes: &[u8]) -> Result<(), NoPixels> {
    match kind {
        FileKind::Png => png(bytes),
        FileKind::Jpeg => jpeg(bytes),
        FileKind::Pdf | FileKind::Docx | FileKind::Xlsx => Err(NoPixels::Broken),
    }
}

fn within(width: u64, height: u64) -> Result<(), NoPixels> {
    let side = u64::from(SIDE_MAX);
    if width > side || height > side || width * height > POINTS_MAX {
        return Err(NoPixels::Vast { width, height });
    }
    Ok(())
}

fn png(bytes: &[u8]) -> Result<(), NoPixels> {
    let broken = |_| NoPixels::Broken;
    let limits = png::Limits {
        bytes: WORKING_BYTES,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.ignore_checksums(false);
    let mut reader = decoder.read_info().map_err(broken)?;
    let info = reader.info();
    within(info.width.into(), info.height.into())?;
    let mut packed = 0;
    // Each row is packed behind a byte that says how.
    while let Some(row) = reader.next_row().map_err(broken)? {
        packed += 1 + row.data().len() as u64;
    }
    reader.finish().map_err(broken)?;
    let data = image_data(bytes);
    let mut inflate = ZlibDecoder::new(data.as_slice());
    let unpacked = io::copy(&mut (&mut inflate).take(packed + 1), &mut io::sink());
    let whole = inflate.total_in() == data.len() as u64;
    match unpacked {
        Ok(unpacked) if unpacked == packed && whole => Ok(()),
        _ => Err(NoPixels::Broken),
    }
}

/// What a PNG packs its points into.
fn image_data(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.get(SIGNATURE..).unwrap_or_default();
    let mut data = Vec::new();
    while let Some((head, after)) = rest.split_at_checked(CHUNK_HEAD) {
        let [a, b, c, d, kind @ ..] = head else { break };
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let Some((chunk, after)) = after.split_at_checked(length) else {
            break;
        };
        if kind == b"IDAT" {
            data.extend(chunk);
        }
        rest = after.get(CHECKSUM..).unwrap_or_default();
    }
    data
}

fn jpeg(bytes: &[u8]) -> Result<(), NoPixels> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| NoPixels::Broken)?;
    let info = decoder.info().ok_or(NoPixels::Broken)?;
    within(info.width.into(), info.height.into())?;
    let decoded = decoder.decode();
    decoded.map(drop).map_err(|_| NoPixels::Broken)
}
