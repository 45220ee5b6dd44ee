#include "server/net/metrics.h"

#include <gtest/gtest.h>

namespace rockpool::net {
namespace {

using Type = MetricsText::Type;

TEST(Metrics, a_family_is_begun_once_and_its_samples_differ_by_labels) {
  MetricsText text;
  text.gauge("a", "Help.", 3);
  text.begin("b", "More.", Type::counter).sample({{"x", "1"}, {"y", "2"}}, 5).sample({{"x", "2"}}, 6);
  EXPECT_EQ(text.take(),
            "# HELP a Help.\n# TYPE a gauge\na 3\n"
            "# HELP b More.\n# TYPE b counter\nb{x=\"1\",y=\"2\"} 5\nb{x=\"2\"} 6\n");
}

TEST(Metrics, label_values_are_escaped) {
  MetricsText text;
  text.begin("a", "Help.", Type::gauge).sample({{"x", "a\\b\"c\nd"}}, 1);
  EXPECT_NE(text.take().find("a{x=\"a\\\\b\\\"c\\nd\"} 1\n"), std::string::npos);
}

TEST(Metrics, a_histogram_counts_up_to_each_bound) {
  MetricsText text;
  const std::uint64_t bounds[] = {1, 10};
  const std::uint64_t counts[] = {2, 3, 4};
  text.histogram("h", "Help.", bounds, counts, 99);
  EXPECT_EQ(text.take(),
            "# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"10\"} 5\n"
            "h_bucket{le=\"+Inf\"} 9\nh_sum 99\nh_count 9\n");
}

TEST(Metrics, seconds_have_three_digits) {
  MetricsText text;
  text.begin("s", "Help.", Type::gauge).sample_seconds({}, 12'034);
  EXPECT_NE(text.take().find("s 12.034\n"), std::string::npos);
}

}  // namespace
}  // namespace rockpool::net
