// The page's disk: files under an IDBFS mount, and the only calls of IDBFS there are. What they mean is the
// journal's
// matter (core/journal/journal.h); when they are made, web/src/store.ts's.
//
// IDBFS compares modification times in milliseconds and copies only files whose time differs, so each change
// gives a
// file a time above all it had before, whatever the clock says.
//
// The core itself touches no file, so IDBFS is all that would need Emscripten's file system, a third of the
// whole glue.
// In its place stands what IDBFS asks for: one flat folder in memory.
addToLibrary({
  $PATH__deps: [],
  $PATH: { join2: (folder, name) => folder + '/' + name },
  $MEMFS__deps: ['$FS'],
  $MEMFS: { getFileDataAsTypedArray: (node) => FS.bytes(node.file) },
  $FS__deps: [],
  $FS__postset: '',
  $FS: {
    files: {}, // path -> { buffer, size, mtime }
    mkdirTree: () => {},
    readdir: () => Object.keys(FS.files).map((path) => path.slice(path.lastIndexOf('/') + 1)),
    stat: (path) => ({ mode: 0x8180, mtime: FS.files[path].mtime }),
    isDir: () => false,
    isFile: () => true,
    lookupPath: (path) => ({ node: { file: FS.files[path] } }),
    bytes: (file) => file.buffer.slice(0, file.size),
    writeFile: (path, bytes) => {
      FS.files[path] = { buffer: bytes, size: bytes.length };
    },
    append: (path, bytes) => {
      var file = FS.files[path];
      if (file.size + bytes.length > file.buffer.length) {
        var larger = new Uint8Array(Math.max(2 * file.buffer.length, file.size + bytes.length));
        larger.set(file.buffer.subarray(0, file.size));
        file.buffer = larger;
      }
      file.buffer.set(bytes, file.size);
      file.size += bytes.length;
    },
    chmod: () => {},
    utime: (path, atime, mtime) => {
      FS.files[path].mtime = new Date(mtime);
    },
    rmdir: () => {},
    unlink: (path) => {
      delete FS.files[path];
    },
  },
  $rockpoolStore__deps: ['$FS', '$IDBFS'],
  // What the SDK calls; closure would rename the members themselves.
  $rockpoolStore__postset:
    "Module['rockpoolStore'] = { 'open': rockpoolStore.open, 'write': rockpoolStore.write, " +
    "'sync': rockpoolStore.sync, 'close': rockpoolStore.close, 'wipe': rockpoolStore.wipe };",
  $rockpoolStore: {
    changed: {},
    // How long a tab may sleep and still find out that its time is over, ms.
    remembered: 30 * 24 * 60 * 60 * 1000,
    /**
     * Reads what the database `folder` holds: done(error, [[name, bytes], ...], epoch). With `lost` also
     * takes it: a larger epoch is stored first, and that the one before is past, so whoever had it can store
     * nothing any more and has `lost` called.
     */
    open: (folder, strict, lost, done) => {
      rockpoolStore.close();
      FS.files = {};
      rockpoolStore.changed = {};
      rockpoolStore.folder = folder;
      rockpoolStore.strict = strict;
      rockpoolStore.lost = lost;
      rockpoolStore.epoch = 0;
      var read = () =>
        rockpoolStore.run(true, (error) =>
          done(error, error ? [] : rockpoolStore.read(), rockpoolStore.epoch),
        );
      if (!lost) return read();
      try {
        IDBFS.getDB(folder, (error, db) => {
          if (error) return done(error);
          var transaction = db.transaction([IDBFS.DB_STORE_NAME], 'readwrite');
          var store = transaction.objectStore(IDBFS.DB_STORE_NAME);
          var had = store.get('epoch');
          var epoch;
          had.onsuccess = () => {
            epoch = Math.max((had.result || 0) + 1, Date.now());
            store.put(epoch, 'epoch');
            if (had.result) store.put(1, had.result);
            store.delete(IDBKeyRange.upperBound(epoch - rockpoolStore.remembered));
          };
          transaction.oncomplete = () => {
            rockpoolStore.epoch = epoch;
            read();
          };
          transaction.onabort = () => done(transaction.error);
        });
      } catch (error) {
        done(error);
      }
    },
    read: () =>
      FS.readdir().map((name) => {
        var path = rockpoolStore.folder + '/' + name;
        var file = FS.files[path];
        rockpoolStore.changed[path] = file.mtime.getTime();
        return [name, FS.bytes(file)];
      }),
    /**
     * `kind` 1 appends, 2 creates, 3 removes. Throws when it could not be done, and may then be called again.
     */
    write: (kind, name, bytes) => {
      var path = rockpoolStore.folder + '/' + name;
      if (kind == 3) return FS.unlink(path);
      if (kind == 1) FS.append(path, bytes);
      else FS.writeFile(path, bytes.slice());
      var time = Math.max(Date.now(), (rockpoolStore.changed[path] || 0) + 1);
      rockpoolStore.changed[path] = time;
      FS.utime(path, time, time);
    },
    /** Stores the mount. Never two at once. After `fresh` with a new connection. */
    sync: (fresh, done) => {
      if (fresh) rockpoolStore.close();
      rockpoolStore.run(false, done);
    },
    close: () => {
      var db = IDBFS.dbs[rockpoolStore.folder];
      delete IDBFS.dbs[rockpoolStore.folder];
      if (db) db.close();
    },
    /** Deletes the database; others that have it open let it go (`prepare`). */
    wipe: (folder, done) => {
      try {
        var request = IDBFS.indexedDB().deleteDatabase(folder);
        request.onsuccess = () => done(null);
        request.onerror = () => done(request.error);
      } catch (error) {
        done(error);
      }
    },
    run: (populate, done) => {
      try {
        IDBFS.getDB(rockpoolStore.folder, (error, db) => {
          if (error) return done(error);
          rockpoolStore.prepare(db);
          rockpoolStore.copy(db, { mountpoint: rockpoolStore.folder }, populate, done);
        });
      } catch (error) {
        done(error);
      }
    },
    // IDBFS would read what is stored before each sync, row by row: a page that is frozen meanwhile keeps the
    // others waiting. Nobody else writes, so it is what was stored last; after a failure, it is read.
    copy: (db, mount, populate, done) => {
      var stored = rockpoolStore.stored;
      var now;
      rockpoolStore.stored = null;
      var look = () => IDBFS.getLocalSet(mount, (_, local) => (now = local));
      var end = (error) => {
        if (populate) look();
        if (!error) rockpoolStore.stored = now.entries;
        done(error);
      };
      look();
      if (populate || !stored) IDBFS.syncfs(mount, populate, end);
      else IDBFS.reconcile(now, { type: 'remote', db, entries: stored }, end);
    },
    // A database that is deleted or closed from outside is opened anew by the next sync, which then stores
    // all files.
    prepare: (db) => {
      if (db.onclose) return;
      var forget = () => {
        if (IDBFS.dbs[rockpoolStore.folder] !== db) return;
        delete IDBFS.dbs[rockpoolStore.folder];
        rockpoolStore.stored = null;
      };
      db.onclose = forget;
      db.onversionchange = () => {
        forget();
        db.close();
      };
      var begin = db.transaction.bind(db);
      var epoch = rockpoolStore.epoch;
      var options = rockpoolStore.strict ? { 'durability': 'strict' } : {};
      db.transaction = (stores, mode) => {
        var transaction = begin(stores, mode, options);
        if (mode == 'readwrite') rockpoolStore.guard(transaction, epoch);
        return transaction;
      };
    },
    // Past an epoch lies its number as a key. So the first request fails in a tab whose time is over, and
    // all that comes behind it in this transaction is undone. IDBFS makes its requests in one go; committed
    // at once, they need this page no more, which may be frozen any moment and keep the others waiting.
    guard: (transaction, epoch) => {
      var store = transaction.objectStore(IDBFS.DB_STORE_NAME);
      if (epoch) {
        store.add(1, epoch).onerror = (event) => {
          if (event.target.error.name != 'ConstraintError') return;
          event.stopPropagation();
          rockpoolStore.lost();
        };
      }
      queueMicrotask(() => {
        try {
          if (epoch) store.delete(epoch);
          transaction.commit?.();
        } catch {
          // It has failed already, and says so itself.
        }
      });
    },
  },
});
