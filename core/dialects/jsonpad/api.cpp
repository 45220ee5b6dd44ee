#include "core/dialects/jsonpad/api.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/merge_text.h"
#include "core/dialect/times.h"
#include "core/model/names.h"
#include "core/model/value.h"

namespace rockpool::dialects::jsonpad {
namespace {

using Kind = Place::Kind;

constexpr std::size_t body_bytes_max = base::limits::record_bytes_max;
constexpr std::size_t page_bytes_max = 32 << 20;
constexpr std::size_t data_values_max = 10'000;
constexpr int tries_max = 16;

std::string_view methods_of(Kind kind) {
  switch (kind) {
    case Kind::lists: return "GET, POST, DELETE";
    case Kind::list: return "GET, PUT, DELETE";
    case Kind::items: return "GET, POST, DELETE";
    case Kind::item: return "GET, PUT, PATCH, DELETE";
    default: return "GET";
  }
}

bool has_body(const std::string& method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

bool is_json(std::string_view type) {
  std::string name(type.substr(0, type.find(';')));
  while (name.ends_with(' ')) name.pop_back();
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return name == "application/json";
}

// Our own SDK sees versions.
bool with_versions(std::string_view query) { return wire::query_value(query, "versions") == "1"; }

std::string tag_of(const model::Record& item) {
  return '"' + base::decimal(item.num) + '-' + base::decimal(item.version) + '"';
}

bool names_tag(std::string_view header, std::string_view tag) {
  if (header == "*") return true;
  for (std::string_view one : base::split(header, ',')) {
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
  }
  return false;
}

// A bare array does not say that it was cut.
bool is_whole(const Place& place, const Paging& paging) {
  return place.kind == Kind::items_data && !paging.is_said;
}

base::Instant second_of(base::Instant at) { return {at.ms / 1000 * 1000}; }

// Within the second of a change there may come another one, which has to be seen by who asks again.
base::Instant last_modified(base::Instant now, base::Instant updated) {
  const base::Instant second = second_of(updated);
  return second == second_of(now) ? base::Instant{second.ms - 1000} : second;
}

Fault fault_of_unknown_list(const Api::Request& request) {
  if (request.place.kind == Kind::list) return Fault::no_list;
  return request.method == "POST" ? Fault::no_list_to_add_to : Fault::no_list_of_items;
}

}  // namespace

// ---- the request ------------------------------------------------------------------------------------------

bool Api::is_allowed(const Request& request, CarrierId carrier, ServerSteps& out) const {
  for (const std::string_view method : base::split(methods_of(request.place.kind), ',')) {
    if (method.substr(method.starts_with(' ') ? 1 : 0) == request.method) return true;
  }
  auto respond = jsonpad::refuse(carrier, Fault::method);
  respond.head.headers.emplace_back("Allow", methods_of(request.place.kind));
  out.push_back(std::move(respond));
  return false;
}

void Api::ask(Instant now, CarrierId carrier, Request request, ServerSteps& out) {
  if (!is_allowed(request, carrier, out)) return;
  const auto bucket =
      buckets_.try_emplace(request.caller.user, desk_.options.limits.messages_of_a_user, now).first;
  if (!bucket->second.take(now)) {
    ++desk_.met["messages_of_user"];
    out.push_back(jsonpad::refuse(carrier, Fault::too_often));
    return;
  }
  Work work{.carrier = carrier, .asked = std::move(request)};
  if (!has_body(work.asked.method)) return begin(now, std::move(work), out);
  if (!is_json(work.asked.content_type)) return refuse(work, Fault::media_type, out);
  // One that does not say how large it is is stopped by the edge, in the edge's words.
  if (work.asked.content_length > body_bytes_max) return refuse(work, Fault::too_large, out);
  reading_.emplace(carrier, std::move(work));
  out.push_back(dialect::ReadBody{.carrier = carrier, .bytes_max = body_bytes_max});
}

bool Api::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  auto node = reading_.extract(carrier);
  if (node.empty()) return false;
  const auto* body = std::get_if<dialect::Body>(&arrival);
  if (body == nullptr) return true;  // it broke off
  Work work = std::move(node.mapped());
  if (body->bytes.size() > body_bytes_max) return refuse(work, Fault::too_large, out), true;
  auto text = model::compact(body->bytes);
  if (!text) {
    const bool is_large = text.error().code == base::Code::too_large;
    if (is_large) ++desk_.met["json"];
    return refuse(work, Fault::not_json, out, is_large ? text.error().message : ""), true;
  }
  work.body = std::move(*text);
  begin(now, std::move(work), out);
  return true;
}

void Api::begin(Instant now, Work work, ServerSteps& out) {
  const Place& place = work.asked.place;
  work.clears.clear();
  if (place.kind == Kind::version) return respond(work, 200, R"({"version":"1.0"})", out);
  if (place.kind == Kind::lists) return begin_lists(now, std::move(work), out);
  work.list = books_.list_of(work.asked.caller.user, place.list);
  if (!work.list) return refuse(work, fault_of_unknown_list(work.asked), out);
  if (place.kind == Kind::list) return begin_list(now, std::move(work), out);
  place.kind == Kind::item ? begin_item(std::move(work), out) : begin_items(std::move(work), out);
}

// ---- lists ------------------------------------------------------------------------------------------------

void Api::begin_lists(Instant now, Work work, ServerSteps& out) {
  if (work.asked.method == "GET") return show_lists(work, out);
  if (work.asked.method == "POST") {
    work.list = List{.collection = {}, .name = {}};
    if (!read_list_body(work, out)) return;
  }
  write_lists(now, std::move(work), out);
}

void Api::begin_list(Instant now, Work work, ServerSteps& out) {
  if (work.asked.method == "GET") return show_list(now, work, out);
  if (work.asked.method == "PUT" && !read_list_body(work, out)) return;
  write_lists(now, std::move(work), out);
}

// What the body says of the list. False: it was refused.
bool Api::read_list_body(Work& work, ServerSteps& out) {
  const auto body = model::read(work.body);
  if (!body || !body->is_object()) return refuse(work, Fault::list_name, out), false;
  const model::Value* name = model::member(*body, "name");
  const bool is_new = work.asked.method == "POST";
  if (name != nullptr || is_new) {
    const auto* text = name == nullptr ? nullptr : name->get_ptr<const std::string*>();
    if (text == nullptr || !is_list_name(*text)) return refuse(work, Fault::list_name, out), false;
    work.list->name = *text;
  }
  for (const std::string_view option : {"schema", "indexes"}) {
    const model::Value* said = model::member(*body, option);
    if (said != nullptr && !said->is_null() && !(said->is_structured() && said->empty()))
      return refuse(work, Fault::list_options, out), false;
  }
  if (const model::Value* said = model::member(*body, "realtime_enabled")) {
    const auto* flag = said->get_ptr<const bool*>();
    if (flag == nullptr)
      return refuse(work, Fault::list_options, out, "realtime_enabled is true or false"), false;
    work.list->realtime = *flag;
  }
  return true;
}

void Api::show_lists(const Work& work, ServerSteps& out) {
  const auto paging =
      read_paging(work.asked.query, {"name", "item_count", "data_size", "created", "updated"});
  if (!paging) return refuse(work, Fault::parameter, out);
  std::vector<List> lists = books_.lists(work.asked.caller.user);
  const auto rank = [&](const List& list) -> std::int64_t {
    const model::Totals& totals = books_.totals(list.collection);
    if (paging->sort == "item_count") return static_cast<std::int64_t>(totals.records);
    if (paging->sort == "data_size") return static_cast<std::int64_t>(totals.bytes);
    if (paging->sort == "created") return list.created.ms;
    return paging->sort == "updated" ? updated_of(list, totals).ms : 0;
  };
  std::sort(lists.begin(), lists.end(), [&](const List& a, const List& b) {
    const auto left = std::pair(rank(a), std::string_view(a.name));
    const auto right = std::pair(rank(b), std::string_view(b.name));
    return paging->descending ? right < left : left < right;
  });
  const std::uint64_t passed = std::min<std::uint64_t>((paging->page - 1) * paging->size, lists.size());
  const std::uint64_t end = std::min<std::uint64_t>(passed + paging->size, lists.size());
  std::string elements = "[";
  for (std::uint64_t at = passed; at < end; ++at) {
    if (elements.size() > 1) elements += ',';
    elements += list_text(lists[at], books_.totals(lists[at].collection));
  }
  std::string body = page_text(*paging, "lists", elements += ']', lists.size());
  if (with_versions(work.asked.query)) {
    body.back() = ',';
    body += R"("epoch":)" + base::decimal(books_.epoch() % (std::uint64_t{1} << 53)) + '}';
  }
  auto page = jsonpad::answer(work.carrier, 200, dialect::share(std::move(body)));
  page.head.headers.emplace_back("Rockpool-Cursor", base::decimal(books_.newest()));
  page.head.headers.emplace_back("Access-Control-Expose-Headers", "Rockpool-Cursor");
  out.push_back(std::move(page));
}

void Api::show_list(Instant now, const Work& work, ServerSteps& out) {
  const model::Totals& totals = books_.totals(work.list->collection);
  const Instant updated = updated_of(*work.list, totals);
  const std::string& collection = work.list->collection;
  const std::string list = list_text(*work.list, totals);
  const auto known = dialect::read_http_date(work.asked.if_modified_since);
  const bool is_known =
      known && (second_of(updated) <= *known || given_.stands_for(collection, *known, list));
  const Instant time = last_modified(now, updated);
  given_.give(now, collection, time, list);
  const wire::Headers headers = {{"Last-Modified", dialect::http_date(time)}};
  if (is_known) return respond(work, 304, "", out, headers);
  respond(work, 200, R"({"list":)" + list + '}', out, headers);
}

void Api::write_lists(Instant now, Work work, ServerSteps& out) {
  const std::string& account = work.asked.caller.user;
  const std::string& method = work.asked.method;
  Books::Plan plan;
  if (method == "DELETE") {
    const bool all = work.asked.place.kind == Kind::lists;
    const auto held = all ? std::nullopt : books_.list_of(account, work.asked.place.list);
    if (!all && !held) return refuse(work, Fault::no_list, out);
    plan = books_.remove(account, all ? books_.lists(account) : std::vector<List>{*held}, all);
  } else {
    List& list = *work.list;
    const auto taken = books_.list_of(account, list.name);
    if (method == "POST") {
      if (taken) return refuse(work, Fault::list_taken, out);
      list.collection = books_.collection_for(account, list.name);
      if (books_.is_cleared(list.collection))
        return refuse(work, Fault::not_now, out,
                      "what was there before is being deleted still; try again later");
      list.created = list.updated = now;
    } else {
      const auto held = books_.list_over(account, list.collection);
      if (!held) return refuse(work, Fault::no_list, out);
      if (taken && taken->collection != list.collection) return refuse(work, Fault::list_taken, out);
      list.updated = std::max(now, held->updated + base::milliseconds(1));
    }
    plan = books_.put(account, list);
  }
  work.clears = work.marked = std::move(plan.clears);
  write(std::move(work), std::move(plan.group), out);
}

void Api::resume(ServerSteps& out) {
  const model::Principal own{.user = {}, .system = true, .roles = {}, .credential = {}};
  for (auto& [account, collections] : books_.to_clear()) {
    Work work{
        .carrier = 0, .asked = {.caller = {.user = account}, .place = {}}, .marked = std::move(collections)};
    work.asked.caller.principal = std::make_shared<const model::Principal>(own);
    work.asked.place.kind = Kind::lists;
    work.asked.method = "DELETE";
    // What is somebody's again is not to go.
    for (const std::string& collection : work.marked)
      if (!books_.is_listed(collection)) work.clears.push_back(collection);
    go_on_clearing(std::move(work), out);
  }
}

void Api::go_on_clearing(Work work, ServerSteps& out) {
  if (work.clears.empty() && work.marked.empty()) return respond(work, 204, "", out);
  if (work.clears.empty()) {
    work.unmarks = true;
    auto plan = books_.cleared(work.asked.caller.user, work.marked);
    return write(std::move(work), std::move(plan.group), out);
  }
  model::Mutation clear{.key = {work.clears.back(), ""}, .op = model::Op::remove, .all = true};
  work.clears.pop_back();
  write(std::move(work), {std::move(clear)}, out);
}

// ---- items ------------------------------------------------------------------------------------------------

void Api::begin_items(Work work, ServerSteps& out) {
  if (work.asked.method == "GET") return list_page(std::move(work), out);
  if (work.asked.method == "DELETE") {
    work.clears.push_back(work.list->collection);
    return go_on_clearing(std::move(work), out);
  }
  model::Mutation put{
      .key = {work.list->collection, ""}, .op = model::Op::put, .data = work.body, .counted = true};
  // Who names what it makes may ask again when the answer is lost. Numbers are given here.
  if (auto id = wire::query_value(work.asked.query, "id")) {
    if (const auto num = read_num(*id)) return find_item(std::move(work), *num, out);
    if (!model::check_id(*id).ok() || base::read_decimal(*id)) return refuse(work, Fault::parameter, out);
    put.key.id = std::move(*id);
    put.counted = false;
    put.base = 0;
  }
  write(std::move(work), {std::move(put)}, out);
}

void Api::find_item(Work work, std::uint64_t num, ServerSteps& out) {
  work.num = num;
  model::Read read{.key = {work.list->collection, ""}, .num = num};
  ask_hub(std::move(work), std::move(read), out);
}

void Api::list_page(Work work, ServerSteps& out) {
  const auto paging = read_paging(work.asked.query, {"index", "created", "updated"});
  if (!paging) return refuse(work, Fault::parameter, out);
  using Order = model::List::Order;
  model::List list{.collection = work.list->collection,
                   .order = paging->sort == "created"   ? Order::created
                            : paging->sort == "updated" ? Order::updated
                                                        : Order::num,
                   .descending = paging->descending,
                   .after = paging->after,
                   .offset = (paging->page - 1) * paging->size,
                   .records_max = is_whole(work.asked.place, *paging)
                                      ? data_values_max + 1
                                      : static_cast<std::size_t>(paging->size),
                   .bytes_max = page_bytes_max};
  ask_hub(std::move(work), std::move(list), out);
}

void Api::listed(const Work& work, const model::Listed& listed, ServerSteps& out) {
  if (!listed.done)
    return refuse(work, Fault::parameter, out,
                  "the answer would be larger than 32 MiB; ask for fewer by page_size");
  const bool bare = work.asked.place.kind == Kind::items_data;
  if (listed.records.size() > data_values_max)
    return refuse(work, Fault::parameter, out,
                  "the list has more than 10,000 items; ask for pages of them by page and page_size");
  std::string elements = "[";
  for (const model::Record& record : listed.records) {
    if (elements.size() > 1) elements += ',';
    elements += bare ? record.data : item_text(record, with_versions(work.asked.query));
  }
  elements += ']';
  if (bare) return respond(work, 200, std::move(elements), out);
  const auto paging = read_paging(work.asked.query, {"index", "created", "updated"});
  respond(work, 200, page_text(*paging, "items", elements, listed.totals.records), out);
}

void Api::begin_item(Work work, ServerSteps& out) {
  const auto num = read_num(work.asked.place.item);
  if (!num) return refuse(work, Fault::no_item, out);
  find_item(std::move(work), *num, out);
}

void Api::found(Work work, const model::Found& found, ServerSteps& out) {
  const bool is_there = found.record && found.record->exists();
  // An item that was deleted is made again, with the number that it had.
  if (work.asked.method == "POST" && work.num > 0 && !is_there) {
    if (!found.record) return refuse(work, Fault::parameter, out);
    model::Mutation put{.key = found.record->key, .op = model::Op::put, .data = work.body, .base = 0};
    return write(std::move(work), {std::move(put)}, out);
  }
  if (!is_there) return refuse(work, Fault::no_item, out);
  if (work.asked.method == "GET" || work.asked.method == "POST") return show_item(work, *found.record, out);
  write_item(std::move(work), *found.record, out);
}

void Api::show_item(const Work& work, const model::Record& item, ServerSteps& out) {
  const std::string tag = tag_of(item);
  if (names_tag(work.asked.if_none_match, tag)) return respond(work, 304, "", out, {{"ETag", tag}});
  respond(work, 200, R"({"item":)" + item_text(item, with_versions(work.asked.query)) + '}', out,
          {{"ETag", tag}});
}

void Api::write_item(Work work, const model::Record& item, ServerSteps& out) {
  const auto version = wire::query_value(work.asked.query, "version");
  if (version && *version != base::decimal(item.version)) return refuse(work, Fault::other_version, out);
  model::Mutation mutation{.key = item.key, .op = model::Op::put, .data = work.body, .base = item.version};
  if (work.asked.method == "DELETE") mutation.op = model::Op::remove;
  if (work.asked.method == "PATCH") {
    auto data = dialect::merge_text(item.data, work.body, dialect::Merging::of_members);
    if (!data) return refuse(work, Fault::not_json, out, "only objects can be merged");
    // Each of the two kept to the limits of JSON, and what they make has to as well.
    auto whole = model::compact(*data);
    if (!whole) return out.push_back(jsonpad::refuse(work.carrier, whole.error()));
    mutation.data = std::move(*whole);
  }
  write(std::move(work), {std::move(mutation)}, out);
}

// ---- what came of it --------------------------------------------------------------------------------------

bool Api::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (const auto* result = std::get_if<model::Written>(&reply)) {
    written(now, std::move(work), *result, out);
  } else if (const auto* page = std::get_if<model::Listed>(&reply)) {
    listed(work, *page, out);
  } else if (const auto* one = std::get_if<model::Found>(&reply)) {
    found(std::move(work), *one, out);
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    out.push_back(jsonpad::refuse(work.carrier, failed->error));
  }
  return true;
}

