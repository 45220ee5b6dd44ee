// The page's disk: files under an IDBFS mount, and the only calls of IDBFS there are. What they mean is the journal's
// matter (core/journal/journal.h); when they are made, web/src/store.ts's.
//
// IDBFS compares modification times in milliseconds and copies only files whose time differs, so each change gives a
// file a time above all it had before, whatever the clock says.
addToLibrary({
  $rockpoolStore__deps: ['$FS', '$IDBFS', '$PATH', '$MEMFS'],
  // What the SDK calls; closure would rename the members themselves.
  $rockpoolStore__postset: "Module['rockpoolStore'] = { 'open': rockpoolStore.open, 'write': rockpoolStore.write, " +
    "'sync': rockpoolStore.sync, 'close': rockpoolStore.close, 'wipe': rockpoolStore.wipe };",
  $rockpoolStore: {
    changed: {},
    /** Reads what the database `folder` holds: done(error, [[name, bytes], ...]). Once, before the first `sync`. */
    open: (folder, strict, done) => {
      FS.mkdirTree(folder);
      rockpoolStore.mount = FS.mount(IDBFS, {}, folder).mount;
      rockpoolStore.folder = folder;
      rockpoolStore.strict = strict;
      rockpoolStore.run(true, (error) => done(error, error ? [] : rockpoolStore.read()));
    },
    read: () => FS.readdir(rockpoolStore.folder).flatMap((name) => {
      var path = rockpoolStore.folder + '/' + name;
      var about = FS.stat(path);
      if (!FS.isFile(about.mode)) return [];
      rockpoolStore.changed[path] = about.mtime.getTime();
      return [[name, FS.readFile(path)]];
    }),
    /** `kind` 1 appends, 2 creates, 3 removes. Throws when it could not be done, and may then be called again. */
    write: (kind, name, bytes) => {
      var path = rockpoolStore.folder + '/' + name;
      if (kind == 3) {
        delete rockpoolStore.changed[path];
        if (FS.analyzePath(path).exists) FS.unlink(path);
        return;
      }
      var stream = FS.open(path, kind == 1 ? 'a' : 'w', 0x180);
      FS.write(stream, bytes, 0, bytes.length);
      FS.close(stream);
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
          IDBFS.syncfs(rockpoolStore.mount, populate, done);
        });
      } catch (error) {
        done(error);
      }
    },
    // A database that is deleted or closed from outside is opened anew by the next sync, which then stores all files.
    prepare: (db) => {
      if (db.onclose) return;
      var forget = () => {
        if (IDBFS.dbs[rockpoolStore.folder] === db) delete IDBFS.dbs[rockpoolStore.folder];
      };
      db.onclose = forget;
      db.onversionchange = () => {
        forget();
        db.close();
      };
      if (!rockpoolStore.strict) return;
      var begin = db.transaction.bind(db);
      db.transaction = (stores, mode) => begin(stores, mode, { 'durability': 'strict' });
    },
  },
});
