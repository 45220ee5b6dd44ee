// A journal that is opened again, for tests.
#pragma once

#include <utility>

#include <gtest/gtest.h>

#include "core/journal/fake_disk_test.h"

namespace rockpool::journal {

inline Opened reopen(const FakeDisk::Contents& contents, const Journal::Options& options) {
  auto opened = Journal::recover(files_of(contents), options);
  EXPECT_TRUE(opened.ok());
  return std::move(*opened);
}

}  // namespace rockpool::journal