void Api::written(Instant now, Work work, const model::Written& written, ServerSteps& out) {
  bool is_late = false;
  for (const model::Outcome& outcome : written.outcomes) {
    if (const auto* declined = std::get_if<model::Declined>(&outcome);
        declined != nullptr && declined->error.code != base::Code::depends)
      return out.push_back(jsonpad::refuse(work.carrier, declined->error));
    is_late = is_late || !std::holds_alternative<model::Acked>(outcome);
  }
  if (!is_late) return done(work, written, out);
  // Made before, under the name that this request gives it too.
  const auto id =
      work.asked.place.kind == Kind::items ? wire::query_value(work.asked.query, "id") : std::nullopt;
  if (id && std::holds_alternative<model::Conflicted>(written.outcomes.front())) {
    if (const std::uint64_t num = work.num; num > 0) return find_item(std::move(work), num, out);
    model::Read read{.key = {work.list->collection, *id}};
    return ask_hub(std::move(work), std::move(read), out);
  }
  // Somebody else was first: the same again, on what there is now.
  if (++work.tries > tries_max) return refuse(work, Fault::not_now, out);
  if (work.unmarks) return go_on_clearing(std::move(work), out);
  begin(now, std::move(work), out);
}

void Api::done(const Work& work, const model::Written& written, ServerSteps& out) {
  const Kind kind = work.asked.place.kind;
  if (work.asked.method == "DELETE" && kind != Kind::item) {
    Work rest = work;
    if (std::exchange(rest.unmarks, false)) rest.marked.clear();
    // One that removed as many as it may has perhaps left some.
    for (std::size_t i = 0; i < written.outcomes.size(); ++i) {
      const auto* cleared = std::get_if<model::Acked>(&written.outcomes[i]);
      const bool is_full = cleared != nullptr && cleared->version >= base::limits::clear_records_max;
      if (is_full && !rest.batch[i].empty()) rest.clears.push_back(rest.batch[i]);
    }
    return go_on_clearing(std::move(rest), out);
  }
  if (work.asked.method == "DELETE") return respond(work, 204, "", out);
  const bool is_new = work.asked.method == "POST";
  wire::Headers headers;
  if (kind == Kind::lists || kind == Kind::list) {
    if (is_new) headers.emplace_back("Location", "lists/" + work.list->name);
    return respond(work, is_new ? 201 : 200,
                   R"({"list":)" + list_text(*work.list, books_.totals(work.list->collection)) + '}', out,
                   std::move(headers));
  }
  const model::Record& item = written.made.front();
  if (is_new) headers.emplace_back("Location", "items/" + base::decimal(item.num));
  headers.emplace_back("ETag", tag_of(item));
  respond(work, is_new ? 201 : 200, R"({"item":)" + item_text(item, with_versions(work.asked.query)) + '}',
          out, std::move(headers));
}

