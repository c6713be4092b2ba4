//! The files of a published data set in a directory, packed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use flate2::bufread::MultiGzDecoder;
use learn::eval::DataSet;

/// A directory with the files of a data set.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    name: String,
}

impl DataDirectory {
    /// The directory at `path`, which must exist; its name is the data set's.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let full =
            path.canonicalize().with_context(|| format!("there is no directory {}", path.display()))?;
        if !full.is_dir() {
            bail!("{} is a file; name the directory that holds the data set", path.display());
        }
        let name = full.file_name().map_or_else(|| "data".to_owned(), |name| name.to_string_lossy().into());
        Ok(Self { path: full, name })
    }
}

impl DataSet for DataDirectory {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self, file: &str) -> io::Result<Option<Box<dyn BufRead + Send>>> {
        let plain = self.path.join(file);
        if let Some(plain) = if_there(File::open(&plain))? {
            return Ok(Some(Box::new(BufReader::new(plain))));
        }
        let packed = if_there(File::open(self.path.join(format!("{file}.gz"))))?;
        Ok(packed.map(|packed| {
            let unpacked = MultiGzDecoder::new(BufReader::new(packed));
            Box::new(BufReader::new(unpacked)) as Box<dyn BufRead + Send>
        }))
    }
}

fn if_there(opened: io::Result<File>) -> io::Result<Option<File>> {
    match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn files_are_found_plain_or_packed() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("a.txt"), "plain").unwrap();
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"packed").unwrap();
        std::fs::write(directory.path().join("b.txt.gz"), packed.finish().unwrap()).unwrap();
        let data = DataDirectory::open(directory.path()).unwrap();
        let read = |name: &str| {
            let mut text = String::new();
            data.open(name).unwrap().map(|mut file| file.read_to_string(&mut text).map(|_| text).unwrap())
        };
        assert_eq!(read("a.txt").as_deref(), Some("plain"));
        assert_eq!(read("b.txt").as_deref(), Some("packed"));
        assert_eq!(read("c.txt"), None);
        assert!(DataDirectory::open(&directory.path().join("a.txt")).is_err());
        assert!(DataDirectory::open(&directory.path().join("none")).is_err());
    }
}
