#include "core/hub/judge.h"

#include <algorithm>
#include <span>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/model/names.h"
#include "core/model/place.h"

namespace rockpool::hub {
namespace {

using base::Code;
using base::Error;
using model::Acked;
using model::Conflicted;
using model::Declined;
using model::Held;
using model::Mutation;
using model::Outcome;
using model::Record;

// Where dialects keep what they know of collections.
constexpr std::string_view collections_collection = "$collections";

enum class Need : std::uint8_t { fits, conflict, held, unproved };

struct Trial {
  std::optional<Outcome> outcome;  // none: unproved
  bool staged = false;
  bool counts = true;  // towards what a group may make
};

Conflicted conflict(const Mutation& mutation, const Record* current) {
  Conflicted conflicted{.number = mutation.number};
  if (current == nullptr) return conflicted;
  conflicted.version = current->version;
  conflicted.born = current->born;
  conflicted.data = current->data;
  conflicted.created = current->created;
  conflicted.updated = current->updated;
  return conflicted;
}

Declined declined(const Mutation& mutation, Code code, std::string message) {
  return {.number = mutation.number, .error = {.code = code, .message = std::move(message), .path = {}}};
}

// Was it judged before? The inner optional is empty for a settled one.
std::optional<std::optional<Outcome>> known(const Draft& draft, const Author& author,
                                            const Mutation& mutation) {
  if (!author.is_numbered()) return std::nullopt;
  if (const Book* book = draft.book(author)) {
    if (book->is_settled(mutation.number)) return std::optional<Outcome>();
    if (const Book::Applied* stored = book->outcome(mutation.number)) {
      return Acked{.number = mutation.number, .version = stored->version, .seq = stored->seq};
    }
  }
  if (const auto version = draft.version_of(author, mutation.number)) {
    return Acked{.number = mutation.number, .version = *version, .seq = 0};
  }
  return std::nullopt;
}

class Bench {
 public:
  Bench(Draft& draft, const JudgeLimits& limits, const Author& author, bool proved)
      : draft_(draft), limits_(limits), author_(author), book_(draft.book(author)), proved_(proved) {}

  Trial attempt(const Mutation& mutation) {
    auto fine = check(mutation);
    if (!fine) return {Declined{mutation.number, fine.error()}};
    if (mutation.all) return clear(mutation);
    if (!mutation.counted) return attempt_named(mutation);
    Mutation named = mutation;
    named.key.id = base::decimal(draft_.next_num());
    return attempt_named(named);
  }

 private:
  Trial attempt_named(const Mutation& mutation) {
    const Record* current = draft_.find(mutation.key);
    const auto rights = rights_of(mutation);
    if (auto allowed =
            rights.check(author_.principal, verb_of(mutation, current), current, nullptr, mutation.key.id);
        !allowed) {
      return {Declined{mutation.number, allowed.error()}};
    }
    switch (need(mutation, current)) {
      case Need::conflict:
        if (!may_see(rights, current)) {
          return {declined(mutation, Code::forbidden,
                           "the record has changed meanwhile, and you may not read what it is now")};
        }
        return {.outcome = conflict(mutation, current), .staged = false};
      case Need::held: return {Held{.number = mutation.number, .behind = *mutation.after}};
      case Need::unproved: return {};
      case Need::fits: return apply(mutation, current, rights);
    }
    return {};
  }

  // One after the other, all or none: whoever may not remove one of them removes nothing.
  Trial clear(const Mutation& mutation) {
    const std::size_t size = draft_.size();
    const auto keys = draft_.keys(mutation.key.collection, base::limits::clear_records_max + 1);
    const bool is_whole = keys.size() <= base::limits::clear_records_max;
    for (const model::Key& key : std::span(keys).first(is_whole ? keys.size() : keys.size() - 1)) {
      Trial one = attempt_named({.number = mutation.number, .key = key, .op = model::Op::remove});
      if (!one.staged) {
        draft_.rollback(size);
        return one;
      }
    }
    draft_.stage_clears(size, is_whole ? model::Hint::Clears::wholly : model::Hint::Clears::partly);
    return {.outcome = Acked{.number = mutation.number, .version = draft_.size() - size, .seq = 0},
            .staged = true,
            .counts = false};
  }

  // A dialect's own: whoever asks for what it makes of it, it is its affair.
  bool is_own(const Mutation& mutation) const {
    return author_.owns && mutation.key.collection.starts_with('$');
  }

  base::Status check(const Mutation& mutation) const {
    if (!author_.principal.system && !is_own(mutation)) {
      // A dialect that writes for itself has collections that nobody else may name.
      auto fine = model::check_collection(mutation.key.collection);
      if (!fine && !(author_.owns && fine.error().code == Code::forbidden)) return fine;
    }
    return model::is_at_place(mutation.op) ? model::check_place(mutation) : model::check_content(mutation);
  }

