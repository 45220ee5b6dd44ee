// Node's disk: a folder, with the same calls as the page's (store.web.js). Node's file system calls need no copying; what a
// sync adds is that the bytes are past a power cut.
addToLibrary({
  $rockpoolStore__deps: ['$FS', '$NODEFS'],
  // What the SDK calls; closure would rename the members themselves.
  $rockpoolStore__postset: "Module['rockpoolStore'] = { " +
    "'open': rockpoolStore.open, 'sync': rockpoolStore.sync, 'close': rockpoolStore.close, " +
    "'wipe': rockpoolStore.wipe, 'lock': rockpoolStore.lock, 'mountpoint': '/store' };",
  $rockpoolStore: {
    open: (folder, strict, done) => {
      try {
        FS.mkdirTree('/store');
        FS.mount(NODEFS, { root: folder }, '/store');
        rockpoolStore.folder = folder;
      } catch (error) {
        return done(error);
      }
      rockpoolStore.sync(false, done);
    },
    sync: (fresh, done) => {
      var fs = require('fs')['promises'];
      var store = async (path) => {
        var file = await fs['open'](path, 'r');
        try {
          await file['sync']();
        } finally {
          await file['close']();
        }
      };
      var folder = rockpoolStore.folder;
      fs['readdir'](folder)
        .then((names) => Promise.all(names.map((name) => store(folder + '/' + name))))
        .then(() => store(folder))
        .then(() => done(null), done);
    },
    close: () => {},
    wipe: (folder, done) => {
      require('fs')['rm'](folder, { 'recursive': true, 'force': true }, done);
    },
    // A file beside the folder names the process that holds it. What a dead process left is taken over.
    lock: (folder) => {
      var fs = require('fs');
      var name = folder + '.lock';
      var held = globalThis[Symbol.for('rockpool.locks')] ||= new Set();
      if (held.has(name)) return null;
      fs['mkdirSync'](folder, { 'recursive': true });
      for (var tries = 0; tries < 2; tries++) {
        try {
          fs['writeFileSync'](name, String(process['pid']), { 'flag': 'wx' });
          held.add(name);
          return () => {
            held.delete(name);
            fs['rmSync'](name, { 'force': true });
          };
        } catch (error) {
          if (error['code'] != 'EEXIST') throw error;
        }
        try {
          var holder = Number(fs['readFileSync'](name, 'utf8'));
          if (holder != process['pid'] && process['kill'](holder, 0)) return null;
          fs['rmSync'](name, { 'force': true });
        } catch (error) {
          if (error['code'] == 'EPERM') return null;
          fs['rmSync'](name, { 'force': true });
        }
      }
      return null;
    },
  },
});
