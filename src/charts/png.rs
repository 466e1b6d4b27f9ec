//! PNG from SVG with the fonts that ship with the program, and no other.

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
    pixmap.encode_png().map_err(|error| ChartError::Png(error.to_string()))
}

/// The pieces of text a PNG of this chart shows as empty boxes, because the shipped fonts do not hold them: a reason
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
    let options = Options { font_family: "DejaVu Sans".to_owned(), fontdb: fonts(), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|error| ChartError::Png(error.to_string()))
}

/// The shipped fonts, read once for the life of the program.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        for font in [REGULAR, BOLD] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Rounded up to whole pixels; the size was checked before.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn pixels(length: f32) -> u32 {
    length.ceil() as u32
}
