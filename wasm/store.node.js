// Node's disk: a folder, with the same calls as the page's (store.web.js). A sync puts the bytes past a power
// cut.
addToLibrary({
  // What the SDK calls; closure would rename the members themselves.
  $rockpoolStore__postset:
    "Module['rockpoolStore'] = { 'open': rockpoolStore.open, 'write': rockpoolStore.write, " +
    "'sync': rockpoolStore.sync, 'close': rockpoolStore.close, 'wipe': rockpoolStore.wipe, " +
    "'lock': rockpoolStore.lock };",
  $rockpoolStore: {
    sizes: {},
    open: (folder, strict, lost, done) => {
      var fs = require('fs');
      var files = [];
      try {
        rockpoolStore.folder = folder;
        for (var entry of fs['readdirSync'](folder, { 'withFileTypes': true })) {
          if (!entry['isFile']()) continue;
          var bytes = fs['readFileSync'](folder + '/' + entry['name']);
          rockpoolStore.sizes[entry['name']] = bytes.length;
          files.push([entry['name'], bytes]);
        }
      } catch (error) {
        return done(error);
      }
      // What a killed process left behind was read; before it counts, it has to be past a power cut too.
      rockpoolStore.sync(false, (error) => done(error, files));
    },
    write: (kind, name, bytes) => {
      var fs = require('fs');
      var path = rockpoolStore.folder + '/' + name;
      if (kind == 3) {
        delete rockpoolStore.sizes[name];
        fs['rmSync'](path, { 'force': true });
        return;
      }
      // At the place where it belongs: an earlier try may have written a part.
      var file = fs['openSync'](path, kind == 1 ? 'r+' : 'w', 0x180);
      try {
        var at = kind == 1 ? rockpoolStore.sizes[name] : 0;
        for (var done = 0; done < bytes.length;) {
          done += fs['writeSync'](file, bytes, done, bytes.length - done, at + done);
        }
        rockpoolStore.sizes[name] = at + bytes.length;
      } finally {
        fs['closeSync'](file);
      }
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
      var held = (globalThis[Symbol.for('rockpool.locks')] ||= new Set());
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
