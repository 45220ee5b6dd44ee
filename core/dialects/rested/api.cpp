#include "core/dialects/rested/api.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialects/rested/files.h"
#include "core/dialects/rested/owners.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t body_bytes_max = base::limits::record_bytes_max;
constexpr std::size_t answer_bytes_max = 32 << 20;
constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;
constexpr std::size_t ids_max = 1000;
constexpr std::uint64_t limit_most = 1000;
constexpr std::size_t buckets_max = 10'000;

// More of the hub's pages than these, and others have their turn first.
constexpr std::size_t pages_at_once = 8;
constexpr std::size_t around_data = 16;  // JSON values around a record's data

bool has_body(const std::string& method) { return method == "POST" || method == "PUT" || method == "PATCH"; }
bool is_known(const Request& request) {
  const std::string& method = request.method;
  return is_got(request) || has_body(method) || method == "DELETE" || method == "OPTIONS";
}

bool wants_file(const Request& request) { return is_set(request.query, "fileOnly"); }

std::vector<std::string> ids_of(const std::string& query) {
  std::vector<std::string> ids;
  for (const std::string& value : values_of(query, "uniqueId"))
    for (const std::string_view id : base::split(value, ','))
      if (!id.empty()) ids.emplace_back(id);
  return ids;
}

Refusal unknown_id() { return {404, "there is no record of that uniqueId"}; }

}  // namespace

// ---- the request ------------------------------------------------------------------------------------------

void Api::ask(Instant now, CarrierId carrier, Request request, Caller caller, ServerSteps& out) {
  if (request.method == "OPTIONS") return out.push_back(preflight(carrier, request));
  Work work{.carrier = carrier, .asked = std::move(request), .caller = std::move(caller)};
  const std::string& method = work.asked.method;
  if (!is_known(work.asked)) return refuse(work, {405, "the method is not known here"}, out);
  if (!is_within_rate(now, work, out)) return;
  if (method == "POST" && work.caller.endpoint->authentication)
    return users_.post({carrier, std::move(work.asked), std::move(work.caller)}, out);
  if (!read_wishes(work, out)) return;
  has_body(method) ? read_body(std::move(work), out) : begin(std::move(work), out);
}

bool Api::is_within_rate(Instant now, const Work& work, ServerSteps& out) {
  const std::string user = work.caller.user();
  if (user.empty()) return true;
  // A full bucket that is made anew gives nothing away.
  if (buckets_.size() > buckets_max) buckets_.clear();
  const auto bucket = buckets_.try_emplace(user, desk_.options.limits.messages_of_a_user, now).first;
  if (bucket->second.take(now)) return true;
  ++met_["messages_of_user"];
  refuse(work, {429, "too many requests; try again later", {}, 1000}, out);
  return false;
}

// What the query says. False: it was refused.
bool Api::read_wishes(Work& work, ServerSteps& out) const {
  const std::string& method = work.asked.method;
  const std::string& query = work.asked.query;
  const auto wrong = [&](std::string sentence) {
    return refuse(work, {400, std::move(sentence)}, out), false;
  };
  work.ids = ids_of(query);
  if (method == "POST" && !work.ids.empty() &&
      (work.ids.size() > 1 || !is_unique_id(work.ids.front()) || num_in(work.ids.front())))
    return wrong("a new record's uniqueId is 32 hexadecimal digits, or left out");
  if (method == "POST") return true;
  if (!is_got(work.asked)) {
    if (work.ids.empty()) return wrong("uniqueId is missing");
    if (work.ids.size() > 1) return wrong("one uniqueId at a time");
    const auto said = values_of(query, "strategy");
    const std::string name = said.empty() ? (method == "PATCH" ? "merge" : "force") : said.front();
    if (name != "force" && name != "merge" && name != "replace")
      return wrong("strategy must be force, merge or replace");
    work.strategy = name == "force" ? Strategy::force : name == "merge" ? Strategy::merge : Strategy::replace;
    return true;
  }
  if (work.ids.size() > ids_max) return wrong("at most 1000 of uniqueId at a time");
  if (wants_file(work.asked) && work.ids.size() != 1) return wrong("fileOnly wants one uniqueId");
  const auto expressions = values_of(query, "jsonata");
  if (!expressions.empty()) {
    work.expression = read_expression(expressions.front());
    if (!work.expression)
      return wrong("JSONata is not supported, but for $[field=\"value\"], $[a.b=value] and $count($)");
  }
  const auto limits = values_of(query, "limit");
  const auto limit =
      limits.empty() ? std::optional<std::uint64_t>(SIZE_MAX) : base::read_decimal(limits.front());
  if (!limit || *limit == 0 || (!limits.empty() && *limit > limit_most))
    return wrong("limit must be a number from 1 to 1000");
  work.limit = static_cast<std::size_t>(*limit);
  return true;
}