void Api::ask_hub(Work work, model::Command command, ServerSteps& out) {
  const Ticket ticket = desk_.ask(*work.asked.caller.principal, std::move(command), out);
  working_.emplace(ticket, std::move(work));
}

void Api::write(Work work, model::Group group, ServerSteps& out) {
  model::Write write{.client = {}, .owns = true, .tells = true};
  work.batch.clear();
  for (const model::Mutation& one : group) work.batch.push_back(one.all ? one.key.collection : "");
  write.groups.push_back(std::move(group));
  ask_hub(std::move(work), std::move(write), out);
}

void Api::refuse(const Work& work, Fault fault, ServerSteps& out, std::string_view detail) {
  out.push_back(jsonpad::refuse(work.carrier, fault, detail));
}

void Api::respond(const Work& work, int status, std::string body, ServerSteps& out, wire::Headers headers) {
  auto respond = jsonpad::answer(work.carrier, status,
                                 body.empty() ? dialect::Shared() : dialect::share(std::move(body)));
  // What can be asked again with its tag or time may be kept, but not used unasked.
  if (!headers.empty()) respond.head.headers.back().second = "no-cache";
  for (auto& header : headers) respond.head.headers.push_back(std::move(header));
  out.push_back(std::move(respond));
}

}  // namespace rockpool::dialects::jsonpad
