#include "server/transfer/importer.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace rockpool::transfer {
namespace {

// Judges like a hub, answers late, and lets a test meddle in between.
class FakeTarget final : public Target {
 public:
  base::Status push(std::vector<model::Group> groups) override {
    ++pushes;
    std::vector<model::Outcome> outcomes;
    for (const model::Group& group : groups) outcomes.push_back(judge(group.at(0)));
    pending_ += groups.size();
    pending_max = std::max(pending_max, pending_);
    answers_.push_back(std::move(outcomes));
    return push_result;
  }

  base::Result<std::vector<model::Outcome>> wait() override {
    if (answers_.empty()) return base::Error{base::Code::internal, "nothing is under way", ""};
    auto first = std::move(answers_.front());
    answers_.erase(answers_.begin());
    pending_ -= first.size();
    return first;
  }

  std::size_t row_bytes_max() const override { return 1000; }
  base::Status read(const std::string&, const std::function<base::Status(const model::Record&)>&) override {
    return base::done();
  }

  struct Held {
    model::Version version = 0;
    std::string data;
  };
  std::map<std::string, Held> records;
  std::string refused_id;
  int meddle = 0;  // so many times somebody else writes first
  int pushes = 0;
  std::size_t pending_max = 0;
  base::Status push_result = base::done();

 private:
  model::Outcome judge(const model::Mutation& mutation) {
    if (mutation.key.id == refused_id) {
      return model::Declined{mutation.number, {base::Code::quota, "full", ""}};
    }
    Held& held = records[mutation.key.id];
    if (held.version > 0 && meddle > 0 && meddle-- > 0) held = {held.version + 1, "\"theirs\""};
    const bool fits = mutation.base == held.version || (held.data.empty() && mutation.base == 0u);
    if (!fits) return model::Conflicted{mutation.number, held.version, held.data, {}, {}};
    held = {held.version + 1, mutation.data};
    return model::Acked{mutation.number, held.version, 0};
  }

