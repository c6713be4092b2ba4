//! The picture in points, for those who cannot look at SVG.

use anyhow::{Context as _, Result, ensure};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Points for each unit of the drawing, so that it is sharp on dense screens.
const SCALE: f32 = 2.0;

/// The drawing as PNG, its words in a font of this system.
///
/// # Errors
/// Where the system has no fonts: a picture without words would say nothing.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>> {
    let mut options = Options::default();
    options.fontdb_mut().load_system_fonts();
    ensure!(
        !options.fontdb.is_empty(),
        "this system has no fonts to write with; install some (such as the package fonts-dejavu), or write the picture as .svg"
    );
    // The drawing asks for the family `sans-serif`, which a system need not name.
    let family =
        options.fontdb.faces().next().and_then(|face| face.families.first()).map(|family| family.0.clone());
    if let Some(family) = family {
        let is_missing = {
            let query = resvg::usvg::fontdb::Query {
                families: &[resvg::usvg::fontdb::Family::SansSerif],
                ..Default::default()
            };
            options.fontdb.query(&query).is_none()
        };
        if is_missing {
            options.fontdb_mut().set_sans_serif_family(family);
        }
    }
    let tree = Tree::from_str(svg, &options).context("the drawing cannot be read back")?;
    let size = tree.size().to_int_size().scale_by(SCALE).context("the drawing has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).context("the picture is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().context("the picture cannot be packed")
}