  rights::CollectionRights rights_of(const Mutation& mutation) const {
    if (limits_.rights == nullptr || is_own(mutation)) return {nullptr, rights::Access::open};
    return limits_.rights->collection(draft_.space(), mutation.key.collection);
  }

  static rights::Verb verb_of(const Mutation& mutation, const Record* current) {
    if (mutation.op == model::Op::remove) return rights::Verb::remove;
    const bool exists = current != nullptr && current->exists();
    return exists || !model::is_creative(mutation.op) ? rights::Verb::update : rights::Verb::create;
  }

  bool may_see(const rights::CollectionRights& rights, const Record* current) const {
    if (current == nullptr || !current->exists()) return true;
    return rights.shows(rights.sight(author_.principal, rights::Verb::read), *current);
  }

  // May it be applied to the current version?
  Need need(const Mutation& mutation, const Record* current) const {
    const bool exists = current != nullptr && current->exists();
    const bool possible = exists || model::is_creative(mutation.op);
    const model::Version version = current == nullptr ? 0
                                   : !mutation.by_age ? current->version
                                   : exists           ? current->version - current->born
                                                      : 0;
    if (mutation.after) {
      if (!is_made_by(*mutation.after, version)) return Need::held;
      return possible ? Need::fits : Need::conflict;
    }
    const bool is_ahead = mutation.base && *mutation.base > version;
    // What names no version is about the newest one, whatever it is.
    const bool is_about_the_newest = !mutation.base && !possible;
    if ((is_ahead || is_about_the_newest) && !proved_) return Need::unproved;
    if (!possible) return Need::conflict;
    const bool named = !mutation.base || *mutation.base == version || (*mutation.base == 0 && !exists);
    return named ? Need::fits : Need::conflict;
  }

  // What the write results in, not what it says. A removal leaves nothing that could be wrong.
  base::Status fits_schema(const Mutation& mutation, const std::string& data) const {
    const schema::Schema* schema =
        limits_.schemas == nullptr ? nullptr : limits_.schemas->find(draft_.space(), mutation.key.collection);
    if (schema == nullptr || data.empty()) return base::done();
    const auto value = model::read(data);
    return value ? schema->admit(*value) : base::Status(value.error());
  }

  // The same of the fields that tables and models have made of the collection.
  base::Status fits_fields(const Mutation& mutation, const Record* current, const std::string& data) const {
    const std::string& collection = mutation.key.collection;
    if (limits_.fields == nullptr || data.empty() || collection.starts_with('$')) return base::done();
    if (current != nullptr && current->data == data) return base::done();
    const schema::Fields* fields =
        limits_.fields->of(draft_.space(), draft_.find({std::string(collections_collection), collection}));
    if (fields == nullptr) return base::done();
    const auto value = model::read(data);
    if (!value) return value.error();
    const bool exists = current != nullptr && current->exists();
    const auto before = model::read(exists ? current->data : "null");
    return fields->admit(*value, before ? &*before : nullptr);
  }

  // Is this the version that an earlier mutation of the same client made?
  bool is_made_by(std::uint64_t number, model::Version version) const {
    if (const auto made = draft_.version_of(author_, number)) return *made == version;
    const Book::Applied* stored = book_ == nullptr ? nullptr : book_->outcome(number);
    return stored != nullptr && stored->version == version;
  }

  Trial apply(const Mutation& mutation, const Record* current, const rights::CollectionRights& rights) {
    if (author_.is_numbered() && draft_.open_of(author_) >= base::limits::open_outcomes_max) {
      return {declined(
          mutation, Code::overloaded,
          "this client has 10,000 applied writes it has not confirmed; confirm them with `settled`")};
    }
    const std::string_view before = current == nullptr ? std::string_view() : current->data;
    auto data = is_at_place(mutation.op) ? model::apply_place(mutation, before, author_.array_gap_max)
                                         : model::apply(mutation, before);
    if (!data) {
      if (!mutation.base && !mutation.after && !proved_) return {};
      return {Declined{.number = mutation.number, .error = data.error()}};
    }
    if (auto allowed =
            rights.check(author_.principal, verb_of(mutation, current), current, &*data, mutation.key.id);
        !allowed) {
      return {Declined{.number = mutation.number, .error = allowed.error()}};
    }
    auto fine = fits_schema(mutation, *data);
    if (fine) fine = fits_fields(mutation, current, *data);
    if (!fine) {
      if (is_commutative(mutation.op) && !proved_) return {};
      return {Declined{.number = mutation.number, .error = fine.error()}};
    }
    std::string meta =
        rights.meta(author_.principal, current, *data, mutation.meta ? &*mutation.meta : nullptr);
    const std::size_t size = draft_.size();
    const std::uint64_t bytes_before = draft_.space_bytes();
    const model::Version version = draft_.stage(mutation, author_, std::move(*data), std::move(meta));
    const std::uint64_t bytes_after = draft_.space_bytes();
    if (bytes_after > limits_.space_bytes_max && bytes_after > bytes_before) {
      draft_.rollback(size);
      return {
          declined(mutation, Code::quota, "the space is full; delete something or raise limits.spaceBytes")};
    }
    return {.outcome = Acked{.number = mutation.number, .version = version, .seq = 0}, .staged = true};
  }

