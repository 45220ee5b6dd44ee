#include "core/dialects/rested/api.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialects/rested/files.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t body_bytes_max = base::limits::record_bytes_max;
constexpr std::size_t answer_bytes_max = 32 << 20;
constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;
constexpr std::size_t ids_max = 1000;
constexpr std::uint64_t limit_most = 1000;
constexpr std::size_t buckets_max = 10'000;
constexpr int tries_max = 16;

bool is_got(const std::string& method) { return method == "GET" || method == "HEAD"; }
bool has_body(const std::string& method) { return method == "POST" || method == "PUT" || method == "PATCH"; }
bool is_known(const std::string& method) {
  return is_got(method) || has_body(method) || method == "DELETE" || method == "OPTIONS";
}

// Uploads and downloads of files.
bool is_upload(const Request& request) { return request.content_type == "multipart/form-data"; }
bool wants_file(const Request& request) { return is_set(request.query, "fileOnly"); }

std::vector<std::string> ids_of(const std::string& query) {
  std::vector<std::string> ids;
  for (const std::string& value : values_of(query, "uniqueId"))
    for (const std::string_view id : base::split(value, ','))
      if (!id.empty()) ids.emplace_back(id);
  return ids;
}

std::string owner_of(const Caller& caller, const model::Record& record) {
  return caller.endpoint->authentication ? unique_id_of(record) : read_beside(record.meta).owner;
}

// Whose record it is decides, or a switch of the endpoint.
bool may(const Caller& caller, const model::Record& record, bool others_may) {
  const Endpoint& endpoint = *caller.endpoint;
  if (caller.is_master || !endpoint.needs_token()) return true;
  if (others_may && !endpoint.authentication) return true;
  return !caller.user().empty() && owner_of(caller, record) == caller.user();
}

bool may_read(const Caller& caller, const model::Record& record) {
  return may(caller, record, caller.endpoint->read_by_others);
}

Refusal foreign() { return {403, "the record belongs to somebody else"}; }
Refusal unknown_id() { return {404, "there is no record of that uniqueId"}; }

enum class Type { json, text, file };

Type type_of(const model::Record& record) {
  if (has_file(record.meta)) return Type::file;
  return read_beside(record.meta).is_text && record.data.starts_with('"') ? Type::text : Type::json;
}

}  // namespace

// ---- the request ------------------------------------------------------------------------------------------

