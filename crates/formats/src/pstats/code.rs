//! Code objects, which `python -m profile -o FILE` puts where the name of a function should be.
//!
//! Their fields differ between the versions of Python and nothing in a file tells its version: each
//! layout is tried until the fields have the right types. All code of one file is laid out alike.

use super::marshal::Marshal;
use super::object::{Container, Kind, Object};
use profkit_core::{Error, Place, Result};

/// The fields of a code object, in order.
#[derive(Debug)]
pub(super) struct Layout(&'static [Field]);

#[derive(Clone, Copy, Debug)]
enum Field {
    Int,
    Bytes,
    Tuple,
    Text,
    File,
    Name,
}

use Field::{Bytes, File, Int, Name, Text, Tuple};

/// The layouts of Python 2, 3.0, 3.8 and 3.11 and what came after each.
static LAYOUTS: [Layout; 4] = [
    Layout(&[Int, Int, Int, Int, Bytes, Tuple, Tuple, Tuple, Tuple, Tuple, File, Name, Int, Bytes]),
    Layout(&[Int, Int, Int, Int, Int, Bytes, Tuple, Tuple, Tuple, Tuple, Tuple, File, Name, Int, Bytes]),
    Layout(&[Int, Int, Int, Int, Int, Int, Bytes, Tuple, Tuple, Tuple, Tuple, Tuple, File, Name, Int, Bytes]),
    Layout(&[Int, Int, Int, Int, Int, Bytes, Tuple, Tuple, Tuple, Bytes, File, Name, Text, Int, Bytes, Bytes]),
];

impl Marshal<'_> {
    /// Reads the fields of a code object and keeps its file and name.
    pub(super) fn code(&mut self, at: usize, depth: usize) -> Result<Kind> {
        if let Some(layout) = self.layout {
            return self.code_laid_out(layout, depth);
        }
        let start = self.position();
        for layout in &LAYOUTS {
            self.layout = Some(layout);
            if let Ok(kind) = self.code_laid_out(layout, depth) {
                return Ok(kind);
            }
            self.back_to(&start);
        }
        self.layout = None;
        let message = "expected a code object as Python 2.5 to 3.15 write it, found other fields";
        Err(Error::malformed(message).at(Place::Byte(at)))
    }

    fn code_laid_out(&mut self, layout: &Layout, depth: usize) -> Result<Kind> {
        let mut place: [Option<Object>; 2] = [None, None];
        for field in layout.0 {
            if let Int = field {
                self.int()?;
                continue;
            }
            let object = self.part(depth)?;
            match (field, object.kind) {
                (Bytes | Text, Kind::Text(_)) => {}
                (Tuple, Kind::Many(Container::Tuple, _)) => {}
                (File, Kind::Text(_)) => place[0] = Some(object),
                (Name, Kind::Text(_)) => place[1] = Some(object),
                _ => return Err(object.unlike("a field of a code object")),
            }
        }
        match place {
            [Some(file), Some(name)] => Ok(Kind::Code(self.put(&[file, name]))),
            _ => Err(Error::malformed("expected a code object with a file and a name").at(Place::Byte(self.at()))),
        }
    }
}
