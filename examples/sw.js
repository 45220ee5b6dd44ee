// Keeps a copy of the demo pages, so that a reload works without the server, too. Rockpool keeps the data;
// this keeps the page. The network comes first: a copy is only used when nobody answers, so nobody ever sees
// an old page by accident.

const store = 'rockpool-demo-pages-1';
const ours = /^(sdk\/|shared\/|board\/|atlas\/|grid\/|newsroom\/|hello\/|start\.|index\.html$|$)/;

/** Answers of the server's API are never kept. */
function isPage(url) {
  const { origin, pathname } = new URL(url);
  const scope = new URL(self.registration.scope);
  return (
    origin === scope.origin &&
    pathname.startsWith(scope.pathname) &&
    ours.test(pathname.slice(scope.pathname.length))
  );
}

async function answer(request) {
  const cache = await caches.open(store);
  try {
    const response = await fetch(request);
    if (response.status === 200) await cache.put(request, response.clone());
    return response;
  } catch (problem) {
    const copy = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
    if (copy) return copy;
    throw problem;
  }
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && isPage(event.request.url)) event.respondWith(answer(event.request));
});

// The page that installs this worker was loaded without it, and names what it consists of.
self.addEventListener('message', (event) => {
  if (!Array.isArray(event.data)) return;
  event.waitUntil(
    caches
      .open(store)
      .then((cache) => Promise.allSettled(event.data.filter(isPage).map((url) => cache.add(url)))),
  );
});
