// Random writes to posts and authors, and queries over them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/base/prng.h"
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {

class DatocmsWrites {
 public:
  DatocmsWrites(Datocms& cms, base::Prng prng) : cms_(cms), prng_(prng) {}

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

}  // namespace rockpool::gateway
