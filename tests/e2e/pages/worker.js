import { open } from '/sdk/index.web.js';
import '/serve.js';

self.serve(open({ url: location.origin, log: 'error' }));
