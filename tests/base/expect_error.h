// Whether something throws hbev::Error, and what the Error says.
#pragma once

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev::test {

/// The Problem of the Error that `work` throws; a failure, and an empty Problem, when it throws none.
template <class Work>
Problem problemOf(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.problem();
  }
  ADD_FAILURE() << "no hbev::Error was thrown";
  return {};
}

}  // namespace hbev::test
