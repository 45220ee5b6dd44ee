importScripts('/sdk/rockpool.js', '/serve.js');

self.serve(Rockpool.open({ url: location.origin, log: 'error' }));
