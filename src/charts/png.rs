//! PNG from SVG with the fonts that ship with the program; for Chinese text with one of the machine's.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Node, Options, Tree, fontdb};

use super::ChartError;

/// Pixels of the PNG for one pixel of the SVG, each way.
const SCALE: f32 = 2.0;

/// No chart is larger than this, so a picture from elsewhere cannot ask for all the memory.
const LARGEST: f32 = 16_000.0;

static REGULAR: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");
static BOLD: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans-Bold.ttf");

/// Renders a chart as PNG at twice its size.
///
/// # Errors
/// If the text is not an SVG of a sensible size.
pub fn png(svg: &str) -> Result<Vec<u8>, ChartError> {
    let tree = parse(svg)?;
    let size = tree.size();
    let (width, height) = (size.width() * SCALE, size.height() * SCALE);
    if width > LARGEST || height > LARGEST {
        return Err(ChartError::Png(format!("{width} by {height} pixels are too many")));
    }
    let mut pixmap = Pixmap::new(pixels(width), pixels(height))
        .ok_or_else(|| ChartError::Png("the picture has no size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    encode(&pixmap).map_err(|error| ChartError::Png(error.to_string()))
}

/// The file of a picture that lies on paper: without transparency, and without filters, which flat colours do not need.
/// Trying every filter on every row costs more time than drawing.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Balanced);
    encoder.set_filter(::png::Filter::NoFilter);
    let paper: Vec<u8> = pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    encoder.write_header()?.write_image_data(&paper)?;
    Ok(file)
}

/// The pieces of text a PNG of this chart shows as empty boxes, because no font at hand holds them: a reason
/// to warn. Sorted, each once; the SVG itself shows them with the reader's fonts.
///
/// # Errors
/// If the text is not an SVG.
pub fn missing_glyphs(svg: &str) -> Result<Vec<String>, ChartError> {
    let tree = parse(svg)?;
    let mut missing = Vec::new();
    collect_missing(tree.root(), &mut missing);
    missing.sort();
    missing.dedup();
    Ok(missing)
}

fn collect_missing(group: &usvg::Group, missing: &mut Vec<String>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => collect_missing(inner, missing),
            Node::Text(text) => {
                let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                missing.extend(glyphs.filter(|glyph| glyph.id.0 == 0).map(|glyph| glyph.text.clone()));
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

pub(super) fn parse(svg: &str) -> Result<Tree, ChartError> {
    let fontdb = if svg.chars().any(is_wide) { fonts_with_chinese() } else { fonts() };
    let options = Options { font_family: "DejaVu Sans".to_owned(), fontdb, ..Options::default() };
    Tree::from_str(svg, &options).map_err(|error| ChartError::Png(error.to_string()))
}

/// The full-width scripts, which the shipped fonts do not hold.
fn is_wide(character: char) -> bool {
    u32::from(character) >= 0x2E80
}

/// The shipped fonts, read once for the life of the program.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| Arc::new(shipped())))
}

fn shipped() -> fontdb::Database {
    let mut fonts = fontdb::Database::new();
    for font in [REGULAR, BOLD] {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    fonts.set_sans_serif_family("DejaVu Sans");
    fonts
}

/// The shipped fonts and the first Chinese one that the machine has.
fn fonts_with_chinese() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = shipped();
        if let Some(font) = chinese_font().and_then(|path| std::fs::read(path).ok()) {
            fonts.load_font_data(font);
        }
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Chinese fonts by their files, the best known first.
const CHINESE: [&str; 11] = [
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansCJK-Regular.ttc",
    "SourceHanSansSC-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "PingFang.ttc",
    "msyh.ttc",
    "simhei.ttf",
];

/// Where fonts lie: where the user says, then the usual folders.
fn chinese_font() -> Option<PathBuf> {
    let named = std::env::var_os("URBANMINE_FONTS").map(PathBuf::from);
    if let Some(file) = named.as_ref().filter(|path| path.is_file()) {
        return Some(file.clone());
    }
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share/fonts"));
    let usual =
        ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts"];
    let mut folders = named.into_iter().chain(usual.map(PathBuf::from)).chain(home);
    folders.find_map(|folder| best_in(&folder))
}

/// The best known font below a folder.
fn best_in(folder: &Path) -> Option<PathBuf> {
    let mut best: Option<(usize, PathBuf)> = None;
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                if depth < 4 {
                    open.push((path, depth + 1));
                }
                continue;
            }
            let name = entry.file_name();
            let rank = CHINESE.iter().position(|known| name.eq_ignore_ascii_case(known));
            let found = rank.map(|rank| (rank, path));
            // The same file whatever the order of the folder.
            if let Some(found) = found.filter(|found| best.as_ref().is_none_or(|best| found < best)) {
                best = Some(found);
            }
        }
    }
    best.map(|(_, path)| path)
}

/// Rounded up to whole pixels; the size was checked before.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn pixels(length: f32) -> u32 {
    length.ceil() as u32
}