void Api::read_body(Work work, ServerSteps& out) {
  const Request& asked = work.asked;
  if (is_upload(asked)) {
    if (work.caller.endpoint->authentication) return refuse(work, {400, "users are JSON, not files"}, out);
    // Which record it is to change, and whether it may, is found out before anything is read.
    if (asked.method != "POST") return begin(std::move(work), out);
    const model::Key key{work.caller.endpoint->collection, new_unique_id(desk_.prng)};
    return probe(std::move(work), key, out);
  }
  work.is_text = asked.content_type == "text/plain";
  if (!work.is_text && asked.content_type != "application/json")
    return refuse(work, {400, "Content-Type must be application/json or text/plain"}, out);
  if (asked.content_length > body_bytes_max) return refuse(work, {413, "the body is larger than 1 MiB"}, out);
  const CarrierId carrier = work.carrier;
  reading_.emplace(carrier, std::move(work));
  out.push_back(dialect::ReadBody{.carrier = carrier, .bytes_max = body_bytes_max});
}

// What would the rights of the space say of the write? They are looked at before it is found that it comes
// behind one that nobody makes.
void Api::probe(Work work, const model::Key& key, ServerSteps& out) {
  work.step = Step::probe;
  model::Write write{.client = {}, .owns = true};
  write.groups.push_back({{.number = 2, .key = key, .op = model::Op::put, .data = "{}", .after = 1}});
  ask_hub(std::move(work), std::move(write), out);
}

void Api::read_upload(Work work, ServerSteps& out) {
  if (work.gone) return;
  const CarrierId carrier = work.carrier;
  out.push_back(dialect::ReadFiles{.carrier = carrier,
                                   .files_name = std::string(files_part),
                                   .files_max = work.asked.method == "POST" ? files_of_request : 1});
  reading_.emplace(carrier, std::move(work));
}

bool Api::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  auto node = reading_.extract(carrier);
  if (node.empty() && std::holds_alternative<dialect::Closed>(arrival)) {
    for (auto& [ticket, work] : working_) work.gone = work.gone || work.carrier == carrier;
    std::erase_if(resting_, [&](const Work& work) { return work.carrier == carrier; });
  }
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (std::holds_alternative<dialect::Closed>(arrival)) return true;  // it broke off
  if (const auto* uploaded = std::get_if<dialect::Uploaded>(&arrival)) work.upload = *uploaded;
  // The body may have taken its time.
  if (!stands(now, work, out)) return true;
  if (const auto* refused = std::get_if<dialect::NotUploaded>(&arrival))
    return refuse(work, {refused->status, refused->reason, {}, refused->retry_after_ms}, out), true;
  if (work.upload) return begin(std::move(work), out), true;
  const auto* body = std::get_if<dialect::Body>(&arrival);
  if (body == nullptr) return true;
  if (body->bytes.empty()) return refuse(work, {400, "the body is empty"}, out), true;
  if (work.is_text) {
    if (!base::is_utf8(body->bytes)) return refuse(work, {400, "the text is not UTF-8"}, out), true;
    model::append_quoted(work.body, body->bytes);
  } else {
    auto text = model::compact(body->bytes);
    const bool is_large = !text && text.error().code == base::Code::too_large;
    if (is_large) ++met_["json"];
    if (!text)
      return refuse(work,
                    {400, (is_large ? "the body is " : "the body is not JSON: ") + text.error().message},
                    out),
             true;
    work.body = std::move(*text);
  }
  begin(std::move(work), out);
  return true;
}

void Api::begin(Work work, ServerSteps& out) {
  work.found = work.count = work.pages = 0;
  work.by_num = false;
  work.left = work.limit;
  work.after_num = 0;
  work.text.clear();
  work.seen = last_of(registry_.seq());
  if (work.asked.method == "POST") return create(std::move(work), out);
  work.step = Step::record;
  if (!work.ids.empty()) {
    const std::string id = work.ids.front();
    return look_for(std::move(work), id, out);
  }
  const auto after = values_of(work.asked.query, "after");
  if (after.empty()) return list(std::move(work), out);
  work.step = Step::after;
  look_for(std::move(work), after.front(), out);
}

