#include "core/dialects/deepstream/jif.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialects/deepstream/errors.h"
#include "core/dialects/deepstream/jif_forms.h"
#include "core/dialects/deepstream/jif_plain.h"
#include "core/model/envelope.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using base::Error;
using dialect::ObjectText;
using model::Value;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::array<std::string_view, 2> payloads = {"data", "authData"};

Error refused(std::string message) {
  return {.code = Code::bad_message, .message = std::move(message), .path = ""};
}

Error unreadable(const Error& error) {
  Error said = refused("Failed to parse body of request: " + error.message + ".");
  if (error.code == Code::too_large) said.code = error.code;
  return said;
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text;
}

// ---- commands ---------------------------------------------------------------------------------------------

// One command, and the first thing that was wrong with it.
class Reader {
 public:
  explicit Reader(const Value& value) : value_(value) {}

  std::optional<Command> read() {
    const Form* form = form_of();
    if (form == nullptr) return std::nullopt;
    topic_ = form->topic;
    Command command{.kind = form->kind, .topic = form->of};
    for (const auto& [name, held] : value_.members())
      if (!take(*form, command, name, held)) return std::nullopt;
    if (!is_whole(*form, command)) return std::nullopt;
    return command;
  }
  const std::string& reason() const { return reason_; }

 private:
  const Form* form_of() {
    if (!value_.is_object()) return wrong("a command is an object"), nullptr;
    const std::string* topic = model::text_member(value_, "topic");
    if (topic == nullptr) return wrong("property 'topic' is required, and text"), nullptr;
    const std::string* action = model::text_member(value_, "action");
    bool is_topic = false;
    for (const Form& form : forms) {
      is_topic = is_topic || form.topic == *topic;
      if (action != nullptr && form.topic == *topic && form.action == *action) return &form;
    }
    topic_ = *topic;
    if (!is_topic) return wrong("there is no topic '" + topic_ + "'"), nullptr;
    if (action == nullptr) return missing("action"), nullptr;
    return wrong("topic '" + topic_ + "' has no action '" + *action + "'"), nullptr;
  }

  bool take(const Form& form, Command& command, const std::string& name, const Value& held) {
    if (name == "topic" || name == "action") return true;
    if (!name.empty() && name == form.name) return take_name(command, name, held);
    if (!name.empty() && name == form.names) return take_names(command, name, held);
    if (name == "data" && form.data != Data::none) return take_data(form, command, held);
    if (name == "version" && form.has_version) return take_version(command, held);
    if (name == "path" && form.has_path) return take_text(command.path, name, held);
    return wrong("property '" + name + "' is not permitted for topic '" + topic_ + "' and action '" +
                 std::string(form.action) + "'");
  }

  bool is_whole(const Form& form, const Command& command) {
    if (!form.name.empty() && command.name.empty()) return missing(form.name);
    if (form.kind == Kind::notify && !command.names) return missing(form.names);
    if (form.kind != Kind::write) return true;
    if (command.data.empty()) return missing("data");
    const bool is_container = command.data.front() == '{' || command.data.front() == '[';
    return is_container || !command.path.empty() ||
           wrong("property 'data' must be an object or an array where no path is given");
  }

  bool take_text(std::string& into, const std::string& name, const Value& held) {
    const auto* text = held.get_ptr<const std::string*>();
    if (text == nullptr) return wrong("property '" + name + "' must be text");
    into = *text;
    return true;
  }

  bool take_name(Command& command, const std::string& name, const Value& held) {
    if (!take_text(command.name, name, held)) return false;
    return !command.name.empty() || wrong("property '" + name + "' must not be empty");
  }

  bool take_names(Command& command, const std::string& name, const Value& held) {
    command.names.emplace();
    bool are_texts = held.is_array();
    for (const Value& one : held) {
      const auto* text = one.get_ptr<const std::string*>();
      are_texts = are_texts && text != nullptr;
      if (text != nullptr) command.names->push_back(*text);
    }
    if (!are_texts) return wrong("property '" + name + "' must be an array of text");
    return !command.names->empty() || command.kind == Kind::query ||
           wrong("property '" + name + "' must not be empty");
  }

