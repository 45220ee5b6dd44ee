#include "core/dialects/baserow/users.h"

#include "core/base/text.h"
#include "core/dialects/baserow/tokens.h"

namespace rockpool::dialects::baserow {
namespace {

using What = dialect::SecretWork::What;

constexpr std::size_t password_letters_min = 8;
constexpr std::size_t password_letters_max = 256;
constexpr std::size_t email_letters_max = 254;
constexpr std::size_t language_letters_max = 10;
constexpr std::size_t token_letters_max = 8 << 10;

std::string read_email(Checks& checks, std::string_view name) {
  std::string email = checks.text(name, {.letters_max = email_letters_max});
  if (!email.empty() && !is_email(email)) checks.wrong(name, "Enter a valid email address.");
  return email;
}

std::string read_refresh_token(Checks& checks) {
  const bool is_old = !checks.has("refresh_token") && checks.has("token");
  return checks.text(is_old ? "token" : "refresh_token", {.letters_max = token_letters_max});
}

void refuse_visit(const VisitPointer& visit, const Fault& fault, ServerSteps& out) {
  out.push_back(refuse(visit->carrier, fault));
}

}  // namespace

Routes Users::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {
      {.method = "POST", .path = "user/", .handle = to(&Users::register_user), .is_open = true},
      {.method = "POST", .path = "user/token-auth/", .handle = to(&Users::log_in), .is_open = true},
      {.method = "POST", .path = "user/token-refresh/", .handle = to(&Users::refresh), .is_open = true},
      {.method = "POST", .path = "user/token-verify/", .handle = to(&Users::verify), .is_open = true},
      {.method = "PATCH", .path = "user/account/", .handle = to(&Users::change_account)},
      {.method = "POST", .path = "user/schedule-account-deletion/", .handle = to(&Users::schedule_deletion)}};
}

// ---- a new user -------------------------------------------------------------------------------------------

void Users::register_user(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  checks.text("name");
  const std::string email = read_email(checks, "email");
  const std::string password =
      checks.text("password", {.letters_max = password_letters_max, .letters_min = password_letters_min});
  checks.maybe_flag("authenticate");
  checks.maybe_text("language", {.letters_max = language_letters_max});
  if (const auto fault = checks.fault()) return refuse_visit(visit, *fault, out);
  if (!office_.desk.settings.registration)
    return refuse_visit(visit, {.wrong = Wrong::registration_closed}, out);
  if (office_.books.user_of(email)) return refuse_visit(visit, {.wrong = Wrong::email_taken}, out);
  work({.visit = visit, .step = Step::hash, .user = {}, .is_new = true},
       {.what = What::hash_password, .text = password}, out);
}

void Users::hashed(Work work, const std::string& hash, ServerSteps& out) {
  const VisitPointer visit = work.visit;
  Checks checks(visit->body);
  User user{.email = lower_case(checks.text("email")), .name = checks.text("name"), .password = hash};
  user.language = checks.maybe_text("language").value_or("en");
  const auto id = std::make_shared<Id>();
  office_.clerk.change(
      visit->now,
      {.author = visit->carrier,
       .plan = [this, user, id](Plan& plan) mutable -> MaybeFault {
         if (office_.books.user_of(user.email)) return Fault{.wrong = Wrong::email_taken};
         user.id = *id = plan.next_id(Kind::user);
         user.created_ms = plan.now.ms;
         plan.put(user);
         plan.put_email(user.email, user.id);
         const Group group{
             .id = plan.next_id(Kind::group), .name = user.name + "'s group", .created_ms = plan.now.ms};
         plan.put(group);
         plan.put(Member{.id = plan.next_id(Kind::member),
                         .group = group.id,
                         .user = user.id,
                         .is_admin = true,
                         .order = 1,
                         .created_ms = plan.now.ms});
         return std::nullopt;
       },
       .done =
           [this, visit, id](ServerSteps& steps) {
             Work made{.visit = visit, .user = office_.books.find<User>(*id), .is_new = true};
             Checks wanted(visit->body);
             if (wanted.maybe_flag("authenticate").value_or(false))
               sign(visit->now, std::move(made), Step::access, steps);
             else
               welcome(made, steps);
           },
       .refuse = [visit](const Fault& fault, ServerSteps& steps) { refuse_visit(visit, fault, steps); }},
      out);
}

// ---- log-ins ----------------------------------------------------------------------------------------------

void Users::log_in(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const bool is_old = !checks.has("email") && checks.has("username");
  const std::string email =
      lower_case(checks.text(is_old ? "username" : "email", {.letters_max = email_letters_max}));
  const std::string password = checks.text("password", {.letters_max = password_letters_max});
  if (const auto fault = checks.fault()) return refuse_visit(visit, *fault, out);
  const Pointer<User> user = office_.books.user_of(email);
  work({.visit = visit, .step = Step::check, .user = user},
       {.what = What::check_password,
        .text = password,
        .key = user ? user->password : std::string(),
        .account = "baserow:" + email,
        .address = visit->asked.address},
       out);
}