// By the number in the id, if it has one, and else by the id itself.
void Api::look_for(Work work, const std::string& id, ServerSteps& out) {
  if (!is_unique_id(id)) return refuse(work, unknown_id(), out);
  model::Read read{.key = {work.caller.endpoint->collection, ""}};
  const auto num = work.by_num ? std::nullopt : num_in(id);
  work.by_num = num.has_value();
  if (num && *num != 0)
    read.num = *num;
  else
    read.key.id = id;
  ask_hub(std::move(work), std::move(read), out);
}

void Api::list(Work work, ServerSteps& out) {
  const Caller& caller = work.caller;
  if (work.gone) return;
  // Of users everybody sees the one alone.
  if (caller.endpoint->authentication && !caller.is_master) {
    work.step = Step::self;
    model::Read read{.key = {caller.endpoint->collection, caller.user()}};
    return ask_hub(std::move(work), std::move(read), out);
  }
  work.step = Step::page;
  if (++work.pages > pages_at_once) return rest(std::move(work));
  // Where much may be somebody else's, a few would not be a few at all.
  const bool sees_all =
      caller.is_master || !caller.endpoint->needs_token() || caller.endpoint->read_by_others;
  model::List list{.collection = caller.endpoint->collection,
                   .after = work.after_num,
                   .records_max = sees_all ? std::min(work.left, page_records) : page_records,
                   .bytes_max = page_bytes};
  ask_hub(std::move(work), std::move(list), out);
}

// One long list goes on at a time. The others begin anew when it is their turn, and hold nothing until then.
void Api::rest(Work work) {
  work.pages = 0;
  if (work.has_turn) return resting_.push_front(std::move(work));
  work.text = std::string();
  resting_.push_back(std::move(work));
}

// ---- what there is ----------------------------------------------------------------------------------------

void Api::found(Work work, const model::Found& found, ServerSteps& out) {
  if (work.step == Step::self) {
    const bool is_behind = found.record && found.record->exists() && found.record->num > work.after_num;
    if (is_behind && !add(work, *found.record, out)) return;
    return show_all(std::move(work), out);
  }
  const bool is_first_look = std::exchange(work.by_num, false);
  const bool is_there = found.record && (found.record->exists() || work.step == Step::after);
  const std::string id =
      work.step == Step::after ? values_of(work.asked.query, "after").front() : work.ids[work.found];
  if (!is_there && is_first_look) {
    work.by_num = true;  // that was no number of ours; the id itself perhaps
    return look_for(std::move(work), id, out);
  }
  if (!is_there) return refuse(work, unknown_id(), out);
  const model::Record& record = *found.record;
  if (work.step == Step::after) {
    work.after_num = record.num;
    return list(std::move(work), out);
  }
  const bool shows = is_got(work.asked) || work.asked.method == "POST";
  if (!shows) return change(std::move(work), record, out);
  if (!may_read(work.caller, record)) return refuse(work, foreign(), out);
  if (work.ids.size() == 1 && !work.expression) return show(work, record, out);
  if (!add(work, record, out)) return;
  if (++work.found == work.ids.size()) return show_all(std::move(work), out);
  const std::string next = work.ids[work.found];
  look_for(std::move(work), next, out);
}

void Api::listed(Work work, const model::Listed& listed, ServerSteps& out) {
  for (const model::Record& record : listed.records) {
    work.after_num = record.num;
    if (!may_read(work.caller, record) || work.left == 0) continue;
    --work.left;
    if (!add(work, record, out)) return;
  }
  if (work.left == 0 || listed.records.empty()) return show_all(std::move(work), out);
  list(std::move(work), out);
}

// Where the expression lets it, as far as there is room. False: there is none, and it was refused.
bool Api::add(Work& work, const model::Record& record, ServerSteps& out) const {
  if (work.expression && work.expression->counts) return ++work.count, true;
  const bool bare = is_set(work.asked.query, "dataOnly");
  const std::string text = bare ? record.data : record_text(record, is_set(work.asked.query, "versions"));
  if (work.expression && !work.expression->path.empty()) {
    const auto element = model::read(text, {.depth_max = base::limits::json_depth_max + 1,
                                            .values_max = base::limits::json_values_max + around_data});
    if (!element || !fits(*work.expression, *element)) return true;
  }
  ++work.count;
  if (work.text.size() + text.size() > answer_bytes_max) {
    refuse(work,
           {400,
            "the answer would be larger than 32 MiB; ask for less at a time, by limit and after or by fewer "
            "of uniqueId"},
           out);
    return false;
  }
  work.text.append(work.text.empty() ? "" : ",").append(text);
  return true;
}