  bool take_data(const Form& form, Command& command, const Value& held) {
    if (!take_text(command.data, "data", held)) return false;  // sliced, so it is text
    if (form.data != Data::texts) return true;
    const auto list = model::read(command.data);
    const auto is_text = [](const Value& one) { return one.get_ptr<const std::string*>() != nullptr; };
    return (list && list->is_array() && std::all_of(list->begin(), list->end(), is_text)) ||
           wrong("property 'data' must be an array of text");
  }

  // JavaScript has no integers: 1.0 and 1e3 are some.
  bool take_version(Command& command, const Value& held) {
    constexpr std::int64_t most = std::int64_t{1} << 53;  // and not reached by any record
    const bool is_whole = held.is_number() && std::trunc(held.as_real()) == held.as_real();
    if (!is_whole || held.as_real() < -1) return wrong("property 'version' must be a whole number from -1");
    command.version =
        held.as_real() >= static_cast<double>(most) ? most : static_cast<std::int64_t>(held.as_real());
    return true;
  }

  bool missing(std::string_view name) {
    return wrong("property '" + std::string(name) + "' is required for topic '" + topic_ + "'");
  }
  bool wrong(std::string why) {
    reason_ = std::move(why);
    return false;
  }

  const Value& value_;
  std::string topic_;
  std::string reason_;
};

base::Result<std::vector<Command>> read_commands(const Value& list) {
  std::vector<Command> commands;
  commands.reserve(list.size());
  for (const Value& one : list) {
    Reader reader(one);
    auto command = reader.read();
    if (!command) {
      return refused("Failed to parse JIF object at index " + base::decimal(std::uint64_t{commands.size()}) +
                     ". Reason: " + reader.reason());
    }
    commands.push_back(std::move(*command));
  }
  return commands;
}

bool is_there(const Value* body) {
  if (body == nullptr || body->is_null()) return false;
  // What JavaScript takes for nothing, the original takes for nothing too.
  const auto* text = body->get_ptr<const std::string*>();
  const auto* flag = body->get_ptr<const bool*>();
  if (text != nullptr) return !text->empty();
  if (flag != nullptr) return *flag;
  return !body->is_number() || body->as_real() != 0;
}

base::Result<Value> read_object(std::string_view body, std::size_t depth_max) {
  if (body.empty()) return Value::object();
  auto value = model::read_sliced(without_mark(body), payloads, {.depth_max = depth_max});
  if (!value) return unreadable(value.error());
  if (!value->is_structured()) return refused("Failed to parse body of request: it is no object.");
  return value;
}

}  // namespace

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::emit: return "emit";
    case Kind::read: return "read";
    case Kind::head: return "head";
    case Kind::write: return "write";
    case Kind::remove: return "delete";
    case Kind::notify: return "notify";
    case Kind::make: return "make";
    case Kind::query: return "query";
  }
  return "";
}

base::Result<Batch> read_batch(std::string_view text, bool may_have_auth_data, std::size_t depth_max) {
  if (auto batch = read_plain_batch(text, depth_max)) return *std::move(batch);
  return read_any_batch(text, may_have_auth_data, depth_max);
}

base::Result<Batch> read_any_batch(std::string_view text, bool may_have_auth_data, std::size_t depth_max) {
  const auto value = read_object(text, depth_max);
  if (!value) return value.error();
  const Value* body = model::member(*value, "body");
  if (!is_there(body)) return refused("Invalid message: the \"body\" parameter must exist.");
  if (!body->is_array() || body->empty())
    return refused("Invalid message: the \"body\" parameter must be a non-empty array of Objects.");
  Batch batch{.token = std::nullopt, .auth_data = {}, .commands = std::vector<Command>()};
  if (const std::string* data = model::text_member(*value, "authData")) {
    if (!may_have_auth_data)
      return refused("Authentication using authData is disabled. Try using a token instead.");
    if (!data->starts_with('{'))
      return refused("Invalid message: the \"authData\" parameter must be an object");
    batch.auth_data = *data;
  }
  if (const Value* token = model::member(*value, "token")) {
    const auto* said = token->get_ptr<const std::string*>();
    if (batch.auth_data.empty() && (said == nullptr || said->empty()))
      return refused("Invalid message: the \"token\" parameter must be a non-empty string");
    if (said != nullptr) batch.token = *said;
  }
  batch.commands = read_commands(*body);
  return batch;
}

