// Passing over JSON strings quickly: they are most of what most documents are made of.
#pragma once

#include <cstddef>
#include <string_view>

namespace rockpool::model {

// The first position behind the string whose opening quote is at `at`; the end of a text that ends before it.
std::size_t behind_string(std::string_view text, std::size_t at);

}  // namespace rockpool::model
