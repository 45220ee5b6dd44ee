#include "core/dialects/datocms/library.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;
constexpr int epoch_digits = 16;

const model::Principal& own_principal() {
  static const model::Principal principal{.system = true, .roles = {}};
  return principal;
}

// Of the topics of a collection the one on which every change is told once. The others are of owners.
bool is_of_all(const model::Topic& topic) { return topic.scope.find('=') == std::string::npos; }

bool is_acked(const model::Outcome& outcome) { return std::holds_alternative<model::Acked>(outcome); }

}  // namespace

Library::Library(Desk& desk) : desk_(desk), facets_("datocms", desk.options, desk.last_ticket) {
  for (const std::string& name : desk.settings.environments)
    environments_.push_back(std::make_unique<Environment>(name, desk.settings.models));
}

Environment* Library::find(std::string_view name) {
  for (const auto& one : environments_)
    if (name.empty() || one->name == name) return one.get();
  return nullptr;
}

// ---- the beginning ----------------------------------------------------------------------------------------

void Library::load(ServerSteps& out) {
  facets_.load(out);
  if (!facets_.is_loaded()) return;
  if (!is_attached_ && !writing_) attach(out);
  if (is_attached_ && !is_loaded() && !reading_) read_on(out);
}

// Every model has its collection, which keeps to its fields from now on. The first environment has those that
// all dialects share, as far as they are shared.
void Library::attach(ServerSteps& out) {
  by_collection_.clear();
  reads_.clear();
  model::Write write{.owns = true};
  for (const auto& environment : environments_) {
    environment->collections.clear();
    for (std::size_t place = 0; place < environment->content.size(); ++place) {
      const Model& model = environment->content.models()[place];
      std::string collection = "datocms:" + environment->name + '/' + model.key;
      if (environment == environments_.front() && facets_.is_shared(model.key)) collection = model.key;
      model::Value facet = written(model);
      facet["model"] = model.key;
      auto mutation = facets_.put(collection, environment->name, model::write(facet), neutral_fields(model));
      if (mutation) write.groups.push_back({std::move(*mutation)});
      by_collection_.emplace(collection, Read{environment.get(), place});
      reads_.push_back({environment.get(), place});
      environment->collections.push_back(std::move(collection));
    }
  }
  is_attached_ = write.groups.empty();
  is_written_ = true;
  if (!is_attached_) writing_ = desk_.ask(own_principal(), std::move(write), out);
}

void Library::read_on(ServerSteps& out) {
  const Read& read = reads_[next_read_];
  reading_ = desk_.ask(own_principal(),
                       model::Scan{.collection = read.environment->collections[read.model],
                                   .after = read_to_,
                                   .records_max = page_records,
                                   .bytes_max = page_bytes},
                       out);
}

void Library::heard(const std::string& cursor) {
  const auto read = model::read_cursor(cursor);
  if (!read) return;
  seq_ = std::max(seq_, read->seq);
  epoch_ = read->epoch;
}

std::string Library::cursor_at(std::uint64_t seq) const {
  return base::decimal(seq) + '-' + base::hex(epoch_, epoch_digits);
}

std::optional<std::uint64_t> Library::seq_at(std::string_view cursor) const {
  const std::size_t mark = std::min(cursor.find('-'), cursor.size());
  const auto seq = base::read_decimal(cursor.substr(0, mark));
  return seq && *seq <= seq_ && cursor == cursor_at(*seq) ? seq : std::nullopt;
}

bool Library::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (facets_.answer(ticket, reply, out)) {
    if (facets_.is_loaded()) load(out);
    return true;
  }
  if (writing_ == ticket) {
    const auto* written = std::get_if<model::Written>(&reply);
    is_written_ = is_written_ && written != nullptr &&
                  std::all_of(written->outcomes.begin(), written->outcomes.end(), is_acked);
    if (written != nullptr && written->more) return true;
    writing_.reset();
    // Otherwise somebody else was first, or there is no room: whoever waits has it tried again.
    is_attached_ = is_written_;
    if (is_attached_) load(out);
    return true;
  }
  if (reading_ != ticket) return false;
  reading_.reset();
  const auto* page = std::get_if<model::Page>(&reply);
  if (page == nullptr) return true;
  for (const model::Record& record : page->records) take(record, reads_[next_read_], nullptr);
  if (!page->records.empty()) read_to_ = page->records.back().key.id;
  heard(page->cursor);
  if (page->done) {
    ++next_read_;
    read_to_.clear();
  }
  load(out);
  return true;
}

// ---- what happens -----------------------------------------------------------------------------------------

void Library::take(const model::Record& record, Read where, const Each* each) {
  Shelf& shelf = where.environment->content.shelf(where.model);
  const Shelf::Moved moved =
      record.exists() ? shelf.put(read_row(shelf.model(), record)) : shelf.remove(record.num, record.version);
  if (each != nullptr && (moved.before != nullptr || moved.now != nullptr))
    (*each)(*where.environment, where.model, moved);
}

void Library::watch(const dialect::ServerDialect::Notices& notices, const Each& each) {
  facets_.watch(notices);
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr || changed->changes.empty() || !is_of_all(topic)) continue;
    heard(changed->cursor);
    const auto [begin, end] = by_collection_.equal_range(topic.name);
    for (auto held = begin; held != end; ++held)
      for (const model::Change& change : changed->changes) take(change.record, held->second, &each);
  }
}

}  // namespace rockpool::dialects::datocms