base::Result<std::string> read_log_in(std::string_view body, std::size_t depth_max) {
  if (body.empty()) return std::string("{}");
  auto text = model::compact(without_mark(body), {.depth_max = depth_max});
  if (!text) return unreadable(text.error());
  if (!text->starts_with('{')) return refused("Failed to parse body of request: it is no object.");
  return text;
}

// ---- entries ----------------------------------------------------------------------------------------------

namespace {

ObjectText begin_failure(std::string& out, const Failure& failure, bool numeric) {
  ObjectText entry(out);
  entry.flag("success", false).text("error", failure.error).text("errorTopic", topic_text(failure.topic));
  // Events are refused by text in every release.
  if (numeric && failure.topic != Topic::event) {
    entry.integer("errorEvent", failure.event);
  } else {
    entry.text("errorEvent", event_text(failure.topic, failure.event));
  }
  return entry;
}

ObjectText begin_success(std::string& out) {
  ObjectText entry(out);
  entry.flag("success", true);
  return entry;
}

}  // namespace

std::string read_entry(std::int64_t version, std::string_view data) {
  std::string out;
  begin_success(out).integer("version", version).raw("data", data).end();
  return out;
}

std::string head_entry(std::int64_t version) {
  std::string out;
  begin_success(out).integer("version", version).end();
  return out;
}

std::string result_entry(std::string_view data) {
  std::string out;
  ObjectText entry = begin_success(out);
  if (!data.empty()) entry.raw("data", data);
  entry.end();
  return out;
}

std::string users_entry(const std::vector<std::string>& users) {
  std::string out;
  ObjectText entry = begin_success(out);
  std::string& list = entry.member("users");
  dialect::append_list(list, users, [&](const std::string& user) { model::append_quoted(list, user); });
  entry.end();
  return out;
}

std::string users_entry(const std::vector<std::pair<std::string, bool>>& users) {
  std::string out;
  ObjectText entry = begin_success(out);
  std::string& map = entry.member("users");
  map += '{';
  for (const auto& [user, is_online] : users) {
    if (map.back() != '{') map += ',';
    model::append_quoted(map, user);
    map += is_online ? ":true" : ":false";
  }
  map += '}';
  entry.end();
  return out;
}

std::string failure_entry(const Failure& failure, bool numeric) {
  std::string out;
  begin_failure(out, failure, numeric).end();
  return out;
}

std::string denied_entry(Topic topic, std::string_view action, bool numeric) {
  const std::int32_t event = *event_number(topic, "MESSAGE_DENIED");
  const std::string error = denied_text(action);
  std::string out;
  begin_failure(out, {topic, event, error}, numeric).text("errorAction", action).end();
  return out;
}

std::string conflict_entry(const Failure& failure, std::int64_t version, std::string_view data,
                           bool numeric) {
  std::string out;
  ObjectText entry = begin_failure(out, failure, numeric);
  entry.integer("currentVersion", version).raw("currentData", data.empty() ? "{}" : data).end();
  return out;
}

std::string provider_error_entry(std::string_view error) {
  const auto value = model::read(error);
  const auto* text = value ? value->get_ptr<const std::string*>() : nullptr;
  std::string out;
  ObjectText entry(out);
  entry.flag("success", false).text("error", text != nullptr ? *text : error).text("errorTopic", "rpc");
  if (text == nullptr) entry.raw("errorData", error);
  entry.end();
  return out;
}

std::string timeout_entry() {
  std::string out;
  ObjectText entry(out);
  entry.flag("success", false).text("error", request_timeout_text);
  entry.text("errorTopic", topic_text(Topic::connection)).text("errorEvent", request_timeout_event).end();
  return out;
}

std::string write_answer(const std::vector<std::string>& entries) {
  std::size_t bytes = 0;
  std::size_t succeeded = 0;
  for (const std::string& entry : entries) {
    bytes += entry.size() + 1;
    if (entry.starts_with(R"({"success":true)")) ++succeeded;
  }
  std::string out;
  out.reserve(bytes + 64);
  ObjectText answer(out);
  answer.text("result", succeeded == entries.size() ? "SUCCESS"
                        : succeeded == 0            ? "FAILURE"
                                                    : "PARTIAL_SUCCESS");
  std::string& body = answer.member("body");
  dialect::append_list(body, entries, [&](const std::string& entry) { body += entry; });
  answer.end();
  return out;
}

}  // namespace rockpool::dialects::deepstream
