// Memory of the process, for commands that take the same large blocks again and again.
#pragma once

namespace hbev {

/// From now on large blocks that are freed stay in the process, up to half a gigabyte a thread, instead of
/// going back to the system, which would clear their pages anew each time. Does nothing without glibc.
void keepFreedMemory();

}  // namespace hbev
