// Property tests: rapidcheck makes the cases, the same ones in every run. RC_PARAMS="seed=5" asks for
// others.
#pragma once

#include <cstdlib>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hbev::test {

// rapidcheck reads its parameters when the first property is checked; without them every run has other cases.
inline const int kSeedIsSet = ::setenv("RC_PARAMS", "seed=1 max_success=300", 0);

}  // namespace hbev::test
