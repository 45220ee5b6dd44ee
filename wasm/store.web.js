// The page's disk: an IDBFS mount, and the only calls of IDBFS there are. web/src/store.ts says when to make them.
addToLibrary({
  $rockpoolStore__deps: ['$FS', '$IDBFS', '$PATH', '$MEMFS'],
  // What the SDK calls; closure would rename the members themselves.
  $rockpoolStore__postset: "Module['rockpoolStore'] = { " +
    "'open': rockpoolStore.open, 'sync': rockpoolStore.sync, 'close': rockpoolStore.close, 'wipe': rockpoolStore.wipe };",
  $rockpoolStore: {
    /** Reads what the database `folder` holds into the mount. Once, before the first `sync`. */
    open: (folder, strict, done) => {
      FS.mkdirTree(folder);
      rockpoolStore.mount = FS.mount(IDBFS, {}, folder).mount;
      rockpoolStore.folder = folder;
      rockpoolStore.strict = strict;
      rockpoolStore.run(true, done);
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
