#include "core/dialect/times.h"

#include <gtest/gtest.h>

namespace rockpool::dialect {
namespace {

using base::Instant;

TEST(Times, are_written_in_utc) {
  EXPECT_EQ(iso_seconds(Instant{1'426'374'495'123}, "+00:00"), "2015-03-14T23:08:15+00:00");
  EXPECT_EQ(iso_milliseconds(Instant{1'426'374'495'123}), "2015-03-14T23:08:15.123Z");
  EXPECT_EQ(iso_milliseconds(Instant{0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_milliseconds(Instant{-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_milliseconds(Instant{951'782'400'007}), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(http_date(Instant{784'111'777'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Times, are_read_as_they_are_written) {
  for (std::int64_t day = -1000; day < 40'000; day += 13) {
    const Instant at{day * 86'400'000 + 4'561'000};
    EXPECT_EQ(read_http_date(http_date(at)), at) << http_date(at);
  }
}

TEST(Times, that_are_no_dates_are_not_read) {
  for (const char* text :
       {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 19x4 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_FALSE(read_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace rockpool::dialect
