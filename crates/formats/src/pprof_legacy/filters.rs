//! The frames that say nothing about a program, by kind of profile: they are the machinery that took the sample.

/// What to leave out, as regular expressions on whole function names.
#[derive(Clone, Copy)]
pub(super) struct Filters {
    pub(super) drop_frames: &'static str,
    pub(super) keep_frames: Option<&'static str>,
}

/// Heap profiles: allocators of C, tcmalloc, macOS, C++ and Go. Go's own calls into the program stay.
pub(super) const ALLOCATORS: Filters = Filters {
    drop_frames: concat!(
        r"c?free|([cm]|re|v|pv)alloc|(do_)?memalign|(__)?posix_memalign|__libc_malloc|",
        r"tcmalloc::.*|tc_(([cm]|re|v|pv)alloc|c?free|(posix_)?memalign|(new|delete)(array)?|new(array)?_nothrow)|",
        r"malloc_zone_([cmv]alloc|realloc|memalign|free)|",
        r"runtime\..*|",
        r"BaseArena::.*|(::)?do_malloc(_no_errno|_pages)?|DoSampledAllocation|MallocedMemBlock::MallocedMemBlock|",
        r"(_M_|__gnu_cxx::new_allocator::|__malloc_alloc_template::|simple_alloc::)?allocate|cpp_alloc|",
        r"operator new(\[\])?|__builtin_(vec_)?(new|delete)",
    ),
    keep_frames: Some(r"runtime\.(panic|reflectcall|call[0-9]*)"),
};

/// Contention profiles: releasing and waiting for locks, and the recording of it.
pub(super) const LOCKS: Filters = Filters {
    drop_frames: concat!(
        r"(base::)?(RecordLock|SubmitMutex|SubmitSpinLock)ProfileData.*|",
        r"((base::)?Mutex::)?(AwaitCommon|Unlock|ReaderUnlock).*|((base::)?MutexLock::)?~MutexLock.*|",
        r"(SpinLock::)?(Slow)?Unlock.*|(SpinLockHolder::)?~SpinLockHolder.*",
    ),
    keep_frames: None,
};

/// All others: the signal handler of the profiler.
pub(super) const SIGNAL_HANDLERS: Filters = Filters {
    drop_frames: r"ProfileData::(Add|prof_handler)|CpuProfiler::prof_handler|__pthread_sighandler|__restore",
    keep_frames: None,
};
