// What those who listen were told last is what the query comes to, whatever is written.
#include "core/base/prng.h"
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

class Writes {
 public:
  Writes(Datocms& cms, base::Prng prng) : cms_(cms), prng_(prng) {}

  void write() {
    const std::uint64_t what = prng_.below(10);
    if (authors_.size() < 3) authors_.push_back(cms_.create("author", R"({"name":"a"})"));
    if (posts_.size() < 4 || what == 0) {
      posts_.push_back(cms_.create("post", attributes()));
    } else if (what < 4) {
      cms_.change(some(posts_), attributes());
    } else if (what < 7) {
      cms_.publish(prng_.once_in(3) ? some(authors_) : some(posts_));
    } else if (what == 7) {
      cms_.ask("PUT", "cma/items/" + some(posts_) + "/unpublish");
    } else if (what == 8) {
      cms_.change(some(authors_), R"({"name":")" + letter() + R"("})");
    } else {
      std::vector<std::string>& from = prng_.once_in(4) ? authors_ : posts_;
      const auto at = from.begin() + static_cast<std::ptrdiff_t>(prng_.below(from.size()));
      cms_.ask("DELETE", "cma/items/" + *at);
      from.erase(at);
    }
  }

  std::string query() {
    const std::string number = std::to_string(prng_.below(5));
    const std::string author = authors_.empty() ? "1" : some(authors_);
    const std::array<std::string, 9> filters = {
        "{}",
        "{views: {gt: " + number + "}}",
        "{OR: [{views: {eq: " + number + "}}, {views: {eq: 1}}]}",
        "{title: {eq: \"" + letter() + "\"}}",
        "{title: {neq: \"" + letter() + "\"}, hot: {eq: true}}",
        "{author: {eq: \"" + author + "\"}}",
        "{tags: {exists: false}, title: {matches: {pattern: \"" + letter() + "\"}}}",
        "{OR: [{_status: {eq: updated}}, {views: {exists: false}}]}",
        "{_updatedAt: {exists: true}, AND: [{rating: {lte: 2.5}}]}"};
    const std::array<std::string, 5> orders = {"views_ASC", "views_DESC, title_ASC", "_updatedAt_DESC",
                                               "title_DESC", "id_ASC"};
    const std::array<std::string, 4> shown = {"id", "title _status", "views author { name }",
                                              "id author { id _isValid } _publishedAt"};
    const std::string filter = filters[prng_.below(filters.size())];
    if (prng_.once_in(6)) return "{ _allPostsMeta(filter: " + filter + ") { count } }";
    const std::string page = "skip: " + std::to_string(prng_.below(3)) + ", first: " + number;
    return "{ allPosts(filter: " + filter + ", orderBy: [" + orders[prng_.below(orders.size())] + "], " +
           page + ") { " + shown[prng_.below(shown.size())] + " } }";
  }

 private:
  std::string letter() { return std::string(1, static_cast<char>('a' + prng_.below(3))); }
  const std::string& some(const std::vector<std::string>& from) { return from[prng_.below(from.size())]; }
  std::string attributes() {
    std::string made = R"({"title":")" + letter() + '"';
    if (prng_.once_in(2)) made += R"(,"views":)" + std::to_string(prng_.below(6));
    if (prng_.once_in(2)) made += R"(,"rating":)" + std::to_string(prng_.below(5)) + ".5";
    if (prng_.once_in(3)) made += R"(,"hot":true)";
    if (prng_.once_in(5)) made += R"(,"views":null)";
    if (prng_.once_in(2) && !authors_.empty()) made += R"(,"author":")" + some(authors_) + '"';
    return made + '}';
  }

  Datocms& cms_;
  base::Prng prng_;
  std::vector<std::string> posts_, authors_;
};

TEST(DatocmsLive, what_was_told_last_is_what_the_query_comes_to) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Datocms cms;
    Writes writes(cms, base::Prng(seed));
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
