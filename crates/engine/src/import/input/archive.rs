//! The members of a zip archive that a format wants.
//!
//! No name from an archive is ever used as a path: members are read as streams, and nothing is unpacked.

use std::io::BufReader;
use std::sync::Arc;

use zip::ZipArchive;

use super::source_file::CountedFile;
use super::{Input, SourceFile, UnpackLimit, Unpacked};
use crate::import::error::ImportError;
use crate::import::format::ImportFormat;
use crate::import::limits::MEMBER_COUNT_MAX;
use crate::import::report::printable;

/// The longest name of a member in a report.
const NAME_LEN_MAX: usize = 200;

/// An open archive.
#[derive(Debug)]
pub(in crate::import) struct Archive {
    zip: ZipArchive<BufReader<CountedFile>>,
    name: Arc<str>,
    limit: UnpackLimit,
    /// Numbers and names of the members to read, in the order in which they are read.
    members: Vec<(usize, Arc<str>)>,
}

impl Archive {
    /// Opens `file` and chooses what to read from it.
    ///
    /// # Errors
    /// [`ImportError::Archive`], [`ImportError::TooManyFiles`], [`ImportError::NothingToRead`].
    pub(in crate::import) fn open(
        source: &SourceFile,
        file: CountedFile,
        format: ImportFormat,
    ) -> Result<Self, ImportError> {
        let name = &source.name;
        let broken = |source| ImportError::Archive { file: (&**name).into(), source };
        let zip = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
        if zip.len() > MEMBER_COUNT_MAX {
            let (count, count_max) = (zip.len(), MEMBER_COUNT_MAX);
            return Err(ImportError::TooManyFiles { file: (&**name).into(), count, count_max });
        }
        let mut members = Vec::new();
        for index in 0..zip.len() {
            // A member without a readable name is none of ours.
            let Some(Ok(member)) = zip.name_for_index(index) else { continue };
            let base = member.rsplit(['/', '\\']).next().unwrap_or(&member);
            // The second copies that macOS adds begin with a dot and hold no history.
            let is_copy = member.starts_with("__MACOSX/") || base.starts_with("._");
            if !is_copy && format.wants(base) {
                members.push((index, format!("{name}/{}", printable(&member, NAME_LEN_MAX)).into()));
            }
        }
        if members.is_empty() {
            return Err(ImportError::NothingToRead { file: (&**name).into(), format });
        }
        // Opinions name tracks that listens describe, so they come last.
        members.sort_by(|(_, a): &(usize, Arc<str>), (_, b)| {
            (a.contains("feedback"), a).cmp(&(b.contains("feedback"), b))
        });
        Ok(Self { zip, name: Arc::clone(name), limit: UnpackLimit::of_file(source.len), members })
    }

    /// The names of the members, in the order in which they are to be read.
    pub(in crate::import) fn names(&self) -> Vec<Arc<str>> {
        self.members.iter().map(|(_, name)| Arc::clone(name)).collect()
    }

    /// Opens the member at this place of [`names`](Self::names).
    ///
    /// # Errors
    /// [`ImportError::Archive`] where it is encrypted or packed in a way that is not known.
    pub(in crate::import) fn open_member(&mut self, place: usize) -> Result<Input<'_>, ImportError> {
        let (index, name) = self.members[place].clone();
        let broken = |source| ImportError::Archive { file: (&*self.name).into(), source };
        let member = self.zip.by_index(index).map_err(broken)?;
        Input::new(&name, Unpacked::new(member, self.limit.clone()))
    }
}
