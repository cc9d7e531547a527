//! Compression in blocks, which several threads can work on.
//!
//! All blocks make one member of gzip. Each has the end of the one before as its dictionary, so that little is lost by
//! cutting, and all but the last end with an empty stored block, which brings them to a whole byte:
//!
//! ```text
//! header | block 0, flushed | block 1, flushed | block 2, finished | checksum of all, size of all
//! ```
//!
//! Where blocks are cut depends on nothing but what is written: any number of threads makes the same bytes. What fits
//! into one block is compressed without any thread, and as any other tool would do it.

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::io::{Error, Result, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// How many bytes are compressed at once.
const BLOCK: usize = 512 << 10;
/// How far back a block can refer to the one before.
const WINDOW: usize = 32 << 10;
/// Deflate, no name, no time, no level told, an unknown system: equal bytes are equal files.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// How many blocks wait for a thread, or to be fetched from it.
const QUEUE: usize = 2;

/// Writes gzip into `out`.
///
/// ```
/// use profkit_formats::GzipWriter;
/// use std::io::Write;
///
/// let mut packed = Vec::new();
/// let mut gzip = GzipWriter::new(&mut packed, 2);
/// gzip.write_all(b"main;f 1\n")?;
/// gzip.finish()?;
/// assert_eq!(&*profkit_formats::open(&packed, 100)?, b"main;f 1\n");
/// # Ok::<(), profkit_core::Error>(())
/// ```
pub struct GzipWriter<W: Write> {
    out: W,
    block: Block,
    crc: Crc,
    level: Compression,
    threads: usize,
    workers: Vec<Worker>,
    /// How many blocks were given to workers, and how many of them came back.
    given: usize,
    taken: usize,
    has_header: bool,
}

/// Bytes to be compressed, behind those that they may refer to.
struct Block {
    bytes: Vec<u8>,
    dictionary: usize,
}

/// What has become of a block.
struct Packed {
    bytes: Vec<u8>,
    crc: Crc,
}

struct Worker {
    give: SyncSender<Block>,
    take: Receiver<Result<Packed>>,
    thread: JoinHandle<()>,
}

impl<W: Write> GzipWriter<W> {
    /// Returns a writer that compresses in so many threads, once there is enough to do.
    pub fn new(out: W, threads: usize) -> GzipWriter<W> {
        GzipWriter::with_level(out, threads, Compression::default())
    }

    /// Returns a writer that looks less hard, or harder, for what comes again.
    pub(crate) fn with_level(out: W, threads: usize, level: Compression) -> GzipWriter<W> {
        GzipWriter {
            out,
            block: Block { bytes: Vec::new(), dictionary: 0 },
            crc: Crc::new(),
            level,
            threads,
            workers: Vec::new(),
            given: 0,
            taken: 0,
            has_header: false,
        }
    }

    /// Writes the end of the stream and returns what it was written into.
    ///
    /// # Errors
    ///
    /// Fails as `out` does.
    pub fn finish(mut self) -> Result<W> {
        let last = self.block.pack(self.level, FlushCompress::Finish)?;
        while self.taken < self.given {
            self.take_block()?;
        }
        self.put(&last)?;
        self.out.write_all(&self.crc.sum().to_le_bytes())?;
        // The size is told modulo 2^32, as is the amount.
        self.out.write_all(&self.crc.amount().to_le_bytes())?;
        for Worker { give, thread, .. } in self.workers {
            drop(give);
            // It has nothing to do any more, and has told what went wrong before.
            let _ = thread.join();
        }
        Ok(self.out)
    }

    /// Compresses a full block, here or in the thread whose turn it is.
    fn end_block(&mut self) -> Result<()> {
        let next = self.block.next();
        let block = std::mem::replace(&mut self.block, next);
        if self.threads < 2 {
            let packed = block.pack(self.level, FlushCompress::Sync)?;
            return self.put(&packed);
        }
        if self.workers.is_empty() {
            self.workers = (0..self.threads).map(|_| Worker::start(self.level)).collect::<Result<_>>()?;
        }
        if self.given - self.taken == self.threads * QUEUE {
            self.take_block()?;
        }
        let worker = self.workers.get(self.given % self.threads);
        worker.and_then(|worker| worker.give.send(block).ok()).ok_or_else(lost)?;
        self.given += 1;
        Ok(())
    }

    /// Writes the next block that comes back from a thread.
    fn take_block(&mut self) -> Result<()> {
        let worker = self.workers.get(self.taken % self.threads);
        let packed = worker.and_then(|worker| worker.take.recv().ok()).ok_or_else(lost)??;
        self.taken += 1;
        self.put(&packed)
    }

    fn put(&mut self, packed: &Packed) -> Result<()> {
        if !self.has_header {
            self.out.write_all(&HEADER)?;
            self.has_header = true;
        }
        self.crc.combine(&packed.crc);
        self.out.write_all(&packed.bytes)
    }
}

/// Returns the error of a thread that is gone.
fn lost() -> Error {
    Error::other("a thread that compresses has ended too early")
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.block.own().len() >= BLOCK {
            self.end_block()?;
        }
        let room = BLOCK.saturating_sub(self.block.own().len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.block.bytes.extend_from_slice(taken);
        Ok(taken.len())
    }

    /// Does nothing: a flush in the middle would only make the stream longer.
    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Block {
    fn own(&self) -> &[u8] {
        self.bytes.get(self.dictionary..).unwrap_or_default()
    }

    /// Returns the block that follows, still without bytes of its own.
    fn next(&self) -> Block {
        let start = self.bytes.len().saturating_sub(WINDOW);
        let mut bytes = Vec::with_capacity(WINDOW + BLOCK);
        bytes.extend_from_slice(self.bytes.get(start..).unwrap_or_default());
        Block { dictionary: bytes.len(), bytes }
    }

    /// Compresses the block. One compressor for several blocks would remember more of those before than their bytes,
    /// and how many it had depends on the number of threads.
    fn pack(&self, level: Compression, flush: FlushCompress) -> Result<Packed> {
        let mut compress = Compress::new(level, false);
        if self.dictionary > 0 {
            compress.set_dictionary(self.bytes.get(..self.dictionary).unwrap_or_default())?;
        }
        let mut bytes = Vec::with_capacity(self.own().len() / 4 + 64);
        loop {
            let read = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
            let rest = self.own().get(read..).unwrap_or_default();
            let status = compress.compress_vec(rest, &mut bytes, flush)?;
            // Room that is left tells that nothing waits to be written.
            if status == Status::StreamEnd || flush == FlushCompress::Sync && bytes.len() < bytes.capacity() {
                break;
            }
            bytes.reserve(bytes.len().max(64));
        }
        let mut crc = Crc::new();
        crc.update(self.own());
        Ok(Packed { bytes, crc })
    }
}

impl Worker {
    fn start(level: Compression) -> Result<Worker> {
        let (give, jobs) = sync_channel::<Block>(QUEUE);
        let (done, take) = channel();
        let thread = std::thread::Builder::new().name("gzip".to_owned()).spawn(move || work(level, &jobs, &done))?;
        Ok(Worker { give, take, thread })
    }
}

/// Compresses blocks until there are no more, or nobody wants them.
fn work(level: Compression, jobs: &Receiver<Block>, done: &Sender<Result<Packed>>) {
    while let Ok(block) = jobs.recv() {
        if done.send(block.pack(level, FlushCompress::Sync)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use flate2::write::GzEncoder;
    use std::io::Read;

    fn packed(bytes: &[u8], threads: usize, piece: usize) -> Vec<u8> {
        let mut gzip = GzipWriter::new(Vec::new(), threads);
        bytes.chunks(piece).for_each(|piece| gzip.write_all(piece).unwrap());
        gzip.finish().unwrap()
    }

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let (mut bytes, mut decoder) = (Vec::new(), GzDecoder::new(packed));
        decoder.read_to_end(&mut bytes).unwrap();
        assert!(decoder.into_inner().is_empty(), "one member");
        bytes
    }

    /// Returns bytes that repeat, but not soon, and some that never do.
    fn bytes(length: usize) -> Vec<u8> {
        let mut state = 1u64;
        let number = |index: usize| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(index as u64);
            if index % 5_000 < 100 { (state >> 56) as u8 } else { (index * index / 7 % 251) as u8 }
        };
        (0..length).map(number).collect()
    }

    #[test]
    fn every_number_of_threads_makes_the_same_member() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 9 * BLOCK + 12_345] {
            let bytes = bytes(length);
            let one = packed(&bytes, 1, 7_777);
            assert!(unpacked(&one) == bytes, "{length}");
            for threads in [0, 2, 3, 8] {
                assert!(packed(&bytes, threads, 300_000) == one, "{length} bytes in {threads} threads");
            }
        }
    }

    #[test]
    fn blocks_refer_to_those_before() {
        let noise: Vec<u8> = bytes(100 * 5_000).chunks(5_000).flat_map(|chunk| chunk[..100].to_vec()).collect();
        let bytes = noise.repeat(40);
        let whole = GzEncoder::new(Vec::new(), Compression::default());
        let whole = {
            let mut whole = whole;
            whole.write_all(&bytes).unwrap();
            whole.finish().unwrap()
        };
        let blocks = packed(&bytes, 1, bytes.len());
        assert!(blocks.len() < whole.len() + whole.len() / 50, "{} and {} bytes", blocks.len(), whole.len());
    }

    #[test]
    fn one_block_is_what_any_tool_makes_of_it() {
        let mut whole = GzEncoder::new(Vec::new(), Compression::default());
        whole.write_all(&bytes(BLOCK)).unwrap();
        assert!(packed(&bytes(BLOCK), 2, BLOCK) == whole.finish().unwrap());
    }

    #[test]
    fn an_error_of_the_file_is_told() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> Result<usize> {
                Err(Error::other("full"))
            }

            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }
        for length in [0, 20 * BLOCK] {
            let mut gzip = GzipWriter::new(Full, 2);
            let written = gzip.write_all(&bytes(length)).and_then(|()| gzip.finish().map(drop));
            assert_eq!(written.unwrap_err().to_string(), "full");
        }
    }
}
