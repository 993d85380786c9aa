//! PNG pictures made on the spot (PNG third edition, DEFLATE in stored blocks), so that no picture of anybody is needed.

use crate::encoding::sha256;

/// A logo: a square of `side` pixels in one colour with a lighter disc.
pub(crate) fn logo(side: u16, rgb: [u8; 3]) -> Vec<u8> {
    let middle = i32::from(side) / 2;
    encode(side, 3, |x, y| {
        let (dx, dy) = (i32::from(x) - middle, i32::from(y) - middle);
        let inside = dx * dx + dy * dy < middle * middle / 2;
        rgb.map(|c| if inside { c / 2 + 127 } else { c }).to_vec()
    })
}

/// The "portrait" of a fictional person: grey noise drawn from `seed`, side² bytes and a little more.
pub(crate) fn portrait(side: u16, seed: &str) -> Vec<u8> {
    encode(side, 1, |x, y| {
        let digest = sha256(format!("{seed} {y} {}", x / 32).as_bytes());
        digest
            .get(usize::from(x % 32))
            .copied()
            .into_iter()
            .collect()
    })
}

fn encode(side: u16, channels: u8, pixel: impl Fn(u16, u16) -> Vec<u8>) -> Vec<u8> {
    let mut rows = Vec::new();
    for y in 0..side {
        rows.push(0); // no filter
        for x in 0..side {
            rows.extend(pixel(x, y));
        }
    }
    let mut header = Vec::new();
    header.extend_from_slice(&u32::from(side).to_be_bytes());
    header.extend_from_slice(&u32::from(side).to_be_bytes());
    let colour_type = if channels == 3 { 2 } else { 0 };
    header.extend_from_slice(&[8, colour_type, 0, 0, 0]);

    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &zlib_stored(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let from = png.len();
    png.extend_from_slice(kind);
    png.extend_from_slice(data);
    let crc = crc32(png.get(from..).unwrap_or_default());
    png.extend_from_slice(&crc.to_be_bytes());
}

fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend_from_slice(&(b << 16 | a).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
