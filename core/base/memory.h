// Memory of the process, for commands that take the same large blocks again and again.
#pragma once

namespace hbev {

/// Keeps large blocks that are freed in the process, up to half a gigabyte a thread, so that the kernel need
/// not zero their pages again. Does nothing without glibc.
void keepFreedMemory();

}  // namespace hbev
