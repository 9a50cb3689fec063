//! Gathers what the browser is served into the binary: each file minified, hashed and compressed here,
//! once, so that serving is a look-up. Writes `assets.rs` for `src/assets`.
//!
//! The islands come from `<target>/browser`, where `cargo xtask islands` puts them. Without them the
//! binary builds and serves pages without script.

#[path = "src/assets/minify.rs"]
mod minify;

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const NO_ICONS: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
const GLUE: &str = "tenure_frontend.js";
const WASM: &str = "tenure_frontend_bg.wasm";

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..");
    let mut table = Table::new(PathBuf::from(env::var("OUT_DIR")?));

    let style = root.join("style");
    table.add("tenure.css", stylesheet(&style)?.as_bytes())?;
    for name in ["icons.svg", "favicon.svg"] {
        let image = read_or(&style.join(name), NO_ICONS)?;
        table.add(name, &image)?;
    }

    let passkey = root.join("frontend/passkey.js");
    watch(&passkey);
    table.add("passkey.js", minify::script(&fs::read_to_string(&passkey)?).as_bytes())?;

    let islands = islands_folder()?;
    watch(&islands);
    let present = islands.join(GLUE).is_file() && islands.join(WASM).is_file();
    if present {
        let glue = table.add(GLUE, &fs::read(islands.join(GLUE))?)?;
        let wasm = table.add(WASM, &fs::read(islands.join(WASM))?)?;
        let loader = root.join("frontend/loader.js");
        watch(&loader);
        let loader = minify::script(&fs::read_to_string(&loader)?).replace("__ISLANDS_JS__", &glue).replace("__ISLANDS_WASM__", &wasm);
        table.add("loader.js", loader.as_bytes())?;
    }
    table.finish(present)
}

/// The assets on their way into the binary.
struct Table {
    out: PathBuf,
    rows: String,
}

impl Table {
    fn new(out: PathBuf) -> Self {
        Table { out, rows: String::new() }
    }

    /// Writes one asset in its three forms, and returns the path that it is served at.
    fn add(&mut self, name: &str, content: &[u8]) -> Result<String> {
        let hash = hex(&Sha256::digest(content)[..8]);
        let (stem, extension) = name.rsplit_once('.').ok_or("an asset has an extension")?;
        let path = format!("/assets/{stem}.{hash}.{extension}");

        fs::write(self.out.join(name), content)?;
        for (suffix, packed) in [("br", brotli(content)?), ("gz", gzip(content)?)] {
            fs::write(self.out.join(format!("{name}.{suffix}")), packed)?;
        }
        writeln!(
            self.rows,
            "    Asset {{ name: {name:?}, path: {path:?}, content_type: {:?}, \
             plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), \
             brotli: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.br\")), \
             gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.gz\")) }},",
            content_type(extension)?,
        )?;
        Ok(path)
    }

    fn finish(self, islands: bool) -> Result<()> {
        let code = format!("static ASSETS: &[Asset] = &[\n{}];\nconst ISLANDS: bool = {islands};\n", self.rows);
        Ok(fs::write(self.out.join("assets.rs"), code)?)
    }
}

/// The files of `style/manifest.txt`, in its order, as one.
fn stylesheet(style: &Path) -> Result<String> {
    let manifest = style.join("manifest.txt");
    if !manifest.is_file() {
        // Watching a file that does not exist would run this script at every build.
        watch(style);
        return Ok(String::new());
    }
    watch(&manifest);
    let mut css = String::new();
    for line in fs::read_to_string(&manifest)?.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let file = style.join(line);
        let text = fs::read_to_string(&file).map_err(|error| format!("style/manifest.txt names {line}: {error}"))?;
        watch(&file);
        css.push_str(&minify::css(&text));
    }
    Ok(css)
}

/// Where `cargo xtask islands` writes: `browser` beside the profiles' folders, in whatever target folder.
/// (`islands` is the profile's own folder, full of cargo's files.)
fn islands_folder() -> Result<PathBuf> {
    println!("cargo::rerun-if-env-changed=TENURE_ISLANDS_DIR");
    if let Some(folder) = env::var_os("TENURE_ISLANDS_DIR") {
        return Ok(folder.into());
    }
    // <target>/[triple/]<profile>/build/<package>/out; CARGO_TARGET_DIR is not always set, OUT_DIR is.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut target = out.ancestors().nth(4).ok_or("OUT_DIR lies too high")?;
    if target.file_name() == Some(env::var("TARGET")?.as_ref()) {
        target = target.parent().ok_or("OUT_DIR lies too high")?;
    }
    let islands = target.join("browser");
    if !islands.is_dir() {
        // Made here, and dated back, so that there is something to watch: see `stylesheet`.
        fs::create_dir_all(&islands)?;
        fs::File::open(&islands)?.set_modified(SystemTime::UNIX_EPOCH)?;
    }
    Ok(islands)
}

fn read_or(file: &Path, otherwise: &[u8]) -> Result<Vec<u8>> {
    if !file.is_file() {
        return Ok(otherwise.to_vec());
    }
    watch(file);
    Ok(fs::read(file)?)
}

fn watch(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}

fn content_type(extension: &str) -> Result<&'static str> {
    Ok(match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "wasm" => "application/wasm",
        other => return Err(format!("no content type for .{other}").into()),
    })
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut packed, &settings)?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
