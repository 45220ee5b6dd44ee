// What those who listen were told last is what the query comes to, whatever is written.
#include "core/gateway/datocms_writes_test.h"

namespace rockpool::gateway {
namespace {

TEST(DatocmsLive, what_was_told_last_is_what_the_query_comes_to) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Datocms cms;
    DatocmsWrites writes(cms, base::Prng(seed));
    struct Listener {
      std::string query;
      bool drafts;
      dialect::CarrierId stream;
      std::string told = {};
    };
    std::vector<Listener> listeners;
    for (int step = 0; step < 120; ++step) {
      writes.write();
      if (listeners.size() < 25) {
        const std::string query = writes.query();
        const bool drafts = step % 2 == 0;
        const auto stream =
            drafts ? cms.listen(query, {"all", {{"X-Include-Drafts", "true"}}}) : cms.listen(query);
        listeners.push_back({query, drafts, stream});
      }
      for (Listener& one : listeners) {
        const std::string events = cms.heard(one.stream);
        const std::size_t last = events.rfind(R"({"response":)");
        if (last != std::string::npos) {
          const std::string update = events.substr(last, events.find('\n', last) - last);
          one.told = Datocms::member(update, "response");
        }
        ASSERT_EQ(one.told, one.drafts ? cms.drafts(one.query) : cms.query(one.query))
            << "seed " << seed << ", step " << step << ": " << one.query;
      }
    }
  }
}

}  // namespace
}  // namespace rockpool::gateway
