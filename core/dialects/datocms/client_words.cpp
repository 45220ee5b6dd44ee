#include "core/dialects/datocms/client_words.h"

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialect/requests.h"
#include "core/wire/url.h"

namespace rockpool::dialects::datocms {
namespace {

using base::Code;
using model::Value;

constexpr std::size_t answer_values_max = 10'000'000;
constexpr std::string_view to_publish = "publish", to_unpublish = "unpublish";

std::string text_in(const Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? "" : *text;
}

bool cut(std::string& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.resize(text.size() - end.size());
  return true;
}

// https://graphql.datocms.com has channels at https://graphql-listen.datocms.com.
constexpr std::string_view host_of_queries = "://graphql.";

bool is_own(std::string_view member) { return member == "id" || member.starts_with('_'); }

const Value* set_member(const Value& object, std::string_view name) {
  const Value* held = model::member(object, name);
  return held == nullptr || held->is_null() ? nullptr : held;
}

std::string status_of(const Value& record) { return text_in(record, "_status"); }

bool is_published(std::string_view status) { return status == "published" || status == "updated"; }

}  // namespace

base::Result<Value> read_answer(std::string_view body) {
  return model::read(body, {.values_max = answer_values_max});
}

// ---- where ------------------------------------------------------------------------------------------------

std::optional<Address> read_address(std::string_view url) {
  auto base = wire::base_url(url);
  if (!base) return std::nullopt;
  Address address;
  address.drafts = cut(*base, "/preview");
  constexpr std::string_view environments = "/environments/";
  if (const std::size_t at = base->rfind(environments); at != std::string::npos) {
    address.environment = base->substr(at + environments.size());
    if (address.environment.find('/') != std::string::npos) return std::nullopt;
    base->resize(at);
  }
  const std::size_t host = base->find(host_of_queries);
  if (host != std::string::npos && base->find('/', host + host_of_queries.size()) == std::string::npos) {
    address.query = *base + '/';
    address.listen = base->insert(host + host_of_queries.size() - 1, "-listen") + '/';
    return address;
  }
  cut(*base, "/graphql");
  address.query = *base + "/graphql";
  address.listen = *base + "/listen";
  address.items = *base + "/cma/items";
  address.socket = wire::socket_url(*base) + "/rockpool";
  return address;
}

wire::Headers headers_of(const Address& address, const std::string& token) {
  wire::Headers headers = {{"Authorization", "Bearer " + token}, {"Accept", "application/json"}};
  if (address.drafts) headers.emplace_back("X-Include-Drafts", "true");
  if (!address.environment.empty()) headers.emplace_back("X-Environment", address.environment);
  return headers;
}

// ---- queries ----------------------------------------------------------------------------------------------

std::optional<Wish> read_wish(std::string_view signal) {
  const auto said = model::read(signal);
  const Value* sub = said ? model::member(*said, "sub") : nullptr;
  const auto* number = sub == nullptr ? nullptr : sub->get_ptr<const std::int64_t*>();
  if (number == nullptr) return std::nullopt;
  Wish wish{.sub = *number};
  wish.listens = text_in(*said, "type") == "subscribe";
  if (!wish.listens) return wish;
  const auto asked = model::read(text_in(*said, "event"));
  if (!asked) return std::nullopt;
  wish.key = text_in(*asked, "key");
  model::append_quoted(wish.query, text_in(*asked, "query"));
  if (const Value* variables = set_member(*asked, "variables")) wish.variables = model::write(*variables);
  return wish;
}

std::string body_of(const Wish& wish) {
  std::string body;
  dialect::ObjectText text(body);
  text.raw("query", wish.query);
  if (!wish.variables.empty()) text.raw("variables", wish.variables);
  text.end();
  return body;
}

Told read_told(const Value& message) {
  Told told{.code = text_in(message, "code"), .message = text_in(message, "message")};
  const Value* response = model::member(message, "response");
  if (response != nullptr && model::member(*response, "data") != nullptr)
    told.response = model::write(*response);
  told.is_fatal = model::bool_member(message, "fatal").value_or(false);
  // What is wrong with the query says more than that something is.
  const Value* errors = response == nullptr ? nullptr : model::member(*response, "errors");
  if (told.response.empty() && errors != nullptr && !errors->elements().empty()) {
    told.message = text_in(errors->elements().front(), "message");
    told.errors = model::write(*errors);
  }
  return told;
}

std::optional<Told> read_event(std::string_view type, std::string_view data) {
  if (type != "update" && type != "channelError") return std::nullopt;
  const auto said = read_answer(data);
  if (!said) return std::nullopt;
  if (type != "update") {
    Told told = read_told(*said);
    told.response.clear();
    return told;
  }
  // The documentation has the result alone.
  const Value* response = model::member(*said, "response");
  const Value& result = response == nullptr ? *said : *response;
  return Told{.response = model::write(result)};
}

std::optional<Told> read_result(std::string_view body) {
  const auto said = read_answer(body);
  if (!said) return std::nullopt;
  if (model::member(*said, "data") != nullptr) return Told{.response = model::write(*said)};
  Value message = Value::object();
  message["code"] = "INVALID_QUERY";
  message["fatal"] = true;
  message["response"] = *said;
  return read_told(message);
}

Told read_refusal(int status, std::string_view body) {
  Told told{.message = dialect::said_by(status)};
  const auto said = model::read(body);
  const Value* list = said ? model::member(*said, "data") : nullptr;
  if (list == nullptr || list->elements().empty()) return told;
  const Value* attributes = model::member(list->elements().front(), "attributes");
  if (attributes == nullptr) return told;
  told.code = text_in(*attributes, "code");
  const Value* details = model::member(*attributes, "details");
  if (details != nullptr && !text_in(*details, "message").empty())
    told.message = text_in(*details, "message");
  return told;
}

base::Code code_of(const Told& told, int status) {
  if (told.code == "INVALID_AUTHORIZATION_HEADER" || status == 401) return Code::auth;
  if (told.code == "INSUFFICIENT_PERMISSIONS" || status == 403) return Code::forbidden;
  if (told.code == "INVALID_ENVIRONMENT" || status == 404) return Code::not_found;
  if (told.code == "TOO_MANY_QUERIES" || dialect::is_passing(status)) return Code::overloaded;
  return status == 413 ? Code::too_large : status == 507 ? Code::quota : Code::invalid;
}

std::string read_channel(std::string_view body) {
  const auto said = model::read(body);
  return said ? text_in(*said, "url") : "";
}

// ---- records ----------------------------------------------------------------------------------------------

std::optional<Stand> read_stand(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto place = base::read_decimal(text.substr(0, dash));
  const auto epoch = base::read_hex(text.substr(dash + 1));
  if (!place || !epoch) return std::nullopt;
  return Stand{*place, *epoch};
}

std::string written(const Stand& stand) {
  return base::decimal(stand.place) + '-' + base::hex(stand.epoch, 16);
}

std::optional<State> read_record(const Value& record) {
  const Value* data = model::member(record, "data");
  State state{.remote = text_in(record, "id"), .data = {}};
  if (data == nullptr || !data->is_object() || state.remote.empty()) return std::nullopt;
  state.data = model::write(*data);
  state.version = model::count_member(record, "version").value_or(0);
  state.name = text_in(record, "name");
  state.created.ms = static_cast<std::int64_t>(model::count_member(record, "createdAt").value_or(0));
  state.updated.ms = static_cast<std::int64_t>(model::count_member(record, "updatedAt").value_or(0));
  return state;
}

namespace {

// The fields of `now` that differ; unless it creates, those that it lacks too, as null.
Value changed(const Value& now, const Value& before, bool creates) {
  Value fields = Value::object();
  for (const Value::Item& field : now.members()) {
    if (is_own(field.name)) continue;
    const Value* held = set_member(before, field.name);
    const bool is_there = held == nullptr ? field.value.is_null() : *held == field.value;
    if (!is_there) fields[field.name] = field.value;
  }
  for (const Value::Item& field : before.members()) {
    const bool is_missing =
        !is_own(field.name) && !field.value.is_null() && model::member(now, field.name) == nullptr;
    if (is_missing && !creates) fields[field.name] = nullptr;
  }
  return fields;
}

Value read_object(const std::string& text) {
  auto read = model::read(text);
  return read ? std::move(*read) : Value::object();
}

// `_status` says what is wanted to be so, or, as `publish` and `unpublish`, what is wanted to be done.
std::string_view move_of(const Value& now, const Value& before, bool edits) {
  const std::string to = status_of(now), from = status_of(before);
  if (to == to_publish && (edits || from != "published")) return to_publish;
  if (to == "published" && from != "published") return to_publish;
  const bool withdraws = to == "draft" || to == to_unpublish;
  return withdraws && is_published(from) ? to_unpublish : "";
}

}  // namespace

bool says_the_same(const std::string& wanted, const std::string& there, bool creates) {
  if (wanted.empty() || there.empty()) return wanted == there;
  const Value now = read_object(wanted), before = read_object(there);
  return changed(now, before, creates).empty() && move_of(now, before, false).empty();
}

ItemWrite item_write(const std::string& model, const std::string& wanted, const std::string& there) {
  const Value now = read_object(wanted), before = read_object(there);
  Value fields = changed(now, before, false);
  ItemWrite write{.body = {}, .move = move_of(now, before, !fields.empty())};
  if (fields.empty() && !there.empty()) return write;
  write.body = R"({"data":{"type":"item","attributes":)" + model::write(fields);
  write.body += R"(,"relationships":{"item_type":{"data":{"type":"item_type","id":)";
  model::append_quoted(write.body, model);
  write.body += "}}}}}";
  return write;
}

}  // namespace rockpool::dialects::datocms
