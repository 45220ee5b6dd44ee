#include <algorithm>

#include "core/gateway/world_test.h"

namespace rockpool::gateway {
namespace {

constexpr std::size_t most = base::limits::clear_records_max;

// As much as is removed at once is one message, and pages read it.
TEST(Clearing, tells_pages_what_they_can_read) {
  World world;
  Page& reader = world.page();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < most;) {
    model::Group group;
    for (; i < most && group.size() < 200; ++i) group.push_back(put(++number, "x" + std::to_string(i), "1"));
    world.page().push({std::move(group)});
  }
  reader.subscribe("a");
  const auto exist = [&] {
    return std::count_if(reader.records["a"].begin(), reader.records["a"].end(),
                         [](const auto& one) { return one.second.exists(); });
  };
  ASSERT_EQ(exist(), static_cast<std::ptrdiff_t>(most));
  model::Write write;
  write.groups.push_back({{.key = {"a", ""}, .op = model::Op::remove, .all = true}});
  world.gateway->ask(world.now, {.ticket = edge_tickets, .space = "default", .command = std::move(write)});
  world.perform();
  EXPECT_EQ(exist(), 0);
}

}  // namespace
}  // namespace rockpool::gateway