  Draft& draft_;
  const JudgeLimits& limits_;
  const Author& author_;
  const Book* book_;
  bool proved_;
};

template <typename T>
const Mutation* first(const model::Group& group, const std::vector<Trial>& trials) {
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].outcome && std::holds_alternative<T>(*trials[i].outcome)) return &group[i];
  }
  return nullptr;
}

std::string numbered(const Mutation& mutation) { return base::decimal(mutation.number); }

// All or none: one of them failed, so what becomes of those that did not.
void fail_together(const model::Group& group, std::vector<Trial>& trials,
                   const std::vector<std::size_t>& fresh) {
  const Mutation* refused = first<Declined>(group, trials);
  const Mutation* blocking = first<Conflicted>(group, trials);
  if (blocking == nullptr) blocking = first<Held>(group, trials);
  for (const std::size_t i : fresh) {
    Trial& trial = trials[i];
    if (refused != nullptr) {
      if (trial.outcome && std::holds_alternative<Declined>(*trial.outcome)) continue;
      trial.outcome = declined(group[i], Code::depends,
                               "mutation " + numbered(*refused) + " of the same batch was refused");
    } else if (trial.staged || !trial.outcome) {
      trial.outcome = Held{.number = group[i].number, .behind = blocking->number};
    }
  }
}

// The indexes of the mutations that were not judged before; the others get their outcome here.
std::vector<std::size_t> sort_out(const Draft& draft, const Author& author, const model::Group& group,
                                  Verdict& verdict) {
  std::vector<std::size_t> fresh;
  verdict.outcomes.resize(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (auto before = known(draft, author, group[i])) {
      verdict.outcomes[i] = std::move(*before);
    } else {
      fresh.push_back(i);
    }
  }
  return fresh;
}

Verdict try_all(Draft& draft, const JudgeLimits& limits, const Author& author, const model::Group& group,
                bool proved) {
  Bench bench(draft, limits, author, proved);
  const std::size_t size = draft.size();
  const std::size_t bytes = draft.bytes();
  std::size_t uncounted = 0;
  std::vector<Trial> trials(group.size());
  Verdict verdict;
  const std::vector<std::size_t> fresh = sort_out(draft, author, group, verdict);
  if (author.tells) verdict.made.resize(group.size());
  for (const std::size_t i : fresh) {
    const std::size_t bytes_before = draft.bytes();
    const std::size_t size_before = draft.size();
    trials[i] = bench.attempt(group[i]);
    if (!trials[i].counts) uncounted += draft.bytes() - bytes_before;
    if (author.tells && draft.size() == size_before + 1) verdict.made[i] = size_before;
    if (draft.bytes() - bytes - uncounted <= limits.group_bytes_max) continue;
    trials[i] = {
        declined(group[i], Code::too_large, "the batch makes more than 16 MiB of changes; split it")};
    break;
  }
  if (!std::all_of(fresh.begin(), fresh.end(), [&](std::size_t i) { return trials[i].staged; })) {
    draft.rollback(size);
    const auto failed = [&](std::size_t i) { return trials[i].outcome && !trials[i].staged; };
    verdict.unproved = std::none_of(fresh.begin(), fresh.end(), failed);
    if (verdict.unproved) return verdict;
    fail_together(group, trials, fresh);
    verdict.made.clear();
  }
  for (const std::size_t i : fresh) verdict.outcomes[i] = std::move(trials[i].outcome);
  return verdict;
}

}  // namespace

Verdict judge(Draft& draft, const JudgeLimits& limits, const Author& author, const model::Group& group,
              bool proved) {
  Verdict verdict = try_all(draft, limits, author, group, proved);
  if (!verdict.unproved) return verdict;
  // It changes nothing, and says what becomes of it if the view was the newest.
  verdict = try_all(draft, limits, author, group, true);
  verdict.unproved = true;
  return verdict;
}

Verdict decline(const Draft& draft, const Author& author, const model::Group& group, const Error& why) {
  Verdict verdict;
  for (const std::size_t i : sort_out(draft, author, group, verdict)) {
    verdict.outcomes[i] = Declined{.number = group[i].number, .error = why};
  }
  return verdict;
}

}  // namespace rockpool::hub
