// Whatever is written, and however often the way to a page is cut: its copy of a model is what the model is,
// and what it was told last of a query is what the query comes to.
#include "core/gateway/datocms_sdk_place_test.h"
#include "core/gateway/datocms_writes_test.h"

namespace rockpool::gateway {
namespace {

// A page that follows two models and listens to queries, reads when it likes, and comes back when it is cut.
class Copy {
 public:
  Copy(Datocms& cms, std::string sight) : sight_(std::move(sight)), socket_(cms) { begin(); }

  void listen(const std::string& query) {
    queries.push_back(query);
    results.emplace_back();
    hashes_.emplace_back();
    say_listen(queries.size() - 1);
  }
  void come_back() {
    socket_.cut();
    socket_.connect();
    begin();
  }
  void stall() { socket_.stall(); }
  void drain() { socket_.drain(); }
  void read() {
    for (std::string frame = socket_.next(); !frame.empty(); frame = socket_.next()) take(frame);
  }
  bool is_closed() const { return socket_.closed() != 0; }

  std::map<std::string, std::map<std::string, std::string>> records;  // model -> id -> record
  std::vector<std::string> queries, results;

 private:
  void begin() {
    socket_.hello(sight_);
    for (const char* model : {"post", "author"}) socket_.follow(model, cursors_[model]);
    for (std::size_t i = 0; i < queries.size(); ++i) say_listen(i);
  }
  void say_listen(std::size_t i) {
    socket_.listen(std::to_string(i), queries[i], R"(,"have":")" + hashes_[i] + '"');
  }

  void take(const std::string& frame) {
    const auto read = model::read(frame);
    const std::string type = *model::text_member(*read, "type");
    if (type == "update") {
      const std::size_t i = *base::read_decimal(*model::text_member(*read, "key"));
      const std::string id = *model::text_member(*read, "id");
      hashes_[i] = id.substr(id.find('-') + 1);
      results[i] = model::write(*model::member(*read, "response"));
    }
    if (type == "records") take_records(*read);
    if (type == "changes") take_changes(*read);
    EXPECT_NE(type, "error") << frame;
  }
  void take_records(const model::Value& piece) {
    auto& copy = records[*model::text_member(piece, "model")];
    if (model::bool_member(piece, "begin")) copy.clear();
    for (const model::Value& one : *model::member(piece, "records"))
      copy[*model::text_member(one, "id")] = model::write(one);
    // What was cut before its end is none.
    if (model::bool_member(piece, "done")) keep_cursor(piece);
  }
  void take_changes(const model::Value& piece) {
    auto& copy = records[*model::text_member(piece, "model")];
    for (const model::Value& one : *model::member(piece, "changes")) {
      const model::Value* record = model::member(one, "record");
      if (record != nullptr)
        copy[*model::text_member(one, "id")] = model::write(*record);
      else
        copy.erase(*model::text_member(one, "id"));
    }
    keep_cursor(piece);
  }
  void keep_cursor(const model::Value& piece) {
    cursors_[*model::text_member(piece, "model")] = *model::text_member(piece, "cursor");
  }

  std::string sight_;
  std::map<std::string, std::string> cursors_;
  std::vector<std::string> hashes_;
  DatocmsSocket socket_;
};

TEST(DatocmsSdkLive, copies_are_what_the_models_are_and_results_what_the_queries_come_to) {
  const std::array<std::string, 3> sights = {"", R"(,"drafts":true)", R"(,"drafts":true,"validOnly":true)"};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Datocms cms;
    base::Prng prng(seed);
    DatocmsWrites writes(cms, base::Prng(seed));
    std::vector<std::unique_ptr<Copy>> copies;
    for (const std::string& sight : sights) copies.push_back(std::make_unique<Copy>(cms, sight));
    for (int step = 0; step < 150; ++step) {
      writes.write();
      for (const auto& copy : copies) {
        if (copy->queries.size() < 10) copy->listen(writes.query());
        const std::uint64_t what = prng.below(8);
        if (what == 0) copy->come_back();
        if (what == 1) copy->stall();
        if (what == 2) copy->drain();
        if (what > 2 && what < 6) copy->read();
      }
      if (step % 10 != 9) continue;
      for (std::size_t i = 0; i < copies.size(); ++i) {
        Copy& copy = *copies[i];
        copy.drain();
        copy.read();
        ASSERT_FALSE(copy.is_closed());
        Copy fresh(cms, sights[i]);
        for (const std::string& query : copy.queries) fresh.listen(query);
        fresh.read();
        ASSERT_EQ(copy.records, fresh.records) << "seed " << seed << ", step " << step << ", sight " << i;
        ASSERT_EQ(copy.results, fresh.results) << "seed " << seed << ", step " << step << ", sight " << i;
      }
    }
  }
}

}  // namespace
}  // namespace rockpool::gateway
