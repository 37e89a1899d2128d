//! Pictures without what only describes them: who took them, where, with what.

/// A picture that is none, or is cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("图片不完整或已损坏，请重新导出后上传")]
pub struct MalformedImage;

const PNG_SIGNATURE: usize = 8;
/// The chunks of a PNG that make the picture, each with the bytes that it may have at most; every
/// other one is left out.
const PNG_KEPT: [(&[u8; 4], usize); 10] = [
    (b"IHDR", 13),
    (b"PLTE", 768),
    (b"IDAT", usize::MAX),
    (b"IEND", 0),
    (b"tRNS", 256),
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"sBIT", 4),
    (b"bKGD", 6),
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
        let makes = PNG_KEPT.iter().find(|(name, _)| *name == kind);
        if let Some((_, most)) = makes {
            if length > *most {
                return Err(MalformedImage);
            }
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
/// How the picture is coded: its frame, its tables, its restarts.
const FRAMES: [u8; 8] = [0xc0, 0xc1, 0xc2, 0xc3, 0xc9, 0xca, 0xcb, 0xcc];
const TABLES: [u8; 2] = [0xc4, 0xdb];
/// The restarts' segment has exactly this length.
const RESTARTS: (u8, usize) = (0xdd, 4);
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
        if makes_the_picture(marker, segment) {
            kept.extend([0xff, marker]);
            kept.extend(segment);
        } else if !only_describes(marker) {
            return Err(MalformedImage);
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

fn makes_the_picture(marker: u8, segment: &[u8]) -> bool {
    let (adobe, name, length) = ADOBE;
    let colours = marker == adobe && segment.len() == length && segment[2..].starts_with(name);
    let restarts = (marker, segment.len()) == RESTARTS;
    colours || restarts || marker == SOS || FRAMES.contains(&marker) || TABLES.contains(&marker)
}

/// What programs and cameras write beside the picture, and what nobody needs to show it.
fn only_describes(marker: u8) -> bool {
    matches!(marker, 0xe0..=0xef | 0xf0..=0xfd | COM)
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

    /// A camera's EXIF: where, when, by whom, with what.
    fn exif() -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
        exif.extend(b"\x01\x3b\0\x02\0\0\0\x10\0\0\0\x26PRIVATE-AUTHOR\0\0");
        exif.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x36PRIVATE-GPS 31.2N 120.6E\0");
        exif
    }

    #[test]
    fn where_by_whom_and_with_what_a_picture_was_taken_is_in_none_of_its_places() {
        let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>PRIVATE-XMP</x:xmpmeta>";
        let mut photo = vec![0xff, SOI];
        for (marker, data) in [
            (0xe0, &b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"[..]),
            (0xe1, &exif()),
            (0xe1, xmp),
            (0xed, b"Photoshop 3.0\0PRIVATE-IPTC"),
            (COM, b"PRIVATE-COMMENT"),
            (0xf7, b"PRIVATE-EXTENSION"),
            // As long as the real one, and something else.
            (0xee, b"PRIVATE12345"),
        ] {
            photo.extend(segment(marker, data));
        }
        photo.extend(&jpeg_with(false)[2..]);
        assert_eq!(jpeg(&photo).unwrap(), jpeg_with(false));
        let end = png(false).len() - 12;
        let mut drawing = png(false);
        for (kind, data) in [
            (b"tEXt", &b"Author\0PRIVATE-AUTHOR"[..]),
            (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0PRIVATE-XMP"),
            (b"zTXt", b"Comment\0\0PRIVATE"),
            (b"eXIf", &exif()[6..]),
            (b"tIME", b"\x07\xe8\x09\x02\x09\0\0"),
            (b"pHYs", b"\0\0\x0b\x13\0\0\x0b\x13\x01"),
            (b"prVt", b"PRIVATE-CHUNK"),
        ] {
            drawing.splice(end..end, chunk(kind, data));
        }
        assert_eq!(super::png(&drawing).unwrap(), png(false));
    }

    #[test]
    fn what_makes_the_picture_has_no_room_for_anything_else() {
        let end = png(false).len() - 12;
        for (kind, data) in [
            (b"gAMA", &b"PRIVATE"[..]),
            (b"sRGB", b"PRIVATE"),
            (b"IHDR", b"PRIVATE-PRIVATE"),
        ] {
            let mut bytes = png(false);
            bytes.splice(end..end, chunk(kind, data));
            assert_eq!(super::png(&bytes), Err(MalformedImage), "{kind:?}");
        }
        let mut bytes = png(false);
        bytes.truncate(end);
        bytes.extend(chunk(b"IEND", b"PRIVATE"));
        assert_eq!(super::png(&bytes), Err(MalformedImage));
        // Restarts that say more, and markers that are none of a picture's.
        for marker in [0xdd, 0xdc, 0xde, 0xc8, 0xd8] {
            let mut bytes = vec![0xff, SOI];
            bytes.extend(segment(marker, b"PRIVATE"));
            bytes.extend(&jpeg_with(false)[2..]);
            assert_eq!(jpeg(&bytes), Err(MalformedImage), "{marker:x}");
        }
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
