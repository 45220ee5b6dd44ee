// The result of a query, kept true while records change, without looking at the others again.
//
//   rows  := head tail     in the query's order; every record that fits, its sort key cached
//   head  := row*          sorted; begins with the window, and some more
//   tail  := row*          not sorted, since nobody looks at it
//
// A change costs a search in the head. Only when so many rows left that the head no longer fills the window
// is the next stretch of the tail sorted into it. Without a limit everything is head.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/query/query.h"

namespace rockpool::query {

// What happened to the window, to be applied in order: `enter` puts a row at `index`, `leave` takes it away
// from there, `change` says that the row at `index` reads differently now. A row that moved leaves and
// enters, both with `moved`; it may read differently too. Those that leave come first, from the last to the
// first; the others follow with rising indexes.
struct Step {
  enum class Kind : std::uint8_t { enter, leave, change };
  Kind kind = Kind::enter;
  std::size_t index = 0;
  std::string id;
  bool moved = false;
  bool operator==(const Step&) const = default;
};

class LiveQuery {
 public:
  // Called for each record: its id, and its data as compact JSON text.
  using Visit = std::function<void(std::string_view id, std::string_view json)>;
  using Enumerate = std::function<void(const Visit& visit)>;

  explicit LiveQuery(Spec spec);

  // Forgets everything and takes all records anew, in any order, each once. Counts as one change.
  void fill(const Enumerate& each);
  // A record is new, reads differently, or (with empty `json`) is gone.
  void changed(std::string_view id, std::string_view json);
  // Raises the limit.
  void more(std::size_t rows);

  const Spec& spec() const { return judge_.spec(); }
  std::size_t size() const;  // of the window
  // Id of a row of the window; valid until the next call that changes anything.
  std::string_view id_at(std::size_t index) const { return head_[index]->id(); }
  // Records that fit, in the window or not.
  std::size_t total() const { return rows_.size(); }
  bool has_more() const { return reachable() > size(); }
  // What happened since the last drain: as few steps as the difference needs.
  std::vector<Step> drain();

 private:
  // `key` ends in the id. Mutable, because the set knows a row by its id alone.
  struct Row {
    mutable std::string key;
    mutable std::size_t id_begin = 0;
    mutable std::size_t place = 0;  // of difference()
    mutable bool touched = false;   // named by a change since the last drain
    std::string_view id() const { return std::string_view(key).substr(id_begin); }
  };
  struct ById {
    using is_transparent = void;
    static std::string_view id_of(std::string_view id) { return id; }
    static std::string_view id_of(const Row& row) { return row.id(); }
    bool operator()(const auto& a, const auto& b) const { return id_of(a) < id_of(b); }
  };
  using Rows = std::set<Row, ById>;
  using Head = std::vector<const Row*>;
  struct Noted {
    Step::Kind kind = Step::Kind::enter;
    std::size_t index = 0;
    const Row* row = nullptr;
    bool moved = false;
  };

  // Makes `key_` of the record last judged.
  void read_key(std::string_view id);
  bool names_anchor(std::string_view id, std::string_view json) const;
  void move_anchor();

  bool is_reachable(const std::string& key) const;
  std::size_t reachable() const { return rows_.size() - behind_; }
  std::optional<std::size_t> index_of(const std::string& key) const;
  // The row of the record last judged, which has none in `rows_`.
  const Row& add_row(std::string_view id);
  void touch(const Row& row);
  void store(const Row& row);
  void drop(const Row& row);
  void rebuild();
  void top_up();
  void trim();
  std::size_t head_size_wanted() const { return 2 * limit_ + slack; }

  void begin_change();
  void remember_window();
  void report(std::optional<std::size_t> before, std::optional<std::size_t> after, std::size_t old_size,
              const Row& row);
  void note(Step::Kind kind, std::size_t index, const Row* row, bool moved = false);
  void difference();

  static constexpr std::size_t unlimited = ~std::size_t{0} / 8;
  // Rows kept sorted behind the window, so that rows may leave it before the tail must be looked at.
  static constexpr std::size_t slack = 64;

  Judge judge_;
  std::size_t limit_;
  Rows rows_;
  Rows gone_;  // since the last drain; the lists below may still name them
  Head head_;
  // Sort key of the record named by `after`: rows up to it are out of reach. Kept when that record goes.
  std::optional<std::string> anchor_;
  std::size_t behind_ = 0;  // rows up to the anchor
  std::string key_;         // of the record being judged
  std::size_t key_id_begin_ = 0;

  // One change notes its steps as they happen. From the second on the window as it was is kept instead, and
  // the difference is worked out when somebody asks.
  std::vector<Noted> steps_;
  std::optional<Head> was_;
  Head touched_;
};

}  // namespace rockpool::query
