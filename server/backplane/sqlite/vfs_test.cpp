// The failing disk of test_vfs.h. Every method but writing and syncing goes straight to the real file.
#include <gtest/gtest.h>

#include "server/backplane/sqlite/test_vfs.h"

namespace rockpool::backplane::testing {
namespace {

struct File {
  sqlite3_file base;
  FailingDisk* disk;
  // The real file follows in memory.
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
}
FailingDisk& disk_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->disk; }
const sqlite3_io_methods* on(sqlite3_file* file) { return real(file)->pMethods; }

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  const int code = disk_of(file).check(FailingDisk::Operation::write);
  return code != SQLITE_OK ? code : on(file)->xWrite(real(file), data, size, at);
}
int sync(sqlite3_file* file, int flags) {
  const int code = disk_of(file).check(FailingDisk::Operation::sync);
  return code != SQLITE_OK ? code : on(file)->xSync(real(file), flags);
}

int close(sqlite3_file* file) { return on(file)->xClose(real(file)); }
int read(sqlite3_file* file, void* data, int size, sqlite3_int64 at) {
  return on(file)->xRead(real(file), data, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) { return on(file)->xTruncate(real(file), size); }
int file_size(sqlite3_file* file, sqlite3_int64* size) { return on(file)->xFileSize(real(file), size); }
int lock(sqlite3_file* file, int level) { return on(file)->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return on(file)->xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* held) { return on(file)->xCheckReservedLock(real(file), held); }
int control(sqlite3_file* file, int what, void* with) {
  return on(file)->xFileControl(real(file), what, with);
}
int sector_size(sqlite3_file* file) { return on(file)->xSectorSize(real(file)); }
int abilities(sqlite3_file* file) { return on(file)->xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
  return on(file)->xShmMap(real(file), page, size, extend, at);
}
int shm_lock(sqlite3_file* file, int at, int count, int flags) {
  return on(file)->xShmLock(real(file), at, count, flags);
}
void shm_barrier(sqlite3_file* file) { on(file)->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return on(file)->xShmUnmap(real(file), remove); }

const sqlite3_io_methods methods = {
    2,       close,       read,      write,   truncate, sync,        file_size, lock,    unlock, check_lock,
    control, sector_size, abilities, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

struct Owned {
  sqlite3_vfs* system;
  FailingDisk* disk;
};

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const auto* owned = static_cast<const Owned*>(vfs->pAppData);
  file->pMethods = nullptr;
  const int code = owned->system->xOpen(owned->system, name, real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  file->pMethods = &methods;
  reinterpret_cast<File*>(file)->disk = owned->disk;
  return SQLITE_OK;
}

}  // namespace

FailingDisk::FailingDisk(const char* name) : vfs_(*sqlite3_vfs_find(nullptr)) {
  vfs_.pAppData = new Owned{sqlite3_vfs_find(nullptr), this};
  vfs_.zName = name;
  vfs_.pNext = nullptr;
  vfs_.szOsFile += static_cast<int>(sizeof(File));
  vfs_.xOpen = open;
  sqlite3_vfs_register(&vfs_, 0);
}

FailingDisk::~FailingDisk() {
  sqlite3_vfs_unregister(&vfs_);
  delete static_cast<Owned*>(vfs_.pAppData);
}

void FailingDisk::fail(Operation operation, int code, int skip, bool forever) {
  operation_ = operation;
  skip_ = skip;
  forever_ = forever;
  has_failed_ = false;
  code_ = code;
}

void FailingDisk::heal() { code_ = SQLITE_OK; }

int FailingDisk::check(Operation operation) {
  if (code_ == SQLITE_OK || operation != operation_) return SQLITE_OK;
  if (skip_-- > 0) return SQLITE_OK;
  const int code = code_;
  has_failed_ = true;
  if (!forever_) code_ = SQLITE_OK;
  return code;
}

}  // namespace rockpool::backplane::testing
