//! Files with the names and encodings under which the server hands them out.

use super::{memory::Memory, write};
use crate::digest::digest;
use anyhow::{Context, Result};
use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Hex digits of the content's digest in a name: enough that two builds never share one.
const NAME_DIGITS: usize = 12;

/// Already compressed, or too rare to care.
const INCOMPRESSIBLE: [&str; 6] = ["avif", "gz", "jpg", "png", "webp", "woff2"];

/// The folder as it is being filled.
pub(super) struct Site {
    folder: PathBuf,
    brotli_quality: i32,
    expected: BTreeSet<PathBuf>,
    /// Name in the site, for the report of sizes.
    hashed: Vec<String>,
}

impl Site {
    pub(super) fn new(folder: PathBuf, brotli_quality: i32) -> Self {
        Self {
            folder,
            brotli_quality,
            expected: BTreeSet::new(),
            hashed: Vec::new(),
        }
    }

    /// Publishes as `stem.DIGEST.extension`, which may be cached for ever, and returns that name.
    pub(super) fn hashed(
        &mut self,
        stem: &str,
        extension: &str,
        content: &[u8],
        memory: &mut Memory,
    ) -> Result<String> {
        let name = format!("{stem}.{}.{extension}", &digest([content])[..NAME_DIGITS]);
        self.file(&name, content, memory)?;
        self.hashed.push(name.clone());
        Ok(name)
    }

    /// Publishes a folder's files under their own names.
    pub(super) fn folder(&mut self, from: &Path, memory: &mut Memory) -> Result<()> {
        for path in files_below(from)? {
            let name = path
                .strip_prefix(from)?
                .to_str()
                .with_context(|| format!("{} is not UTF-8", path.display()))?
                .replace('\\', "/");
            let content =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            self.file(&name, &content, memory)?;
        }
        Ok(())
    }

    fn file(&mut self, name: &str, content: &[u8], memory: &mut Memory) -> Result<()> {
        let path = self.folder.join(name);
        let (brotli, gzip) = (suffixed(&path, "br"), suffixed(&path, "gz"));
        let compressible = path
            .extension()
            .is_none_or(|extension| !INCOMPRESSIBLE.iter().any(|known| extension == *known));
        write(&path, content)?;
        self.expected.insert(path);
        if compressible {
            let quality = self.brotli_quality;
            memory.step(
                &format!("compress {name}"),
                digest([content, &quality.to_le_bytes()]),
                &[brotli.clone(), gzip.clone()],
                || {
                    std::thread::scope(|scope| {
                        let gzip = scope.spawn(|| write(&gzip, &gzipped(content)?));
                        write(&brotli, &brotlied(content, quality)?)?;
                        gzip.join()
                            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                    })
                },
            )?;
            self.expected.extend([brotli, gzip]);
        }
        Ok(())
    }

    /// Tells the server which names to hand out. Written last, so that it never names a file that
    /// is not there.
    pub(super) fn manifest(&mut self, entries: &[(&str, &str)]) -> Result<()> {
        let path = self.folder.join("manifest.json");
        let map: serde_json::Map<String, serde_json::Value> = entries
            .iter()
            .map(|(key, name)| ((*key).to_owned(), (*name).into()))
            .collect();
        write(&path, &serde_json::to_vec_pretty(&map)?)?;
        self.expected.insert(path);
        Ok(())
    }

    /// Removes what this run did not publish: files of older digests would be embedded for ever.
    pub(super) fn remove_strangers(&self) -> Result<()> {
        for path in files_below(&self.folder)? {
            if !self.expected.contains(&path) {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }

    /// One line for each hashed file, and their sum.
    pub(super) fn sizes(&self) -> Vec<String> {
        let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        let rows: Vec<(String, [u64; 3])> = self
            .hashed
            .iter()
            .map(|name| {
                let path = self.folder.join(name);
                let sizes = [
                    size(&path),
                    size(&suffixed(&path, "br")),
                    size(&suffixed(&path, "gz")),
                ];
                (name.clone(), sizes)
            })
            .collect();
        let sum = rows.iter().fold([0; 3], |sum, (_, sizes)| {
            [sum[0] + sizes[0], sum[1] + sizes[1], sum[2] + sizes[2]]
        });
        rows.into_iter()
            .chain([("together".to_owned(), sum)])
            .map(|(name, [raw, brotli, gzip])| {
                format!("  {name:<40} {raw:>9} bytes, brotli {brotli:>7}, gzip {gzip:>7}")
            })
            .collect()
    }
}

fn brotlied(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        // The largest window that browsers accept.
        lgwin: 24,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut small, &parameters)?;
    Ok(small)
}

fn gzipped(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// All files below, sorted, so that two runs do the same in the same order.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn publish(folder: &Path, script: &str) -> String {
        let mut memory = Memory::open(folder.join("memory.json"));
        let mut site = Site::new(folder.join("site"), 11);
        let name = site
            .hashed("pkg/view", "js", script.as_bytes(), &mut memory)
            .unwrap();
        site.folder(&folder.join("public"), &mut memory).unwrap();
        site.manifest(&[("js", &name)]).unwrap();
        site.remove_strangers().unwrap();
        name
    }

    fn names(folder: &Path) -> Vec<String> {
        let site = folder.join("site");
        files_below(&site)
            .unwrap()
            .iter()
            .map(|path| path.strip_prefix(&site).unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn a_new_content_gets_a_new_name_and_the_old_files_go() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("public")).unwrap();
        fs::write(folder.path().join("public/robots.txt"), "User-agent: *\n").unwrap();
        let first = publish(folder.path(), "export {}");
        let second = publish(folder.path(), "export { init }");
        assert_ne!(first, second);
        let mut expected = vec![
            "manifest.json".to_owned(),
            second.clone(),
            format!("{second}.br"),
            format!("{second}.gz"),
            "robots.txt".to_owned(),
            "robots.txt.br".to_owned(),
            "robots.txt.gz".to_owned(),
        ];
        expected.sort();
        assert_eq!(names(folder.path()), expected);
        let manifest = fs::read_to_string(folder.path().join("site/manifest.json")).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&manifest).unwrap(),
            serde_json::json!({ "js": second })
        );
    }

    #[test]
    fn both_encodings_give_the_content_back() {
        let content = "integration ".repeat(500);
        let mut plain = String::new();
        brotli::Decompressor::new(&*brotlied(content.as_bytes(), 11).unwrap(), 4096)
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, content);
        plain.clear();
        flate2::read::GzDecoder::new(&*gzipped(content.as_bytes()).unwrap())
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, content);
    }
}
