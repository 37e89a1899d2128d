//! Pictures without what only describes them: who took them, where, with what.

/// A picture that is none, or is cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("图片不完整或已损坏，请重新导出后上传")]
pub struct MalformedImage;

const PNG_SIGNATURE: usize = 8;
/// The chunks of a PNG that make the picture; every other one is left out.
const PNG_KEPT: [&[u8; 4]; 10] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD",
];

/// The PNG with nothing but its picture.
pub(super) fn png(bytes: &[u8]) -> Result<Vec<u8>, MalformedImage> {
    let (signature, mut rest) = bytes
        .split_at_checked(PNG_SIGNATURE)
        .ok_or(MalformedImage)?;
    let mut kept = signature.to_vec();
    let mut first = true;
    loop {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(MalformedImage)?;
        let kind = after.first_chunk::<4>().ok_or(MalformedImage)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| MalformedImage)?;
        // Length, kind and checksum stand around the data.
        let whole = length.checked_add(12).ok_or(MalformedImage)?;
        let (chunk, after) = rest.split_at_checked(whole).ok_or(MalformedImage)?;
        if first != (kind == b"IHDR") {
            return Err(MalformedImage);
        }
        first = false;
        if PNG_KEPT.contains(&kind) {
            kept.extend(chunk);
        } else if kind[0].is_ascii_uppercase() {
            // Without it the picture can't be shown, and nobody knows what it is.
            return Err(MalformedImage);
        }
        if kind == b"IEND" {
            return Ok(kept);
        }
        rest = after;
    }
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const COM: u8 = 0xfe;
/// Says how colours are stored, in a segment of exactly this length.
const ADOBE: (u8, &[u8], usize) = (0xee, b"Adobe", 14);

/// The JPEG with nothing but its picture.
pub(super) fn jpeg(bytes: &[u8]) -> Result<Vec<u8>, MalformedImage> {
    let mut rest = bytes.strip_prefix(&[0xff, SOI]).ok_or(MalformedImage)?;
    let mut kept = vec![0xff, SOI];
    loop {
        let (marker, after) = next_marker(rest)?;
        if marker == EOI {
            kept.extend([0xff, EOI]);
            return Ok(kept);
        }
        let length = after.first_chunk().ok_or(MalformedImage)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = after.split_at_checked(length).ok_or(MalformedImage)?;
        if length < 2 {
            return Err(MalformedImage);
        }
        if !only_describes(marker, segment) {
            kept.extend([0xff, marker]);
            kept.extend(segment);
        }
        rest = after;
        if marker == SOS {
            let scan = scan_length(rest)?;
            kept.extend(&rest[..scan]);
            rest = &rest[scan..];
        }
    }
}

/// The next marker, with what follows it.
fn next_marker(bytes: &[u8]) -> Result<(u8, &[u8]), MalformedImage> {
    let filled = bytes.iter().take_while(|byte| **byte == 0xff).count();
    match bytes.get(filled) {
        Some(marker) if filled > 0 && *marker >= 0xc0 => Ok((*marker, &bytes[filled + 1..])),
        _ => Err(MalformedImage),
    }
}

fn only_describes(marker: u8, segment: &[u8]) -> bool {
    let (adobe, name, length) = ADOBE;
    let colours = marker == adobe && segment.len() == length && segment[2..].starts_with(name);
    matches!(marker, 0xe0..=0xef | COM) && !colours
}

/// How long the picture's own data is: up to a marker that is no restart.
fn scan_length(bytes: &[u8]) -> Result<usize, MalformedImage> {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(ends).ok_or(MalformedImage)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, b"csum"].concat()
    }

    pub(crate) fn png(described: bool) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend(chunk(b"IHDR", &[0; 13]));
        if described {
            bytes.extend(chunk(b"tEXt", "Author\0星河微电子".as_bytes()));
            bytes.extend(chunk(b"eXIf", b"GPS-PLACE"));
            bytes.extend(chunk(b"iCCP", b"company profile"));
        }
        bytes.extend(chunk(b"IDAT", b"picture"));
        bytes.extend(chunk(b"IEND", b""));
        if described {
            bytes.extend(b"GPS-PLACE after the end");
        }
        bytes
    }

    fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, data].concat()
    }

    fn jpeg_with(described: bool) -> Vec<u8> {
        let mut bytes = vec![0xff, SOI];
        if described {
            bytes.extend(segment(0xe1, b"Exif\0\0GPS-PLACE"));
            bytes.extend(segment(0xe2, b"ICC company profile"));
            bytes.extend(segment(COM, b"GPS-PLACE"));
        }
        bytes.extend(segment(0xee, b"Adobe\0\x64\0\0\0\0\0"));
        bytes.extend(segment(0xdb, &[1; 65]));
        bytes.extend(segment(SOS, &[1, 1, 0, 0, 63, 0]));
        bytes.extend([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4]);
        if described {
            bytes.extend(segment(0xed, b"GPS-PLACE between two scans"));
        }
        bytes.extend(segment(0xc4, &[2; 20]));
        bytes.extend(segment(SOS, &[1, 1, 0, 0, 63, 0]));
        bytes.extend([5, 6, 0xff, EOI]);
        if described {
            bytes.extend(b"GPS-PLACE after the end");
        }
        bytes
    }

    #[test]
    fn of_a_picture_only_the_picture_is_left() {
        assert_eq!(super::png(&png(true)).unwrap(), png(false));
        assert_eq!(jpeg(&jpeg_with(true)).unwrap(), jpeg_with(false));
        for kept in [
            super::png(&png(true)).unwrap(),
            jpeg(&jpeg_with(true)).unwrap(),
        ] {
            assert!(!kept.windows(9).any(|window| window == b"GPS-PLACE"));
        }
        // What is clean stays as it is.
        assert_eq!(super::png(&png(false)).unwrap(), png(false));
        assert_eq!(jpeg(&jpeg_with(false)).unwrap(), jpeg_with(false));
    }

    #[test]
    fn a_picture_that_is_cut_short_anywhere_is_refused() {
        for length in 0..png(false).len() {
            assert_eq!(super::png(&png(false)[..length]), Err(MalformedImage));
        }
        for length in 0..jpeg_with(false).len() {
            assert_eq!(jpeg(&jpeg_with(false)[..length]), Err(MalformedImage));
        }
    }

    #[test]
    fn a_png_with_an_unknown_part_that_matters_is_refused() {
        let mut bytes = png(false);
        let end = bytes.len() - 12;
        bytes.splice(end..end, chunk(b"EVIL", b"data"));
        assert_eq!(super::png(&bytes), Err(MalformedImage));
    }
}