  std::size_t pending_ = 0;
  std::vector<std::vector<model::Outcome>> answers_;
};

base::Status add_all(Importer& importer, const std::vector<std::string>& texts) {
  std::size_t line = 0;
  for (const std::string& text : texts) {
    if (const auto added = importer.add({++line, *model::read(text)}); !added.ok()) return added;
  }
  return importer.finish();
}

Tally import(FakeTarget& target, const std::vector<std::string>& texts, const std::string& id_field = "") {
  Importer importer(target, {"cities", id_field});
  const auto added = add_all(importer, texts);
  EXPECT_TRUE(added.ok()) << (added.ok() ? "" : added.error().message);
  return importer.tally();
}

std::string problem(FakeTarget& target, const std::vector<std::string>& texts,
                    const std::string& id_field = "") {
  Importer importer(target, {"cities", id_field});
  const auto added = add_all(importer, texts);
  return added.ok() ? "" : added.error().message;
}

TEST(Importer, a_second_run_changes_nothing) {
  FakeTarget target;
  const std::vector<std::string> rows = {R"({"a":1})", R"({"a":2})"};
  EXPECT_EQ(import(target, rows).imported, 2u);
  const auto before = target.records;
  const Tally again = import(target, rows);
  EXPECT_EQ(again.unchanged, 2u);
  EXPECT_EQ(again.rows(), 2u);
  for (const auto& [id, held] : target.records) EXPECT_EQ(held.version, before.at(id).version);
}

TEST(Importer, without_a_field_the_id_is_a_hash_that_ignores_the_order_of_members) {
  FakeTarget target;
  EXPECT_EQ(import(target, {R"({"a":1,"b":2})"}).imported, 1u);
  EXPECT_EQ(import(target, {R"({"b":2,"a":1})"}).unchanged, 1u);
  ASSERT_EQ(target.records.size(), 1u);
  EXPECT_EQ(target.records.begin()->first.size(), 32u);
}

TEST(Importer, a_row_that_differs_is_written_on_the_version_it_has) {
  FakeTarget target;
  import(target, {R"({"code":"x","n":1})"}, "code");
  const Tally tally = import(target, {R"({"code":"x","n":2})", R"({"code":"y","n":1})"}, "code");
  EXPECT_EQ(tally.updated, 1u);
  EXPECT_EQ(tally.imported, 1u);
  EXPECT_EQ(target.records["x"].version, 2u);
  EXPECT_EQ(target.records["x"].data, R"({"code":"x","n":2})");
}

TEST(Importer, a_member_called_id_is_not_kept_twice) {
  FakeTarget target;
  import(target, {R"({"id":7,"n":1})"}, "id");
  EXPECT_EQ(target.records["7"].data, R"({"n":1})");
}

TEST(Importer, the_last_of_two_rows_with_one_id_stays) {
  FakeTarget target;
  const Tally tally = import(target, {R"({"k":"x","n":1})", R"({"k":"x","n":2})"}, "k");
  EXPECT_EQ(tally.imported, 1u);
  EXPECT_EQ(tally.updated, 1u);
  EXPECT_EQ(target.records["x"].data, R"({"k":"x","n":2})");
}

TEST(Importer, tries_again_when_somebody_else_was_faster_but_not_for_ever) {
  FakeTarget target;
  import(target, {R"({"k":"x","n":1})"}, "k");
  target.meddle = 3;
  EXPECT_EQ(import(target, {R"({"k":"x","n":2})"}, "k").updated, 1u);
  target.meddle = 1000;
  EXPECT_NE(problem(target, {R"({"k":"x","n":3})"}, "k").find("line 1: somebody else keeps writing"),
            std::string::npos);
}

TEST(Importer, a_deleted_record_is_made_again) {
  FakeTarget target;
  target.records["x"] = {4, ""};
  EXPECT_EQ(import(target, {R"({"k":"x"})"}, "k").imported, 1u);
}

TEST(Importer, says_the_line_of_a_row_without_a_good_id) {
  FakeTarget target;
  EXPECT_EQ(problem(target, {R"({"k":"x"})", R"({"n":1})"}, "k"),
            "line 2: the member 'k' is missing, --id says that it holds the id");
  EXPECT_EQ(problem(target, {R"({"k":1.5})"}, "k"),
            "line 1: the member 'k' is no id; text or a whole number is needed");
  EXPECT_EQ(problem(target, {R"({"k":""})"}, "k").rfind("line 1: the member 'k' is no id: ", 0), 0u);
  EXPECT_EQ(problem(target, {"[1]"}, "k").rfind("line 1: ", 0), 0u);
}

TEST(Importer, says_the_line_of_a_row_that_is_too_large_or_refused) {
  FakeTarget target;
  EXPECT_EQ(problem(target, {"\"" + std::string(1000, 'x') + "\""}).rfind("line 1: the row is too large", 0),
            0u);
  target.refused_id = "no";
  EXPECT_EQ(problem(target, {R"({"k":"yes"})", R"({"k":"no"})"}, "k"), "line 2: refused: full");
}

TEST(Importer, rows_before_a_mistake_are_in_after_finish) {
  FakeTarget target;
  Importer importer(target, {"cities", "k"});
  ASSERT_TRUE(importer.add({1, *model::read(R"({"k":"a"})")}).ok());
  ASSERT_FALSE(importer.add({2, *model::read(R"({"n":1})")}).ok());
  ASSERT_TRUE(importer.finish().ok());
  EXPECT_EQ(importer.tally().imported, 1u);
  EXPECT_EQ(target.records.size(), 1u);
}

TEST(Importer, pushes_portions_and_waits_before_too_many_are_open) {
  FakeTarget target;
  std::vector<std::string> rows;
  for (int i = 0; i < 10'000; ++i) rows.push_back("{\"n\":" + std::to_string(i) + "}");
  EXPECT_EQ(import(target, rows).imported, 10'000u);
  EXPECT_EQ(target.pushes, 40);
  EXPECT_LE(target.pending_max, 2250u);
}

TEST(Importer, an_error_of_the_target_ends_it) {
  FakeTarget target;
  target.push_result = base::Error{base::Code::offline, "gone", ""};
  EXPECT_EQ(problem(target, {"1"}), "gone");
}

}  // namespace
}  // namespace rockpool::transfer