// Whoever logs in keeps the account after all. That is told to everybody, also to sockets of his own.
void Users::checked(Instant now, Work work, ServerSteps& out) {
  const Pointer<User> user = work.user ? office_.books.find<User>(work.user->id) : nullptr;
  if (!user) return refuse_visit(work.visit, {.wrong = Wrong::credentials}, out);
  work.user = user;
  if (user->is_active()) return sign(now, std::move(work), Step::access, out);
  office_.clerk.change(
      now,
      {.plan = [this, id = user->id](Plan& plan) -> MaybeFault {
         const Pointer<User> before = office_.books.find<User>(id);
         if (!before) return Fault{.wrong = Wrong::credentials};
         if (before->is_active()) return std::nullopt;  // another log-in was quicker
         User kept = *before;
         kept.deletion_ms = 0;
         plan.put(kept);
         return std::nullopt;
       },
       .done = [this, work, now](ServerSteps& steps) { sign(now, work, Step::access, steps); },
       .refuse = [visit = work.visit](const Fault& fault,
                                      ServerSteps& steps) { refuse_visit(visit, fault, steps); }},
      out);
}

void Users::refresh(const VisitPointer& visit, ServerSteps& out) { open_refresh_token(visit, true, out); }
void Users::verify(const VisitPointer& visit, ServerSteps& out) { open_refresh_token(visit, false, out); }

void Users::open_refresh_token(const VisitPointer& visit, bool is_refreshed, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string token = read_refresh_token(checks);
  if (const auto fault = checks.fault()) return refuse_visit(visit, *fault, out);
  work({.visit = visit, .step = Step::open, .user = {}, .is_refreshed = is_refreshed},
       {.what = What::open, .text = token, .key = office_.desk.settings.jwt_secret}, out);
}

void Users::opened(Instant now, Work work, const dialect::SecretResult& result, ServerSteps& out) {
  Judgement judgement = judge(office_.books, now, result, true);
  if (!judgement.user) return refuse_visit(work.visit, {.wrong = judgement.wrong}, out);
  work.user = std::move(judgement.user);
  if (work.is_refreshed) return sign(now, std::move(work), Step::access, out);
  std::string body;
  dialect::ObjectText(body).raw("user", shapes_.user(*work.user)).end();
  out.push_back(answer(work.visit->carrier, std::move(body)));
}

// ---- tokens -----------------------------------------------------------------------------------------------

void Users::sign(Instant now, Work work, Step step, ServerSteps& out) {
  work.step = step;
  const Claims claims = new_claims(office_.desk, now, work.user->id, step == Step::refresh);
  this->work(std::move(work),
             {.what = What::sign, .text = claims_text(claims), .key = office_.desk.settings.jwt_secret}, out);
}

void Users::welcome(const Work& work, ServerSteps& out) {
  const Pointer<User> user = office_.books.find<User>(work.user->id);
  if (!user) return refuse_visit(work.visit, {.wrong = Wrong::credentials}, out);
  std::string body;
  dialect::ObjectText object(body);
  if (work.is_new) object.raw("user", shapes_.user(*user));
  if (!work.access.empty()) object.text("token", work.access).text("access_token", work.access);
  if (!work.refresh.empty()) object.text("refresh_token", work.refresh);
  if (!work.is_new) object.raw("user", shapes_.user(*user));
  object.end();
  out.push_back(answer(work.visit->carrier, std::move(body)));
}

void Users::work(Work work, dialect::SecretWork wanted, ServerSteps& out) {
  working_.emplace(office_.desk.work(std::move(wanted), out), std::move(work));
}

bool Users::worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (work.step == Step::open) return opened(now, std::move(work), result, out), true;
  if (const auto* denied = std::get_if<dialect::Denied>(&result)) {
    Fault fault{.wrong = Wrong::credentials};
    if (denied->error.code == base::Code::overloaded)
      fault = {.wrong = denied->retry_after_ms > 0 ? Wrong::too_often : Wrong::not_now,
               .detail = denied->error.message,
               .retry_after_ms = std::max<std::int64_t>(1000, denied->retry_after_ms)};
    return refuse_visit(work.visit, fault, out), true;
  }
  const std::string& text = std::get<std::string>(result);
  switch (work.step) {
    case Step::hash: hashed(std::move(work), text, out); break;
    case Step::check: checked(now, std::move(work), out); break;
    case Step::access:
      work.access = text;
      work.is_refreshed ? welcome(work, out) : sign(now, std::move(work), Step::refresh, out);
      break;
    case Step::refresh:
      work.refresh = text;
      welcome(work, out);
      break;
    case Step::open: break;
  }
  return true;
}

// ---- changes ----------------------------------------------------------------------------------------------

void Users::change_account(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const auto name = checks.maybe_text("first_name");
  const auto language = checks.maybe_text("language", {.letters_max = language_letters_max});
  if (const auto fault = checks.fault()) return refuse_visit(visit, *fault, out);
  office_.change(
      visit,
      [this, visit, name, language](Plan& plan) -> MaybeFault {
        User user = *office_.books.find<User>(visit->user->id);
        user.name = name.value_or(user.name);
        user.language = language.value_or(user.language);
        plan.put(user);
        return std::nullopt;
      },
      [this, visit] {
        const Pointer<User> user = office_.books.find<User>(visit->user->id);
        std::string body;
        dialect::ObjectText(body).text("first_name", user->name).text("language", user->language).end();
        return body;
      },
      out);
}

void Users::schedule_deletion(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        User user = *office_.books.find<User>(visit->user->id);
        user.deletion_ms = plan.now.ms;
        plan.put(user);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

}  // namespace rockpool::dialects::baserow