void Api::ask(Instant now, CarrierId carrier, Request request, Caller caller, ServerSteps& out) {
  if (request.method == "OPTIONS") return out.push_back(preflight(carrier, request));
  Work work{.carrier = carrier, .asked = std::move(request), .caller = std::move(caller)};
  const std::string& method = work.asked.method;
  if (!is_known(method)) return refuse(work, {405, "the method is not known here"}, out);
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
  if (!is_got(method)) {
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
  work.left = static_cast<std::size_t>(*limit);
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

bool Api::receive(CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  auto node = reading_.extract(carrier);
  if (node.empty() && std::holds_alternative<dialect::Closed>(arrival))
    for (auto& [ticket, work] : working_) work.gone = work.gone || work.carrier == carrier;
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (const auto* refused = std::get_if<dialect::NotUploaded>(&arrival))
    return refuse(work, {refused->status, refused->reason, {}, refused->retry_after_ms}, out), true;
  if (const auto* uploaded = std::get_if<dialect::Uploaded>(&arrival)) {
    work.upload = *uploaded;
    begin(std::move(work), out);
    return true;
  }
  const auto* body = std::get_if<dialect::Body>(&arrival);
  if (body == nullptr) return true;  // it broke off
  if (body->bytes.empty()) return refuse(work, {400, "the body is empty"}, out), true;
  if (work.is_text) {
    if (!base::is_utf8(body->bytes)) return refuse(work, {400, "the text is not UTF-8"}, out), true;
    model::append_quoted(work.body, body->bytes);
  } else {
    auto text = model::compact(body->bytes);
    const bool is_large = !text && text.error().code == base::Code::too_large;
    if (is_large) ++met_["json"];
    if (is_large) return refuse(work, {413, "the body is too large: " + text.error().message}, out), true;
    if (!text) return refuse(work, {400, "the body is not JSON: " + text.error().message}, out), true;
    work.body = std::move(*text);
  }
  begin(std::move(work), out);
  return true;
}

void Api::begin(Work work, ServerSteps& out) {
  work.found = 0;
  work.records.clear();
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

void Api::create(Work work, ServerSteps& out) {
  const Caller& caller = work.caller;
  model::Write write{.client = {}, .owns = true, .tells = true};
  if (work.upload) {
    Beside owner;
    if (caller.endpoint->needs_token()) owner.owner = caller.user();
    write.groups.push_back(file_records(*work.upload, caller.endpoint->collection, owner, desk_.prng));
    work.step = Step::write;
    return ask_hub(std::move(work), std::move(write), out);
  }
  // Who names what it makes may ask again when the answer is lost.
  const std::string id = work.ids.empty() ? new_unique_id(desk_.prng) : work.ids.front();
  model::Mutation put{
      .key = {caller.endpoint->collection, id}, .op = model::Op::put, .data = work.body, .base = 0};
  Beside beside{.is_text = work.is_text};
  if (caller.endpoint->needs_token()) beside.owner = caller.user();
  if (beside != Beside()) put.meta = write_beside("", beside);
  work.step = Step::write;
  write.groups.push_back({std::move(put)});
  ask_hub(std::move(work), std::move(write), out);
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
  work.step = Step::page;
  model::List list{.collection = work.caller.endpoint->collection,
                   .after = work.after_num,
                   .records_max = std::min(work.left, page_records),
                   .bytes_max = page_bytes};
  ask_hub(std::move(work), std::move(list), out);
}

// ---- what there is ----------------------------------------------------------------------------------------

void Api::found(Work work, const model::Found& found, ServerSteps& out) {
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
  const bool shows = is_got(work.asked.method) || work.asked.method == "POST";
  if (!shows) return change(std::move(work), record, out);
  if (!may_read(work.caller, record)) return refuse(work, foreign(), out);
  work.bytes += record.data.size();
  work.records.push_back(record);
  if (++work.found == work.ids.size()) return show_all(work, out);
  const std::string next = work.ids[work.found];
  look_for(std::move(work), next, out);
}

void Api::listed(Work work, const model::Listed& listed, ServerSteps& out) {
  for (const model::Record& record : listed.records) {
    work.after_num = record.num;
    if (!may_read(work.caller, record) || work.left == 0) continue;
    work.bytes += record.data.size();
    work.records.push_back(record);
    --work.left;
  }
  if (work.bytes > answer_bytes_max)
    return refuse(work, {400, "the answer would be larger than 32 MiB; ask for pages by limit and after"},
                  out);
  if (work.left == 0 || listed.records.empty()) return show_all(work, out);
  list(std::move(work), out);
}

void Api::show_all(const Work& work, ServerSteps& out) {
  const bool is_one = work.ids.size() == 1;
  if (is_one && !work.expression) return show(work, work.records.front(), out);
  const bool bare = is_set(work.asked.query, "dataOnly");
  const bool with_versions = is_set(work.asked.query, "versions");
  std::string body;
  std::size_t count = 0;
  for (const model::Record& record : work.records) {
    const std::string text = bare ? record.data : record_text(record, with_versions);
    if (work.expression && !work.expression->path.empty()) {
      const auto element = model::read(text);
      if (!element || !fits(*work.expression, *element)) continue;
    }
    ++count;
    if (work.expression && work.expression->counts) continue;
    body.append(body.empty() ? "" : ",").append(text);
  }
  // As JSONata has it, one thing that is left is no list.
  const bool is_bare_one = work.expression && !work.expression->path.empty() && count == 1;
  if (!is_bare_one) body = '[' + body + ']';
  if (work.expression && work.expression->counts) body = base::decimal(std::uint64_t{count});
  auto respond = rested::answer(work.carrier, work.asked, 200, std::move(body));
  respond.head.headers.emplace_back("Rockpool-Cursor", base::decimal(work.seen));
  out.push_back(std::move(respond));
}

void Api::show(const Work& work, const model::Record& record, ServerSteps& out) {
  if (is_got(work.asked.method) && wants_file(work.asked))
    return out.push_back(file_answer(work.carrier, work.asked, record));
  const std::string tag = tag_of(record);
  if (is_got(work.asked.method) && names_tag(work.asked.if_none_match, tag)) {
    auto respond = rested::answer(work.carrier, work.asked, 304, {}, {});
    respond.head.headers.emplace_back("ETag", tag);
    return out.push_back(std::move(respond));
  }
  auto respond = record_answer(work.carrier, work.asked, record);
  if (is_got(work.asked.method))
    respond.head.headers.emplace_back("Rockpool-Cursor", base::decimal(work.seen));
  out.push_back(std::move(respond));
}

// ---- writing ----------------------------------------------------------------------------------------------

void Api::change(Work work, const model::Record& record, ServerSteps& out) {
  const Endpoint& endpoint = *work.caller.endpoint;
  const bool removes = work.asked.method == "DELETE";
  if (!may(work.caller, record, removes ? endpoint.delete_by_others : endpoint.update_by_others))
    return refuse(work, foreign(), out);
  if (!work.asked.if_match.empty() && !names_tag(work.asked.if_match, tag_of(record)))
    return refuse(work, {412, "the record is not the one that If-Match names any more"}, out);
  const auto version = values_of(work.asked.query, "version");
  if (!version.empty() && version.front() != base::decimal(record.version))
    return refuse(work, {412, "the record has another version"}, out);
  std::string data;
  if (!removes) {
    if (auto refused = make_data(work, record, data)) return refuse(work, *refused, out);
  }
  if (is_upload(work.asked) && !work.upload) return probe(std::move(work), record.key, out);
  if (endpoint.authentication)
    return users_.change({work.carrier, std::move(work.asked), std::move(work.caller)}, record,
                         std::move(data), out);
  model::Mutation mutation{
      .key = record.key, .op = model::Op::put, .data = std::move(data), .base = record.version};
  if (removes) {
    mutation.op = model::Op::remove;
  } else {
    Beside beside = read_beside(record.meta);
    beside.is_text = work.is_text;
    beside.upload.clear();
    std::string meta = write_beside(without_file(record.meta), beside);
    if (work.upload) meta = file_meta(meta, work.upload->files.front());
    if (meta != record.meta) mutation.meta = std::move(meta);
  }
  work.records = {record};
  work.step = Step::write;
  model::Write write{.client = {}, .owns = true, .tells = true};
  write.groups.push_back({std::move(mutation)});
  ask_hub(std::move(work), std::move(write), out);
}

// What the record becomes, by the strategy.
std::optional<Refusal> Api::make_data(Work& work, const model::Record& record, std::string& data) const {
  if (is_upload(work.asked)) return make_file(work, record, data);
  if (work.strategy == Strategy::merge) {
    auto both = work.is_text ? std::nullopt : merged(record.data, work.body);
    if (!both || has_file(record.meta))
      return Refusal{400, "merge is not possible: the record and the body must both be JSON objects"};
    data = std::move(*both);
    return std::nullopt;
  }
  if (work.strategy == Strategy::replace && type_of(record) != (work.is_text ? Type::text : Type::json))
    return Refusal{400, "replace is not possible: the body is not of the record's type; use force"};
  data = work.body;
  return std::nullopt;
}

// A file is replaced as a whole; PATCH leaves what is said of it beside.
std::optional<Refusal> Api::make_file(const Work& work, const model::Record& record,
                                      std::string& data) const {
  const bool is_file = has_file(record.meta);
  const bool is_merged = work.strategy == Strategy::merge;
  if (is_merged && (!is_file || work.asked.method == "PUT"))
    return Refusal{400, "merge is not possible: the record and the body must both be JSON objects"};
  if (work.strategy == Strategy::replace && !is_file)
    return Refusal{400, "replace is not possible: the body is not of the record's type; use force"};
  if (work.upload)
    data = file_data(work.upload->files.front(), *work.upload, is_merged ? record.data : std::string("{}"));
  return std::nullopt;
}

void Api::written(Work work, const model::Written& written, ServerSteps& out) {
  for (const model::Outcome& outcome : written.outcomes)
    if (const auto* declined = std::get_if<model::Declined>(&outcome))
      return refuse(work, refusal_of(declined->error), out);
  if (work.step == Step::probe) return read_upload(std::move(work), out);
  if (!std::holds_alternative<model::Acked>(written.outcomes.front())) {
    if (work.asked.method == "POST" && !work.ids.empty() && !work.upload) {
      // Made before, under the uniqueId that this request gives it too.
      work.step = Step::record;
      const std::string id = work.ids.front();
      return look_for(std::move(work), id, out);
    }
    // Somebody else was first: the same again, on what there is now.
    if (++work.tries > tries_max)
      return refuse(work, {503, "too many others write this at once; try again", {}, 1000}, out);
    return begin(std::move(work), out);
  }
  if (written.made.size() > 1) return show_made(work, written.made, out);
  const bool removes = work.asked.method == "DELETE";
  show(work, removes ? work.records.front() : written.made.front(), out);
}

// Of several files.
void Api::show_made(const Work& work, const std::vector<model::Record>& made, ServerSteps& out) {
  const bool bare = is_set(work.asked.query, "dataOnly");
  std::string body;
  for (const model::Record& record : made)
    body.append(body.empty() ? "[" : ",").append(bare ? record.data : record_text(record));
  out.push_back(rested::answer(work.carrier, work.asked, 200, body + ']'));
}

// ---- questions and answers --------------------------------------------------------------------------------

bool Api::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (const auto* one = std::get_if<model::Found>(&reply)) {
    found(std::move(work), *one, out);
  } else if (const auto* page = std::get_if<model::Listed>(&reply)) {
    listed(std::move(work), *page, out);
  } else if (const auto* result = std::get_if<model::Written>(&reply)) {
    written(std::move(work), *result, out);
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    refuse(work, refusal_of(failed->error), out);
  }
  return true;
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
