// The containers of wasm/include, as WebAssembly: web/test/containers.test.mjs builds and runs this.
// Prints a line for each claim that does not hold and exits with their number.
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

int wrong = 0;

#define CLAIM(what)                                          \
  do {                                                       \
    if (!(what)) {                                           \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, #what); \
      ++wrong;                                               \
    }                                                        \
  } while (false)

// Knows where it lives, so bytes that were merely copied are noticed, and how many live.
struct Held {
  explicit Held(int value = 0) : value(value), self(this) { ++alive; }
  Held(const Held& other) : Held(other.value) { check(other); }
  Held(Held&& other) noexcept : Held(other.value) {
    check(other);
    other.value = -1;
  }
  Held& operator=(const Held& other) {
    check(other);
    value = other.value;
    return *this;
  }
  Held& operator=(Held&& other) noexcept {
    check(other);
    value = std::exchange(other.value, -1);
    return *this;
  }
  ~Held() {
    check(*this);
    self = nullptr;
    --alive;
  }
  bool operator==(const Held& other) const { return value == other.value; }

  static void check(const Held& held) { CLAIM(held.self == &held); }

  int value;
  const Held* self;
  static inline int alive = 0;
};

std::string text(int number) { return std::string(static_cast<std::size_t>(number % 40), 'a') + "."; }

// The same operations on elements of a type; `make` gives the one of a number.
template <class T, class Make>
void vector_of(const Make& make) {
  using List = std::vector<T>;
  List list;
  CLAIM(list.empty() && list.size() == 0 && list.capacity() == 0);
  for (int i = 0; i < 100; ++i) list.push_back(make(i));
  CLAIM(list.size() == 100 && list.capacity() >= 100);
  for (int i = 0; i < 100; ++i) CLAIM(list[static_cast<std::size_t>(i)] == make(i));

  List same = list;
  CLAIM(same == list);
  same.push_back(same.front());  // perhaps while it grows
  while (same.size() < same.capacity()) same.push_back(same[1]);
  same.push_back(same[2]);
  CLAIM(same.back() == make(2) && same[2] == make(2) && same != list);
  const List& itself = list;
  list = itself;
  CLAIM(list.size() == 100 && list[99] == make(99));

  List moved = std::move(same);
  CLAIM(same.empty() && moved[99] == make(99));
  same = std::move(moved);
  CLAIM(moved.empty() && same[99] == make(99));
  same = list;
  CLAIM(same == list);
  same.swap(moved);
  CLAIM(same.empty() && moved == list);

  const auto put = moved.insert(moved.begin() + 3, make(500));
  CLAIM(put == moved.begin() + 3 && moved[3] == make(500) && moved[4] == make(3) && moved.back() == make(99));
  moved.insert(moved.end(), make(501));
  moved.insert(moved.begin(), make(502));
  CLAIM(moved.front() == make(502) && moved.back() == make(501) && moved.size() == 103);
  const auto next = moved.erase(moved.begin() + 4);
  CLAIM(*next == make(3) && moved.size() == 102);
  moved.erase(moved.begin());
  moved.pop_back();
  CLAIM(moved == list);
  moved.erase(moved.begin() + 10, moved.begin() + 90);
  CLAIM(moved.size() == 20 && moved[9] == make(9) && moved[10] == make(90) && moved[19] == make(99));
  CLAIM(moved.erase(moved.begin(), moved.begin()) == moved.begin() && moved.size() == 20);
  moved.insert(moved.begin() + 10, list.begin() + 10, list.begin() + 90);
  CLAIM(moved == list);
  moved.insert(moved.end(), std::make_move_iterator(same.begin()), std::make_move_iterator(same.end()));
  CLAIM(moved == list);

  CLAIM(std::erase_if(moved, [&](const T& one) { return one == make(5) || one == make(6); }) == 2);
  CLAIM(moved.size() == 98 && moved[5] == make(7));
  CLAIM(std::erase(moved, make(7)) == 1 && moved[5] == make(8));

  moved.resize(5);
  CLAIM(moved.size() == 5 && moved.back() == make(4));
  moved.resize(7);
  CLAIM(moved.size() == 7 && moved[6] == T() && moved[4] == make(4));
  moved.assign(3, make(9));
  CLAIM(moved.size() == 3 && moved[0] == make(9) && moved[2] == make(9));
  moved.clear();
  moved.reserve(64);
  CLAIM(moved.empty() && moved.capacity() >= 64);
  int backwards = 99;
  for (auto at = list.rbegin(); at != list.rend(); ++at) CLAIM(*at == make(backwards--));
  CLAIM(List({make(1), make(2)}) == List(list.begin() + 1, list.begin() + 3));
  CLAIM(List(2, make(1)).size() == 2 && List(3)[2] == T());
}

void vectors() {
  vector_of<int>([](int number) { return number; });
  vector_of<char>([](int number) { return static_cast<char>(number % 250); });
  vector_of<std::string>([](int number) { return text(number) + std::to_string(number); });
  vector_of<Held>([](int number) { return Held(number); });
  vector_of<std::optional<Held>>([](int number) { return std::optional(Held(number)); });
  vector_of<std::vector<Held>>([](int number) { return std::vector<Held>{Held(number)}; });
  vector_of<std::map<int, int>>([](int number) { return std::map<int, int>{{number, 1}}; });
  vector_of<std::variant<int, std::string, Held>>([](int number) {
    using One = std::variant<int, std::string, Held>;
    return number % 3 == 0 ? One(number) : number % 3 == 1 ? One(std::to_string(number)) : One(Held(number));
  });

  std::vector<std::unique_ptr<Held>> owned;
  for (int i = 0; i < 10; ++i) owned.push_back(std::make_unique<Held>(i));
  owned.erase(owned.begin() + 2, owned.begin() + 4);
  CLAIM(owned.size() == 8 && owned[2]->value == 4);
  CLAIM((std::vector<int>{1, 2} < std::vector<int>{1, 3} && std::vector<int>{1} < std::vector<int>{1, 0}));

  // Lists that grow by pieces must not be moved for each of them.
  std::vector<int> pieces;
  const std::vector<int> piece(3, 1);
  int moves = 0;
  for (int i = 0; i < 1'000; ++i) {
    const int* before = pieces.data();
    pieces.insert(pieces.end(), piece.begin(), piece.end());
    moves += pieces.data() != before;
  }
  CLAIM(pieces.size() == 3'000 && moves < 20);
}

void variants() {
  using One = std::variant<int, std::string, Held>;
  One one;
  CLAIM(one.index() == 0 && std::get<int>(one) == 0);
  one = std::string("text");
  One other = one;
  CLAIM(other == one && std::get<std::string>(other) == "text" && std::get_if<Held>(&other) == nullptr);
  other = Held(3);
  one = std::move(other);
  CLAIM(std::holds_alternative<Held>(one) && std::get<Held>(one).value == 3);
  one.emplace<std::string>("again");
  CLAIM(one != other && std::get<1>(one) == "again");
  CLAIM(std::visit([](const auto& held) { return sizeof(held); }, one) == sizeof(std::string));
}

}  // namespace

int main() {
  vectors();
  variants();
  CLAIM(Held::alive == 0);
  return wrong;
}
