// Files: a record of its own for each, whose data says what it is. The bytes are the edge's.
#pragma once

#include <string>
#include <vector>

#include "core/dialects/rested/users.h"

namespace rockpool::dialects::rested {

// The parts of an upload that are files.
inline constexpr std::string_view files_part = "file";
inline constexpr std::size_t files_of_request = 10;

// What the data of a file's record is: {"name","size","mimeType","metadata"}. `before`: what its record was,
// whose metadata stays where the upload says nothing else.
// `too_large`: that would be no record.
base::Result<std::string> file_data(const dialect::StoredFile& file, const dialect::Uploaded& upload,
                                    std::string_view before = "{}");

// One record for each file, for one log entry.
base::Result<model::Group> file_records(const dialect::Uploaded& upload, const std::string& collection,
                                        const Beside& beside, base::Prng& prng);
std::string file_meta(std::string_view meta, const dialect::StoredFile& file);

// The answer to `fileOnly`: the file or a part of it, that it is the one which is known already, or why not.
dialect::ServerStep file_answer(CarrierId carrier, const Request& request, const model::Record& record);

// Nobody wants what was stored.
dialect::DropFiles drop_of(const dialect::Uploaded& upload);
// Files of records that are gone, or have others now.
dialect::DropFiles drop_of(const dialect::ServerDialect::Notices& notices);

}  // namespace rockpool::dialects::rested