void Api::show_all(Work work, ServerSteps& out) {
  const bool counts = work.expression && work.expression->counts;
  // As JSONata has it, one thing that is left is no list.
  const bool is_bare_one = work.expression && !work.expression->path.empty() && work.count == 1;
  std::string body = std::move(work.text);
  if (!is_bare_one) body.insert(0, 1, '[') += ']';
  if (counts) body = base::decimal(std::uint64_t{work.count});
  auto respond = rested::answer(work.carrier, work.asked, 200, std::move(body));
  respond.head.headers.emplace_back("Rockpool-Cursor", cursor_of(work));
  out.push_back(std::move(respond));
}

// Our own pages are told which history it is a place of.
std::string Api::cursor_of(const Work& work) const {
  std::string cursor = base::decimal(work.seen);
  if (is_set(work.asked.query, "versions")) cursor += '-' + base::hex(registry_.epoch(), 16);
  return cursor;
}

void Api::show(const Work& work, const model::Record& record, ServerSteps& out) {
  if (is_got(work.asked) && wants_file(work.asked))
    return out.push_back(file_answer(work.carrier, work.asked, record));
  const std::string tag = tag_of(record);
  const std::string& if_match = work.asked.if_match;
  if (is_got(work.asked) && !if_match.empty() && !names_tag(if_match, tag))
    return refuse(work, other_record(), out);
  if (is_got(work.asked) && names_tag(work.asked.if_none_match, tag)) {
    auto respond = rested::answer(work.carrier, work.asked, 304, {}, {});
    respond.head.headers.emplace_back("ETag", tag);
    return out.push_back(std::move(respond));
  }
  auto respond = record_answer(work.carrier, work.asked, record);
  if (is_got(work.asked)) respond.head.headers.emplace_back("Rockpool-Cursor", cursor_of(work));
  out.push_back(std::move(respond));
}

// ---- questions and answers --------------------------------------------------------------------------------

// False: it was refused.
bool Api::stands(Instant now, Work& work, ServerSteps& out) const {
  const auto refused = door_.look_again(now, work.asked, work.caller);
  if (refused) refuse(work, *refused, out);
  return !refused;
}

bool Api::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (const auto* result = std::get_if<model::Written>(&reply)) {
    written(now, std::move(work), *result, out);
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    refuse(work, refusal_of(failed->error), out);
  } else {
    go_on(now, std::move(work), reply, out);
  }
  return true;
}

// With what was looked for, unless the options it was looked for by are others by now.
void Api::go_on(Instant now, Work work, const model::Reply& reply, ServerSteps& out) {
  const auto endpoint = work.caller.endpoint;
  if (!stands(now, work, out)) return;
  if (endpoint != work.caller.endpoint) return begin(std::move(work), out);
  if (const auto* one = std::get_if<model::Found>(&reply)) found(std::move(work), *one, out);
  if (const auto* page = std::get_if<model::Listed>(&reply)) listed(std::move(work), *page, out);
}

void Api::happened(const Registry::Happened& happened) {
  if (happened.gone_users.empty()) return;
  for (auto& [carrier, work] : reading_) Door::mark_deleted(happened, work.caller);
  for (auto& [ticket, work] : working_) Door::mark_deleted(happened, work.caller);
  for (Work& work : resting_) Door::mark_deleted(happened, work.caller);
}

std::optional<Instant> Api::next_wake() const {
  return resting_.empty() ? std::nullopt : std::optional(Instant());
}

void Api::wake(ServerSteps& out) {
  if (resting_.empty()) return;
  Work work = std::move(resting_.front());
  resting_.pop_front();
  std::exchange(work.has_turn, true) ? list(std::move(work), out) : begin(std::move(work), out);
}

void Api::ask_hub(Work work, model::Command command, ServerSteps& out) {
  const Ticket ticket = desk_.ask(door_.principal_of(work.caller), std::move(command), out);
  working_.emplace(ticket, std::move(work));
}

void Api::refuse(const Work& work, const Refusal& refusal, ServerSteps& out) const {
  if (work.upload) out.push_back(drop_of(*work.upload));
  out.push_back(rested::refuse(work.carrier, work.asked, refusal));
}

}  // namespace rockpool::dialects::rested
