#include "core/dialects/baserow/applications.h"

#include <algorithm>
#include <array>

namespace rockpool::dialects::baserow {
namespace {

constexpr std::array<std::string_view, 1> types = {"database"};

}  // namespace

Routes Applications::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "applications/", .handle = to(&Applications::list_all)},
          {.method = "GET", .path = "applications/group/#/", .handle = to(&Applications::list)},
          {.method = "POST", .path = "applications/group/#/", .handle = to(&Applications::create)},
          {.method = "GET", .path = "applications/#/", .handle = to(&Applications::show)},
          {.method = "PATCH", .path = "applications/#/", .handle = to(&Applications::rename)},
          {.method = "DELETE", .path = "applications/#/", .handle = to(&Applications::remove)},
          {.method = "POST", .path = "applications/group/#/order/", .handle = to(&Applications::order)}};
}

void Applications::list_all(const VisitPointer& visit, ServerSteps& out) {
  std::vector<Pointer<Application>> all;
  for (const auto& member : shapes_.groups_of(visit->user->id))
    for (auto& one : shapes_.applications_of(member->group)) all.push_back(std::move(one));
  std::string body;
  dialect::append_list(body, all, [&](const auto& one) { body += shapes_.application(*one, true); });
  out.push_back(answer(visit->carrier, std::move(body)));
}

void Applications::list(const VisitPointer& visit, ServerSteps& out) {
  const Id group = visit->ids.front();
  if (const auto fault = office_.check_member(group, visit->user->id))
    return out.push_back(refuse(visit->carrier, *fault));
  std::string body;
  dialect::append_list(body, shapes_.applications_of(group),
                       [&](const auto& one) { body += shapes_.application(*one, true); });
  out.push_back(answer(visit->carrier, std::move(body)));
}

void Applications::create(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string name = checks.text("name");
  checks.choice("type", types);
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const auto id = std::make_shared<Id>();
  office_.change(
      visit,
      [this, visit, name, id](Plan& plan) -> MaybeFault {
        const Id group = visit->ids.front();
        if (auto fault = office_.check_member(group, visit->user->id)) return fault;
        const auto others = shapes_.applications_of(group);
        *id = plan.next_id(Kind::application);
        plan.put(Application{
            .id = *id, .group = group, .name = name, .order = others.empty() ? 1 : others.back()->order + 1});
        return std::nullopt;
      },
      [this, id] { return shapes_.application(*office_.books.find<Application>(*id), true); }, out);
}

std::variant<Pointer<Application>, Fault> Applications::find(const Visit& visit) const {
  const Pointer<Application> application = office_.books.present<Application>(visit.ids.front());
  if (!application) return Fault{.wrong = Wrong::no_application};
  if (auto fault = office_.check_member(application->group, visit.user->id)) return std::move(*fault);
  return application;
}

void Applications::show(const VisitPointer& visit, ServerSteps& out) {
  const auto found = find(*visit);
  if (const auto* fault = std::get_if<Fault>(&found)) return out.push_back(refuse(visit->carrier, *fault));
  out.push_back(answer(visit->carrier, shapes_.application(*std::get<Pointer<Application>>(found), true)));
}

void Applications::rename(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string name = checks.text("name");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, name](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        Application application = *std::get<Pointer<Application>>(found);
        application.name = name;
        plan.put(application);
        return std::nullopt;
      },
      [this, visit] {
        return shapes_.application(*office_.books.find<Application>(visit->ids.front()), true);
      },
      out);
}

void Applications::remove(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        plan.trash(*std::get<Pointer<Application>>(found), visit->user->id);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

void Applications::order(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::vector<Id> wanted = checks.ids("application_ids");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, wanted](Plan& plan) -> MaybeFault {
        const Id group = visit->ids.front();
        if (auto fault = office_.check_member(group, visit->user->id)) return fault;
        std::vector<Id> now;
        for (const auto& one : shapes_.applications_of(group)) now.push_back(one->id);
        const auto order = new_order(wanted, now);
        if (!order) return Fault{.wrong = Wrong::application_not_in_group};
        std::vector<Application> applications;
        for (const Id id : *order) applications.push_back(*office_.books.find<Application>(id));
        plan.put_in_order(std::move(applications));
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

}  // namespace rockpool::dialects::baserow
